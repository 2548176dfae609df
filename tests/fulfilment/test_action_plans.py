"""Action plans of years: the law of the valid plan, what is chosen and carried over, money, approval that freezes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from portal.fulfilment import actions, timetable, year_plan
from portal.fulfilment.models import ActionPlan, ChainStep
from portal.plan.models import Card, Cost, Funding, Node, Plan
from tests import make
from tests.fulfilment import years
from tests.plan import plans

pytestmark = pytest.mark.django_db


def test_an_action_plan_is_only_of_a_plan_valid_that_year() -> None:
    plan, actor = years.approved_plan(), plans.coordinator()
    for year in (2025, 2029):
        with pytest.raises(ValidationError, match="neplatí"):
            actions.action_plan_add(plan=plan, year=year, actor=actor)
    assert actions.action_plan_add(plan=plan, year=2028, actor=actor).year == 2028


@pytest.mark.parametrize("state", Plan.OPEN)
def test_a_plan_nobody_approved_has_no_action_plan(state: str) -> None:
    plan = plans.plan()
    Plan.objects.filter(pk=plan.pk).update(state=state)
    with pytest.raises(ValidationError, match="neplatí"):
        actions.action_plan_add(plan=plan, year=2026, actor=plans.coordinator())


def test_a_prolonged_plan_goes_on_having_action_plans() -> None:
    plan = years.approved_plan()
    Plan.objects.filter(pk=plan.pk).update(state=Plan.State.PROLONGED, prolonged_until=date(2029, 12, 31))
    assert actions.action_plan_add(plan=plan, year=2029, actor=plans.coordinator()).year == 2029


def test_a_year_has_one_action_plan_and_the_plan_gets_its_chain() -> None:
    plan, actor = years.approved_plan(), plans.coordinator()
    actions.action_plan_add(plan=plan, year=2026, actor=actor)
    with pytest.raises(ValidationError, match="už tu je"):
        actions.action_plan_add(plan=plan, year=2026, actor=actor)
    assert ChainStep.objects.filter(plan=plan).count() == len(actions.USUAL_CHAIN)


def test_an_activity_takes_its_measure_with_it() -> None:
    plan = years.approved_plan()
    activity = Node.objects.get(plan=plan, code="1.1.1.a")
    made = years.chosen(plan, nodes=[activity])
    assert sorted(made.items.values_list("node__code", flat=True)) == ["1.1.1", "1.1.1.a"]


def test_only_measures_and_activities_of_this_plan_can_be_chosen() -> None:
    plan, other = years.approved_plan(), years.approved_plan(title="Jiný plán")
    made = actions.action_plan_add(plan=plan, year=2026, actor=plans.coordinator())
    for wrong in (Node.objects.get(plan=plan, code="1.1"), Node.objects.get(plan=other, code="1.1.1")):
        with pytest.raises(ValidationError):
            actions.items_add(action_plan=made, nodes=[wrong.pk], actor=plans.coordinator())


def test_money_of_the_card_comes_along_and_what_nobody_pays_yet_says_so() -> None:
    plan, town = years.approved_plan(), years.source()
    node = years.measures(plan)[0]
    card = Card.objects.get_or_create(node=node)[0]
    Cost.objects.create(card=card, year=2026, sort="operation", amount=Decimal(500_000))
    Cost.objects.create(card=card, year=2027, sort="operation", amount=Decimal(9))
    Funding.objects.create(card=card, year=2026, sort="operation", source=town, amount=Decimal(120_000))
    made = years.chosen(plan, nodes=[node])
    rows = [(one["source"], one["amount"]) for one in year_plan.content(made)["money"]]
    assert rows == [(year_plan.UNKNOWN_SOURCE, 380_000), ("rozpočet obce", 120_000)]


amounts = st.dictionaries(
    st.tuples(st.sampled_from(["operation", "investment"]), st.sampled_from([1, 2, 3])),
    st.integers(0, 10**12),
    max_size=6,
)


@given(st.dictionaries(st.sampled_from(["operation", "investment"]), st.integers(0, 10**12)), amounts)
def test_amounts_of_a_card_sum_to_its_cost_or_to_what_is_paid(
    cost: dict[str, int], paid: dict[tuple[str, int], int]
) -> None:
    made = year_plan.of_card(
        {sort: Decimal(one) for sort, one in cost.items()},
        [(sort, source, Decimal(one)) for (sort, source), one in paid.items()],
    )
    for sort in ("operation", "investment"):
        given_by = sum(one for (of, _), one in paid.items() if of == sort)
        assert sum(one for (of, _), one in made.items() if of == sort) == max(cost.get(sort, 0), given_by)
    assert all(made[key] == one for key, one in paid.items())


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "sort": st.sampled_from(["provoz", "investice"]),
                "source": st.sampled_from(["kraj", "obec", year_plan.UNKNOWN_SOURCE]),
                "amount": st.integers(0, 10**13),
            }
        )
    )
)
def test_money_put_together_is_the_same_money(rows: list[dict[str, int]]) -> None:
    made = year_plan.put_together(rows)
    assert sum(one["amount"] for one in made) == sum(one["amount"] for one in rows)
    assert len({(one["sort"], one["source"]) for one in made}) == len(made)
    assert year_plan.total(made) == (year_plan.total(rows) if rows else None)


def test_what_the_last_year_left_undone_is_offered_and_taken_by_one_click() -> None:
    plan, actor = years.approved_plan(), plans.coordinator()
    first = years.approve(years.chosen(plan, 2026))
    years.report(plan)
    done, failed, off, silent = first.items.order_by("node__code")
    years.say(done, "splneno")
    years.say(failed, "nesplneno")
    years.say(off, "zruseno")
    failed.steps = "Najít byt."
    failed.save()
    second = actions.action_plan_add(plan=plan, year=2027, actor=actor)
    assert set(actions.offered(second)) == {failed, silent}
    assert actions.items_carry(action_plan=second, actor=actor) == 2
    carried = second.items.get(node=failed.node)
    assert (carried.steps, carried.carried_from) == ("Najít byt.", failed)
    assert not actions.offered(second).exists()


def test_an_approved_action_plan_never_changes() -> None:
    plan, actor = years.approved_plan(), plans.coordinator()
    made = years.approve(years.chosen(plan, nodes=years.measures(plan)[:1]))
    item = made.items.get()
    before = made.frozen
    for deed in (
        lambda: actions.items_add(action_plan=made, nodes=[years.measures(plan)[1].pk], actor=actor),
        lambda: actions.item_change(item=item, steps="x", responsible="", money={}, actor=actor),
        lambda: actions.item_remove(item=item, actor=actor),
        lambda: actions.items_carry(action_plan=made, actor=actor),
        lambda: years.approve(made),
    ):
        with pytest.raises(ValidationError, match="nemění"):
            deed()
    Node.objects.filter(pk=item.node_id).update(title="Jiný název")
    stored = ActionPlan.objects.get(pk=made.pk)
    assert year_plan.shown(stored) == before
    assert "Jiný název" not in str(before)


def test_whom_we_ask_can_change_even_in_an_approved_action_plan() -> None:
    made = years.approve(years.chosen(years.approved_plan()))
    item = made.items.first()
    assert item is not None
    actions.reporter_set(item=item, person=None, email="nova@example.org", actor=plans.coordinator())
    item.refresh_from_db()
    assert item.email == "nova@example.org"


def test_approval_needs_a_resolution_and_something_to_approve() -> None:
    plan, actor = years.approved_plan(), plans.coordinator()
    empty = actions.action_plan_add(plan=plan, year=2026, actor=actor)
    with pytest.raises(ValidationError, match="nic není"):
        years.approve(empty)
    full = years.chosen(plan, 2027)
    with pytest.raises(ValidationError, match="usnesení"):
        actions.action_plan_approve(action_plan=full, resolution=" ", body="Rada", day=date(2026, 1, 1), actor=actor)


def test_who_does_not_write_the_plan_writes_no_action_plan() -> None:
    plan = years.approved_plan()
    for stranger in (make.person(), make.person("auditor"), make.person("technical")):
        with pytest.raises(PermissionDenied):
            actions.action_plan_add(plan=plan, year=2026, actor=stranger)


def test_at_the_desk_from_an_empty_year_to_an_approved_one(client: Client) -> None:
    plan, actor = years.approved_plan(), plans.coordinator()
    years.source()
    client.force_login(actor)
    base = f"/sprava/plany/{plan.slug}/akcni-plany/"
    assert client.post(base, {"year": 2031}).status_code == 422
    assert client.post(base, {"year": 2026}).status_code == 302
    node = years.measures(plan)[0]
    assert client.post(f"{base}2026/vybrat/", {"bod": [node.pk]}).status_code == 302
    item = ActionPlan.objects.get(plan=plan).items.get()
    money = {"sort_0": "investment", "source_0": str(years.source().pk), "more_0": "12 480 Kč"}
    page = f"{base}2026/{item.pk}/"
    assert client.post(page, {"steps": "Koupit auto.", "more_0": "12,5"}).status_code == 422
    assert client.post(page, {"steps": "Koupit auto.", "responsible": "OSV", **money}).status_code == 302
    told = client.get(f"{base}2026/").content.decode()
    assert "12\u00a0480\u00a0Kč" in told
    assert client.get(f"/plan/{plan.slug}/akcni-plan/2026/").status_code == 404
    assert client.post(f"{base}2026/schvalit/", {"body": "Rada"}).status_code == 422
    approval = {"resolution": "R/1", "body": "Rada", "day": "2026-01-10"}
    assert client.post(f"{base}2026/schvalit/", approval).status_code == 302
    client.logout()
    shown = client.get(f"/plan/{plan.slug}/akcni-plan/2026/").content.decode()
    assert "Koupit auto." in shown
    assert "Kroky v tomto roce" in shown


def test_the_public_page_has_a_column_of_steps_only_where_somebody_said_any(client: Client) -> None:
    silent = years.approve(years.chosen(years.approved_plan()))
    assert "Kroky v tomto roce" not in client.get(f"/plan/{silent.plan.slug}/akcni-plan/2026/").content.decode()


def test_one_form_asks_about_every_amount_once(client: Client) -> None:
    made = years.chosen(years.approved_plan())
    item = made.items.first()
    assert item is not None
    client.force_login(plans.coordinator())
    page = f"/sprava/plany/{made.plan.slug}/akcni-plany/2026/{item.pk}/"
    twice = {"sort_0": "operation", "more_0": "1", "sort_1": "operation", "more_1": "2"}
    answer = client.post(page, twice)
    assert answer.status_code == 422
    assert "Sečtěte to" in answer.content.decode()


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as made:
        assert client.get(address).status_code == 200
    return len(made)


@pytest.mark.parametrize("part", ["akcni-plany/2026/", "akcni-plany/2026/vybrat/", "akcni-plany/harmonogram/"])
def test_ten_times_as_many_measures_ask_the_database_as_often(client: Client, part: str) -> None:
    client.force_login(plans.coordinator())
    counts = []
    for measures in (1, 10):
        plan = years.approved_plan(title=f"Plán {measures}", priorities=1, measures=measures, activities=1)
        years.chosen(plan)
        counts.append(queries(client, f"/sprava/plany/{plan.slug}/{part}"))
    assert counts[0] == counts[1] <= 16


def test_the_public_page_asks_the_database_at_most_ten_times(client: Client) -> None:
    made = years.approve(years.chosen(years.approved_plan()))
    assert queries(client, f"/plan/{made.plan.slug}/akcni-plan/2026/") <= 10


# --- the timetable -----------------------------------------------------------------------------------------------


def test_bars_stand_where_their_days_are() -> None:
    plan = years.approved_plan(priorities=1, measures=3)
    dated, ongoing, unknown = years.measures(plan)
    Card.objects.update_or_create(
        node=dated, defaults={"starts_on": date(2027, 1, 1), "ends_on": date(2027, 12, 31), "responsible": "OSV"}
    )
    Card.objects.update_or_create(node=ongoing, defaults={"ongoing": True})
    years.chosen(plan, 2026, nodes=[dated])
    drawn = timetable.timetable(plan)
    bars = {one.code: one for one in drawn.bars}
    years_wide = (timetable.WIDTH - timetable.LABEL) / 3
    assert bars[dated.code].x == pytest.approx(timetable.LABEL + years_wide, abs=2)
    assert bars[dated.code].width == pytest.approx(years_wide, abs=3)
    assert len(bars[dated.code].dots) == 1
    assert bars[ongoing.code].width == timetable.WIDTH - timetable.LABEL - 1 or bars[ongoing.code].ongoing
    assert bars[unknown.code].width == 0


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.dates(date(2000, 1, 1), date(2060, 1, 1)))
def test_the_later_day_never_stands_before_the_earlier(one: date, two: date) -> None:
    scale = timetable.Scale(Plan(starts_on=date(2026, 1, 1), ends_on=date(2028, 12, 31)))
    first, second = scale.at(min(one, two)), scale.at(max(one, two))
    assert timetable.LABEL <= first <= second < timetable.WIDTH


def test_a_large_plan_is_read_by_one_priority_at_a_time(client: Client) -> None:
    plan = years.approved_plan(priorities=2, measures=timetable.MOST // 2 + 1, activities=0)
    drawn = timetable.timetable(plan)
    assert drawn.chosen == drawn.priorities[0]
    assert len(drawn.bars) == timetable.MOST // 2 + 1
    assert len(timetable.timetable(plan, whole=True).bars) == timetable.MOST + 2
    page = client.get(f"/plan/{plan.slug}/harmonogram/", {"priorita": drawn.priorities[1]}).content.decode()
    assert "termín neznáme" in page


def test_years_and_the_drawing_carry_no_spaces_of_thousands(client: Client) -> None:
    made = years.approve(years.chosen(years.approved_plan()))
    for address in (f"/plan/{made.plan.slug}/akcni-plan/2026/", f"/plan/{made.plan.slug}/harmonogram/"):
        page = client.get(address).content.decode()
        assert "2026" in page
        assert "2\u00a0026" not in page
    assert 'viewBox="0 0 1000 ' in page
