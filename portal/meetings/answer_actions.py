"""Answers to invitations, by the link of a letter or at the desk, and reminding those who are silent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from portal.audit.actions import record

from . import invitations, procedures, rules, substitutes
from .models import Invitee, Meeting

Answer = Invitee.Answer
# Whoever holds the link of a letter; it is what they know, not who they are.
BY_LINK = "by-link"


@transaction.atomic
def answer(
    *,
    invitee: Invitee,
    says: str,
    reason: str = "",
    substitute: str = "",
    substitute_email: str = "",
    online: bool = False,
    actor: Any,
) -> Invitee:
    """What the member says. `actor` is BY_LINK, the member signed in, or whoever runs the meeting and was told by
    telephone. A substitute with an e-mail gets the invitation; one who is not needed any more hears of that."""
    if actor != BY_LINK and not may_answer(actor, invitee):
        raise PermissionDenied
    invitee = (
        Invitee.objects.select_for_update(of=("self",))
        .select_related("meeting__group", "membership")
        .get(pk=invitee.pk)
    )
    meeting = invitee.meeting
    if meeting.state != Meeting.State.CALLED or meeting.ends_at < timezone.now():
        raise ValidationError("Na tohle jednání se už neodpovídá.")
    told = Answer(says)
    if told == Answer.SUBSTITUTED and not substitute.strip():
        raise ValidationError({"substitute": "Napište, kdo za vás přijde."})
    if online and meeting.way == Meeting.Way.PLACE:
        raise ValidationError("Tohle jednání je jen na místě.")
    before, sent_before = invitee.get_answer_display(), (invitee.substitute, invitee.substitute_email)
    invitee.answer, invitee.answered_at = told, None if told == Answer.WAITING else timezone.now()
    invitee.reason = reason.strip()[:300] if told in (Answer.EXCUSED, Answer.SUBSTITUTED) else ""
    invitee.substitute = substitute.strip()[:150] if told == Answer.SUBSTITUTED else ""
    invitee.substitute_email = _address(invitee, substitute_email) if invitee.substitute else ""
    invitee.online = told in (Answer.COMING, Answer.SUBSTITUTED) and (online or meeting.way == Meeting.Way.ONLINE)
    invitee.save()
    # Why somebody cannot come is theirs and the group's; the journal tells that they answered.
    by = None if actor == BY_LINK else actor
    record(
        verb="invitation_answered",
        thing=meeting,
        actor=by,
        before={"answer": before},
        after={"answer": invitee.get_answer_display()},
    )
    if invitee.substitute_email != sent_before[1]:
        if sent_before[1]:
            substitutes.tell(invitee, "off", name=sent_before[0], email=sent_before[1])
        substitutes.tell(invitee, "sent")
    return invitee


def _address(invitee: Invitee, said: str) -> str:
    return said.strip()[:254] or substitutes.address_of(invitee, invitee.substitute)


def may_answer(person: Any, invitee: Invitee) -> bool:
    mine = invitee.membership.person_id is not None and invitee.membership.person_id == getattr(person, "pk", None)
    return mine or rules.may_run(person, invitee.meeting)


def remind() -> int:
    """What the clock runs: the day before excuses end, a letter to those who have not answered; each gets one."""
    now, written = timezone.now(), 0
    today = timezone.localdate(now)
    called = Meeting.objects.filter(state=Meeting.State.CALLED, starts_at__gt=now)
    for meeting in called.select_related("group__procedure"):
        last = procedures.terms_of(meeting).excuses
        if not last - timedelta(days=1) <= today <= last:
            continue
        with transaction.atomic():
            silent = meeting.invitees.select_for_update(of=("self",)).filter(
                answer=Answer.WAITING, reminded_at=None, sent_at__isnull=False
            )
            # An invitation that came today or yesterday is a reminder enough.
            due = list(silent.filter(sent_at__lt=now - timedelta(days=1)).select_related("membership__person"))
            written += invitations.send(meeting, due, "remind", now)
            Invitee.objects.filter(pk__in=[one.pk for one in due]).update(reminded_at=now)
    return written


def forget_excuses(days: int) -> int:
    """Why somebody did not come, and whom they sent, so many days after the meeting; how many answers it touched."""
    old = Invitee.objects.filter(meeting__ends_at__lt=timezone.now() - timedelta(days=days))
    said = {"reason": "", "substitute": "", "substitute_email": ""}
    return old.exclude(**said).update(**said)
