"""Meetings that go on right now, for tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from portal.accounts.models import Person
from portal.groups.models import Group, Membership, Procedure, Side
from portal.meetings.models import Meeting
from portal.sitting import actions
from portal.sitting.models import Presence
from tests.meetings import gatherings

SIDES = (Side.COMMISSIONER, Side.PROVIDER, Side.USER)


def group(members: int = 5, **rules: Any) -> tuple[Group, list[Membership], Person]:
    """A body with so many voting members of all sides; the first of them is the head, whose account comes last."""
    made = gatherings.group(**rules)
    head = gatherings.head(made, name="Hana Hlavní", side=SIDES[0])
    rest = [gatherings.member(made, f"Člen Číslo{n}", side=SIDES[n % 3]) for n in range(1, members)]
    assert head.person is not None
    return made, [head, *rest], head.person


def meeting(of: Group, **more: Any) -> Meeting:
    """It began a quarter of an hour ago by the calendar; nobody has opened it yet."""
    now = timezone.now()
    values = {"starts_at": now - timedelta(minutes=15), "ends_at": now + timedelta(hours=2)} | more
    return Meeting.objects.create(group=of, state=Meeting.State.CALLED, place="Radnice", **values)


def running(of: Group, actor: Person, here: Iterable[Membership] = (), **more: Any) -> Meeting:
    """A meeting that goes on, with the members who are there."""
    made = meeting(of, **more)
    actions.start(meeting=made, actor=actor)
    for one in here:
        mark(made, one, actor)
    made.refresh_from_db()
    return made


def mark(at: Meeting, member: Membership, actor: Person, state: str = "present") -> Presence | None:
    """As by somebody who sees what stands there."""
    stored = Presence.objects.filter(meeting=at, membership=member).first()
    seen = stored.version if stored else 0
    return actions.mark(meeting=at, membership=member, state=state, seen=seen, actor=actor)


def rules_of(of: Group, **said: Any) -> None:
    Procedure.objects.filter(group=of).update(**said)
