"""Two years of the invented plan and the end of the older one: every measure has its words, sums agree, reports are
out, and everything can be taken away."""

import re
from typing import Any

import pytest
from django.test import Client

from portal.catalogue import codelists
from portal.fulfilment.models import ActionItem, ActionPlan, FulfilmentReport, Progress
from portal.home import demo, demo_fulfilment, demo_plan
from portal.plan import codelists as plan_codelists
from portal.plan.models import Level, Plan
from portal.plan.outcome_models import Outcome

CURRENT, OLD = (f"komunitni-plan-svornova-{years}" for years in ("2024-2027", "2020-2023"))
WRITTEN = demo_fulfilment.read()
YEARS = [(slug, year) for slug, told in WRITTEN.items() for year in told["year"] if "told" in year]


@pytest.mark.parametrize(("slug", "year"), YEARS, ids=lambda one: str(one["year"]) if isinstance(one, dict) else one)
def test_every_line_says_how_it_went_and_why_not(slug: str, year: dict[str, Any]) -> None:
    for code, line in year["told"].items():
        said = demo_fulfilment.read_said(line)
        assert bool(said.why) == (said.state in {"castecne", "nesplneno", "zruseno", "presunuto"}), (slug, code)
        for sentence in re.split(r"(?<=[.?!]) ", f"{said.text} {said.why}"):
            assert len(sentence.split()) <= 20, sentence
            assert not re.search(r"v rámci|za účelem|předmětn|realizac|\bdle\b", sentence, re.IGNORECASE), sentence


@pytest.mark.parametrize("line", ["splneno", "splneno 100 a", "splneno sto a: Povedlo se.", "splneno 100 a: "])
def test_a_line_that_says_less_is_refused(line: str) -> None:
    with pytest.raises(demo_fulfilment.NotDemoFulfilment):
        demo_fulfilment.read_said(line)


@pytest.fixture
def plans(db: None) -> dict[str, Plan]:
    codelists.load()
    plan_codelists.load()
    demo.load(people=False)
    return demo_plan.load()


def test_two_years_are_told_the_third_runs_and_the_old_plan_has_its_final_report(
    plans: dict[str, Plan], client: Client
) -> None:
    current, old = plans[CURRENT], plans[OLD]
    made = ActionPlan.objects.public().filter(plan=current)
    assert [one.year for one in made] == [2024, 2025, 2026]
    assert [one.year for one in ActionPlan.objects.public().filter(plan=old)] == [2020, 2021, 2022, 2023]
    published = {(one.plan_id, one.year) for one in FulfilmentReport.objects.public()}
    assert published == {(current.pk, 2024), (current.pk, 2025), (old.pk, None)}

    second = made[1]
    activities = second.items.filter(node__level__role=Level.Role.ACTIVITY)
    assert activities.count() >= 60
    assert second.items.filter(carried_from__isnull=False).count() >= 20
    assert not ActionItem.objects.filter(action_plan__year__lt=2026, progress=None).exists()
    assert not Progress.objects.filter(state__explained=True, explanation="").exists()
    assert Outcome.objects.filter(node__plan=current, year=2025).count() == 60

    for one in FulfilmentReport.objects.all():
        frozen = one.frozen or {}
        assert frozen["planned"] == sum(row["planned"] or 0 for row in frozen["items"])
        assert frozen["spent"] == sum(row["spent"] or 0 for row in frozen["items"])
        assert 0 < frozen["spent"] < frozen["planned"]
    final = FulfilmentReport.objects.get(plan=old).frozen or {}
    assert {one["state"]: one["count"] for one in final["counts"]} == {
        "splněno": 7,
        "splněno částečně": 3,
        "nesplněno": 2,
    }

    # Everybody reads it.
    page = client.get(f"/plan/{CURRENT}/zprava/2025/").content.decode()
    assert "Při bourání se našel azbest." in page
    assert client.get(f"/plan/{OLD}/zprava/cele-obdobi/").status_code == 200

    # What somebody added to the demo stays and protects it.
    ActionPlan.objects.create(plan=plans[CURRENT], year=2027)
    demo_fulfilment.remove()
    assert [one.year for one in ActionPlan.objects.all()] == [2027]
    assert not FulfilmentReport.objects.exists()
