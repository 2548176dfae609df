"""Groups with their members and meetings for tests."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from portal.accounts.models import Grant, Person
from portal.groups.models import Group, Membership, Procedure, Side
from portal.meetings import actions
from portal.meetings.models import Meeting
from tests import make

_next = count(1)


def group(**more: Any) -> Group:
    """A public working group of the whole site, with rules of procedure; those may be given by their names."""
    n = next(_next)
    rules = {field.name for field in Procedure._meta.fields} - {"id", "group"}
    said = {name: more.pop(name) for name in list(more) if name in rules}
    values = {"slug": f"skupina-{n}", "name": f"Pracovní skupina {n}", "abbreviation": f"PS {n}", "shown": True} | more
    made = Group.objects.create(**{"span_kind": "site", "span_code": "", "span_name": "celý web", **values})
    Procedure.objects.create(group=made, **said)
    return made


def member(of: Group, name: str = "", *, account: bool = False, **more: Any) -> Membership:
    """Somebody in the group since long ago; with an account on request."""
    n = next(_next)
    name = name or f"Členka {n}"
    values = {
        "side": Side.PROVIDER,
        "email": f"clenka{n}@example.org",
        "joined_on": timezone.localdate() - timedelta(900),
    }
    if account:
        person = make.person(name=name, email=values["email"])
        Grant.objects.create(person=person, role=Grant.Role.MEMBER, range_kind=Grant.Range.GROUP, range_code=str(of.pk))
        values["person"] = person
    return Membership.objects.create(**{"group": of, "name": name, "organisation": "Lípa, z. s.", **values, **more})


def head(of: Group, **more: Any) -> Membership:
    return member(of, account=True, role=Membership.Role.HEAD, **more)


def at(days: int = 30, hour: int = 9) -> datetime:
    """So many days from today, at an hour here."""
    day = timezone.localdate() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time(hour)))


def meeting(of: Group, *, days: int = 30, actor: Person | None = None, hours: int = 2, **more: Any) -> Meeting:
    """A planned meeting of the group; `days` from today."""
    starts_at = more.pop("starts_at", None) or at(days)
    values = {"place": "Radnice, zasedací místnost"} | more
    return actions.meeting_add(
        group=of,
        starts_at=starts_at,
        ends_at=more.get("ends_at") or starts_at + timedelta(hours=hours),
        actor=actor or make.person("coordinator"),
        **values,
    )


def called(of: Group, *, actor: Person | None = None, **more: Any) -> Meeting:
    who = actor or make.person("coordinator")
    made = meeting(of, actor=who, **more)
    actions.meeting_call(meeting=made, actor=who, urgent_reason="zkouška")
    made.refresh_from_db()
    return made
