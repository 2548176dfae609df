"""The card of a measure: what is written is read back, nothing is lost between two people, money is exact."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given
from hypothesis import strategies as st

from portal.audit.models import Deed
from portal.plan import actions, card_actions, cards, money, tree
from portal.plan.cards import (
    CapacityDraft,
    CardDraft,
    CostDraft,
    ExtraDraft,
    FundingDraft,
    StepDraft,
)
from portal.plan.models import CapacityChange, ExtraField, Node, Plan
from tests import make

from . import plans

db = pytest.mark.django_db


def measure(plan: Plan | None = None) -> Node:
    plan = plan or plans.grown(plans.plan())
    return Node.objects.get(plan=plan, code="1.1.1")


def save(node: Node, actor: Any = None, **changes: Any) -> Node:
    node = Node.objects.get(pk=node.pk)
    draft = replace(cards.read(node), **changes)
    return card_actions.card_save(node=node, draft=draft, seen=node.version, actor=actor or plans.coordinator())


@db
def test_what_is_saved_is_read_back() -> None:
    node = measure()
    draft = plans.full_card(node)
    saved = card_actions.card_save(node=node, draft=draft, seen=node.version, actor=plans.coordinator())
    read = cards.read(saved)
    changes = [replace(one, id=None) for one in read.capacities]
    kind = make.kind().key
    promised = replace(draft.capacities[0], kind=kind, baseline=Decimal(12))
    assert replace(read, capacities=()) == replace(draft, capacities=())
    assert changes == [promised]
    assert saved.version == node.version + 1


@db
def test_a_card_is_read_in_the_same_number_of_queries_for_any_plan(django_assert_num_queries: Any) -> None:
    small, large = plans.grown(plans.plan()), plans.grown(plans.plan(), priorities=2, goals=2, measures=5)
    for plan in (small, large):
        with django_assert_num_queries(14):
            held = cards.read_plan(plan)
        assert len(held) == len(tree.read(plan).measures())


@db
def test_a_draft_laid_aside_comes_back_the_same() -> None:
    draft = plans.full_card(measure())
    assert cards.from_json(cards.to_json(draft)) == draft
    assert cards.from_told(cards.told(draft, list(cards.LABELS))) == draft


@db
def test_saving_what_is_stored_writes_nothing() -> None:
    node = measure()
    save(node, reason="Čeká 14 lidí.")
    deeds = Deed.objects.count()
    stored = Node.objects.get(pk=node.pk)
    assert save(node).version == stored.version
    assert Deed.objects.count() == deeds


@db
def test_who_saves_second_learns_what_is_stored() -> None:
    node = measure()
    save(node, reason="První.")
    with pytest.raises(actions.Stale):
        card_actions.card_save(
            node=node, draft=replace(cards.read(node), reason="Druhý."), seen=node.version, actor=plans.coordinator()
        )
    assert cards.read(node).reason == "První."


@db
def test_an_activity_added_in_the_tree_is_not_lost_by_an_open_card() -> None:
    node = measure()
    opened = cards.read(node)
    plans.add(node.plan, "activity", node, "Přibyla mezitím")
    with pytest.raises(actions.Stale):
        card_actions.card_save(
            node=node, draft=replace(opened, reason="x"), seen=node.version, actor=plans.coordinator()
        )


@db
def test_activities_keep_codes_and_a_code_is_not_given_again() -> None:
    node = measure()
    a, b = cards.read(node).steps
    save(node, steps=(b, StepDraft(title="Nová")))
    assert [(one.code, one.title) for one in cards.read(node).steps] == [(b.code, b.title), ("1.1.1.c", "Nová")]
    save(node, steps=(StepDraft(title="Další"), a))
    assert [one.code for one in cards.read(node).steps] == ["1.1.1.d", "1.1.1.a"]


@db
def test_a_deed_is_brought_back_whole() -> None:
    node = measure()
    first = plans.full_card(node)
    card_actions.card_save(node=node, draft=first, seen=node.version, actor=plans.coordinator())
    before = cards.read(node)
    empty = CardDraft(title="Jinak", steps=(StepDraft("1.1.1.a", "Jen tahle"),))
    node = Node.objects.get(pk=node.pk)
    card_actions.card_save(node=node, draft=empty, seen=node.version, actor=plans.coordinator())
    deed = Deed.objects.filter(verb="plan_card_changed").latest("pk")
    assert deed.names["rozvoj"] == "rozvoj"
    card_actions.card_restore(node=Node.objects.get(pk=node.pk), deed=deed, actor=plans.coordinator())
    again = cards.read(node)
    assert [replace(one, id=None) for one in again.capacities] == [replace(one, id=None) for one in before.capacities]
    assert replace(again, capacities=()) == replace(before, capacities=())


@db
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"starts_on": date(2027, 1, 1), "ends_on": date(2026, 1, 1)}, "ends_on"),
        ({"costs": (CostDraft(2026, "operation", Decimal("0.5")),)}, "costs"),
        ({"costs": (CostDraft(2026, "operation", Decimal(1)),) * 2}, "costs"),
        ({"funding": (FundingDraft(2026, "operation", "nikdo", Decimal(1)),)}, "funding"),
        ({"area": "Cizí skupina"}, "area"),
        ({"services": ("neni",)}, "services"),
        ({"steps": (StepDraft("9.9.9", ""),)}, "steps"),
        ({"above": "neni/1"}, "above"),
        ({"extra": (ExtraDraft("Rozpočet", "dost"),)}, "extra"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(changes: dict[str, Any], field: str) -> None:
    node = measure()
    ExtraField.objects.create(plan=node.plan, name="Rozpočet", sort="number")
    with pytest.raises(ValidationError) as refused:
        save(node, **changes)
    assert field in refused.value.message_dict


@db
def test_who_may_not_edit_the_plan_writes_no_card() -> None:
    with pytest.raises(PermissionDenied):
        save(measure(), actor=make.person("auditor"), reason="x")


@db
def test_a_change_of_capacity_keeps_its_row_and_its_baseline() -> None:
    node = measure()
    service = make.service(forms=["ter"])
    capacity = make.capacity(service.forms.get(), 12)
    promised = CapacityDraft(Decimal("2.5"), make.unit().key, service=service.slug, form="ter")
    save(node, capacities=(promised,))
    row = CapacityChange.objects.get()
    assert row.baseline == Decimal(12)
    capacity.amount = 14
    capacity.save()
    (stored,) = cards.read(node).capacities
    save(node, capacities=(replace(stored, amount=Decimal(3)),))
    kept = CapacityChange.objects.get()
    assert (kept.pk, kept.baseline) == (row.pk, Decimal(12))


@db
def test_two_capacities_in_one_unit_give_no_baseline() -> None:
    service = make.service(forms=["ter"])
    make.capacity(service.forms.get(), 12)
    make.capacity(service.forms.get(), 3)
    assert card_actions.baseline(service.slug, "ter", make.unit().key) is None


# --- money -------------------------------------------------------------------------------------------------------

amounts = st.integers(0, 10**12).map(Decimal)
sorts = st.sampled_from(["operation", "investment"])
years = st.integers(2024, 2030)
some_money = st.builds(
    money.Money,
    st.dictionaries(st.builds(money.CostOf, years, sorts), amounts),
    st.dictionaries(st.builds(money.PaidBy, years, sorts, st.sampled_from(["kraj", "obec", "eu"])), amounts),
    st.just(1),
    st.just(0),
)


@given(st.lists(some_money, max_size=6))
def test_a_sum_says_what_its_parts_say(parts: list[money.Money]) -> None:
    whole = money.summed(parts)
    assert whole.cost() == sum(one.cost() for one in parts)
    assert whole.paid() == sum(one.paid() for one in parts)
    assert whole.cost() == sum(whole.by_year.values()) == sum(whole.by_sort.values())
    assert whole.paid() == sum(whole.by_source.values())
    assert whole.difference() == sum(whole.differences.values()) == whole.cost() - whole.paid()
    assert whole.cards == len(parts)


@db
def test_branches_sum_to_their_cards_and_the_plan_to_its_branches(django_assert_max_num_queries: Any) -> None:
    plan = plans.grown(plans.plan(), priorities=2, goals=2, measures=3, activities=1)
    plans.source("kraj")
    grown = tree.read(plan)
    for at, branch in enumerate(grown.measures()[1:], 1):
        rows = tuple(CostDraft(2026 + at % 3, sort, Decimal(at * 1001)) for sort in ("operation", "investment"))
        paid = (FundingDraft(2026, "operation", "kraj", Decimal(at * 7)),)
        save(branch.node, costs=rows, funding=paid)
    with django_assert_max_num_queries(3):
        held = money.of_plan(plan)
        by_node = held.by_node(grown)
    expected = sum(Decimal(at * 1001) * 2 for at in range(1, 12))
    assert held.of_tree(grown).cost() == expected == money.totals(one.node.pk for one in grown.measures()).cost()
    assert held.of_tree(grown).unknown == 1
    for branch in grown.walk():
        if branch.node.pk in by_node:
            assert by_node[branch.node.pk] == held.of_branch(branch)
    vision = by_node[grown.top[0].node.pk]
    assert vision.cost() == sum(by_node[one.node.pk].cost() for one in grown.top[0].children) == expected


@db
def test_a_removed_measure_takes_its_money_out_of_the_sum() -> None:
    plan = plans.grown(plans.plan())
    save(measure(plan), costs=(CostDraft(2026, "operation", Decimal(5)),))
    actions.node_remove(node=measure(plan), actor=plans.coordinator())
    assert money.of_plan(plan).of_tree(tree.read(plan)).cost() == 0


def test_crowns_read_as_people_write_them() -> None:
    assert money.crowns(Decimal(1248000)) == "1\u00a0248\u00a0000\u00a0Kč"
    assert money.crowns(None) == "neznámo"
