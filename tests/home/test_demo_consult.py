"""Consultations of the demo: what the file says holds together, and is loaded once, settled as the laws want it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from portal.consult import actions, annex
from portal.consult.models import Comment, Consultation, Support
from portal.home import demo_consult, demo_plan
from portal.meetings.models import Meeting
from tests import make
from tests.plan import plans

WRITTEN = demo_consult.read()
CLOSED = "uprava-komunitniho-planu-svornova"
SMALL = """
[maly]
title = "Malé řízení"
about = "O čem je."
plan = "PLAN"
opens = -60
closes = -20
closed = -3
decides = "ridici-skupina-svornov"
printed_at = "Úřad"

[[maly.comment]]
at = "CODE"
side = "user"
after = 1
name = "Eva"
as = "name"
email = "eva@priklad.example"
proposed = "Jinak."
reason = "Proto."
decision = "accepted"
why = "Dobře."
by = "body"
adds = "Jinak."
supports = 2

[[maly.comment]]
at = "CODE"
side = "public"
after = 2
proposed = "Taky jinak."
reason = "Taky proto."
same_as = 1

[[maly.comment]]
at = ""
side = "public"
after = 3
proposed = "Kupte okna."
reason = "Sleva."
refused = "Je to reklama."

[dalsi]
title = "Další řízení"
about = "O čem je."
plan = "PLAN"
opens = -5
closes = 25
hearing = 9
decides = "ridici-skupina-svornov"
printed_at = "Úřad"

[[dalsi.comment]]
at = ""
side = "public"
after = 1
proposed = "Něco."
reason = "Proto."
waiting = true
"""


def measures(slug: str) -> set[str]:
    """Codes of the measures in the file of a plan."""
    return {
        f"{at}.{under}.{number}"
        for at, priority in enumerate(demo_plan.read_plans()[slug]["priority"], 1)
        for under, goal in enumerate(priority.get("goal", []), 1)
        for number, _ in enumerate(goal.get("measure", []), 1)
    }


@pytest.mark.parametrize("slug", WRITTEN)
def test_comments_are_to_measures_that_the_plan_has_and_within_the_term(slug: str) -> None:
    said = WRITTEN[slug]
    codes = measures(said["plan"])
    for number, one in enumerate(said["comment"], 1):
        assert one["at"] in codes | {""}
        assert 0 <= one["after"] < min(said["closes"], 0) - said["opens"]
        assert one["proposed"] or one["reason"]
        assert one.get("same_as", 0) < number
        assert ("decision" in one) == ("why" in one) == ("by" in one)


def test_the_closed_one_is_settled_and_shows_every_decision() -> None:
    comments: list[dict[str, Any]] = WRITTEN[CLOSED]["comment"]
    assert all({"decision", "same_as", "refused"} & set(one) for one in comments)
    assert {one["decision"] for one in comments if "decision" in one} == set(Comment.Decision.values)
    assert len(comments) >= 25


@pytest.fixture
def small(tmp_path: Path) -> Path:
    town = make.municipality("Svornov")
    plan = plans.grown(plans.plan(town=town, actor=make.person("coordinator")))
    make.group(town, slug="ridici-skupina-svornov", name="Řídící skupina")
    code = next(node.code for node in plan.nodes.order_by("code") if node.code.count(".") == 2)
    file = tmp_path / "consultations.toml"
    file.write_text(SMALL.replace("PLAN", plan.slug).replace("CODE", code), encoding="utf-8")
    return file


@pytest.mark.django_db
def test_loaded_once_with_everything_settled(small: Path) -> None:
    assert [demo_consult.load(small), demo_consult.load(small)] == [2, 0]
    closed, opened = Consultation.objects.get(slug="maly"), Consultation.objects.get(slug="dalsi")
    assert closed.state == "closed"
    assert actions.undone(closed) == []
    assert opened.is_open
    assert opened.hearing is not None
    assert opened.next_number == 2
    first, second, third = closed.comments.order_by("number")
    assert first.paragraph is not None
    assert first.paragraph.now == f"{first.paragraph.text} Jinak."
    assert (second.decision, second.same_as, third.state) == ("accepted", first, "refused")
    assert all(one.received_at <= timezone.now() for one in Comment.objects.all())
    assert Support.objects.count() == 2
    assert annex.made(closed, "docx")


@pytest.mark.django_db
def test_taken_away_whole(small: Path) -> None:
    demo_consult.load(small)
    assert demo_consult.remove(small) == 2
    for model in (Consultation, Comment, Support, Meeting):
        assert not model._default_manager.exists()
    assert demo_consult.load(small) == 2
