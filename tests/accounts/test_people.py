"""The people desk: whom one sees, roles given and taken, accounts switched off, within the range of who looks."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.accounts import actions, rules
from portal.accounts.models import Grant, Invitation, Person, Session
from portal.audit.models import Deed
from portal.catalogue.models import Provider
from portal.territory.models import Municipality
from tests import make

pytestmark = pytest.mark.django_db
Role, Range = Grant.Role, Grant.Range


@pytest.fixture
def town() -> Municipality:
    return make.municipality("Tady", orp=make.orp("9901", "Tady"))


@pytest.fixture
def provider(town: Municipality) -> Provider:
    return make.provider("Domov Tady", municipality=town, ico="12345679")


@pytest.fixture
def elsewhere() -> Provider:
    return make.provider(
        "Domov Jinde",
        municipality=make.municipality("Jinde", orp=make.orp("9902", "Jinde")),
    )


def holder(role: str, kind: str, code: Any, **more: Any) -> Person:
    person = make.person(**more)
    Grant.objects.create(person=person, role=role, range_kind=kind, range_code=str(code))
    return person


@pytest.fixture
def coordinator(town: Municipality) -> Person:
    return holder(Role.COORDINATOR, Range.ORP, town.orp_id, name="Jana Koordinátorka")


@pytest.fixture
def near(provider: Provider) -> Person:
    return holder(Role.PROVIDER_EDITOR, Range.PROVIDER, provider.pk, name="Eva Blízká")


@pytest.fixture
def far(elsewhere: Provider) -> Person:
    return holder(Role.PROVIDER_EDITOR, Range.PROVIDER, elsewhere.pk, name="Petr Vzdálený")


def test_one_sees_those_of_ones_range_and_of_them_only_roles_in_it(
    client: Client, coordinator: Person, near: Person, far: Person, elsewhere: Provider
) -> None:
    Grant.objects.create(
        person=near,
        role=Role.PROVIDER_HEAD,
        range_kind=Range.PROVIDER,
        range_code=str(elsewhere.pk),
    )
    client.force_login(coordinator)
    page = client.get("/sprava/lide/").content.decode()
    assert "Eva Blízká" in page
    assert "Domov Tady" in page
    assert "Petr Vzdálený" not in page
    assert "Domov Jinde" not in page
    assert "Domov Jinde" not in client.get(f"/sprava/lide/{near.pk}/").content.decode()


@pytest.mark.parametrize("action", ["", "vypnout/", "zapnout/"])
def test_somebody_of_another_range_is_as_if_they_did_not_exist(
    client: Client, coordinator: Person, far: Person, action: str
) -> None:
    client.force_login(coordinator)
    ask = client.post if action else client.get
    for pk in (far.pk, 999_999):
        assert ask(f"/sprava/lide/{pk}/{action}").status_code == 404


def test_roles_and_invitations_of_another_range_are_out_of_reach(
    client: Client, coordinator: Person, near: Person, elsewhere: Provider
) -> None:
    grant = Grant.objects.create(
        person=near,
        role=Role.PROVIDER_HEAD,
        range_kind=Range.PROVIDER,
        range_code=str(elsewhere.pk),
    )
    invitation = actions.invite(
        email="x@jinde.example",
        name="",
        role=Role.PROVIDER_HEAD,
        range_kind=Range.PROVIDER,
        range_code=str(elsewhere.pk),
        actor=make.person("technical"),
    )
    client.force_login(coordinator)
    for address in (
        f"/sprava/lide/{near.pk}/role/{grant.pk}/odebrat/",
        f"/sprava/lide/pozvanky/{invitation.pk}/znovu/",
        f"/sprava/lide/pozvanky/{invitation.pk}/zrusit/",
    ):
        assert client.post(address).status_code == 404
    assert "x@jinde.example" not in client.get("/sprava/lide/pozvanky/").content.decode()
    assert Grant.objects.filter(pk=grant.pk).exists()


def test_filters(client: Client, near: Person, far: Person) -> None:
    client.force_login(make.person("technical", name="Správkyně"))

    def found(question: str) -> set[str]:
        page = client.get(f"/sprava/lide/?{question}").content.decode()
        return {name for name in ("Eva Blízká", "Petr Vzdálený", "Správkyně") if name in page}

    assert found("q=blízk") == {"Eva Blízká"}
    assert found("kde=Domov Jinde") == {"Petr Vzdálený"}
    assert found("kde=12345679") == {"Eva Blízká"}
    assert found("role=technical") == {"Správkyně"}
    assert found("stav=off") == set()
    assert found("kde=Atlantida") == set()


@pytest.mark.parametrize("times", [3, 30])
def test_queries_of_the_list(client: Client, coordinator: Person, provider: Provider, times: int) -> None:
    for _ in range(times):
        holder(Role.PROVIDER_EDITOR, Range.PROVIDER, provider.pk)
    client.force_login(coordinator)
    client.get("/sprava/lide/")
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/sprava/lide/").status_code == 200
    assert len(queries) <= 16


# --- roles ---------------------------------------------------------------------------------------------------


def test_a_role_is_added_by_name_of_its_range(
    client: Client, coordinator: Person, near: Person, town: Municipality
) -> None:
    client.force_login(coordinator)
    address = f"/sprava/lide/{near.pk}/"
    assert client.post(address, {"role": Role.MUNICIPALITY, "where": "tady"}).status_code == 302
    assert near.grants.filter(role=Role.MUNICIPALITY, range_code=town.pk).exists()
    assert Deed.objects.get(verb="role_given").after["range_code"] == town.pk


@pytest.mark.parametrize(
    ("role", "where", "words"),
    [
        (Role.PROVIDER_HEAD, "Domov Jinde", "neznáme"),
        (Role.PROVIDER_HEAD, "", "Napište"),
        (Role.PROVIDER_EDITOR, "Domov Tady", "už má"),
        (Role.REGION, "", "Vyberte"),
    ],
)
def test_what_one_may_not_give_is_refused_at_the_field(
    client: Client,
    coordinator: Person,
    near: Person,
    elsewhere: Provider,
    role: str,
    where: str,
    words: str,
) -> None:
    client.force_login(coordinator)
    answer = client.post(f"/sprava/lide/{near.pk}/", {"role": role, "where": where})
    assert answer.status_code == 422
    assert words in answer.content.decode().partition("error-summary")[2].partition("</div>")[0]
    assert near.grants.count() == 1


def test_namesakes_ask_which_one(client: Client, near: Person, town: Municipality) -> None:
    other = make.municipality("Tady")
    client.force_login(make.person("technical"))
    address = f"/sprava/lide/{near.pk}/"
    page = client.post(address, {"role": Role.MUNICIPALITY, "where": "Tady"}).content.decode()
    assert town.pk in page
    assert other.pk in page
    client.post(address, {"role": Role.MUNICIPALITY, "where": other.pk})
    assert near.grants.get(role=Role.MUNICIPALITY).range_code == other.pk


def test_a_head_names_no_provider(client: Client, provider: Provider) -> None:
    client.force_login(holder(Role.PROVIDER_HEAD, Range.PROVIDER, provider.pk))
    answer = client.post(
        "/sprava/lide/pozvat/",
        {"email": "a@b.example", "role": Role.PROVIDER_EDITOR, "where": ""},
    )
    assert answer.status_code == 302
    assert Invitation.objects.get().range_code == str(provider.pk)


def test_a_role_is_taken(client: Client, coordinator: Person, near: Person) -> None:
    client.force_login(coordinator)
    client.post(f"/sprava/lide/{near.pk}/role/{near.grants.get().pk}/odebrat/")
    assert not near.grants.exists()
    assert Deed.objects.get(verb="role_taken").before["role"] == Role.PROVIDER_EDITOR


# --- accounts ------------------------------------------------------------------------------------------------


def test_switching_off_ends_what_is_open_and_on_brings_all_back(
    client: Client, coordinator: Person, near: Person
) -> None:
    client.force_login(near)
    theirs = Session.objects.get(person=near)
    client.logout()
    Session.objects.create(
        session_key="k" * 32,
        session_data="",
        expire_date=theirs.expire_date,
        person=near,
    )
    client.force_login(coordinator)
    client.post(f"/sprava/lide/{near.pk}/vypnout/")
    near.refresh_from_db()
    assert not near.is_active
    assert not Session.objects.filter(person=near).exists()
    client.post(f"/sprava/lide/{near.pk}/zapnout/")
    near.refresh_from_db()
    assert near.is_active
    assert near.grants.exists()


def test_only_who_may_give_all_of_somebodys_roles_switches_them_off(coordinator: Person, near: Person) -> None:
    Grant.objects.create(person=near, role=Role.AUDITOR)
    with pytest.raises(PermissionDenied):
        actions.switch_off(person=near, actor=coordinator)
    actions.switch_off(person=near, actor=make.person("technical"))


def test_nobody_switches_oneself_off() -> None:
    technical = make.person("technical")
    assert not rules.may_manage(technical, technical)


def test_the_last_administrator_stays() -> None:
    first, second = make.person("technical"), make.person("technical")
    actions.take_role(grant=first.grants.get(), actor=second)
    with pytest.raises(ValidationError, match="poslední"):
        actions.take_role(grant=second.grants.get(), actor=second)
    region = make.person("region")
    assert rules.is_last_administrator(second)
    assert not rules.is_last_administrator(region)
    Grant.objects.filter(person=second).delete()
    assert rules.is_last_administrator(region)


def test_auditor_reads_people_and_writes_none(client: Client, near: Person) -> None:
    client.force_login(make.person("auditor"))
    address = f"/sprava/lide/{near.pk}/"
    page = client.get(address).content.decode()
    assert "Přidat roli" not in page
    assert "Vypnout" not in page
    grant = near.grants.get()
    for post in (
        address,
        f"{address}vypnout/",
        f"{address}role/{grant.pk}/odebrat/",
        "/sprava/lide/pozvat/",
    ):
        assert client.post(post, {"role": Role.AUDITOR}).status_code == 404
    assert near.grants.get() == grant
