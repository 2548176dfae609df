"""Who and what is needed twice at one time: members of several groups, and rooms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.groups.models import Group, Membership
from words.fold import fold

from .models import Meeting

type Stretch = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Collision:
    """Another meeting at the same time. `people` are names of members of both; `room` says it is in the same place."""

    meeting: Meeting
    people: tuple[str, ...] = ()
    room: bool = False
    is_same: bool = False  # of the same group


def collisions(
    group: Group, times: Sequence[Stretch], place: str = "", *, besides: Meeting | None = None
) -> list[list[Collision]]:
    """For each stretch of time what stands in its way; two queries whatever their number. Only standing meetings
    count."""
    if not times:
        return []
    others = Meeting.objects.standing().between(min(t[0] for t in times), max(t[1] for t in times))
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    found = list(others.select_related("group"))
    people = _people({one.group_id for one in found} | {group.pk})
    mine, room = people.get(group.pk, {}), _room(place)
    told = []
    for starts_at, ends_at in times:
        here = []
        for one in found:
            if one.starts_at >= ends_at or one.ends_at <= starts_at:
                continue
            # Of one group everybody is in both; that says nothing.
            theirs = people.get(one.group_id, {}) if one.group_id != group.pk else {}
            both = tuple(sorted({name for key, name in mine.items() if key in theirs}))
            same = bool(room) and one.way != Meeting.Way.ONLINE and _room(one.place) == room
            if one.group_id == group.pk or both or same:
                here.append(Collision(one, both, same, one.group_id == group.pk))
        told.append(here)
    return told


def _people(groups: set[int]) -> dict[int, dict[str, str]]:
    """Group -> who is in it now, by what makes them the same person elsewhere (account, else e-mail) -> name."""
    rows = Membership.objects.current().filter(group__in=groups, substitutes=None)
    found: dict[int, dict[str, str]] = {}
    for group, person, email, name in rows.values_list("group_id", "person__email", "email", "name"):
        key = (person or email or "").strip().lower()
        if key:
            found.setdefault(group, {})[key] = name
    return found


def _room(place: str) -> str:
    return " ".join(fold(place).split())
