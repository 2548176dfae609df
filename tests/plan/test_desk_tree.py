"""The desk of plans: the list, the tree, its order, what is taken out and comes back, the settings."""

import time
from datetime import date
from typing import Any

import pytest
from django.test import Client

from portal.accounts.models import Grant
from portal.plan import actions, tree
from portal.plan.models import ExtraField, ExtraValue, Level, Node, Plan, Resolution, Step
from tests import make

from . import plans

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.person("coordinator"))
    return client


def at(plan: Plan, page: str = "") -> str:
    return f"/sprava/plany/{plan.slug}/{page}"


def large(measures: int, activities: int) -> Plan:
    """A plan of so many measures under one goal, written straight into the tables."""
    plan = plans.grown(plans.plan(), measures=0)
    goal = Node.objects.get(plan=plan, code="1.1")
    levels = {one.role: one for one in plan.levels.all()}
    made = Node.objects.bulk_create(
        Node(plan=plan, level=levels["measure"], parent=goal, code=f"1.1.{n}", title=f"Opatření {n}", order=n)
        for n in range(1, measures + 1)
    )
    from portal.plan.models import Card

    Card.objects.bulk_create(Card(node=one, responsible="město", ongoing=True) for one in made)
    steps = Node.objects.bulk_create(
        Node(plan=plan, level=levels["activity"], parent=one, code=f"{one.code}.{n}", title=f"Aktivita {n}", order=n)
        for one in made
        for n in range(activities)
    )
    Step.objects.bulk_create(Step(node=one, responsible="charita") for one in steps)
    return plan


# --- the tree ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("measures", [20, 200])
def test_the_tree_takes_the_same_queries_for_any_size(
    desk: Client, django_assert_max_num_queries: Any, measures: int
) -> None:
    plan = large(measures, 4)
    with django_assert_max_num_queries(8):
        answer = desk.get(at(plan))
    assert answer.content.decode().count('class="is-activity"') == measures * 4


def test_the_outline_says_what_the_tree_says() -> None:
    plan = plans.grown(plans.plan(), priorities=2, goals=2)
    lines = tree.outline(plan).lines
    assert [(line.key, line.depth) for line in lines] == [
        (one.node.pk, len(one.path)) for one in tree.read(plan).walk()
    ]
    assert [line.code for line in lines if line.is_first and line.is_last] == ["V"]


def test_lists_in_the_page_are_closed(desk: Client) -> None:
    plan = plans.grown(plans.plan(), priorities=2, goals=2)
    for page in ("", "poradi/"):
        text = desk.get(at(plan, page)).content.decode()
        part = text[text.index('<div class="plan-tree">') :]
        part = part[: part.index("</div>")]
        for tag in ("ul", "li"):
            assert part.count(f"<{tag}") == part.count(f"</{tag}>")


def test_points_say_who_and_when(desk: Client) -> None:
    plan = plans.grown(plans.plan())
    node = Node.objects.get(plan=plan, code="1.1.1")
    node.card.responsible, node.card.starts_on, node.card.ends_on = "Charita", date(2026, 1, 1), date(2027, 5, 1)
    node.card.save()
    assert "Charita · 2026–2027" in desk.get(at(plan)).content.decode()


def test_a_point_is_added_renamed_taken_out_and_returned(desk: Client) -> None:
    plan = plans.grown(plans.plan())
    answer = desk.post(at(plan, "pridat/?pod=1"), {"title": "Nový cíl", "text": ""})
    assert answer["Location"] == at(plan, "bod/1.2/")
    page = desk.get(at(plan, "bod/1.2/"))
    saved = {"title": "Lepší cíl", "text": "Popis", "seen": page.context["seen"]}
    assert desk.post(at(plan, "bod/1.2/"), saved).status_code == 302
    assert Node.objects.get(plan=plan, code="1.2").title == "Lepší cíl"
    desk.post(at(plan, "bod/1/vyradit/"))
    assert [line.code for line in tree.outline(plan).lines] == ["V"]
    gone = Node.objects.get(plan=plan, code="1")
    assert "Lepší cíl" in desk.get(at(plan, "vyrazene/")).content.decode()
    desk.post(at(plan, f"vratit/{gone.pk}/"))
    assert "1.2" in [line.code for line in tree.outline(plan).lines]


