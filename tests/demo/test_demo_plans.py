"""The invented plans: of the usual size, whole, in plain Czech, loaded quickly and once, taken away without a trace."""

import re
import time
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from portal.audit.models import Deed
from portal.catalogue import codelists
from portal.catalogue.models import DataVersion, Service
from portal.chapters import markdown, reading
from portal.chapters.models import Chapter, Need, SwotPoint
from portal.home import demo, demo_plan
from portal.indicators.computed import figure
from portal.indicators.models import Actual, Definition, Indicator, Target
from portal.plan import codelists as plan_codelists
from portal.plan import money, tree
from portal.plan.models import CapacityChange, Card, Cost, Level, Node, Plan

CURRENT, OLD, DRAFT = (f"komunitni-plan-svornova-{years}" for years in ("2024-2027", "2020-2023", "2028-2031"))
ABOVE = "plan-pospoliteho-kraje-2024-2027"
SECONDS = 5
WRITTEN = demo_plan.read_plans()
SERVICES = {one["key"]: one for provider in demo.read_providers().values() for one in provider["service"]}


def measures(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for priority in plan["priority"] for goal in priority["goal"] for one in goal["measure"]]


# --- the files ---------------------------------------------------------------------------------------------------


def test_the_current_plan_is_of_the_usual_size() -> None:
    plan = WRITTEN[CURRENT]
    assert len(plan["priority"]) == 5
    assert sum(len(priority["goal"]) for priority in plan["priority"]) == 22
    assert 55 <= len(measures(plan)) <= 65
    assert 170 <= sum(len(one["steps"]) for one in measures(plan)) <= 190


@pytest.mark.parametrize("slug", WRITTEN)
def test_what_the_files_name_exists(slug: str) -> None:
    plan, definitions = WRITTEN[slug], {one["key"] for one in demo_plan.read_definitions()}
    for one in measures(plan):
        assert "service" not in one or one["service"]["key"] in SERVICES, one["title"]
        assert {demo_plan.read_indicator(text).key for text in one.get("indicator", [])} <= definitions
        assert sum(one.get("pay", {}).values()) <= 100, one["title"]
        assert bool(one.get("pay")) == bool(one.get("cost") or one.get("invest")), one["title"]
    for text in plan["chapters"].values():
        assert markdown.faults(text) == []


@pytest.mark.parametrize("slug", WRITTEN)
def test_capacities_promised_begin_where_the_catalogue_stands(slug: str) -> None:
    """What the plan says of today is what the service says of itself, in some form or in all of them."""
    for one in measures(WRITTEN[slug]):
        change = one.get("service", {})
        if "baseline" in change:
            said = [demo.read_amounts(text) for text in SERVICES[change["key"]]["forms"].values()]
            amounts = [row.amount for rows in said for row in rows if row.unit == change["unit"]]
            assert change["baseline"] in {*amounts, sum(amounts)}, change["key"]


def test_sentences_are_short_and_free_of_officialese() -> None:
    for plan in WRITTEN.values():
        for one in measures(plan):
            for text in (one["title"], one.get("why", ""), one.get("impact", ""), *one.get("steps", [])):
                assert len(text.split()) <= 20, text
                assert not re.search(r"v rámci|za účelem|předmětn|realizac|\bdle\b", text, re.IGNORECASE), text


