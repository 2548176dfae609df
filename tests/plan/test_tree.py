"""The tree of a plan keeps its laws whatever people do with it."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.plan import actions, tree
from portal.plan.models import Node, Plan, Resolution
from tests import make

from . import plans

pytestmark = pytest.mark.django_db


def outline(plan: Plan) -> list[tuple[str, str]]:
    return [(one.node.code, one.node.title) for one in tree.read(plan).walk()]


def test_a_tree_grows_with_codes_from_the_top() -> None:
    plan = plans.grown(plans.plan())
    assert [code for code, _ in outline(plan)] == [
        "V", "1", "1.1", "1.1.1", "1.1.1.a", "1.1.1.b", "1.1.2", "1.1.2.a", "1.1.2.b",
    ]  # fmt: skip
    assert {one.node.code for one in tree.read(plan).measures()} == {"1.1.1", "1.1.2"}


def test_a_moved_measure_keeps_its_code_and_a_removed_one_leaves_it_to_nobody() -> None:
    actor, plan = plans.coordinator(), plans.plan("maly")
    first, second = plans.add(plan, "priority", None, "A"), plans.add(plan, "priority", None, "B")
    measure = plans.add(plan, "measure", first, "C")
    actions.node_move(node=measure, parent=second, after=None, actor=actor)
    assert outline(plan) == [("1", "A"), ("2", "B"), ("1.1", "C")]
    assert plans.add(plan, "measure", first, "D").code == "1.2"
    actions.node_remove(node=measure, actor=actor)
    assert plans.add(plan, "measure", first, "E").code == "1.3"
    actions.node_return(node=Node.objects.get(pk=measure.pk), actor=actor)
    assert ("1.1", "C") in outline(plan)


def test_nodes_of_a_removed_branch_return_with_it() -> None:
    actor, plan = plans.coordinator(), plans.grown(plans.plan())
    whole = outline(plan)
    priority = Node.objects.get(plan=plan, code="1")
    actions.node_remove(node=priority, actor=actor)
    assert [code for code, _ in outline(plan)] == ["V"]
    actions.node_return(node=Node.objects.get(pk=priority.pk), actor=actor)
    assert outline(plan) == whole


def test_a_level_stands_only_under_the_one_above_it() -> None:
    plan = plans.plan("maly")
    priority = plans.add(plan, "priority", None, "A")
    with pytest.raises(ValidationError, match="musí mít"):
        plans.add(plan, "measure", None, "C")
    with pytest.raises(ValidationError, match="nemůže být pod"):
        plans.add(plan, "priority", priority, "C")


def test_a_second_writer_learns_of_the_first() -> None:
    actor, plan = plans.coordinator(), plans.plan("maly")
    node = plans.add(plan, "priority", None, "A")
    actions.node_change(node=node, title="B", text="", seen=1, actor=actor)
    with pytest.raises(actions.Stale) as news:
        actions.node_change(node=node, title="C", text="", seen=1, actor=actor)
    assert news.value.stored.title == "B"


def test_an_approved_plan_is_not_written_in_and_approval_needs_its_resolution() -> None:
    actor, plan = plans.coordinator(), plans.plan("maly")
    node = plans.add(plan, "priority", None, "A")
    with pytest.raises(ValidationError, match="usnesení"):
        actions.plan_move(plan=plan, to=Plan.State.APPROVED, actor=actor)
    decided = Resolution(sort=Resolution.Sort.APPROVAL, number="12/2026", body="Zastupitelstvo", day="2026-01-10")
    actions.plan_move(plan=plan, to=Plan.State.APPROVED, actor=actor, resolution=decided)
    with pytest.raises(ValidationError, match="schválený"):
        actions.node_change(node=node, title="B", text="", seen=1, actor=actor)
    with pytest.raises(ValidationError, match="odtud nejde"):
        actions.plan_move(plan=plan, to=Plan.State.DRAFTING, actor=actor)


def test_a_prolonged_plan_is_valid_in_the_years_it_got() -> None:
    actor, plan = plans.coordinator(), plans.plan("maly")
    decided = Resolution(sort=Resolution.Sort.APPROVAL, number="1", body="Rada", day="2026-01-10")
    for state in (Plan.State.APPROVED, Plan.State.IN_FORCE):
        actions.plan_move(plan=plan, to=state, actor=actor, resolution=decided)
    assert not Plan.objects.valid_in(2029).exists()
    longer = Resolution(sort=Resolution.Sort.PROLONGATION, number="2", body="Rada", day="2028-11-10")
    actions.plan_move(
        plan=plan,
        to=Plan.State.PROLONGED,
        actor=actor,
        resolution=longer,
        prolonged_until=date(2029, 12, 31),
    )
    assert list(Plan.objects.valid_in(2029)) == [plan]


def test_a_coordinator_of_another_town_writes_nothing() -> None:
    plan = plans.plan("maly")
    with pytest.raises(PermissionDenied):
        plans.add(plan, "priority", None, "A", make.person("auditor"))


def test_a_tree_is_read_in_two_queries_however_large(django_assert_num_queries) -> None:
    plan = plans.grown(plans.plan(), 2, 2, 3, 2)
    with django_assert_num_queries(2):
        tree.read(plan)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 5)), max_size=8))
def test_whatever_moves_nothing_is_lost_and_no_code_changes(moves: list[tuple[int, int, int]]) -> None:
    actor, plan = plans.coordinator(), plans.grown(plans.plan(town=make.municipality()), 2, 2, 2, 1)
    before = {one.node.pk: one.node.code for one in tree.read(plan).walk()}
    nodes = list(before)
    for what, where, behind in moves:
        node = Node.objects.get(pk=nodes[what % len(nodes)])
        parent = Node.objects.get(pk=nodes[where % len(nodes)])
        siblings = list(Node.objects.filter(parent=parent).standing().exclude(pk=node.pk))
        try:
            actions.node_move(
                node=node, parent=parent, after=siblings[behind % len(siblings)] if siblings else None, actor=actor
            )
        except ValidationError:
            continue
    found = tree.read(plan)
    assert {one.node.pk: one.node.code for one in found.walk()} == before
    for one in found.walk():
        assert [child.node.order for child in one.children] == sorted({child.node.order for child in one.children})
