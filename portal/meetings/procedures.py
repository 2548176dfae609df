"""The rules of procedure of a body, as this storey asks them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from portal.groups.models import Group, Procedure

from .models import Meeting, MeetingQuerySet
from .terms import Ahead, Terms


def procedure_of(group: Group) -> Procedure:
    """The body's own, or what holds where nobody wrote any."""
    try:
        return group.procedure
    except Procedure.DoesNotExist:
        return Procedure(group=group)


def terms_of(meeting: Meeting, day: date | None = None) -> Terms:
    """Terms of the meeting; with `day`, what they would be on another day."""
    rules = procedure_of(meeting.group)
    ahead = Ahead(rules.invitation_days, rules.web_days, rules.agenda_days, rules.excuse_days, rules.working_days)
    return Terms.of(day or meeting.day, ahead)


# Whoever calls a meeting is told so many days before the invitation has to leave.
TOLD_AHEAD = timedelta(days=5)
FARTHEST = timedelta(days=60)


def to_call(meetings: MeetingQuerySet, today: date) -> list[tuple[Meeting, date]]:
    """Planned meetings whose invitations are to leave soon or should have left, with the last day for it."""
    planned = meetings.filter(
        state=Meeting.State.PLANNED, starts_at__gt=timezone.now(), starts_at__lt=timezone.now() + FARTHEST
    )
    held = [(one, terms_of(one).invitation) for one in planned.select_related("group__procedure")]
    return [(one, term) for one, term in held if term - TOLD_AHEAD <= today]


@dataclass(frozen=True, slots=True)
class TermWarning:
    """A term that is not kept, in words; `missed` while it can no longer be, else it is today or tomorrow."""

    text: str
    missed: bool


def warnings(meeting: Meeting, now: datetime) -> list[TermWarning]:
    """What of the body's own terms is, or will soon be, missed. Nothing for a meeting that is over or cancelled."""
    if meeting.state not in (Meeting.State.PLANNED, Meeting.State.CALLED) or meeting.ends_at < now:
        return []
    terms, today = terms_of(meeting), timezone.localdate(now)
    invited = timezone.localdate(meeting.called_at) if meeting.called_at else None
    shown = timezone.localdate(meeting.shown_at) if meeting.shown_at else None
    told: list[TermWarning] = []
    rows = [("invitation", terms.invitation, invited, "Pozvánka", "odejít")]
    if meeting.group.shown:
        rows.append(("web", terms.web, shown, "Oznámení", "být na webu"))
    missed = terms.missed(today, invited_on=invited, shown_on=shown)
    for name, term, done, what, deed in rows:
        last = f"{term.day}. {term.month}. {term.year}"
        if name in missed:
            verb = "měla" if name == "invitation" else "mělo"
            told.append(TermWarning(f"{what} {verb} podle jednacího řádu {deed} nejpozději {last}.", True))
        elif done is None and (term - today).days <= 2:
            verb = "musí"
            told.append(TermWarning(f"{what} {verb} podle jednacího řádu {deed} nejpozději {last}.", False))
    return told
