"""Bringing back what plans, action plans and reports said: what it says in words, and when it is no longer possible."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from portal.accounts.models import Grant, Person
from portal.audit.actions import record
from portal.audit.models import Deed
from portal.audit.restoring import GONE
from portal.audit.verbs import CARRIES, NOTHING_BEFORE, TOO_OLD
from portal.fulfilment import actions as fulfilment
from portal.fulfilment import report_actions
from portal.fulfilment.models import ActionItem, ActionPlan, FulfilmentReport, Progress
from portal.fulfilment.report_actions import StepDraft
from portal.indicators import actions as indicators
from portal.indicators.models import Definition
from portal.plan import actions, setup_actions
from portal.plan.models import Area, Card, FulfilmentState, MoneySource, Node, Plan
from portal.plan.setup_actions import AreaRow
from tests import make
from tests.fulfilment import years
from tests.plan import plans

from . import plan_cases
from .pages import address, latest, look, restore, shut

pytestmark = pytest.mark.django_db


@pytest.fixture
def jana() -> Person:
    return make.person(Grant.Role.REGION, name="Jana Malá")


@pytest.fixture
def client(jana: Person) -> Client:
    signed_in = Client()
    signed_in.force_login(jana)
    return signed_in


def refused(client: Client, deed: Deed) -> str:
    """The action itself refuses; its words."""
    before = Deed.objects.count()
    answer = restore(client, deed)
    assert answer.status_code == 422
    assert Deed.objects.count() == before
    return " ".join(answer.context["refusals"])


# --- deeds that carry too little ---------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", sorted(CARRIES))
def test_a_deed_of_old_says_why_it_cannot_be_brought_back(client: Client, verb: str) -> None:
    before = {} if verb.endswith("_removed") else {"name": "jen slova"}
    deed = record(verb=verb, thing=plans.plan(), before=before, after={"name": "jiná slova"})
    assert TOO_OLD in client.get(reverse("audit:deed", args=[deed.pk])).content.decode()
    assert client.get(address(deed)).status_code == 404


def test_a_first_answer_has_nothing_before_it(client: Client, jana: Person) -> None:
    plan_cases.progress(jana)
    first = Deed.objects.filter(verb="progress_told").earliest("pk")
    assert NOTHING_BEFORE in client.get(reverse("audit:deed", args=[first.pk])).content.decode()


# --- settings of a plan ------------------------------------------------------------------------------------------


def test_an_area_with_measures_is_not_taken_away_by_restoring(client: Client, jana: Person) -> None:
    plan = plans.grown(plans.plan(actor=jana, areas=()))
    setup_actions.areas_save(plan=plan, wanted=[AreaRow("Senioři")], actor=jana)
    Card.objects.filter(node__plan=plan).update(area=Area.objects.get(plan=plan))
    assert "má opatření" in refused(client, latest("plan_areas_changed"))
    assert Area.objects.get(plan=plan).name == "Senioři"


def test_a_renamed_area_keeps_its_measures_when_its_name_comes_back(client: Client, jana: Person) -> None:
    plan = plans.grown(plans.plan(actor=jana, areas=("Senioři",)))
    area = Area.objects.get(plan=plan)
    Card.objects.filter(node__plan=plan).update(area=area)
    setup_actions.areas_save(plan=plan, wanted=[AreaRow("Jinak", area.pk)], actor=jana)
    assert restore(client, latest("plan_areas_changed")).status_code == 302
    assert {one.area and one.area.name for one in Card.objects.filter(node__plan=plan)} == {"Senioři"}


def test_what_was_made_anew_does_not_look_changed(client: Client, jana: Person) -> None:
    for case, verb in ((plan_cases.areas, "plan_areas_changed"), (plan_cases.fields, "plan_fields_changed")):
        case(jana)
        deed = latest(verb)
        assert restore(client, deed).status_code == 302
        assert "Není co obnovovat" in look(client, deed).content.decode()


def test_an_area_does_not_come_back_to_a_group_that_is_gone(client: Client, jana: Person) -> None:
    plan = plans.plan(actor=jana, areas=("Senioři",))
    group = make.group(name="Skupina pro seniory")
    area = Area.objects.get(plan=plan)
    for number in (group.pk, None):
        setup_actions.areas_save(plan=plan, wanted=[AreaRow("Senioři", area.pk, number)], actor=jana)
    deed = latest("plan_areas_changed")
    assert "Skupina pro seniory" in look(client, deed).content.decode()
    group.delete()
    assert "„Skupina pro seniory“ už tu není" in refused(client, deed)


def test_a_coordinator_of_another_place_does_not_restore_the_plan(jana: Person) -> None:
    plan_cases.levels(jana)
    elsewhere = make.person(name="Odjinud")
    far = make.municipality("Daleko", orp=make.orp("9909", "Daleko", region=make.region("CZ098", "Jiný kraj")))
    Grant.objects.create(
        person=elsewhere, role=Grant.Role.COORDINATOR, range_kind=Grant.Range.ORP, range_code=far.orp_id
    )
    client = Client()
    client.force_login(elsewhere)
    assert client.get(address(latest("plan_levels_named"))).status_code == 404


# --- places of points --------------------------------------------------------------------------------------------


def moved(jana: Person) -> Node:
    plan_cases.place(jana)
    return Node.objects.get(pk=latest("plan_node_moved").thing_id)


def test_a_point_goes_back_among_its_neighbours_under_its_own_code(client: Client, jana: Person) -> None:
    plan = plans.grown(plans.plan(actor=jana), measures=4)
    node = Node.objects.get(plan=plan, code="1.1.3")
    actions.node_move(node=node, parent=node.parent, after=None, actor=jana)
    deed = latest("plan_node_moved")
    page = look(client, deed).content.decode()
    assert "Kolikátý tam je" in page
    restore(client, deed)
    assert [one.code for one in Node.objects.filter(parent=node.parent)] == ["1.1.1", "1.1.2", "1.1.3", "1.1.4"]


def test_a_point_does_not_go_back_under_one_that_was_taken_out(client: Client, jana: Person) -> None:
    node = moved(jana)
    actions.node_remove(node=Node.objects.get(plan=node.plan, code="1.1"), actor=jana)
    assert "vyřazený" in refused(client, latest("plan_node_moved"))


def test_neither_a_point_taken_out_nor_one_of_an_approved_plan_moves(client: Client, jana: Person) -> None:
    node = moved(jana)
    actions.node_remove(node=node, actor=jana)
    assert shut(client, latest("plan_node_moved")) == actions.REMOVED
    with pytest.raises(ValidationError):
        actions.node_move(node=node, parent=node.parent, after=None, actor=jana)
    Plan.objects.filter(pk=node.plan_id).update(state=Plan.State.IN_FORCE)
    assert shut(client, latest("plan_node_moved")) == actions.APPROVED


# --- action plans ------------------------------------------------------------------------------------------------


def test_money_of_an_item_is_told_in_words(client: Client, jana: Person) -> None:
    plan_cases.item_changed(jana)
    page = look(client, latest("action_item_changed")).content.decode()
    # PostgreSQL keeps the fields of a row in an order of its own.
    for said in ("provoz", "rozpočet obce", "12\u00a0480\u00a0Kč", "investice"):
        assert said in page


def test_money_does_not_come_back_from_a_source_that_is_gone(client: Client, jana: Person) -> None:
    plan_cases.item_changed(jana)
    MoneySource.objects.filter(key="rozpocet-obce").delete()
    assert "„rozpočet obce“ už v číselníku není" in refused(client, latest("action_item_changed"))


def test_an_approved_action_plan_stays_as_it_is(client: Client, jana: Person) -> None:
    made, item = plan_cases.chosen(jana)
    fulfilment.item_remove(item=made.items.get(node__code="1.1.1.a"), actor=jana)
    years.approve(made, jana)
    for verb in ("action_item_changed", "action_item_removed"):
        assert shut(client, latest(verb)) == fulfilment.APPROVED
    assert made.items.count() == 2
    assert ActionItem.objects.get(pk=item.pk).responsible == "město"


def test_values_of_an_item_that_is_gone_have_nowhere_to_go(client: Client, jana: Person) -> None:
    _made, item = plan_cases.chosen(jana)
    deed = latest("action_item_changed")
    fulfilment.item_remove(item=item, actor=jana)
    assert shut(client, deed) == GONE


def test_items_do_not_come_back_over_what_somebody_has_chosen_since(client: Client, jana: Person) -> None:
    made, item = plan_cases.chosen(jana)
    fulfilment.item_remove(item=item, actor=jana)
    fulfilment.items_add(action_plan=made, nodes=[item.node_id], actor=jana)
    assert "Bod 1.1.1 v akčním plánu zase je" in refused(client, latest("action_item_removed"))
    assert made.items.get().steps == ""


def test_an_item_whose_point_left_the_plan_does_not_come_back(client: Client, jana: Person) -> None:
    made, item = plan_cases.chosen(jana)
    fulfilment.item_remove(item=item, actor=jana)
    Plan.objects.filter(pk=made.plan_id).update(state=Plan.State.DRAFTING)
    actions.node_remove(node=Node.objects.get(plan=made.plan, code="1.1.1.b"), actor=jana)
    assert "Bod 1.1.1.b už v plánu není" in refused(client, latest("action_item_removed"))
    assert not made.items.exists()


def test_an_activity_comes_back_with_its_measure_and_knows_that_it_was_carried(client: Client, jana: Person) -> None:
    last, _item = plan_cases.chosen(jana)
    years.approve(last, jana)
    made = fulfilment.action_plan_add(plan=last.plan, year=2027, actor=jana)
    fulfilment.items_carry(action_plan=made, actor=jana)
    fulfilment.item_remove(item=made.items.get(node__code="1.1.1.a"), actor=jana)
    deed = latest("action_item_removed")
    fulfilment.item_remove(item=made.items.get(node__code="1.1.1"), actor=jana)
    assert restore(client, deed).status_code == 302
    back = ActionPlan.objects.get(pk=made.pk).items
    assert sorted(back.values_list("node__code", flat=True)) == ["1.1.1", "1.1.1.a"]
    assert back.get(node__code="1.1.1.a").carried_from == last.items.get(node__code="1.1.1.a")


# --- answers and reports -----------------------------------------------------------------------------------------


def test_an_answer_of_an_approved_report_stays(client: Client, jana: Person) -> None:
    plan_cases.progress(jana)
    FulfilmentReport.objects.update(frozen={"items": []})
    assert "schválená" in shut(client, latest("progress_told"))
    assert Progress.objects.get().text == "Omyl."


def test_an_answer_told_meanwhile_is_not_overwritten(client: Client, jana: Person) -> None:
    plan_cases.progress(jana)
    deed = latest("progress_told")
    seen = look(client, deed).context["seen"]
    years.say(ActionItem.objects.get(progress__isnull=False), "splneno", "Jinak.", jana)
    assert client.post(address(deed), {"seen": seen}).status_code == 409
    assert Progress.objects.get().text == "Jinak."


def test_a_state_that_left_its_list_is_refused_by_its_name(client: Client, jana: Person) -> None:
    plan_cases.progress(jana)
    FulfilmentState.objects.filter(key="castecne").delete()
    assert "„splněno částečně“ už v číselníku není" in refused(client, latest("progress_told"))


def test_the_way_does_not_get_shorter_than_a_report_has_come(client: Client, jana: Person) -> None:
    plan = years.approved_plan(jana)
    years.approve(years.chosen(plan, 2026, jana), jana)
    short = [StepDraft("publish", "na web")]
    report_actions.chain_set(plan=plan, steps=short, actor=jana)
    long = [StepDraft("discuss", "řeč"), StepDraft("discuss", "rada"), *short]
    report_actions.chain_set(plan=plan, steps=long, actor=jana)
    made = years.report(plan, 2026, jana)
    report_actions.step_pass(report=made, order=1, day=made.plan.starts_on, actor=jana)
    assert "má za sebou" in refused(client, latest("chain_changed"))
    assert [one["name"] for one in report_actions.chain_told(plan)["chain"]] == ["řeč", "rada", "na web"]


# --- indicators --------------------------------------------------------------------------------------------------


def test_an_indicator_comes_back_only_where_nobody_has_put_it_since(client: Client, jana: Person) -> None:
    plan_cases.indicator_removed(jana)
    deed = latest("indicator_removed")
    node = Node.objects.get(code="1.1.1")
    one = indicators.indicator_add(node=node, definition=Definition.objects.get(), actor=jana)
    assert "už tu je" in refused(client, deed)
    indicators.indicator_change(
        indicator=one, baseline=Decimal("12.5"), baseline_year=2024, note="odhad", targets={2026: Decimal(20)},
        seen=one.version, actor=jana,
    )  # fmt: skip
    assert "Není co obnovovat" in look(client, deed).content.decode()
    Plan.objects.update(state=Plan.State.IN_FORCE)
    assert shut(client, deed) == actions.APPROVED