def test_removal_says_how_much_goes_with_it(desk: Client) -> None:
    plan = plans.grown(plans.plan())
    assert (
        "7\u00a0bodů" in desk.get(at(plan, "bod/1.1/vyradit/")).content.decode()
        or actions.number_below(Node.objects.get(plan=plan, code="1.1")) == 6
    )


def test_who_renames_second_sees_both_and_loses_nothing(desk: Client) -> None:
    plan = plans.grown(plans.plan())
    seen = desk.get(at(plan, "bod/1.1/")).context["seen"]
    desk.post(at(plan, "bod/1.1/"), {"title": "První", "text": "", "seen": seen})
    answer = desk.post(at(plan, "bod/1.1/"), {"title": "Druhý", "text": "", "seen": seen})
    assert answer.status_code == 409
    assert answer.context["differences"] == [("název", "První", "Druhý")]
    again = {"title": "Druhý", "text": "", "seen": answer.context["seen"]}
    assert desk.post(at(plan, "bod/1.1/"), again).status_code == 302
    assert Node.objects.get(plan=plan, code="1.1").title == "Druhý"


def test_an_empty_name_is_refused_at_its_field(desk: Client) -> None:
    plan = plans.grown(plans.plan())
    answer = desk.post(at(plan, "bod/1.1/"), {"title": " ", "text": "Psal jsem dlouho.", "seen": "1"})
    assert answer.status_code == 422
    assert "Psal jsem dlouho." in answer.content.decode()


# --- order -------------------------------------------------------------------------------------------------------


def codes(plan: Plan, parent: str) -> list[str]:
    return list(Node.objects.filter(plan=plan, parent__code=parent).standing().values_list("code", flat=True))


def test_buttons_move_a_point_among_its_siblings(desk: Client) -> None:
    plan = plans.grown(plans.plan(), measures=3)
    first = Node.objects.get(plan=plan, code="1.1.1")
    desk.post(at(plan, "poradi/"), {"down": first.pk})
    assert codes(plan, "1.1") == ["1.1.2", "1.1.1", "1.1.3"]
    desk.post(at(plan, "poradi/"), {"up": Node.objects.get(plan=plan, code="1.1.3").pk})
    assert codes(plan, "1.1") == ["1.1.2", "1.1.3", "1.1.1"]
    desk.post(at(plan, "poradi/"), {"up": Node.objects.get(plan=plan, code="1.1.2").pk})
    assert codes(plan, "1.1") == ["1.1.2", "1.1.3", "1.1.1"]


def test_the_script_moves_a_point_under_another(desk: Client) -> None:
    plan = plans.grown(plans.plan(), goals=2, measures=1)
    node, goal, beside = (Node.objects.get(plan=plan, code=code) for code in ("1.1.1", "1.2", "1.2.1"))
    moved = {"node": node.pk, "parent": goal.pk, "after": beside.pk}
    assert desk.post(at(plan, "poradi/"), moved).json() == {"moved": True}
    assert codes(plan, "1.2") == ["1.2.1", "1.1.1"]
    refused = desk.post(at(plan, "poradi/"), {"node": node.pk, "parent": beside.pk})
    assert refused.status_code == 422
    assert refused.json()["refused"]


def test_a_point_moves_under_another_without_a_script(desk: Client) -> None:
    plan = plans.grown(plans.plan(), goals=2, measures=1)
    goal = Node.objects.get(plan=plan, code="1.2")
    desk.post(at(plan, "bod/1.1.1/presunout/"), {"parent": goal.pk, "place": "first"})
    assert codes(plan, "1.2") == ["1.1.1", "1.2.1"]
    measure = Node.objects.get(plan=plan, code="1.2.1")
    assert desk.post(at(plan, "bod/1.1.1/presunout/"), {"parent": measure.pk, "place": "last"}).status_code == 422


