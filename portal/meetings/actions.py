"""Every write of meetings themselves: plan, change, show, call, cancel, and the moves of the day.

The agenda is in agenda_actions.py (its deeds are here too by name), answers in answer_actions.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from portal.audit.actions import record
from portal.audit.models import Deed
from portal.groups import rules as group_rules
from portal.groups.actions import choice_names
from portal.groups.models import Group, Membership, MembershipQuerySet

from . import invitations, procedures, rules, substitutes
from .agenda_actions import (
    item_approve,
    item_change,
    item_decline,
    item_order,
    item_propose,
    paper_add,
    paper_remove,
    tie_add,
    tie_remove,
    too_late,
)
from .models import Invitee, Meeting
from .when import day_in_words

__all__ = [
    "Stale",
    "item_approve",
    "item_change",
    "item_decline",
    "item_order",
    "item_propose",
    "meeting_add",
    "meeting_call",
    "meeting_cancel",
    "meeting_change",
    "meeting_move",
    "meeting_show",
    "meetings_add",
    "paper_add",
    "paper_remove",
    "tie_add",
    "tie_remove",
    "to_invite",
    "too_late",
]

State = Meeting.State
# What a person says of a meeting; the order of the form.
OF_MEETING = ("title", "starts_at", "ends_at", "way", "place", "place_note", "online_url", "note")
# Of these everybody invited must hear.
HEARD = ("starts_at", "ends_at", "way", "place", "online_url")
NO_ANSWER: dict[str, Any] = {
    "answer": Invitee.Answer.WAITING,
    "reason": "",
    "substitute": "",
    "substitute_email": "",
    "online": False,
    "answered_at": None,
    "reminded_at": None,
}
# Meetings whose time and place still change; what is said of the others.
OPEN = (State.PLANNED, State.CALLED)
DONE = "Jednání, které začalo, proběhlo nebo je zrušené, se už nemění."
# A changed time makes an answer worthless.
ASKED_AGAIN = ("starts_at", "ends_at")


class Stale(Exception):
    """Somebody else saved the meeting meanwhile; `stored` is what stands there now. Nothing was written."""

    def __init__(self, stored: Meeting) -> None:
        super().__init__("Jednání mezitím uložil někdo jiný.")
        self.stored = stored


def _runnable(actor: Any, meeting: Meeting) -> Meeting:
    if not rules.may_run(actor, meeting):
        raise PermissionDenied
    return Meeting.objects.select_for_update(of=("self",)).select_related("group").get(pk=meeting.pk)


def _right(meeting: Meeting) -> None:
    """What must hold of a meeting whoever writes it."""
    errors: dict[str, str] = {}
    if meeting.ends_at <= meeting.starts_at:
        errors["ends_at"] = "Jednání nemůže skončit dřív, než začne."
    elif meeting.minutes > 24 * 60:
        errors["ends_at"] = "Tak dlouho jedno jednání netrvá. Zkontrolujte konec."
    if meeting.way != Meeting.Way.ONLINE and not meeting.place.strip():
        errors["place"] = "Napište, kde se jedná."
    if errors:
        raise ValidationError(errors)


# --- planning --------------------------------------------------------------------------------------------------


@transaction.atomic
def meeting_add(
    *, group: Group, starts_at: datetime, ends_at: datetime, actor: Any, shown: bool = False, **values: Any
) -> Meeting:
    """A new meeting in the plan. `shown` puts it on the web at once, where the group is on the web; `values` are the
    rest of OF_MEETING."""
    if not group_rules.may_lead(actor, group):
        raise PermissionDenied
    if group.closed_on and timezone.localdate(starts_at) >= group.closed_on:
        raise ValidationError("Skupina už skončila. Jednání jí naplánovat nejde.")
    now = timezone.now()
    said = {name: value for name, value in values.items() if name in OF_MEETING}
    meeting = Meeting(group=group, starts_at=starts_at, ends_at=ends_at, changed_at=now, **said)
    _right(meeting)
    if shown and group.shown:
        meeting.shown_at = now
    meeting.save()
    record(verb="meeting_added", thing=meeting, actor=actor, after=_told(meeting, OF_MEETING))
    return meeting


@transaction.atomic
def meetings_add(
    *, group: Group, times: Iterable[tuple[datetime, datetime]], actor: Any, shown: bool = False, **values: Any
) -> list[Meeting]:
    """A series at once: all of it, or nothing."""
    return [
        meeting_add(group=group, starts_at=starts_at, ends_at=ends_at, actor=actor, shown=shown, **values)
        for starts_at, ends_at in times
    ]


@transaction.atomic
def meeting_change(
    *,
    meeting: Meeting,
    seen: int,
    actor: Any,
    urgent_reason: str = "",
    restores: Deed | None = None,
    **values: Any,
) -> Meeting:
    """Values of OF_MEETING. A called meeting whose time or place changes is written about to everybody invited; a
    changed time asks them again. `seen` is the version that the form began from."""
    meeting = _runnable(actor, meeting)
    if meeting.version != seen:
        raise Stale(meeting)
    if meeting.state not in OPEN:
        raise ValidationError(DONE)
    before = {name: getattr(meeting, name) for name in OF_MEETING if name in values}
    for name in before:
        setattr(meeting, name, values[name])
    _right(meeting)
    changed = [name for name in before if before[name] != getattr(meeting, name)]
    if not changed:
        return meeting
    now = timezone.now()
    heard = meeting.state == State.CALLED and any(name in HEARD for name in changed)
    if heard and any(name in ASKED_AGAIN for name in changed):
        _need_reason(meeting, urgent_reason, now)
    if heard:
        meeting.sequence += 1
    meeting.changed_at, meeting.version = now, meeting.version + 1
    meeting.save()
    told = {name: before[name] for name in changed}, _told(meeting, changed)
    names = choice_names(Meeting, *told)
    record(
        verb="meeting_changed",
        thing=meeting,
        actor=actor,
        before=told[0],
        after=told[1],
        names=names,
        restores=restores,
    )
    if heard:
        sent = _sent_instead(meeting)
        asked_again = any(name in ASKED_AGAIN for name in changed)
        if asked_again:
            meeting.invitees.update(**NO_ANSWER)
        _write(meeting, "changed", now)
        for one in sent:
            substitutes.tell(one, "off" if asked_again else "changed")
    return meeting


def _sent_instead(meeting: Meeting) -> list[Invitee]:
    """Answers that name a substitute whom letters reach."""
    rows = list(meeting.invitees.exclude(substitute_email="").select_related("membership"))
    for one in rows:
        one.meeting = meeting
    return rows


def _told(meeting: Meeting, names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(meeting, name)) not in ("", None)}


def _need_reason(meeting: Meeting, reason: str, now: datetime) -> None:
    """An invitation after the body's own deadline needs a reason, which is kept and told."""
    term = procedures.terms_of(meeting).invitation
    if timezone.localdate(now) <= term:
        meeting.urgent_reason = ""
        return
    if reason.strip():
        meeting.urgent_reason = reason.strip()[:300]
    if not meeting.urgent_reason:
        raise ValidationError(
            {
                "urgent_reason": f"Pozvánka měla odejít nejpozději {day_in_words(term)}. Napište, proč to tentokrát "
                "nejde podle jednacího řádu."
            }
        )


