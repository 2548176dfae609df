"""Writes of those who type in what came on paper, by e-mail, by telephone or was said at the hearing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from portal.audit.actions import record
from portal.suggestions.models import Origin, Suggestion
from words.fold import fold

from . import actions, comment_actions, rules
from .fields import FIELDS
from .models import Comment, Consultation, Paragraph

# Words in front of a number of a paragraph or a measure; a page of the print is no place that we know.
_PLACE = re.compile(
    r"(?:(?:odst|odstavec|odstavci|opatreni|bod|cl|clanek|c|cislo)\.?\s+)*(?P<label>[0-9a-z][0-9a-z.\-/]*)"
)


def paragraph_at(consultation: Consultation, place: str) -> Paragraph | None:
    """The paragraph that words on paper name: its label alone or with "odstavec", "opatření" and the like before it.
    None where the words name nothing, or more than one thing."""
    named = _PLACE.fullmatch(fold(" ".join(place.split())).rstrip(" ."))
    if named is None:
        return None
    wanted = named["label"].rstrip(".")
    found = [
        one
        for one in Paragraph.objects.filter(consultation=consultation).only("pk", "label", "consultation_id", "order")
        if fold(one.label).rstrip(".") == wanted
    ]
    return found[0] if len(found) == 1 else None


def enter(
    *,
    consultation: Consultation,
    origin: str,
    received_at: datetime,
    show: bool,
    actor: Any,
    uploads: Sequence[UploadedFile[bytes]] = (),
    **said: Any,
) -> Comment | Suggestion:
    """Put a comment into the register as if its author had sent it on the day it came. What came after the term
    becomes a suggestion, whichever day it is typed in; only a closed consultation takes nothing more. `uploads` are
    scans and files that came with it; the public sees none before somebody shows it."""
    if not rules.may_settle(actor, consultation):
        raise PermissionDenied
    # Looked through before the row is held: nobody waits in line for somebody's scans.
    attached = comment_actions.keep_files(uploads)
    return _entered(
        consultation=consultation,
        origin=origin,
        received_at=received_at,
        show=show,
        actor=actor,
        attached=attached,
        **said,
    )


@transaction.atomic
def _entered(
    *, consultation: Consultation, origin: str, received_at: datetime, show: bool, actor: Any, **said: Any
) -> Comment | Suggestion:
    fresh = actions.held(consultation)
    if fresh.state != Consultation.State.ANNOUNCED:
        raise ValidationError(f"Řízení je {fresh.get_state_display()}, další připomínku zapsat nejde.")
    if origin == Origin.WEB:
        raise ValidationError({"origin": "Připomínky z webu přicházejí samy."})
    if fresh.opens_at is not None and received_at < fresh.opens_at:
        raise ValidationError({"received_on": "To ještě návrh nebyl k připomínkování."})
    made = comment_actions.receive(
        consultation=fresh,
        paragraph=paragraph_at(fresh, said.get("place", "")),
        origin=origin,
        received_at=received_at,
        entered_by=actor,
        **said,
    )
    if isinstance(made, Comment):
        made.state = Comment.State.SHOWN if show else Comment.State.WAITING
        # The official has it from the author's own hand or mouth; the link of a letter would ask nobody.
        made.email_confirmed_at = received_at if made.email else None
        made.save(update_fields=["state", "email_confirmed_at"])
    record(verb="comment_entered", thing=made, actor=actor, after={"origin": made.get_origin_display()})
    return made


@transaction.atomic
def correct(*, comment: Comment, seen: int, actor: Any, **said: Any) -> Comment:
    """Put right what was typed in wrong. What its author wrote on the web nobody rewrites, and nothing changes once it
    is settled."""
    if not rules.may_settle(actor, comment.consultation):
        raise PermissionDenied
    consultation = actions.held(comment.consultation)
    fresh = Comment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
    fresh.consultation = consultation
    if fresh.version != seen:
        raise actions.Stale
    if not may_be_corrected(fresh):
        raise ValidationError("Tahle připomínka se už opravit nedá.")
    names = [one.name for one in FIELDS]
    before = {name: getattr(fresh, name) for name in names}
    for name in names:
        setattr(fresh, name, said.get(name, before[name]))
    fresh.paragraph = paragraph_at(consultation, fresh.place) or (fresh.paragraph if not fresh.place else None)
    changed = [name for name in names if before[name] != getattr(fresh, name)]
    if changed:
        fresh.version += 1
        fresh.save()
        # The journal is read by more people than the desk of comments: it tells which parts, not who wrote them.
        record(verb="comment_corrected", thing=fresh, actor=actor, after={"changed": _names(changed)})
    return fresh


def may_be_corrected(comment: Comment) -> bool:
    return (
        comment.origin != Origin.WEB
        and not comment.is_settled
        and comment.state != Comment.State.REFUSED
        and comment.consultation.state == Consultation.State.ANNOUNCED
    )


def _names(changed: list[str]) -> str:
    return ", ".join(one.label.lower() for one in FIELDS if one.name in changed)
