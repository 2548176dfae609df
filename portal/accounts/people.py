"""What pages about people show: lists and one person, each with roles and ranges in words. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.audit.models import Deed
from portal.audit.verbs import sentence

from . import rules, spans
from .models import Grant, Held, Invitation, Person


@dataclass(frozen=True, slots=True)
class Role:
    """A role somebody holds or is offered."""

    pk: int
    name: str
    range: str
    may_take: bool


@dataclass(frozen=True, slots=True)
class Row:
    person: Person
    roles: list[Role]


@dataclass(frozen=True, slots=True)
class Offer:
    invitation: Invitation
    role: str
    range: str
    may_change: bool


def people(looker: Any, asked: dict[str, str]) -> QuerySet[Person]:
    """Those the looker sees, by what was asked; roles and ranges are asked of what the looker sees of them."""
    found = rules.seen_people(looker)
    grants = rules.seen_grants(looker)
    if text := asked.get("q"):
        found = found.filter(pk__in=Person.objects.get_queryset().named(text).values("pk"))
    if role := asked.get("role"):
        grants = grants.filter(role=role)
    if where := asked.get("kde"):
        wanted = Q(pk__in=[])
        for kind, code in spans.named(where, Grant.Range.values):
            wanted |= Q(range_kind=kind, range_code=code)
        grants = grants.filter(wanted)
    if asked.get("role") or asked.get("kde"):
        found = found.filter(Exists(grants.filter(person=OuterRef("pk"))))
    if state := asked.get("stav"):
        found = found.filter(is_active=state == "on")
    return found.order_by("name", "pk")


def rows(looker: Any, page: Iterable[Person]) -> list[Row]:
    """People of one page with the roles that the looker sees; a few queries for any number of them."""
    listed = list(page)
    grants = list(rules.seen_grants(looker).filter(person__in=listed).order_by("role", "range_kind", "pk"))
    told = _roles(looker, grants)
    return [Row(person, [told[grant.pk] for grant in grants if grant.person_id == person.pk]) for person in listed]


def _roles(looker: Any, grants: list[Grant]) -> dict[int, Role]:
    names = spans.names(rules.pair(grant) for grant in grants)
    held = {grant.pk: Held(grant.role, grant.range_kind, grant.range_code) for grant in grants}
    given = rules.given_among(looker, held.values())
    return {
        grant.pk: Role(grant.pk, grant.get_role_display(), names[rules.pair(grant)], held[grant.pk] in given)
        for grant in grants
    }


def offers(looker: Any, invitations: Iterable[Invitation]) -> list[Offer]:
    listed = list(invitations)
    names = spans.names(rules.pair(one) for one in listed)
    held = {one.pk: Held(one.role, one.range_kind, one.range_code) for one in listed}
    given = rules.given_among(looker, held.values())
    return [Offer(one, one.get_role_display(), names[rules.pair(one)], held[one.pk] in given) for one in listed]


def offered(invitation: Invitation) -> list[tuple[str, str]]:
    """Role and range of everything that accepting the invitation brings."""
    waiting = list(Invitation.objects.open().filter(email=invitation.email).order_by("pk"))
    names = spans.names(rules.pair(one) for one in waiting)
    return [(one.get_role_display(), names[rules.pair(one)]) for one in waiting]


def held_by(person: Person) -> list[tuple[str, str]]:
    """Role and range of all the person holds, in words: for whom one acts here."""
    grants = list(person.grants.order_by("role", "range_kind", "pk"))
    names = spans.names(rules.pair(one) for one in grants)
    return [(one.get_role_display(), names[rules.pair(one)]) for one in grants]


def deeds(person: Person, most: int = 10) -> list[tuple[Deed, str]]:
    """The latest of what was done to the account, in words."""
    told = Deed.objects.about(Person._meta.label_lower, str(person.pk))[:most]
    return [(one, sentence(one.verb, one.actor_name, one.thing_name)) for one in told]