@given(st.integers(0, 10**10), st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_shares_are_whole_crowns_and_lose_none(amount: int, parts: list[int]) -> None:
    parts = parts if sum(parts) <= 100 else [100]
    split = demo_plan.shares(amount, {str(at): part for at, part in enumerate(parts)})
    assert sum(split.values()) <= amount
    if sum(parts) == 100:
        assert sum(split.values()) == amount


def test_an_indicator_says_what_is_not_known() -> None:
    said = demo_plan.read_indicator("lide 120: 130, -, 150 = 128")
    assert (said.baseline, said.targets, said.actuals) == (
        Decimal(120),
        (Decimal(130), None, Decimal(150)),
        (Decimal(128),),
    )
    assert demo_plan.read_indicator("podil: 60, 75").baseline is None
    with pytest.raises(demo_plan.NotDemoPlan):
        demo_plan.read_indicator("lide: mnoho")


# --- in the tables -----------------------------------------------------------------------------------------------


@pytest.fixture
def region(db: None) -> None:
    codelists.load()
    plan_codelists.load()
    demo.load(people=False)


def counts() -> dict[str, int]:
    """Rows of all tables of ours but the clock of the data and the journal, from which nothing is ever taken."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("portal.")]
    return {model.__name__: model._default_manager.count() for model in ours if model not in (DataVersion, Deed)}


def test_plans_are_loaded_whole_quickly_once_and_taken_away(region: None) -> None:
    before = counts()
    start = time.process_time()
    loaded = demo_plan.load()
    assert time.process_time() - start < SECONDS
    assert set(loaded) == set(WRITTEN)
    _is_whole(loaded)
    with CaptureQueriesContext(connection) as captured:
        assert demo_plan.load() == {}
    assert not [one for one in captured if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert demo_plan.remove() == len(WRITTEN)
    assert counts() == before


def _is_whole(loaded: dict[str, Plan]) -> None:
    current, old, draft = loaded[CURRENT], loaded[OLD], loaded[DRAFT]
    assert (current.state, old.state, draft.state) == ("in_force", "evaluated", "drafting")
    assert (draft.follows, current.follows, old.follows) == (current, old, None)
    assert set(Plan.objects.valid_in(2026)) == {current, loaded[ABOVE]}
    current.refresh_from_db()
    assert current.above == loaded[ABOVE]
    assert Card.objects.filter(above__plan=loaded[ABOVE], node__plan=current).count() == 8

    whole = tree.read(current)
    said = measures(WRITTEN[CURRENT])
    in_order = sorted((one.node for one in whole.measures()), key=lambda node: [int(n) for n in node.code.split(".")])
    assert [one.title for one in in_order] == [one["title"] for one in said]
    assert whole.top[0].children[0].children[0].children[0].children[0].node.code == "1.1.1.a"
    standing = Node.objects.filter(plan=current).standing()
    assert Card.objects.filter(node__in=standing).count() == len(said)
    assert standing.filter(level__role=Level.Role.ACTIVITY).count() == sum(len(one["steps"]) for one in said)

    total = money.of_plan(current).of_tree(whole)
    assert total.cost() == 1000 * sum(sum(one.get("cost", [])) + sum(one.get("invest", [])) for one in said)
    assert 0 < total.difference() < total.cost(), "some of it nobody pays yet"
    assert not Cost.objects.exclude(year__in=current.years).filter(card__node__plan=current).exists()

    changes = CapacityChange.objects.filter(card__node__plan=current)
    assert changes.count() >= 15
    assert all(one.service is not None and one.service.kind == one.kind for one in changes.select_related("service"))
    assert Service.objects.filter(pk__in=changes.values("service"), ended_on=None).count() == changes.count()

    assert Indicator.objects.filter(node__plan=current).count() >= 30
    assert Definition.objects.exclude(formula="").count() >= 6
    counted = Indicator.objects.filter(node__plan=current, baseline__isnull=False).exclude(definition__formula="")
    for one in counted.select_related("definition__kind", "definition__capacity_unit"):
        counted_now = figure(one.definition, current)
        assert counted_now is not None
        assert counted_now.value == one.baseline, f"{one}: the plan begins where the catalogue stands"
    assert set(Actual.objects.filter(indicator__node__plan=current).values_list("year", flat=True)) == {2024, 2025}
    assert Target.objects.filter(indicator__node__plan=current, year=2027).exists()

    assert reading.texts(current).not_written == [], "every provision has its chapter"
    assert reading.texts(draft).not_written != []
    assert [one.title for one in reading.unanswered(current)] == ["Zubař, který ošetří lidi s postižením"]
    assert {one.sort for one in SwotPoint.objects.filter(plan=current)} == set(SwotPoint.Sort.values)
    assert Need.objects.filter(plan=current).count() == 12
    assert Chapter.objects.filter(plan=current, text__contains="|---|").count() == 2
