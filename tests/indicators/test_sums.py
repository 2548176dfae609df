"""Sums of indicators: what is unknown stays unknown, and in whatever parts one adds, the sum is the same."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.indicators.models import Actual, Definition, Indicator, Target
from portal.indicators.sums import Sum, add_up, counting, of_years, table, together
from portal.plan.models import Node, Plan
from tests import make
from tests.plan import plans

VALUES = st.lists(st.none() | st.decimals(-(10**6), 10**6, places=2), max_size=12)


@given(VALUES)
def test_a_sum_is_of_what_is_known_and_says_of_how_many(values: list[Decimal | None]) -> None:
    found = add_up(values)
    known = [value for value in values if value is not None]
    assert found.known == len(known)
    assert found.all == len(values)
    assert found.value == (sum(known) if known else None)
    assert found.is_whole == (bool(values) and None not in values)


@given(VALUES, st.integers(0, 12), st.randoms())
def test_sums_of_parts_are_the_sum_of_all_in_any_order(values: list[Decimal | None], cut: int, luck: object) -> None:
    parts = [add_up(values[:cut]), add_up(values[cut:])]
    luck.shuffle(parts)  # type: ignore[attr-defined]
    assert together(parts) == add_up(values)


@given(st.lists(st.dictionaries(st.integers(2024, 2030), st.decimals(0, 1000, places=2)), max_size=6))
def test_years_are_added_each_by_itself(parts: list[dict[int, Decimal]]) -> None:
    found = of_years(parts, range(2024, 2031))
    everything = sum((value for part in parts for value in part.values()), Decimal(0))
    assert sum((one.value for one in found.values() if one.value is not None), Decimal(0)) == everything
    assert all(one.all == len(parts) for one in found.values())


def test_nobody_knowing_is_not_zero() -> None:
    assert add_up([None, None]) == Sum(None, 0, 2)
    assert add_up([Decimal(0), None]) == Sum(Decimal(0), 1, 2)


# --- over plans --------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


def used(plan: Plan, definition: Definition, **more: Any) -> Indicator:
    measure = Node.objects.filter(plan=plan).measures()[0]
    return Indicator.objects.create(node=measure, definition=definition, **more)


def in_force(name: str, **more: Any) -> Plan:
    plan = plans.grown(plans.plan(title=name, town=make.municipality(name), **more))
    Plan.objects.filter(pk=plan.pk).update(state=Plan.State.IN_FORCE)
    plan.refresh_from_db()
    return plan


def test_a_region_sees_the_sum_of_its_towns() -> None:
    beds = Definition.objects.create(key="luzka", name="Lůžka", unit="lůžka")
    known, silent = in_force("Lhota"), in_force("Hora")
    one = used(known, beds, baseline=10)
    Target.objects.create(indicator=one, year=2027, value=14)
    Actual.objects.create(indicator=one, year=2026, value=12)
    Target.objects.create(indicator=used(silent, beds), year=2027, value=5)
    found = table(beds, Plan.objects.all())
    assert found.total is not None
    assert found.total.baseline == Sum(Decimal(10), 1, 2)
    assert found.total.targets[2027] == Sum(Decimal(19), 2, 2)
    assert found.total.actuals[2026] == Sum(Decimal(12), 1, 2)
    assert found.total.actuals[2027] == Sum(None, 0, 2)


def test_a_point_taken_out_of_the_plan_says_nothing_more() -> None:
    beds = Definition.objects.create(key="luzka", name="Lůžka", unit="lůžka")
    plan = in_force("Lhota")
    one = used(plan, beds, baseline=10)
    Node.objects.filter(pk=one.node_id).update(removed_at="2026-02-01T00:00Z")
    assert table(beds, [plan]).lines == ()


def test_of_two_generations_the_newer_one_counts() -> None:
    town = make.municipality("Lhota")
    old = plans.plan(town=town, starts_on=date(2023, 1, 1), ends_on=date(2026, 12, 31))
    new = plans.plan(town=town, starts_on=date(2026, 1, 1))
    draft = plans.plan(town=town, starts_on=date(2027, 1, 1), ends_on=date(2029, 12, 31))
    Plan.objects.filter(pk__in=[old.pk, new.pk]).update(state=Plan.State.IN_FORCE)
    three = list(Plan.objects.all())
    assert counting(three, 2025) == [old]
    assert counting(three, 2026) == [new]
    assert counting(three, 2027) == [new], "a draft does not count"
    assert draft not in counting(three, 2029)


def test_a_share_is_never_added_up() -> None:
    share = Definition.objects.create(key="podil", name="Podíl", unit="%", adds_up=False)
    first, second = in_force("Lhota"), in_force("Hora")
    used(first, share, baseline=40)
    used(second, share, baseline=60)
    found = table(share, Plan.objects.all())
    assert found.total is None
    assert sorted(line.baseline.value or 0 for line in found.lines) == [40, 60]


def test_the_sum_takes_the_same_queries_for_many_plans(django_assert_num_queries: object) -> None:
    beds = Definition.objects.create(key="luzka", name="Lůžka", unit="lůžka")
    for name in ("Lhota", "Hora", "Dolina", "Ves"):
        Target.objects.create(indicator=used(in_force(name), beds), year=2027, value=5)
    everything = list(Plan.objects.all())
    with django_assert_num_queries(3):  # type: ignore[operator]
        table(beds, everything)
