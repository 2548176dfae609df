"""Handing letters over to the SMTP server. The clock of every worker calls `deliver` again and again."""

from __future__ import annotations

import logging
import re
import secrets
import smtplib
import ssl
from contextlib import suppress
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from typing import Any

from django.conf import settings
from django.utils import timezone

from . import actions
from .models import Letter
from .server import MailServer

A_BATCH = 10
_METHOD = re.compile(r"^METHOD:([A-Z]+)\s*$", re.MULTILINE)
logger = logging.getLogger("portal.mail")


class Outage(Exception):
    """The server is at fault, not the letter: nothing else can go now either."""


def deliver(now: datetime | None = None) -> int:
    """Send every letter that is due; the number of those that left. Any number of workers may do it at once."""
    server: MailServer | None = settings.MAIL_SERVER
    if server is None:
        return 0
    if not Letter.objects.to_do(now or timezone.now()):  # asked every few seconds, so it only reads
        return 0
    worker = secrets.token_urlsafe(12)
    actions.free_left_behind(now=now or timezone.now())
    left, outage = 0, ""
    with _Line(server) as line:
        while not outage and (batch := actions.take(worker=worker, now=now or timezone.now(), most=A_BATCH)):
            for letter in batch:
                if outage:
                    actions.later(letter=letter, worker=worker, now=timezone.now(), error=outage)
                    continue
                if not actions.hold(letter=letter, worker=worker, now=timezone.now()):
                    continue
                try:
                    left += _send(line, letter, worker)
                except Outage as problem:
                    outage = str(problem)
                    logger.warning("Letters wait: %s", outage)
                    actions.later(letter=letter, worker=worker, now=timezone.now(), error=outage)
    return left


def _send(line: _Line, letter: Letter, worker: str) -> bool:
    """One letter: sent, put off, or given up with the reason in the server's words."""
    now = timezone.now()
    try:
        line.send(envelope_from(letter), letter.to, message(letter))
    except smtplib.SMTPRecipientsRefused as refusal:
        code, said = next(iter(refusal.recipients.values()), (550, b""))
        if code < 500:
            actions.later(letter=letter, worker=worker, now=now, error=_said(code, said))
        else:
            actions.refused(letter=letter, worker=worker, now=now, error=_said(code, said))
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPConnectError, smtplib.SMTPHeloError) as refusal:
        raise Outage(f"server nás nepustil: {_said(refusal.smtp_code, refusal.smtp_error)}") from refusal
    except smtplib.SMTPResponseException as refusal:
        error = _said(refusal.smtp_code, refusal.smtp_error)
        if refusal.smtp_code < 500:
            actions.later(letter=letter, worker=worker, now=now, error=error)
        else:
            actions.give_up(letter=letter, worker=worker, error=error)
    except (ValueError, IndexError, MessageError, smtplib.SMTPNotSupportedError) as problem:
        actions.give_up(letter=letter, worker=worker, error=f"dopis nejde sestavit: {problem}")
    except OSError as problem:
        raise Outage(f"poštovní server neodpovídá: {problem}") from problem
    else:
        actions.sent(letter=letter, worker=worker, now=now)
        return True
    return False


def _said(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return f"{code} {' '.join(words.split())}"


# --- the message ---------------------------------------------------------------------------------------------


class LetterPolicy(EmailPolicy):
    """How headers become lines. Python would write a long address to unsubscribe by as an encoded word, which mail
    programs do not read as an address; the line stays whole (RFC 5322 allows 998 signs)."""

    def fold(self, name: str, value: str) -> str:
        whole = name.lower() == "list-unsubscribe"
        return f"{name}: {value}{self.linesep}" if whole else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        whole = name.lower() == "list-unsubscribe"
        return self.fold(name, value).encode("ascii") if whole else super().fold_binary(name, value)


def message(letter: Letter) -> EmailMessage:
    """The letter as it travels. `EmailMessage` refuses line breaks in headers, and names and subjects have none."""
    mail = EmailMessage(policy=LetterPolicy(linesep="\r\n"))
    sender_name, sender = parseaddr(settings.MAIL_FROM)
    mail["From"] = Address(_one_line(sender_name), addr_spec=sender)
    mail["To"] = Address(_one_line(letter.name), addr_spec=letter.to)
    if settings.COORDINATOR.get("email"):
        mail["Reply-To"] = Address(
            _one_line(settings.COORDINATOR.get("name", "")), addr_spec=settings.COORDINATOR["email"]
        )
    mail["Subject"] = _one_line(letter.subject)
    mail["Date"] = format_datetime(letter.created_at)
    mail["Message-ID"] = letter.message_id
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answering machine answers
    mail["X-Auto-Response-Suppress"] = "All"
    if letter.unsubscribe_url:
        mail["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    mail.set_content(letter.text, cte="quoted-printable")
    mail.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    if letter.calendar:
        method = _METHOD.search(letter.calendar)
        # The last form is the one that mail programs take first (RFC 2046); those without calendars show the HTML.
        mail.add_alternative(letter.calendar, subtype="calendar", cte="base64")
        part = list(mail.iter_parts())[-1]
        part.set_param("method", method[1] if method else "PUBLISH")
    mail["Content-Language"] = "cs"
    return mail


def envelope_from(letter: Letter) -> str:
    """Where a report of non-delivery goes. With MAIL_BOUNCES it names the letter: vraceno+<key>@example.cz."""
    if not settings.MAIL_BOUNCES:
        return parseaddr(settings.MAIL_FROM)[1]
    box, _, host = settings.MAIL_BOUNCES.rpartition("@")
    return f"{box}+{letter.key}@{host}"


def _one_line(text: str) -> str:
    """Without line breaks and other control signs, by which a name could make a header of its own."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


# --- the line to the server ----------------------------------------------------------------------------------


class _Line:
    """One connection for many letters, opened with the first and again after it breaks."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self.smtp: smtplib.SMTP | None = None

    def __enter__(self) -> _Line:
        return self

    def __exit__(self, *_: Any) -> None:
        if self.smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                self.smtp.quit()

    def send(self, sender: str, to: str, mail: EmailMessage) -> None:
        used = self.smtp is not None
        try:
            self._open().send_message(mail, sender, [to])
        except (smtplib.SMTPServerDisconnected, ConnectionError):
            self._drop()
            if not used:
                raise
            # Servers close a line after so many letters or seconds; that is no reason to put the letter off.
            self._open().send_message(mail, sender, [to])
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused):
            raise  # smtplib has reset the line, it serves the next letter
        except OSError:  # a timeout among them: who knows in which state the line is
            self._drop()
            raise

    def _open(self) -> smtplib.SMTP:
        if self.smtp is None:
            self.smtp = _connect(self.server)
        return self.smtp

    def _drop(self) -> None:
        if self.smtp is not None:
            self.smtp.close()
            self.smtp = None


def _connect(server: MailServer) -> smtplib.SMTP:
    if server.security == "tls":
        context = ssl.create_default_context()
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
    try:
        if server.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        if server.user:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp
