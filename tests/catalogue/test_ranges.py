"""Whose is a service: by its places, by whom it serves, by its provider. A list and a single question agree."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.accounts.models import Grant, Person
from portal.catalogue import rules
from portal.catalogue.models import Kind, Service
from portal.territory.models import Municipality
from tests import make

pytestmark = pytest.mark.django_db
Role, Range = Grant.Role, Grant.Range


@pytest.fixture
def here() -> Municipality:
    return make.municipality("Tady", orp=make.orp("9901", "Tady"))


@pytest.fixture
def elsewhere() -> Municipality:
    return make.municipality("Jinde", orp=make.orp("9902", "Jinde"))


def holder(role: str, kind: str, code: Any) -> Person:
    person = make.person()
    Grant.objects.create(person=person, role=role, range_kind=kind, range_code=str(code))
    return person


def coordinator(of: Municipality) -> Person:
    return holder(Role.COORDINATOR, Range.ORP, of.orp_id)


def in_facility(service: Service, town: Municipality) -> None:
    make.facility(service, town)


def in_served_town(service: Service, town: Municipality) -> None:
    service.served_municipalities.add(town)


def in_served_orp(service: Service, town: Municipality) -> None:
    service.served_orps.add(town.orp)


def by_provider(service: Service, town: Municipality) -> None:
    service.provider.municipality = town
    service.provider.save()


@pytest.mark.parametrize("put", [in_facility, in_served_town, in_served_orp, by_provider])
def test_a_coordinator_edits_what_touches_the_orp_and_nothing_else(
    put: Any, here: Municipality, elsewhere: Municipality
) -> None:
    service = make.service()
    put(service, here)
    assert rules.may_edit_service(coordinator(here), service)
    assert not rules.may_edit_service(coordinator(elsewhere), service)
    assert rules.may_edit_service(holder(Role.REGION, Range.REGION, here.region_id), service)
    assert not rules.may_edit_service(holder(Role.REGION, Range.REGION, "CZ098"), service)


def test_a_service_of_the_whole_region_is_the_regions(here: Municipality) -> None:
    service = make.service(whole_region=here.region)
    assert rules.may_edit_service(holder(Role.REGION, Range.REGION, here.region_id), service)
    assert not rules.may_edit_service(coordinator(here), service)


def test_a_town_coordinator_has_its_town_but_not_what_only_serves_the_whole_orp(here: Municipality) -> None:
    town = holder(Role.COORDINATOR, Range.MUNICIPALITY, here.pk)
    inside, around = make.service(at=here), make.service()
    around.served_orps.add(here.orp)
    assert rules.may_edit_service(town, inside)
    assert not rules.may_edit_service(town, around)


def test_a_closed_place_gives_no_right_until_the_whole_service_ends(here: Municipality) -> None:
    service = make.service()
    yesterday = timezone.localdate() - timedelta(days=1)
    make.facility(service, here, ended_on=yesterday)
    assert not rules.may_edit_service(coordinator(here), service)
    service.ended_on = yesterday
    service.save()
    assert rules.may_edit_service(coordinator(here), service)


def test_what_has_no_territory_is_left_to_the_whole_site(here: Municipality) -> None:
    service = make.service()
    make.secret_facility(service)
    assert not rules.may_edit_service(coordinator(here), service)
    assert rules.may_edit_service(make.person("coordinator"), service)


def test_people_of_a_provider_propose_for_its_services_alone(here: Municipality) -> None:
    ours, theirs = make.service(at=here), make.service(at=here)
    for role in (Role.PROVIDER_EDITOR, Role.PROVIDER_HEAD):
        person = holder(role, Range.PROVIDER, ours.provider_id)
        assert rules.may_propose(person, ours)
        assert not rules.may_propose(person, theirs)
        assert not rules.may_edit_service(person, ours)
        assert list(rules.services_of(person)) == [ours]
        assert rules.may_head_provider(person, ours.provider) == (role == Role.PROVIDER_HEAD)
        assert not rules.may_head_provider(person, theirs.provider)


def test_an_official_reads_the_town_and_proposes_for_accompanying_services(
    here: Municipality, elsewhere: Municipality
) -> None:
    registered = make.service(at=here)
    accompanying = make.service(at=here, kind=make.kind("klub", group=Kind.Group.ACCOMPANYING))
    far = make.service(at=elsewhere, kind=accompanying.kind)
    official = holder(Role.MUNICIPALITY, Range.MUNICIPALITY, here.pk)
    assert set(rules.readable_services(official)) == {registered, accompanying}
    assert list(rules.proposable_services(official)) == [accompanying]
    assert not rules.may_edit_service(official, accompanying)
    assert not rules.may_propose(official, far)


def test_rights_of_several_roles_add_up(here: Municipality, elsewhere: Municipality) -> None:
    person = coordinator(here)
    Grant.objects.create(person=person, role=Role.COORDINATOR, range_kind=Range.ORP, range_code=elsewhere.orp_id)
    mine = make.service()
    Grant.objects.create(
        person=person, role=Role.PROVIDER_EDITOR, range_kind=Range.PROVIDER, range_code=str(mine.provider_id)
    )
    near, far = make.service(at=here), make.service(at=elsewhere)
    assert set(rules.editable_services(person)) == {near, far}
    assert set(rules.proposable_services(person)) == {near, far, mine}


def test_a_coordinator_heads_providers_who_are_or_work_in_the_orp(here: Municipality, elsewhere: Municipality) -> None:
    working = make.service(at=here).provider
    seated = make.provider(municipality=here)
    other = make.service(at=elsewhere).provider
    assert set(rules.headed_providers(coordinator(here))) == {working, seated}
    assert not rules.may_head_provider(coordinator(here), other)


@pytest.mark.parametrize("role", ["auditor", "technical", "page_editor"])
def test_roles_without_content_write_nothing(role: str, here: Municipality) -> None:
    service = make.service(at=here)
    person = make.person(role)
    assert not rules.may_edit_service(person, service)
    assert not rules.may_propose(person, service)
    assert rules.may_read_service_desk(person, service) == (role == "auditor")


def test_a_visitor_and_a_switched_off_account_have_nothing(here: Municipality) -> None:
    service = make.service(at=here)
    off = coordinator(here)
    off.is_active = False
    for person in (AnonymousUser(), None, off):
        assert not rules.may_edit_service(person, service)
        assert not rules.may_read_service_desk(person, service)
        assert not rules.may_propose(person, service)


def test_a_list_of_a_range_is_one_query(here: Municipality) -> None:
    for _ in range(5):
        make.service(at=here)
    person = coordinator(here)
    person.held()
    with CaptureQueriesContext(connection) as queries:
        assert len(rules.editable_services(person)) == 5
    assert len(queries) == 1