# --- plans and their settings ------------------------------------------------------------------------------------


def new(**more: Any) -> dict[str, Any]:
    return {
        "title": "Komunitní plán Svornova",
        "where": "Svornov",
        "starts_on": "2027-01-01",
        "ends_on": "2029-12-31",
        "template": "skupiny",
        "areas": "Senioři\nRodiny\n",
    } | more


def test_a_plan_is_founded_for_a_territory_of_ones_range(client: Client) -> None:
    town, other = make.municipality("Svornov"), make.municipality("Jinde", orp=make.orp("9902", "Jinde"))
    somebody = make.person()
    Grant.objects.create(person=somebody, role="coordinator", range_kind=Grant.Range.MUNICIPALITY, range_code=town.code)
    client.force_login(somebody)
    assert client.post("/sprava/plany/novy/", new(where=other.name)).status_code == 422
    answer = client.post("/sprava/plany/novy/", new())
    plan = Plan.objects.get()
    assert answer["Location"] == at(plan, "urovne/")
    assert (plan.span_kind, plan.span_code) == ("municipality", town.code)
    assert [one.name for one in plan.levels.all()] == ["cílová skupina", "cíl", "opatření", "krok"]
    assert [one.name for one in plan.areas.all()] == ["Senioři", "Rodiny"]


def test_a_plan_that_ends_before_it_begins_is_refused(desk: Client) -> None:
    make.municipality("Svornov")
    answer = desk.post("/sprava/plany/novy/", new(ends_on="2026-12-31"))
    assert answer.status_code == 422
    assert not Plan.objects.exists()


def test_the_list_shows_only_plans_of_ones_range(client: Client) -> None:
    mine = plans.plan(title="Můj plán")
    region = make.region("CZ098", "Jiný kraj")
    far = make.municipality("Jinde", orp=make.orp("9801", "Jinde", region=region))
    plans.plan(title="Cizí plán", town=far)
    somebody = make.person()
    Grant.objects.create(person=somebody, role="municipality", range_kind="municipality", range_code=mine.span_code)
    client.force_login(somebody)
    text = client.get("/sprava/plany/").content.decode()
    assert "Můj plán" in text
    assert "Cizí plán" not in text


def test_levels_get_the_names_people_use(desk: Client) -> None:
    plan = plans.plan()
    held = {f"uroven-{one.depth}-name": one.name for one in plan.levels.all()}
    held |= {f"uroven-{one.depth}-many": one.many for one in plan.levels.all()}
    held |= {"uroven-2-name": "oblast podpory", "uroven-2-many": "oblasti podpory"}
    assert desk.post(at(plan, "urovne/"), held).status_code == 302
    assert Level.objects.get(plan=plan, depth=2).name == "oblast podpory"
    assert desk.post(at(plan, "urovne/"), held | {"uroven-1-name": ""}).status_code == 422


def rows(prefix: str, *said: dict[str, Any], stored: int = 0) -> dict[str, Any]:
    values: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": len(said), f"{prefix}-INITIAL_FORMS": stored}
    for number, row in enumerate(said):
        values |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return values


def test_areas_are_renamed_ordered_and_one_with_measures_stays(desk: Client) -> None:
    plan = plans.grown(plans.plan())
    old, young = plan.areas.all()
    wanted = rows(
        "oblast",
        {"id": old.pk, "name": "Rodiny", "ORDER": 2},
        {"id": young.pk, "name": "Senioři", "ORDER": 1},
        {"name": "Krize"},
        stored=2,
    )
    assert desk.post(at(plan, "oblasti/"), wanted).status_code == 302
    assert [(one.pk, one.name) for one in plan.areas.all()][:2] == [(young.pk, "Senioři"), (old.pk, "Rodiny")]
    card = Node.objects.get(plan=plan, code="1.1.1").card
    card.area = old
    card.save()
    answer = desk.post(at(plan, "oblasti/"), rows("oblast", {"id": old.pk, "name": ""}, stored=1))
    assert answer.status_code == 422
    assert plan.areas.count() == 3


