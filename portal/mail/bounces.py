"""Reports of non-delivery (RFC 3464) that mail servers send back: read, and put to the letter they are about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, message_from_string
from email.message import Message
from email.utils import getaddresses

from django.conf import settings
from django.utils import timezone

from . import actions
from .models import Letter

# A report that names neither our key nor our Message-ID is put to the last letter to the address, if it is so new.
RECENT = timedelta(days=5)
_MESSAGE_ID = re.compile(r"<[^<>\s]+>")


@dataclass(frozen=True, slots=True)
class Bounce:
    """One letter that did not arrive. `status` as in RFC 3463 (5.1.1 nobody of that name, 5.2.2 full box)."""

    recipient: str
    status: str
    said: str
    key: str = ""
    message_id: str = ""


def read(raw: bytes) -> Bounce | None:
    """The non-delivery that a message reports; None for any other message, a mere delay among them."""
    report = message_from_bytes(raw)
    if report.get_content_type() != "multipart/report":
        return None
    for about in _recipients(report):
        status = _text(about, "Status")[:20]
        if _text(about, "Action").lower() != "failed" or status.startswith("2"):
            continue
        return Bounce(
            recipient=_address(_text(about, "Original-Recipient") or _text(about, "Final-Recipient")),
            status=status,
            said=_address(_text(about, "Diagnostic-Code")),
            key=_key(report),
            message_id=_message_id(report),
        )
    return None


def put(bounce: Bounce) -> Letter | None:
    """Record it at its letter; None where there is none, or where it is recorded already."""
    letter = _letter(bounce)
    if letter is None:
        return None
    said = f"{bounce.status} {bounce.said}".strip() or "vrátilo se bez udání důvodu"
    return letter if actions.came_back(letter=letter, now=timezone.now(), error=said) else None


def _letter(bounce: Bounce) -> Letter | None:
    for name, value in (("key", bounce.key), ("message_id", bounce.message_id)):
        if value and (letter := Letter.objects.filter(**{name: value}).first()):
            return letter
    if not bounce.recipient:
        return None
    since = timezone.now() - RECENT
    sent = Letter.objects.filter(state=Letter.State.SENT, sent_at__gte=since)
    return sent.filter(to__iexact=bounce.recipient).order_by("-sent_at").first()


# --- parts of the report -------------------------------------------------------------------------------------


def _recipients(report: Message) -> Iterator[Message]:
    """Blocks of the delivery-status part that speak of a recipient (the first speaks of the message)."""
    for part in report.walk():
        blocks = part.get_payload()
        if part.get_content_type() == "message/delivery-status" and isinstance(blocks, list):
            yield from (one for one in blocks if isinstance(one, Message) and "Action" in one)


def _message_id(report: Message) -> str:
    """Message-ID of the letter itself, which comes along whole or as its head."""
    for part in report.walk():
        inner = part.get_payload()
        original: Message | None = None
        if part.get_content_type() == "message/rfc822" and isinstance(inner, list) and inner:
            original = inner[0] if isinstance(inner[0], Message) else None
        elif part.get_content_type() == "text/rfc822-headers":
            decoded = part.get_payload(decode=True)
            original = message_from_string(decoded.decode("utf-8", "replace") if isinstance(decoded, bytes) else "")
        if original is not None and (found := _MESSAGE_ID.search(_text(original, "Message-ID"))):
            return found[0]
    return ""


def _key(report: Message) -> str:
    """The key in the address that the report came to: vraceno+<key>@example.cz (see post.envelope_from)."""
    box, _, host = settings.MAIL_BOUNCES.rpartition("@")
    if not box:
        return ""
    said = [_text(report, name) for name in ("To", "Delivered-To", "X-Original-To", "Envelope-To")]
    for _, address in getaddresses([value for value in said if value]):
        name, _, at = address.rpartition("@")
        if at.lower() == host.lower() and name.startswith(f"{box}+"):
            return name.removeprefix(f"{box}+")
    return ""


def _text(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _address(typed: str) -> str:
    """`rfc822; jana@example.org` without its type."""
    return typed.partition(";")[2].strip(" <>") if ";" in typed else typed.strip(" <>")
