"""The difference of two contents says all of it and no more, and tells a move from a loss."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings

from portal.editions.content import (
    CardFacts,
    Content,
    CostLine,
    NodeFacts,
    PlanFacts,
    canonical,
    content_of,
    digest,
    plain,
)
from portal.editions.redline import Added, DoesNotFit, Moved, Removed, Repriced, Reworded, Run, Thing, apply, diff, runs

from .contents import contents, texts

many = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PLAN = PlanFacts("plan", "Plán", "orp", "5205", "Jičínsko", date(2026, 1, 1), date(2028, 12, 31))


@many
@given(contents, contents)
def test_differences_applied_to_the_older_give_the_newer(a: Content, b: Content) -> None:
    assert apply(a, diff(a, b)) == b


@many
@given(contents)
def test_nothing_differs_from_itself_and_json_keeps_everything(a: Content) -> None:
    assert diff(a, a) == ()
    stored = json.loads(canonical(a))
    assert content_of(stored) == a
    assert digest(content_of(stored)) == digest(a)


@many
@given(texts, texts)
def test_runs_give_both_texts_back(before: str, now: str) -> None:
    made = Reworded(Thing.PLAN, "", "about", runs(before, now))
    assert (made.before, made.now) == (before, now)


def tree(*codes: str) -> tuple[NodeFacts, ...]:
    """ "1", "1.1" under it and so on."""
    return tuple(NodeFacts(code, code.rpartition(".")[0], code.count(".") + 1, f"Bod {code}") for code in codes)


def test_one_thing_moved_down_is_one_move() -> None:
    a, b = Content(PLAN, tree("1", "2", "3", "4")), Content(PLAN, tree("2", "3", "4", "1"))
    assert diff(a, b) == (Moved(Thing.NODE, "1", "", "", "4"),)


def test_a_measure_under_another_goal_is_moved_not_lost() -> None:
    a = Content(PLAN, tree("1", "1.1", "2"))
    one, under, two = a.nodes
    b = Content(PLAN, (one, two, replace(under, parent="2")))
    assert diff(a, b) == (Moved(Thing.NODE, "1.1", "1", "2", ""),)


def test_added_and_removed_are_told_whole() -> None:
    a, b = Content(PLAN, tree("1", "2")), Content(PLAN, tree("1", "3"))
    assert [type(one) for one in diff(a, b)] == [Added, Removed]


def test_words_are_compared_one_by_one() -> None:
    assert runs("Pomoc doma, denně.", "Pomoc doma i venku, denně.") == (
        Run("=", "Pomoc doma"),
        Run("+", " i venku"),
        Run("=", ", denně."),
    )


def test_money_is_told_by_year_and_sort() -> None:
    card = CardFacts(costs=(CostLine(2026, "operation", 100), CostLine(2027, "operation", 100)))
    a = Content(PLAN, (NodeFacts("1", "", 1, "Bod", card=card),))
    dearer = replace(card, costs=(CostLine(2026, "operation", 100), CostLine(2027, "operation", 150)))
    b = Content(PLAN, (NodeFacts("1", "", 1, "Bod", card=dearer),))
    assert diff(a, b) == (Repriced("1", "card.costs", 2027, "operation", None, 100, 150),)


def test_changes_made_from_another_content_are_refused() -> None:
    a = Content(PLAN, tree("1"))
    b = replace(a, plan=replace(PLAN, title="Jiný název"))
    with pytest.raises(DoesNotFit):
        apply(replace(a, plan=replace(PLAN, title="Úplně jiný")), diff(a, b))


def test_content_of_an_unknown_schema_is_refused() -> None:
    with pytest.raises(ValueError, match="schema"):
        content_of(plain(Content(PLAN)) | {"schema": "jine"})
