"""Who may. Pure questions over a person (signed in or anonymous); every app's rules begin here."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from . import spans
from .models import Grant, Held, Invitation, InvitationQuerySet, Person
from .spans import Pair

Role = Grant.Role
Range = Grant.Range

# Whose roles who may give and take, within the range that the giver's own role has.
GIVES: dict[str, frozenset[str]] = {
    Role.TECHNICAL: frozenset(Role.values),
    Role.REGION: frozenset(Role.values) - {Role.TECHNICAL},
    Role.COORDINATOR: frozenset({Role.PROVIDER_HEAD, Role.PROVIDER_EDITOR, Role.MUNICIPALITY, Role.MEMBER}),
    Role.PROVIDER_HEAD: frozenset({Role.PROVIDER_EDITOR}),
}
ADMINISTRATORS = (Role.TECHNICAL, Role.REGION)


def held(person: Any, *roles: str) -> frozenset[Held]:
    """The grants of the person for any of the roles; none for a visitor and for an account that is switched off."""
    if not isinstance(person, Person) or not person.is_active:
        return frozenset()
    return frozenset(one for one in person.held() if one.role in roles)


def has_role(person: Any, *roles: str) -> bool:
    """Any of the roles, over whatever range."""
    return bool(held(person, *roles))


def holds_over(person: Any, roles: tuple[str, ...], *ranges: tuple[str, Any]) -> bool:
    """Any of the roles over the whole site or over any of the ranges (kind, code): `(Range.ORP, "5205")`."""
    wanted = {(str(kind), str(code)) for kind, code in ranges if code} | {(str(Range.SITE), "")}
    return any((one.kind, one.code) in wanted for one in held(person, *roles))


def may_see_desk(person: Any) -> bool:
    """The desk is for everybody who holds any role; each page of it asks its own rule."""
    return has_role(person, *Role.values)


# --- people and their roles ----------------------------------------------------------------------------------


def may_see_people(person: Any) -> bool:
    """Come to the people desk; whom one finds there follows from one's range."""
    return has_role(person, *GIVES, Role.AUDITOR)


def may_invite(person: Any) -> bool:
    return has_role(person, *GIVES)


def roles_given_by(person: Any) -> list[str]:
    """Roles that the person may give over some range, in the order of Role."""
    given = {role for one in held(person, *GIVES) for role in GIVES[one.role]}
    return [role for role in Role.values if role in given]


def may_give(person: Any, role: str, kind: str, code: str) -> bool:
    """Give the role over the range, take it away, invite to it."""
    return (role, kind, code) in given_among(person, [Held(role, kind, code)])


def given_among(person: Any, wanted: Iterable[Held]) -> set[Held]:
    """Those of the roles with ranges that the person may give; as many queries as there are kinds of range, for
    each role the person gives by."""
    wanted = {one for one in wanted if one.kind in Grant.RANGES[Role(one.role)]}
    allowed: set[Held] = set()
    for giver in {one.role for one in held(person, *GIVES)}:
        asked = {one for one in wanted - allowed if one.role in GIVES[giver]}
        inside = spans.lying_in(held(person, giver), {(one.kind, one.code) for one in asked})
        allowed |= {one for one in asked if (one.kind, one.code) in inside}
    return allowed


def may_manage(person: Any, other: Person) -> bool:
    """Switch the account off and on: who may give everything the other one holds. Nobody locks oneself out."""
    if not may_invite(person) or person.pk == other.pk or other.erased_at:
        return False
    if has_role(person, Role.TECHNICAL):
        return True
    others = other.held()
    return bool(others) and given_among(person, others) == others


def may_erase(person: Any, other: Person) -> bool:
    """Everybody oneself, a technical administrator anybody; not the last who looks after people."""
    mine = isinstance(person, Person) and person.is_active and person.pk == other.pk
    return (mine or has_role(person, Role.TECHNICAL)) and not other.erased_at and not is_last_administrator(other)


def is_last_administrator(person: Person) -> bool:
    """Whether nobody would be left to look after people: no technical administrator, or failing that no regional."""
    mine = {one.role for one in person.held()}
    others = set(
        Grant.objects.filter(role__in=ADMINISTRATORS, person__is_active=True)
        .exclude(person=person)
        .values_list("role", flat=True)
    )
    return bool(mine & set(ADMINISTRATORS)) and Role.TECHNICAL not in others and (Role.TECHNICAL in mine or not others)


# --- whom one sees -------------------------------------------------------------------------------------------


def seen_grants(person: Any) -> QuerySet[Grant]:
    return Grant.objects.filter(_seen(person))


def seen_invitations(person: Any) -> InvitationQuerySet:
    return Invitation.objects.filter(_seen(person))


def seen_people(person: Any) -> QuerySet[Person]:
    """Those who hold anything in the range of who looks; over the whole site also those who hold nothing."""
    people = Person.objects.filter(erased_at=None)
    return people if sees_everybody(person) else people.filter(pk__in=seen_grants(person).values("person"))


def sees_everybody(person: Any) -> bool:
    return any(one.kind == Range.SITE for one in held(person, *GIVES, Role.AUDITOR))


def _seen(person: Any) -> Q:
    """What lies in the ranges of the person, of rows with a kind and a code of a range."""
    if sees_everybody(person):
        return Q()
    asked = Q(pk__in=[])
    for kind, codes in _lying(person).items():
        asked |= Q(range_kind=kind, range_code__in=codes)
    return asked


def _lying(person: Any) -> dict[str, set[str]]:
    """Kind -> codes of all that lies in the ranges of the person. One query a kind, asked once for the person at
    hand: a page of the people desk has several lists."""
    over = held(person, *GIVES, Role.AUDITOR)
    if not over:
        return {}
    known: dict[str, Any] = person.__dict__
    if known.get("_lying", (None,))[0] != over:
        known["_lying"] = (over, spans.all_in(over))
    lying: dict[str, set[str]] = known["_lying"][1]
    return lying


def pair(one: Grant | Invitation | Held) -> Pair:
    return (one.kind, one.code) if isinstance(one, Held) else (one.range_kind, one.range_code)
