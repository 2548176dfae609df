"""What pages of groups show, read in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from .application_actions import OPEN, due_on
from .balance import MANY, Balance, balance, balance_of
from .models import Application, Group, GroupQuerySet, Membership, Side

# Less than this many days before the deadline of an application somebody should hurry.
SOON = 14


def in_group(on: date | None = None) -> Q:
    """Rows of a group's members as they are counted: those who decide or run the body, neither guests nor
    substitutes."""
    day = on or timezone.localdate()
    lasts = Q(memberships__left_on=None) | Q(memberships__left_on__gt=day)
    return (
        lasts
        & Q(memberships__joined_on__lte=day, memberships__substitutes=None)
        & ~Q(memberships__role=Membership.Role.GUEST)
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """A group of a list with its balance."""

    group: Group
    balance: Balance

    @property
    def members(self) -> int:
        return self.balance.total


def listed(groups: GroupQuerySet) -> list[Listed]:
    """Groups with how many people of each side they have; one query."""
    counts = {f"of_{side}": Count("memberships", filter=in_group() & Q(memberships__side=side)) for side in Side}
    rows: Iterable[Any] = groups.annotate(**counts)
    return [Listed(one, balance({side: getattr(one, f"of_{side}") for side in Side})) for one in rows]


@dataclass(frozen=True, slots=True)
class Territory:
    name: str
    groups: list[Listed]


def by_territory(groups: Iterable[Listed]) -> list[Territory]:
    """Lists of groups under the names of their territories, wider territories first."""
    wide = {"site": 0, "region": 1, "orp": 2, "municipality": 3}
    ordered = sorted(
        groups, key=lambda one: (wide.get(one.group.span_kind, 9), one.group.span_name, one.group.order, one.group.name)
    )
    return [Territory(name, list(rows)) for name, rows in groupby(ordered, key=lambda one: one.group.span_name)]


# --- members -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seat:
    """A member with those who stand in for them."""

    member: Membership
    substitutes: list[Membership]


@dataclass(frozen=True, slots=True)
class Table:
    """Who sits on one side."""

    side: Side
    seats: list[Seat]

    @property
    def name(self) -> str:
        return MANY[self.side]


ROLE_ORDER = {role: at for at, role in enumerate(Membership.Role.values)}


def seated(members: Iterable[Membership]) -> tuple[list[Table], list[Membership]]:
    """Members by side of the triad with their substitutes, and guests apart; the head comes first on their side."""
    rows = sorted(members, key=lambda one: (ROLE_ORDER[one.role], one.name))
    guests = [one for one in rows if one.role == Membership.Role.GUEST]
    instead: dict[int, list[Membership]] = {}
    for one in rows:
        if one.substitutes_id:
            instead.setdefault(one.substitutes_id, []).append(one)
    proper = [one for one in rows if one.role != Membership.Role.GUEST and not one.substitutes_id]
    tables = [Table(side, [Seat(one, instead.get(one.pk, [])) for one in proper if one.side == side]) for side in Side]
    return [one for one in tables if one.seats], guests


def balance_now(members: Iterable[Membership]) -> Balance:
    """Of a group's current members; guests and substitutes are not counted."""
    return balance_of(one.side for one in members if one.role != Membership.Role.GUEST and one.substitutes_id is None)


# --- applications ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """An application with its deadline; `days` are left until it, negative once it passed."""

    application: Application
    due: date
    days: int

    @property
    def is_late(self) -> bool:
        return self.days < 0

    @property
    def is_soon(self) -> bool:
        return 0 <= self.days <= SOON


def waiting(groups: GroupQuerySet) -> list[Waiting]:
    """Applications that nobody has settled yet, the most pressing first."""
    rows = Application.objects.filter(group__in=groups, state__in=OPEN).select_related("group__procedure")
    return sorted((waits(one) for one in rows), key=lambda one: one.due)


def waits(application: Application) -> Waiting:
    due = due_on(application, application.group.procedure)
    return Waiting(application, due, (due - timezone.localdate()).days)
