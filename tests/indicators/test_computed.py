"""What the system counts from the catalogue: each service once, unknown is not zero."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db.models import QuerySet

from portal.accounts.models import Grant
from portal.catalogue.models import Facility, Kind, Service
from portal.indicators.computed import Figure, capacity, confirmed_share, figure, public_services, services_in
from portal.indicators.models import Definition
from portal.territory.models import Municipality
from tests import make
from tests.plan import plans

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)


@pytest.fixture
def town() -> Municipality:
    return make.municipality("Svornov")


def with_capacity(town: Municipality, amount: int | None, kind: Kind) -> Service:
    service = make.service(at=town, kind=kind)
    form = service.forms.first() or make.service_form(service)
    make.capacity(form, amount)
    return service


def here(town: Municipality) -> QuerySet[Service]:
    return services_in(Grant.Range.MUNICIPALITY, town.pk)


def test_capacity_counts_each_service_once_however_many_places_it_has(town: Municipality) -> None:
    kind, unit = make.kind("ds"), make.unit("luzka")
    service = with_capacity(town, 40, kind)
    Facility.objects.create(service=service, municipality=town)
    with_capacity(town, 12, kind)
    assert capacity(here(town), kind, unit) == Figure(Decimal(52), 2)


def test_a_silent_service_is_told_of_and_all_silent_is_unknown(town: Municipality) -> None:
    kind, unit = make.kind("ds"), make.unit("luzka")
    with_capacity(town, None, kind)
    make.service(at=town, kind=kind)
    assert capacity(here(town), kind, unit) == Figure(None, 0, 2)
    with_capacity(town, 7, kind)
    assert capacity(here(town), kind, unit) == Figure(Decimal(7), 1, 2)


def test_no_service_of_the_kind_is_zero(town: Municipality) -> None:
    assert capacity(here(town), make.kind("ds"), make.unit("luzka")) == Figure(Decimal(0), 0)


def test_only_public_services_of_the_territory_count(town: Municipality) -> None:
    kind, elsewhere = make.kind("ps"), make.municipality("Jinde")
    make.service(at=town, kind=kind)
    make.service(at=town, kind=kind, published=False)
    make.service(at=town, kind=kind, ended_on=date(2020, 1, 1))
    make.service(at=elsewhere, kind=kind)
    coming = make.service(at=elsewhere, kind=kind)
    coming.served_municipalities.add(town)
    assert public_services(here(town), kind).value == 2
    assert public_services(services_in(Grant.Range.SITE, ""), kind).value == 3


def test_the_share_of_confirmed_cards_grows_old(town: Municipality) -> None:
    kind = make.kind("ps")
    assert confirmed_share(here(town), kind, TODAY) == Figure(None, 0)
    for days in (10, 400, None):
        verified = TODAY - timedelta(days=days) if days else None
        make.service(at=town, kind=kind, verified_on=verified)
    assert confirmed_share(here(town), kind, TODAY).value == Decimal("33.3")


def test_a_typed_definition_is_never_computed(town: Municipality) -> None:
    plan = plans.plan(town=town)
    assert figure(Definition(key="a", name="A", unit="lidé"), plan) is None
    counted = Definition(key="b", name="B", unit="služby", formula=Definition.Formula.SERVICES)
    assert figure(counted, plan) == Figure(Decimal(0), 0)