@transaction.atomic
def meeting_show(*, meeting: Meeting, shown: bool, actor: Any) -> Meeting:
    """On the web, or off it again. What was called stays on it."""
    meeting = _runnable(actor, meeting)
    if shown and not meeting.group.shown:
        raise ValidationError("Skupina není vidět na webu, a tak tam není ani její jednání.")
    if not shown and meeting.state != State.PLANNED:
        raise ValidationError("Oznámení o svolaném jednání na webu zůstává. Když se nekoná, zrušte ho.")
    if shown != (meeting.shown_at is not None):
        meeting.shown_at = timezone.now() if shown else None
        meeting.version += 1
        meeting.save(update_fields=["shown_at", "version"])
        record(verb="meeting_shown" if shown else "meeting_hidden", thing=meeting, actor=actor)
    return meeting


# --- calling ---------------------------------------------------------------------------------------------------


@transaction.atomic
def meeting_call(*, meeting: Meeting, actor: Any, urgent_reason: str = "") -> int:
    """Invite every current member by a letter and put the notice on the web. A meeting that is called already is
    written about only to those who have had no letter (new members). Returns how many letters were written."""
    meeting, now = _runnable(actor, meeting), timezone.now()
    if meeting.state not in (State.PLANNED, State.CALLED):
        raise ValidationError("Svolat jde jen jednání, které je v plánu.")
    if meeting.starts_at <= now:
        raise ValidationError("Jednání už mělo začít. Změňte nejdřív jeho den.")
    first = meeting.state == State.PLANNED
    if first:
        _need_reason(meeting, urgent_reason, now)
        meeting.state, meeting.called_at = State.CALLED, now
        meeting.number = meeting.number or next_number(meeting)
        if meeting.group.shown and meeting.shown_at is None:
            meeting.shown_at = now
        meeting.changed_at, meeting.version = now, meeting.version + 1
        meeting.save()
    invite(meeting)
    written = _write(meeting, "invitation", now)
    if first or written:
        after = {"number": meeting.numbered, "letters": written, "urgent_reason": meeting.urgent_reason}
        record(
            verb="meeting_called" if first else "meeting_called_again",
            thing=meeting,
            actor=actor,
            after={name: value for name, value in after.items() if value},
        )
    return written


