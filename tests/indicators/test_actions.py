"""Writing indicators: by whom, when, and what it leaves in the journal."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from portal.accounts.models import Grant, Person
from portal.audit.models import Deed
from portal.indicators import actions
from portal.indicators.models import Actual, Definition, Indicator
from portal.plan.models import Node, Plan
from portal.territory.models import Municipality
from tests import make
from tests.plan import plans

pytestmark = pytest.mark.django_db


@pytest.fixture
def jana() -> Any:
    return plans.coordinator()


@pytest.fixture
def plan(jana: Person) -> Plan:
    this = timezone.localdate().year
    return plans.grown(plans.plan(actor=jana, starts_on=date(this, 1, 1), ends_on=date(this + 2, 12, 31)))


@pytest.fixture
def measure(plan: Plan) -> Node:
    return Node.objects.filter(plan=plan).measures()[0]


def values(**more: Any) -> dict[str, Any]:
    return {
        "name": "Kolik lidí dostalo pomoc",
        "unit": "lidé",
        "description": "",
        "source": "výkaz poskytovatele",
        "supplier": "Charita",
        "often": "yearly",
        "adds_up": True,
        "more_is_better": True,
        "formula": "",
        "kind": None,
        "form": None,
        "capacity_unit": None,
        "active": True,
    } | more


@pytest.fixture
def people(jana: Person) -> Definition:
    return actions.definition_save(values=values(), actor=jana)


@pytest.fixture
def indicator(measure: Node, people: Definition, jana: Person) -> Indicator:
    return actions.indicator_add(node=measure, definition=people, actor=jana)


def change(indicator: Indicator, actor: Person, **more: Any) -> Indicator:
    said = {"baseline": None, "baseline_year": None, "note": "", "targets": {}, "seen": indicator.version} | more
    return actions.indicator_change(indicator=indicator, actor=actor, **said)


def test_what_a_used_definition_measures_does_not_change(indicator: Indicator, jana: Person) -> None:
    definition = indicator.definition
    actions.definition_save(values=values(name="Lidé s pomocí"), definition=definition, actor=jana)
    with pytest.raises(ValidationError, match="Založte nový"):
        actions.definition_save(values=values(unit="rodiny"), definition=definition, actor=jana)
    definition.refresh_from_db()
    assert (definition.name, definition.unit) == ("Lidé s pomocí", "lidé")
    assert Deed.objects.filter(verb="definition_changed").count() == 1


def test_targets_of_years_outside_the_plan_are_refused(indicator: Indicator, plan: Plan, jana: Person) -> None:
    with pytest.raises(ValidationError, match="mimo dobu plánu"):
        change(indicator, jana, targets={plan.years[-1] + 1: Decimal(3)})
    changed = change(indicator, jana, targets={plan.years[0]: Decimal(3), plan.years[1]: None})
    assert [(row.year, row.value) for row in changed.targets.all()] == [(plan.years[0], Decimal(3))]


def test_somebody_elses_save_is_not_overwritten(indicator: Indicator, jana: Person) -> None:
    change(indicator, jana, baseline=Decimal(5))
    with pytest.raises(actions.Stale):
        change(indicator, jana, baseline=Decimal(6))
    assert Indicator.objects.get().baseline == 5


def test_an_approved_plan_keeps_its_targets_and_takes_values(indicator: Indicator, plan: Plan, jana: Person) -> None:
    Plan.objects.filter(pk=plan.pk).update(state=Plan.State.IN_FORCE)
    indicator = Indicator.objects.select_related("node__plan").get()
    with pytest.raises(ValidationError, match="schválený"):
        change(indicator, jana, baseline=Decimal(5))
    said = actions.actual_say(indicator=indicator, year=plan.years[0], value=Decimal("7.5"), actor=jana)
    assert said is not None
    assert (said.value, said.said_by) == (Decimal("7.5"), jana)
    deed = Deed.objects.get(verb="actual_said")
    assert deed.before["value"] is None
    assert Decimal(deed.after["value"]) == Decimal("7.5")


def test_a_value_taken_back_is_unknown_again(indicator: Indicator, plan: Plan, jana: Person) -> None:
    for value in (Decimal(7), None):
        actions.actual_say(indicator=indicator, year=plan.years[0], value=value, actor=jana)
    assert not Actual.objects.exists()


def test_nobody_knows_the_future_and_nobody_types_what_is_counted(
    indicator: Indicator, measure: Node, plan: Plan, jana: Person
) -> None:
    with pytest.raises(ValidationError, match="budoucího"):
        actions.actual_say(indicator=indicator, year=plan.years[-1], value=Decimal(1), actor=jana)
    counted = actions.definition_save(values=values(name="Služby", unit="služby", formula="services"), actor=jana)
    one = actions.indicator_add(node=measure, definition=counted, actor=jana)
    assert one.baseline == 0, "begins with what the catalogue says"
    with pytest.raises(ValidationError, match="počítá systém"):
        actions.actual_say(indicator=one, year=plan.years[0], value=Decimal(1), actor=jana)


def test_who_reports_on_the_measure_says_its_values_and_nobody_else(
    indicator: Indicator, measure: Node, plan: Plan
) -> None:
    petr, eva = make.person(), make.person(Grant.Role.AUDITOR)
    measure.card.responsible_person = petr
    measure.card.save()
    indicator = Indicator.objects.select_related("node__card", "node__plan").get()
    actions.actual_say(indicator=indicator, year=plan.years[0], value=Decimal(1), actor=petr)
    with pytest.raises(PermissionDenied):
        actions.actual_say(indicator=indicator, year=plan.years[0], value=Decimal(2), actor=eva)


def test_the_system_counts_plans_in_force_every_day(measure: Node, plan: Plan, jana: Person) -> None:
    counted = actions.definition_save(values=values(name="Služby", unit="služby", formula="services"), actor=jana)
    actions.indicator_add(node=measure, definition=counted, actor=jana)
    assert actions.count_today() == 0, "a draft is not counted"
    Plan.objects.filter(pk=plan.pk).update(state=Plan.State.IN_FORCE)
    assert [actions.count_today(), actions.count_today()] == [1, 1]
    make.service(at=Municipality.objects.get(pk=plan.span_code))
    actions.count_today()
    assert [(row.value, row.computed) for row in Actual.objects.all()] == [(Decimal(1), True)]


def test_an_indicator_with_values_is_not_taken_away(indicator: Indicator, plan: Plan, jana: Person) -> None:
    actions.actual_say(indicator=indicator, year=plan.years[0], value=Decimal(1), actor=jana)
    with pytest.raises(ValidationError, match="Odebrat nejde"):
        actions.indicator_remove(indicator=indicator, actor=jana)
