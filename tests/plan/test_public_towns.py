"""The region's plan shows what its towns add: their measures under its points, their numbers put together."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from portal.indicators.models import Actual, Definition, Indicator, Target
from portal.plan.models import FulfilmentState, Node, Plan
from portal.plan.outcome_models import Outcome
from tests import make

from . import plans

pytestmark = pytest.mark.django_db


@pytest.fixture
def above() -> Plan:
    region = make.region()
    plan = plans.grown(
        plans.plan(title="Plán kraje", span_kind="region", span_code=region.code, span_name=region.name), goals=2
    )
    return in_force(plan)


def in_force(plan: Plan, **more: Any) -> Plan:
    Plan.objects.filter(pk=plan.pk).update(state=Plan.State.IN_FORCE, **more)
    plan.refresh_from_db()
    return plan


def town(name: str, above: Plan, fulfils: str = "") -> Plan:
    """The plan of a town; its first measure fulfils a point of the region's plan."""
    plan = in_force(plans.grown(plans.plan(town=make.municipality(name), title=f"Plán {name}")), above=above)
    if fulfils:
        card = plan.nodes.measures()[0].card
        card.above = Node.objects.get(plan=above, code=fulfils)
        card.save()
    return plan


def page(client: Client, plan: Plan, more: str = "") -> str:
    answer = client.get(f"/plan/{plan.slug}/obce/{more}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_measures_of_towns_stand_under_the_goals_that_they_fulfil(client: Client, above: Plan) -> None:
    lhota = town("Lhota", above, "1.1")
    done = FulfilmentState.objects.create(key="splneno", name="splněno", weight=1)
    node = lhota.nodes.measures()[0]
    Outcome.objects.create(node=node, year=2026, state=done, told_on=date(2027, 2, 1))
    text = page(client, above)
    assert text.index("<h2>1.1 Cíl 0 0</h2>") < text.index(f"/plan/{lhota.slug}/opatreni/{node.code}/")
    assert "splněno" in text
    assert "<li>1.2 Cíl 0 1</li>" in text
    assert "<li>1.1 Cíl 0 0</li>" not in text
    assert f"/plan/{above.slug}/obce/" in client.get(f"/plan/{above.slug}/").content.decode()
    assert "/obce/" not in client.get(f"/plan/{lhota.slug}/").content.decode()


def test_what_the_public_does_not_see_is_not_there(client: Client, above: Plan) -> None:
    hidden = town("Tichá", above, "1.1")
    Plan.objects.filter(pk=hidden.pk).update(state=Plan.State.DRAFTING, shown=False)
    taken_out = town("Lhota", above, "1.1").nodes.measures()[0]
    Node.objects.filter(pk=taken_out.pk).update(removed_at="2026-05-01T00:00Z")
    text = page(client, above)
    assert "Tichá" not in text
    assert taken_out.title not in text
    assert "žádná obec svým opatřením nepřihlásila" in text
    assert client.get(f"/plan/{hidden.slug}/obce/").status_code == 404
    assert client.get(f"/plan/{hidden.slug}/obce/cisla/").status_code == 404


def measured(plan: Plan, definition: Definition, code: str = "1.1", **years: int) -> Indicator:
    one = Indicator.objects.create(node=Node.objects.get(plan=plan, code=code), definition=definition)
    Target.objects.create(indicator=one, year=2026, value=years.get("target", 10))
    Actual.objects.create(indicator=one, year=2026, value=years.get("actual", 7))
    return one


def test_numbers_of_towns_are_put_together_and_parts_are_not_counted_twice(client: Client, above: Plan) -> None:
    people = Definition.objects.create(key="lide", name="Lidé s pomocí", unit="lidé")
    days = Definition.objects.create(key="dny", name="Průměrné čekání", unit="dny", adds_up=False)
    for name, target in (("Lhota", 100), ("Ves", 30)):
        plan = town(name, above)
        measured(plan, people, target=target)
        measured(plan, people, "1.1.1", target=5)  # a part of what the goal says
        measured(plan, days, target=9)
    measured(above, people, target=150)
    answer = client.get(f"/plan/{above.slug}/obce/cisla/")
    by_key = {definition.key: (own, table) for definition, own, table in answer.context["tables"]}
    own, table = by_key["lide"]
    assert table.total is not None
    assert table.total.targets[2026].value == Decimal(130)
    assert own is not None
    assert own.targets[2026].value == Decimal(150)
    assert by_key["dny"][1].total is None
    assert "Cíl plánu kraje:" in answer.content.decode()


@pytest.mark.parametrize("more", ["", "cisla/"])
def test_pages_take_as_many_queries_for_many_towns_as_for_few(
    client: Client, above: Plan, more: str, django_assert_max_num_queries: Any
) -> None:
    definition = Definition.objects.create(key="lide", name="Lidé", unit="lidé")

    def queries() -> int:
        with django_assert_max_num_queries(10) as taken:
            page(client, above, more)
        return len(taken.captured_queries)

    measured(town("Lhota", above, "1.1"), definition)
    few = queries()
    for n in range(9):
        measured(town(f"Obec {n}", above, "1.2" if n % 2 else "1.1"), definition)
    assert queries() == few