def next_number(meeting: Meeting) -> int:
    """The next number of the body in the year of the meeting; one that was given is never given again. The body is
    held meanwhile, so that two calls at once do not get the same one."""
    Group.objects.select_for_update().get(pk=meeting.group_id)
    same = Meeting.objects.filter(group=meeting.group, starts_at__year=meeting.day.year)
    return (same.aggregate(last=Max("number"))["last"] or 0) + 1


def members_on(meeting: Meeting) -> MembershipQuerySet:
    """Who is in the body on the day of the meeting. Substitutes come when somebody sends them."""
    return Membership.objects.current(meeting.day).filter(group=meeting.group, substitutes=None)


def to_invite(meeting: Meeting) -> list[Membership]:
    """Whom calling the meeting now would write to, or leave without a letter for want of an address."""
    had = meeting.invitees.filter(sent_sequence=meeting.sequence).values("membership")
    return list(members_on(meeting).exclude(pk__in=had).select_related("person"))


def invite(meeting: Meeting) -> None:
    """Rows of everybody who is in the body on the day of the meeting; those who left it are invited no more."""
    members = members_on(meeting)
    known = set(meeting.invitees.values_list("membership_id", flat=True))
    current = list(members.values_list("pk", flat=True))
    meeting.invitees.exclude(membership__in=current).filter(sent_at=None).delete()
    Invitee.objects.bulk_create(Invitee(meeting=meeting, membership_id=pk) for pk in current if pk not in known)


def _write(meeting: Meeting, kind: invitations.Kind, now: datetime) -> int:
    """Letters to those whom the last one told of another state of the meeting than the present."""
    members = Membership.objects.current(meeting.day).filter(group=meeting.group)
    rows = meeting.invitees.filter(membership__in=members).select_related("membership__person")
    due = [one for one in rows if one.sent_sequence != meeting.sequence]
    if kind != "invitation":  # whoever has heard of nothing needs no change of it
        due = [one for one in due if one.sent_sequence is not None]
    written = invitations.send(meeting, due, kind, now)
    meeting.invitees.filter(pk__in=[one.pk for one in due]).update(sent_sequence=meeting.sequence, sent_at=now)
    return written


@transaction.atomic
def meeting_cancel(*, meeting: Meeting, reason: str, actor: Any) -> int:
    """It will not be held. Everybody invited is written to, and their calendars drop it. The number of letters."""
    meeting, now = _runnable(actor, meeting), timezone.now()
    if State.CANCELLED not in Meeting.MOVES[State(meeting.state)]:
        raise ValidationError("Jednání, které začalo nebo proběhlo, už zrušit nejde.")
    if not reason.strip():
        raise ValidationError({"reason": "Napište, proč se jednání nekoná."})
    was_called = meeting.state == State.CALLED
    before = {"state": meeting.get_state_display()}
    meeting.state, meeting.cancelled_reason = State.CANCELLED, reason.strip()[:300]
    meeting.sequence, meeting.changed_at, meeting.version = meeting.sequence + 1, now, meeting.version + 1
    meeting.save()
    after = {"state": meeting.get_state_display(), "reason": meeting.cancelled_reason}
    record(verb="meeting_cancelled", thing=meeting, actor=actor, before=before, after=after)
    for one in _sent_instead(meeting):
        substitutes.tell(one, "off")
    return _write(meeting, "cancelled", now) if was_called else 0


# --- the day of the meeting ------------------------------------------------------------------------------------


@transaction.atomic
def meeting_move(*, meeting: Meeting, to: str, actor: Any) -> Meeting:
    """RUNNING and HELD, by whoever runs the meeting or takes its minutes; calling and cancelling have their own
    deeds."""
    if not group_rules.may_write_minutes(actor, meeting.group):
        raise PermissionDenied
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("group").get(pk=meeting.pk)
    wanted = State(to)
    if wanted not in (State.RUNNING, State.HELD) or wanted not in Meeting.MOVES[State(meeting.state)]:
        raise ValidationError(f"Jednání je teď ve stavu „{meeting.get_state_display()}“. Tenhle krok z něj nevede.")
    before = {"state": meeting.get_state_display()}
    meeting.state, meeting.version = wanted, meeting.version + 1
    meeting.number = meeting.number or next_number(meeting)
    meeting.save(update_fields=["state", "version", "number"])
    record(verb="meeting_moved", thing=meeting, actor=actor, before=before, after={"state": wanted.label})
    return meeting