def test_own_fields_are_kept_while_a_card_has_them(desk: Client) -> None:
    plan = plans.grown(plans.plan())
    wanted = rows("pole", {"name": "Garant", "sort": "text"}, {"name": "Stupeň", "sort": "choice", "choices": "A\nB"})
    assert desk.post(at(plan, "pole/"), wanted).status_code == 302
    garant, grade = plan.extra_fields.all()
    assert (grade.sort, grade.choices) == ("choice", "A\nB")
    ExtraValue.objects.create(card=Node.objects.get(plan=plan, code="1.1.1").card, field=garant, value="Nováková")
    kept = rows("pole", {"id": grade.pk, "name": "Stupeň", "sort": "choice", "choices": "A"}, stored=1)
    assert desk.post(at(plan, "pole/"), kept).status_code == 422
    assert ExtraField.objects.filter(plan=plan).count() == 2
    empty = rows("pole", {"name": "Bez možností", "sort": "choice"})
    assert desk.post(at(plan, "pole/"), empty).status_code == 422


def test_a_plan_is_approved_and_prolonged_only_by_resolutions(desk: Client) -> None:
    plan = plans.grown(plans.plan())
    answer = desk.post(at(plan, "stav/"), {"to": "approved"})
    assert answer.status_code == 422
    assert {"number", "body", "decided_on"} <= set(answer.context["form"].errors)
    decided = {"number": "12/2026", "body": "zastupitelstvo", "decided_on": "2026-06-01"}
    assert desk.post(at(plan, "stav/"), {"to": "approved", **decided}).status_code == 302
    assert desk.post(at(plan, "stav/"), {"to": "in_force"}).status_code == 302
    assert desk.post(at(plan, "stav/"), {"to": "prolonged", **decided}).status_code == 422
    longer = {"to": "prolonged", **decided, "prolonged_until": "2029-12-31"}
    assert desk.post(at(plan, "stav/"), longer).status_code == 302
    plan.refresh_from_db()
    assert (plan.state, plan.until) == ("prolonged", date(2029, 12, 31))
    sorts = list(Resolution.objects.filter(plan=plan).values_list("sort", flat=True))
    assert sorts == ["approval", "prolongation"]


def test_an_approved_plan_is_not_rewritten(desk: Client) -> None:
    plan = plans.grown(plans.plan())
    Plan.objects.filter(pk=plan.pk).update(state="approved")
    seen = Node.objects.get(plan=plan, code="1.1").version
    assert desk.post(at(plan, "bod/1.1/"), {"title": "Jinak", "seen": seen}).status_code == 422
    assert desk.post(at(plan, "poradi/"), {"down": Node.objects.get(plan=plan, code="1.1.1").pk}).status_code == 302
    assert codes(plan, "1.1") == ["1.1.1", "1.1.2"]
    assert "Uložit" not in desk.get(at(plan, "bod/1.1/")).content.decode()


def test_what_a_plan_says_of_itself(desk: Client) -> None:
    plan = plans.plan()
    other = plans.plan(title="Starý plán", starts_on=date(2023, 1, 1), ends_on=date(2025, 12, 31))
    said = {
        "title": "Nový název",
        "starts_on": "2026-01-01",
        "ends_on": "2027-12-31",
        "about": "Pár vět.",
        "follows": other.pk,
        "shown": "on",
    }
    assert desk.post(at(plan, "udaje/"), said).status_code == 302
    plan.refresh_from_db()
    assert (plan.title, plan.follows, plan.shown, plan.ends_on) == ("Nový název", other, True, date(2027, 12, 31))
    round_about = said | {"title": other.title, "follows": plan.pk}
    assert desk.post(at(other, "udaje/"), round_about).status_code == 422


def test_a_page_of_a_large_tree_is_made_in_time(desk: Client) -> None:
    """The budget is 60 ms on two free cores (benchmarks); here a busy machine gets ten times as much."""
    plan = large(200, 4)
    desk.get(at(plan))
    best = 9.0
    for _ in range(3):
        start = time.perf_counter()
        desk.get(at(plan))
        best = min(best, time.perf_counter() - start)
    assert best < 0.6
