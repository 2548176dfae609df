"""The desk of groups: what is written there, what is refused and how, how much it asks the database."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.accounts.models import Grant, Invitation, Person
from portal.audit.models import Deed
from portal.groups import actions
from portal.groups.forms import EXPLAINED, PARTS
from portal.groups.models import Application, Group, Membership, Side
from portal.mail.models import Letter
from portal.territory.models import Municipality
from tests import make

pytestmark = pytest.mark.django_db
Role, Range = Grant.Role, Grant.Range


@pytest.fixture
def town() -> Municipality:
    return make.municipality("Svornov", orp=make.orp("9901", "Svornov"))


@pytest.fixture
def group(town: Municipality) -> Group:
    return make.group(town)


@pytest.fixture
def coordinator(town: Municipality) -> Person:
    person = make.person(name="Jana Koordinátorka")
    Grant.objects.create(person=person, role=Role.COORDINATOR, range_kind=Range.ORP, range_code=town.orp_id)
    return person


@pytest.fixture
def client(coordinator: Person) -> Client:
    signed_in = Client()
    signed_in.force_login(coordinator)
    return signed_in


def desk(group: Group, path: str = "") -> str:
    return f"/sprava/skupiny/{group.slug}/{path}"


def filled(client: Client, address: str, **more: Any) -> dict[str, Any]:
    """What the form on the page would send as it stands, with some of it changed."""
    form = client.get(address).context["form"]
    said = {one.html_name: one.value() for one in form}
    return {name: value for name, value in (said | more).items() if value not in (None, False, "")}


# --- groups ------------------------------------------------------------------------------------------------------


def test_a_group_is_founded_for_ones_territory_with_the_usual_rules(client: Client) -> None:
    said = {"name": "PS Senioři", "sort": "steering", "where": "ORP Svornov"}
    answer = client.post("/sprava/skupiny/nova/", said)
    group = Group.objects.get()
    assert answer["Location"] == desk(group, "jednaci-rad/")
    assert (group.span_kind, group.span_code, group.shown) == ("orp", "9901", False)
    assert group.procedure.invitation_days == 7
    assert Deed.objects.get(verb="group_added").thing_id == str(group.pk)


def test_a_group_for_somebody_elses_territory_is_refused_at_its_field(client: Client) -> None:
    make.orp("9902", "Jinde")
    answer = client.post("/sprava/skupiny/nova/", {"name": "PS", "sort": "working", "where": "ORP Jinde"})
    assert answer.status_code == 422
    assert "where" in answer.context["form"].errors
    assert not Group.objects.exists()


def test_addresses_of_groups_never_meet(coordinator: Person) -> None:
    values: dict[str, Any] = {"span_kind": "orp", "span_code": "9901", "span_name": "Svornov", "actor": coordinator}
    slugs = [actions.group_add(name=name, **values).slug for name in ("Senioři", "Senioři", "Nová", "Přihlášky")]
    assert slugs == ["seniori", "seniori-2", "skupina-nova", "skupina-prihlasky"]


def test_changes_are_saved_once_and_the_second_one_learns_of_it(client: Client, group: Group) -> None:
    address = desk(group, "udaje/")
    said = filled(client, address, about="Co děláme.")
    assert client.post(address, said).status_code == 302
    assert Group.objects.get().about == "Co děláme."
    answer = client.post(address, said | {"about": "Jinak."})
    assert answer.status_code == 409
    assert "Mezitím to upravil" in answer.content.decode()
    assert Group.objects.get().about == "Co děláme."


def test_a_group_never_reports_to_itself(coordinator: Person, group: Group) -> None:
    below = make.group(above=group, span_code=group.span_code)
    with pytest.raises(ValidationError):
        actions.group_change(group=group, seen=None, above=below, actor=coordinator)


def test_a_term_ends_after_it_begins(client: Client, group: Group) -> None:
    address = desk(group, "udaje/")
    answer = client.post(address, filled(client, address, since="2026-05-01", until="2026-04-01"))
    assert answer.status_code == 422
    assert "until" in answer.context["form"].errors


def test_closed_groups_stand_apart(client: Client, group: Group) -> None:
    closed = make.group(name="Skončená", span_code=group.span_code, closed_on=timezone.localdate())
    far = make.group(name="Cizí", span_code="9902")
    context = client.get("/sprava/skupiny/").context
    assert [one.group for place in context["territories"] for one in place.groups] == [group]
    assert [one.group for one in context["closed"]] == [closed]
    assert far.name not in client.get("/sprava/skupiny/").content.decode()


# --- rules of procedure ------------------------------------------------------------------------------------------


def test_every_rule_of_procedure_is_in_the_form_and_explained() -> None:
    assert set(EXPLAINED) == set(actions.OF_PROCEDURE)
    assert sorted(name for _, names in PARTS for name in names) == sorted(actions.OF_PROCEDURE)


def test_rules_of_procedure_are_saved_and_wrong_numbers_refused(client: Client, group: Group) -> None:
    address = desk(group, "jednaci-rad/")
    assert client.post(address, filled(client, address, invitation_days="10", quorum="sides")).status_code == 302
    procedure = Group.objects.get().procedure
    assert (procedure.invitation_days, procedure.quorum, procedure.counted) == (10, "sides", "person")
    answer = client.post(address, filled(client, address, web_days="-1", minutes_days="brzy"))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"web_days", "minutes_days"}


def test_a_member_reads_the_rules_in_sentences(group: Group) -> None:
    somebody, client = make.person(), Client()
    make.membership(group, somebody)
    client.force_login(somebody)
    page = client.get(desk(group, "jednaci-rad/")).content.decode()
    assert "Pozvánku dostanou členové" in page
    assert '<form method="post" class="narrow"' not in page
    assert client.post(desk(group, "jednaci-rad/"), {}).status_code == 404


# --- members -----------------------------------------------------------------------------------------------------


def test_a_member_is_written_changed_invited_and_leaves(client: Client, group: Group) -> None:
    provider = make.provider("Domov Tady")
    said = {"name": "Karla", "side": "provider", "role": "member", "votes": "on", "organisation": "Domov Tady"}
    said |= {"email": "karla@example.org", "joined_on": "2026-01-01"}
    assert client.post(desk(group, "clenove/pridat/"), said).status_code == 302
    member = Membership.objects.get()
    assert member.provider == provider
    address = desk(group, f"clenove/{member.pk}/")
    assert client.post(address, filled(client, address, role="guest")).status_code == 302
    assert not Membership.objects.get().votes
    assert client.post(address + "pozvat/").status_code == 302
    assert Invitation.objects.get().range_code == str(group.pk)
    assert Letter.objects.get().to == "karla@example.org"
    end = desk(group, f"clenove/{member.pk}/konec/")
    assert client.post(end, filled(client, end, reason="")).status_code == 422
    assert client.post(end, filled(client, end, reason="nový směr", on="2026-06-30")).status_code == 302
    page = client.get(desk(group, "drive/")).content.decode()
    assert "nový směr" in page
    assert "30. 6. 2026" in page
    assert Invitation.objects.get().withdrawn_at


def test_a_member_of_another_group_is_not_found_here(client: Client, group: Group) -> None:
    stranger = make.membership(make.group(span_code=group.span_code))
    for path in ("", "konec/"):
        assert client.get(desk(group, f"clenove/{stranger.pk}/{path}")).status_code == 404
    assert client.post(desk(group, f"clenove/{stranger.pk}/pozvat/")).status_code == 404


def test_contacts_are_for_those_who_call_meetings(group: Group) -> None:
    make.membership(group, email="tajny@example.org", phone="999 888 777")
    for role, sees in (("head", True), ("member", False)):
        somebody, client = make.person(), Client()
        make.membership(group, somebody, role=role)
        client.force_login(somebody)
        page = client.get(desk(group)).content.decode()
        assert ("tajny@example.org" in page) is sees
        assert ("999 888 777" in page) is sees


# --- applications ------------------------------------------------------------------------------------------------


def test_an_application_is_answered_from_its_page(client: Client, group: Group) -> None:
    said = {"name": "Adam", "email": "adam@example.org", "side": "public"}
    one = Application.objects.create(group=group, **said)
    address = f"/sprava/skupiny/prihlasky/{one.pk}/"
    assert "Adam" in client.get("/sprava/skupiny/prihlasky/").content.decode()
    answer = client.post(address, {"to": "guest", "answer": ""})
    assert answer.status_code == 422
    assert "answer" in answer.context["form"].errors
    assert client.post(address, {"to": "guest", "answer": "Přijďte v úterý."}).status_code == 302
    assert Application.objects.get().state == "guest"
    assert client.post(address, {"to": "new"}).status_code == 422


def test_applications_of_another_territory_are_not_there(client: Client) -> None:
    one = Application.objects.create(
        group=make.group(span_code="9902"), name="Cizí", email="c@example.org", side="public"
    )
    assert client.get(f"/sprava/skupiny/prihlasky/{one.pk}/").status_code == 404
    assert "Cizí" not in client.get("/sprava/skupiny/prihlasky/").content.decode()


# --- how much it asks --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", [1, 10])
def test_queries_of_the_desk_do_not_grow_with_the_rows(
    client: Client, group: Group, town: Municipality, times: int
) -> None:
    for _ in range(2 * times):
        other = make.group(town)
        for side in Side:
            make.membership(other, side=side)
        member = make.membership(group)
        make.membership(group, substitutes=member)
        make.membership(group, left_on=timezone.localdate())
        Application.objects.create(group=other, name="Adam", email="a@example.org", side="public")
    client.get("/sprava/skupiny/")
    for path, most in (
        ("/sprava/skupiny/", 8),
        (desk(group), 10),
        (desk(group, "drive/"), 10),
        ("/sprava/skupiny/prihlasky/", 9),
    ):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        assert len(queries) <= most, (path, [one["sql"][:90] for one in queries])
