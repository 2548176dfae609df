"""At the desk, a service of somebody else's territory is as if it did not exist."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from portal.accounts.models import Grant, Person
from portal.catalogue import actions, drafts
from portal.catalogue.drafts import Draft, PlaceDraft
from portal.catalogue.models import Kind, Report, Service
from portal.territory.models import Municipality
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Municipality:
    return make.municipality("Tady", orp=make.orp("9901", "Tady"))


@pytest.fixture
def there() -> Service:
    return make.service("Cizí služba", at=make.municipality("Jinde", orp=make.orp("9902", "Jinde")))


def holder(role: str, kind: str, code: str) -> Person:
    person = make.person()
    Grant.objects.create(person=person, role=role, range_kind=kind, range_code=code)
    return person


@pytest.fixture
def coordinator(here: Municipality) -> Person:
    return holder("coordinator", "orp", here.orp_id)


def test_addresses_of_another_territory_lead_nowhere(client: Client, coordinator: Person, there: Service) -> None:
    report = Report.objects.create(service=there, text="Telefon neplatí.")
    client.force_login(coordinator)
    card, sheet = f"/sprava/sluzby/{there.pk}/", f"/sprava/hlaseni/{report.pk}/"
    for address in (card, sheet):
        assert client.get(address).status_code == 404
    for address in (card, sheet, f"{sheet}znovu/", *(f"{card}{verb}/" for verb in ("skryt", "zverejnit", "ukoncit"))):
        assert client.post(address, {"day": "2026-01-01", "answer": "Opraveno."}).status_code == 404
    there.refresh_from_db()
    assert there.published
    assert there.ended_on is None
    assert Report.objects.get().state == Report.State.NEW


def test_lists_show_only_what_lies_in_the_range(
    client: Client, coordinator: Person, here: Municipality, there: Service
) -> None:
    near = make.service("Naše služba", at=here)
    for service in (near, there):
        Report.objects.create(service=service, text="Něco nesedí.")
    client.force_login(coordinator)
    for address in ("/sprava/sluzby/", "/sprava/hlaseni/"):
        page = client.get(address).content.decode()
        assert "Naše služba" in page
        assert "Cizí služba" not in page


def test_actions_refuse_another_territory(coordinator: Person, there: Service) -> None:
    draft = drafts.read(there)
    for act in (
        lambda: actions.service_save(service=there, draft=draft, seen=draft.fingerprint, actor=coordinator),
        lambda: actions.service_hide(service=there, actor=coordinator),
        lambda: actions.service_publish(service=there, actor=coordinator),
        lambda: actions.service_end(service=there, day=None, actor=coordinator),
    ):
        with pytest.raises(PermissionDenied):
            act()


def draft_of(kind: Kind, town: Municipality | None = None) -> Draft:
    places: Any = (PlaceDraft(municipality=town.pk),) if town else ()
    return Draft(name="Nový klub", kind=kind.key, provider="Nový spolek", places=places)


def test_a_new_service_must_lie_where_its_writer_may(coordinator: Person, here: Municipality) -> None:
    kind = make.kind()
    with pytest.raises(ValidationError, match="území"):
        actions.service_add(draft=draft_of(kind), actor=coordinator)
    assert not Service.objects.exists()
    assert actions.service_add(draft=draft_of(kind, here), actor=coordinator).pk


def test_an_official_adds_accompanying_services_of_the_town_and_publishes_none(here: Municipality) -> None:
    official = holder("municipality", "municipality", here.pk)
    club = make.kind("klub", group=Kind.Group.ACCOMPANYING)
    for draft in (draft_of(make.kind(), here), draft_of(club, make.municipality("Vedle"))):
        with pytest.raises(ValidationError, match="návaznou službu"):
            actions.service_add(draft=draft, actor=official)
    added = actions.service_add(draft=draft_of(club, here), actor=official)
    assert not added.published
    with pytest.raises(PermissionDenied):
        actions.service_publish(service=added, actor=official)
