"""Who is in a group: joining, changing, leaving, substitutes, the account that opens the desk."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from portal.accounts import actions as accounts
from portal.accounts.models import Grant, Invitation, Person
from portal.audit.actions import NOBODY
from portal.audit.models import Deed
from portal.groups import member_actions, rules
from portal.groups.actions import Stale
from portal.groups.models import Group, Membership, Side
from portal.home import actions as home
from portal.territory.models import Municipality
from tests import make

pytestmark = pytest.mark.django_db
Role, Range = Grant.Role, Grant.Range
TODAY = timezone.localdate


@pytest.fixture
def town() -> Municipality:
    return make.municipality("Tady", orp=make.orp("9901", "Tady"))


@pytest.fixture
def group(town: Municipality) -> Group:
    return make.group(town)


@pytest.fixture
def coordinator(town: Municipality) -> Person:
    person = make.person(name="Jana Koordinátorka")
    Grant.objects.create(person=person, role=Role.COORDINATOR, range_kind=Range.ORP, range_code=town.orp_id)
    return person


def add(group: Group, actor: Person, **more: Any) -> Membership:
    values = {"name": "Karla Nová", "email": "karla@example.org", "side": Side.USER, "joined_on": TODAY()} | more
    return member_actions.membership_add(group=group, actor=actor, **values)


def holds(person: Person, group: Group) -> bool:
    return Grant.objects.filter(person=person, role=Role.MEMBER, range_code=str(group.pk)).exists()


# --- who may ---------------------------------------------------------------------------------------------------


def test_a_coordinator_of_another_territory_and_a_head_do_not_keep_members(group: Group) -> None:
    far = make.person()
    Grant.objects.create(person=far, role=Role.COORDINATOR, range_kind=Range.ORP, range_code="9902")
    head = make.person()
    make.membership(group, head, role=Membership.Role.HEAD)
    for somebody in (far, head, make.person("auditor")):
        with pytest.raises(PermissionDenied):
            add(group, somebody)
    assert not Membership.objects.filter(name="Karla Nová").exists()


@pytest.mark.parametrize(
    ("role", "leads", "writes"),
    [("head", True, True), ("deputy", True, True), ("minute_taker", False, True), ("member", False, False)],
)
def test_what_one_may_follows_from_the_role_in_the_group(group: Group, role: str, leads: bool, writes: bool) -> None:
    somebody, other = make.person(), make.group()
    make.membership(group, somebody, role=role)
    assert rules.may_read_group(somebody, group)
    assert rules.may_lead(somebody, group) is leads
    assert rules.may_write_minutes(somebody, group) is writes
    assert not rules.may_edit_group(somebody, group)
    assert not rules.may_read_group(somebody, other)
    assert list(rules.readable_groups(somebody)) == [group]


def test_who_left_reads_no_more_even_with_the_role_still_there(group: Group) -> None:
    somebody = make.person()
    make.membership(group, somebody, left_on=TODAY())
    assert not rules.may_read_group(somebody, group)
    assert not rules.readable_groups(somebody).exists()


# --- joining and changing ----------------------------------------------------------------------------------------


def test_a_guest_never_votes_whatever_is_asked(group: Group, coordinator: Person) -> None:
    guest = add(group, coordinator, role="guest", votes=True)
    assert not guest.votes
    assert guest not in Membership.objects.voting()
    member = add(group, coordinator, name="Jiný", email="", votes=True)
    member_actions.membership_change(membership=member, seen=None, actor=coordinator, role="guest", votes=True)
    assert not Membership.objects.get(pk=member.pk).votes


def test_a_substitute_stands_for_a_member_of_the_same_group_and_is_no_member(group: Group, coordinator: Person) -> None:
    member = add(group, coordinator)
    other = add(group, coordinator, name="Náhradník", email="", substitutes=member)
    assert other not in Membership.objects.voting()
    stranger = make.membership(make.group())
    for whom in (other, stranger):
        with pytest.raises(ValidationError):
            add(group, coordinator, name="Třetí", email="", substitutes=whom)


def test_one_head_at_a_time(group: Group, coordinator: Person) -> None:
    head = add(group, coordinator, role="head")
    with pytest.raises(ValidationError, match="vede Karla Nová"):
        add(group, coordinator, name="Druhá", email="", role="head")
    member_actions.membership_change(membership=head, seen=None, actor=coordinator, role="member")
    assert add(group, coordinator, name="Druhá", email="", role="head").pk


def test_contacts_are_changed_but_never_told_to_the_journal(group: Group, coordinator: Person) -> None:
    member = add(group, coordinator)
    member_actions.membership_change(
        membership=member, seen=member.version, actor=coordinator, email="jina@example.org", phone="999 111 222"
    )
    assert Membership.objects.get(pk=member.pk).email == "jina@example.org"
    told = str(list(Deed.objects.values("before", "after", "names")))
    assert "@example.org" not in told
    assert "999 111" not in told


def test_somebody_else_saved_meanwhile(group: Group, coordinator: Person) -> None:
    member = add(group, coordinator)
    member_actions.membership_change(membership=member, seen=1, actor=coordinator, organisation="Spolek")
    with pytest.raises(Stale):
        member_actions.membership_change(membership=member, seen=1, actor=coordinator, organisation="Jiný")
    assert Membership.objects.get(pk=member.pk).organisation == "Spolek"


# --- the account -------------------------------------------------------------------------------------------------


def accepted(member: Membership, actor: Person) -> Person:
    invitation = member_actions.invite(membership=member, actor=actor)
    return accounts.accept_as_new(invitation=invitation, name=member.name, password=make.PASSWORD)


def test_accepting_the_invitation_ties_the_membership_to_the_account(group: Group, coordinator: Person) -> None:
    member = add(group, coordinator, email="Karla@Example.org")
    person = accepted(member, coordinator)
    assert Membership.objects.get(pk=member.pk).person == person
    assert rules.memberships(person) == {group.pk: "member"}


def test_an_account_alone_gives_nothing_without_the_role(group: Group, coordinator: Person) -> None:
    somebody = make.person(email="karla@example.org")
    member = add(group, coordinator)
    assert member.person is None
    assert not rules.may_read_group(somebody, group)


def test_leaving_takes_the_role_and_the_substitutes_away(group: Group, coordinator: Person) -> None:
    member = add(group, coordinator)
    person = accepted(member, coordinator)
    other = add(group, coordinator, name="Náhradník", email="n@example.org", substitutes=member)
    member_actions.invite(membership=other, actor=coordinator)
    member_actions.membership_end(membership=member, on=TODAY(), reason=" stěhuje se ", seen=None, actor=coordinator)
    assert not holds(person, group)
    left = Membership.objects.get(pk=other.pk)
    assert (left.left_on, left.left_reason) == (TODAY(), "stěhuje se")
    assert not Invitation.objects.open().filter(email="n@example.org").exists()
    assert Deed.objects.filter(verb="role_taken").exists()
    with pytest.raises(ValidationError):
        member_actions.membership_end(membership=member, on=TODAY(), reason="x", seen=None, actor=coordinator)


def test_a_day_told_ahead_closes_the_desk_when_it_comes(group: Group, coordinator: Person) -> None:
    member = add(group, coordinator, joined_on=TODAY() - timedelta(days=9))
    person = accepted(member, coordinator)
    ahead = TODAY() + timedelta(days=5)
    member_actions.membership_end(membership=member, on=ahead, reason="odchází", seen=None, actor=coordinator)
    assert holds(person, group)
    assert member_actions.close_ended() == 0
    Membership.objects.filter(pk=member.pk).update(left_on=TODAY())
    assert member_actions.close_ended() == 1
    assert not holds(person, group)
    assert member_actions.close_ended() == 0


def test_who_is_in_the_group_twice_keeps_the_desk(group: Group, coordinator: Person) -> None:
    member = add(group, coordinator)
    person = accepted(member, coordinator)
    again = add(group, coordinator, organisation="Jiná organizace")
    assert again.person == person
    member_actions.membership_end(membership=member, on=TODAY(), reason="jinam", seen=None, actor=coordinator)
    assert holds(person, group)


def test_nobody_leaves_before_joining(group: Group, coordinator: Person) -> None:
    member = add(group, coordinator)
    with pytest.raises(ValidationError):
        member_actions.membership_end(membership=member, on=date(2020, 1, 1), reason="x", seen=None, actor=coordinator)


def test_erasing_the_account_takes_name_and_contacts_from_memberships(group: Group, coordinator: Person) -> None:
    person = accepted(add(group, coordinator, phone="999 111 222"), coordinator)
    home.erase(person=person, actor=person)
    left = Membership.objects.get(group=group)
    assert (left.name, left.email, left.phone) == (NOBODY, "", "")
    assert "Karla" not in str(list(Membership.objects.values()))
