"""What plans in force promise stands beside today's capacity, once and only where it belongs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from portal.access import study
from portal.access.models import ReferenceValue
from portal.access.promises import promised
from portal.access.question import Question
from portal.access.study import Study
from portal.catalogue.actions import touch
from portal.catalogue.models import Capacity, Service
from portal.plan.models import CapacityChange, Card, Node, Plan
from portal.territory.models import Municipality
from tests import make
from tests.plan import plans

pytestmark = pytest.mark.django_db

ADDRESS = "/dostupnost/vyhled/?druh=dps&uzemi=cr"


def asked(orp: str = "") -> Study:
    make.kind("dps")
    touch()
    return study.study(Question(kinds=("dps",), orp=orp))


def measure(town: Municipality, state: str = Plan.State.IN_FORCE) -> Card:
    """The first measure of a plan of the town."""
    plan = plans.grown(plans.plan(town=town), measures=1, activities=0)
    Plan.objects.filter(pk=plan.pk).update(state=state)
    return Card.objects.get_or_create(node=Node.objects.measures().get(plan=plan))[0]


def promise(card: Card, amount: int, service: Service | None = None, since: int = 2027, **more: Decimal) -> None:
    CapacityChange.objects.create(
        card=card,
        service=service,
        kind=make.kind("dps"),
        unit=make.unit("luzka"),
        amount=amount,
        since=date(since, 1, 1),
        **more,
    )


def home(town: Municipality, beds: int) -> Service:
    service = make.service(kind=make.kind("dps"), at=town)
    make.capacity(make.service_form(service, "pob"), beds)
    return service


def test_only_plans_that_have_been_decided_promise(villages: list[Municipality]) -> None:
    for state in Plan.State:
        promise(measure(villages[0], state), 1)
    assert promised(asked()).until("luzka", 2040) == 3  # approved, in force, prolonged


def test_promises_add_up_until_their_year(villages: list[Municipality]) -> None:
    card = measure(villages[0])
    promise(card, 10, since=2027)
    promise(card, -4, since=2030)
    found = promised(asked())
    assert [found.until("luzka", year) for year in (2026, 2027, 2030)] == [0, 10, 6]


def test_what_is_done_already_is_not_promised_again(villages: list[Municipality]) -> None:
    service, card = home(villages[0], 30), measure(villages[0])
    promise(card, 12, service, baseline=Decimal(25))
    assert promised(asked()).until("luzka", 2040) == 7
    Capacity.objects.update(amount=60)
    assert promised(asked()).until("luzka", 2040) == 0
    Capacity.objects.update(amount=20)
    assert promised(asked()).until("luzka", 2040) == 12


def neighbour(town: Municipality) -> str:
    """The town in an ORP of its own."""
    other = make.orp("9902", "Sousedov")
    Municipality.objects.filter(pk=town.pk).update(orp=other)
    return str(other.code)


def test_a_promise_counts_in_its_own_area_only(villages: list[Municipality]) -> None:
    other = neighbour(villages[3])
    promise(measure(villages[0]), 10)
    promise(measure(villages[1]), 5, home(villages[3], 20))
    assert promised(asked(orp=make.orp().code)).until("luzka", 2040) == 10
    assert promised(asked(orp=other)).until("luzka", 2040) == 5


def test_a_promise_that_lies_in_the_area_only_in_part_is_left_and_counted(villages: list[Municipality]) -> None:
    card = measure(villages[0])
    card.municipalities.set(villages[2:])
    neighbour(villages[3])
    promise(card, 10)
    found = promised(asked(orp=make.orp().code))
    assert (found.all, found.left) == ([], 1)


def test_the_same_change_in_two_plans_is_one_promise(villages: list[Municipality]) -> None:
    service = home(villages[0], 20)
    promise(measure(villages[0]), 10, service)
    promise(measure(villages[1]), 10, service)
    assert promised(asked()).until("luzka", 2040) == 10


def test_the_page_sets_need_against_today_and_against_plans(client: Client, villages: list[Municipality]) -> None:
    rate = ReferenceValue.objects.create(
        name="lůžka", unit=make.unit("luzka"), measure="age_65_plus", amount=10, source="studie"
    )
    rate.kinds.set([make.kind("dps")])
    home(villages[0], 25)
    card = measure(villages[0])
    asked()
    assert "platný plán tu pro tuhle pomoc změnu kapacity neslibuje" in client.get(ADDRESS).content.decode()
    promise(card, 12)
    text = client.get(ADDRESS).content.decode().replace("\xa0", " ")
    # 1 000 people in 2023 and twice as many every three years: 10 079 in 2033.
    assert "v roce 2033 bude potřeba 101" in text
    assert "stojí 25 a platné plány slibují +12. Chybět bude 64." in text
    assert "podle plánů: 37" in text
    assert card.node.title in text
