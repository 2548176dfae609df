"""Editions of the invented plans: what the public reads of them, what changed between them, and their leaving."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from portal.catalogue import codelists
from portal.editions import actions, telling
from portal.editions.capture import captured
from portal.editions.content import digest
from portal.editions.models import Edition
from portal.editions.telling import Sort
from portal.home import demo, demo_editions, demo_plan
from portal.plan import codelists as plan_codelists
from portal.plan.cards import CardDraft, CostDraft, FundingDraft
from portal.plan.models import Plan
from tests import make

CURRENT, OLD, DRAFT = (f"komunitni-plan-svornova-{years}" for years in ("2024-2027", "2020-2023", "2028-2031"))
WRITTEN = demo_editions.read()


def test_files_speak_of_plans_and_say_short_sentences() -> None:
    assert set(WRITTEN) <= set(demo_plan.read_plans())
    for told in WRITTEN.values():
        for one in (*told["otherwise"], *told.get("dropped", [])):
            assert len(one.get("why", "").split()) <= 20


def test_who_pays_follows_what_it_costs() -> None:
    card = CardDraft(
        costs=(CostDraft(2024, "operation", Decimal(2000)), CostDraft(2024, "investment", Decimal(500))),
        funding=(
            FundingDraft(2024, "operation", "kraj", Decimal(1000)),
            FundingDraft(2024, "investment", "kraj", Decimal(500)),
        ),
    )
    made = demo_editions.otherwise(card, {"code": "1.1.1", "why": "Proto.", "cost": [3]})
    assert made.reason == "Proto."
    assert [one.amount for one in made.costs] == [3000, 500]
    assert [one.amount for one in made.funding] == [1500, 500]


@pytest.fixture
def plans(db: None) -> dict[str, Plan]:
    codelists.load()
    plan_codelists.load()
    demo.load(people=False)
    return demo_plan.load()


def test_editions_tell_the_life_of_the_plans(plans: dict[str, Plan], client: Client) -> None:
    sorts = {slug: [one.sort for one in plan.editions.order_by("number")] for slug, plan in plans.items()}
    assert sorts[CURRENT] == ["consultation", "approved"]
    assert sorts[OLD] == ["approved"]
    assert sorts[DRAFT] == ["consultation"]
    assert not Edition.objects.filter(public=False).exists()

    older, newer = plans[CURRENT].editions.order_by("number")
    assert older.made_at < newer.made_at
    assert newer.resolution is not None
    assert newer.made_at.date() == newer.resolution.day
    assert older.frozen.plan.state == "consulted"
    assert {node.code for node in newer.frozen.nodes} == {node.code for node in captured(plans[CURRENT]).nodes}
    told = telling.sections(older.frozen, newer.frozen)
    assert set().union(*(one.sorts for one in told)) >= {Sort.ADDED, Sort.REMOVED, Sort.MOVED, Sort.WORDS, Sort.MONEY}

    states = next(line for section in told for line in section.lines if line.label == "stav")
    assert "".join(run.text for run in states.runs) == "připomínkuje se schválený"

    answer = client.get(f"/plan/{CURRENT}/verze/")
    assert b"/verze/1/" in answer.content
    assert "Co se změnilo od připomínek".encode() in answer.content
    assert client.get(f"/plan/{CURRENT}/verze/1..2/").status_code == 200
    draft = plans[DRAFT].editions.get()
    assert digest(captured(plans[DRAFT])) != draft.digest, "the draft is being written on"

    mine = make.person("coordinator")
    actions.freeze(plan=plans[DRAFT], sort="concept", name="Naše", actor=mine)
    with pytest.raises(ValidationError):
        Edition.objects.filter(plan=plans[CURRENT]).delete()
    demo_editions.remove(Plan.objects.all())
    assert [one.name for one in Edition.objects.all()] == ["Naše"]
