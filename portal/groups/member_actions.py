"""Writes about who is in a group: joining, changing, leaving, substitutes, and the account that opens the desk.

Contacts of members are not told to the journal: it is kept longer than they are needed.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from portal.accounts import actions as accounts
from portal.accounts.models import Grant, Invitation, Person
from portal.audit.actions import record
from portal.audit.models import Deed
from portal.catalogue.models import Provider

from .actions import Stale, choice_names, column, locked
from .models import Group, Membership

CONTACTS = ("email", "phone")
OF_MEMBERSHIP = (
    *("name", *CONTACTS, "provider", "organisation", "side", "role", "votes", "substitutes", "name_public"),
    *("joined_on", "left_on", "left_reason"),
)
TOLD = tuple(name for name in OF_MEMBERSHIP if name not in CONTACTS)
# One of each in a group, so that it is clear whom to ask.
ONLY_ONE = (Membership.Role.HEAD,)


@transaction.atomic
def membership_add(*, group: Group, actor: Any, **values: Any) -> Membership:
    """Somebody new in the group. A guest never votes, whatever is asked."""
    group = locked(group, actor)
    membership = Membership(group=group, **values)
    _settle(membership)
    membership.save()
    joined = told(membership, list(TOLD))
    record(
        verb="member_joined",
        thing=membership,
        actor=actor,
        after={name: value for name, value in joined.items() if value not in (None, "")},
        names=names_in(joined),
    )
    return membership


@transaction.atomic
def membership_change(
    *, membership: Membership, seen: int | None, actor: Any, restores: Deed | None = None, **values: Any
) -> Membership:
    membership = _locked(membership, actor, seen)
    names = [name for name in OF_MEMBERSHIP if name in values]
    before, contacts = told(membership, names), [getattr(membership, name) for name in CONTACTS]
    for name in names:
        setattr(membership, name, values[name])
    former = membership.person
    _settle(membership)
    after = told(membership, names)
    changed = [name for name in names if name in TOLD and before[name] != after[name]]
    if not changed and contacts == [getattr(membership, name) for name in CONTACTS]:
        return membership
    membership.version += 1
    membership.save()
    sides = [{name: values[name] for name in changed} for values in (before, after)]
    record(
        verb="member_changed",
        thing=membership,
        actor=actor,
        before=sides[0],
        after=sides[1],
        names=names_in(*sides),
        restores=restores,
    )
    if former is not None and (membership.person_id != former.pk or _is_over(membership)):
        _close_desk(membership.group, former, actor)
    return membership


@transaction.atomic
def membership_end(*, membership: Membership, on: date, reason: str, seen: int | None, actor: Any) -> Membership:
    """The member leaves on the day, and with them those who stand in for them; the desk closes when the day comes."""
    membership = _locked(membership, actor, seen)
    if membership.left_on:
        raise ValidationError("Tohle členství už skončilo.")
    if on < membership.joined_on:
        raise ValidationError({"on": "Členství nemůže skončit dřív, než začalo."})
    for one in [membership, *membership.substitute_rows.filter(left_on=None).select_for_update()]:
        one.left_on, one.left_reason = max(on, one.joined_on), reason.strip()
        one.version += 1
        one.save()
        record(
            verb="member_left",
            thing=one,
            actor=actor,
            before={"left_on": None, "left_reason": ""},
            after={"left_on": one.left_on, "left_reason": one.left_reason},
        )
        _withdraw_invitations(one, actor)
        if one.person and _is_over(one):
            _close_desk(one.group, one.person, actor)
    return membership


def membership_restore(*, membership: Membership, deed: Deed, actor: Any) -> Membership:
    """The values from before the deed; contacts, which the journal does not hold, stay."""
    values = {name: value for name, value in deed.before.items() if name in TOLD}
    for name in ("joined_on", "left_on", "provider", "substitutes"):
        if name in values:
            values[name] = _former(name, values[name])
    return membership_change(membership=membership, seen=None, actor=actor, restores=deed, **values)


def _former(name: str, value: Any) -> Any:
    """A value of the journal as the row has it; None for somebody or something that is gone."""
    if name == "provider":
        return Provider.objects.filter(slug=value or "").first()
    if name == "substitutes":
        return Membership.objects.filter(pk=value).first() if value else None
    return column(Membership, name).to_python(value)


def _locked(membership: Membership, actor: Any, seen: int | None) -> Membership:
    locked(membership.group, actor)
    rows = Membership.objects.select_related("group", "person", "provider", "substitutes")
    fresh = rows.select_for_update(of=("self",)).get(pk=membership.pk)
    if seen is not None and fresh.version != seen:
        raise Stale
    return fresh


def _settle(membership: Membership) -> None:
    """What follows from the rest, and what cannot be."""
    if membership.role == Membership.Role.GUEST:
        membership.votes = False
    if membership.left_on and membership.left_on < membership.joined_on:
        raise ValidationError({"left_on": "Členství nemůže skončit dřív, než začalo."})
    if membership.substitutes is not None and not _may_stand_in(membership, membership.substitutes):
        raise ValidationError({"substitutes": "Zastupovat jde jen řádného člena téže skupiny."})
    if membership.role in ONLY_ONE and not _is_over(membership):
        others = Membership.objects.current().filter(group=membership.group, role=membership.role)
        taken = others.exclude(pk=membership.pk).first()
        if taken is not None:
            raise ValidationError({"role": f"Skupinu vede {taken.name}. Nejdřív změňte roli tam."})
    membership.email = membership.email.strip()
    membership.person = _holder(membership)


def _may_stand_in(membership: Membership, other: Membership) -> bool:
    return other.pk != membership.pk and other.substitutes_id is None and other.group_id == membership.group_id


def _holder(membership: Membership) -> Person | None:
    """Whoever has the e-mail and took up the role of a member of this group."""
    if not membership.email:
        return None
    granted = Grant.objects.filter(**_range(membership.group)).values("person")
    return Person.objects.filter(email=membership.email.lower(), pk__in=granted).first()


def _range(group: Group) -> dict[str, str]:
    return {"role": Grant.Role.MEMBER, "range_kind": Grant.Range.GROUP, "range_code": str(group.pk)}


def _is_over(membership: Membership) -> bool:
    return membership.left_on is not None and membership.left_on <= timezone.localdate()


def told(membership: Membership, names: list[str]) -> dict[str, Any]:
    """Values as the journal keeps them: the provider by its slug, who is stood in for by the row."""
    values = {name: getattr(membership, name) for name in names if name in TOLD}
    if values.get("provider"):
        values["provider"] = values["provider"].slug
    if values.get("substitutes"):
        values["substitutes"] = values["substitutes"].pk
    return values


def names_in(*sides: dict[str, Any]) -> dict[str, str]:
    names: dict[str, str] = {}
    for values in sides:
        names |= choice_names(Membership, {k: v for k, v in values.items() if k not in {"provider", "substitutes"}})
        for name in ("provider", "substitutes"):
            if values.get(name) and (row := _former(name, values[name])) is not None:
                names[str(values[name])] = str(row)
    return names


# --- the account ---------------------------------------------------------------------------------------------


@transaction.atomic
def invite(*, membership: Membership, actor: Any) -> Invitation:
    """A letter that opens the desk to the member. The membership is tied to the account when it is taken up."""
    membership = _locked(membership, actor, None)
    if not membership.email:
        raise ValidationError("Nejdřív k členovi zapište e-mail.")
    if _is_over(membership):
        raise ValidationError("Členství skončilo, pozvat už nejde.")
    return accounts.invite(email=membership.email, name=membership.name, **_range(membership.group), actor=actor)


def _withdraw_invitations(membership: Membership, actor: Any) -> None:
    if not membership.email:
        return
    asked = {"email": membership.email.lower(), **_range(membership.group)}
    for one in Invitation.objects.waiting().filter(**asked):
        accounts.withdraw(invitation=one, actor=actor)


def _close_desk(group: Group, person: Person, actor: Any) -> None:
    """Take the role away, unless the person is in the group by another membership that lasts."""
    if Membership.objects.current().filter(group=group, person=person).exists():
        return
    for grant in Grant.objects.filter(person=person, **_range(group)):
        accounts.take_role(grant=grant, actor=actor)


@transaction.atomic
def close_ended() -> int:
    """Roles of those whose membership ended by a day told ahead; run by the clock every night."""
    day, closed = timezone.localdate(), 0
    ended = Membership.objects.filter(left_on__lte=day, person__isnull=False).select_related("group", "person")
    held = set(
        Grant.objects.filter(role=Grant.Role.MEMBER, range_kind=Grant.Range.GROUP).values_list(
            "person_id", "range_code"
        )
    )
    for one in ended:
        if (one.person_id, str(one.group_id)) in held and one.person is not None:
            lasting = Membership.objects.current().filter(group=one.group_id, person=one.person_id)
            if not lasting.exists():
                closed += accounts.role_ended(person=one.person, **_range(one.group))
    return closed
