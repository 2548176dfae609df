"""A consultation from its preparation to its end: terms, the frozen text, the gate of closing."""

from __future__ import annotations

import pytest

from portal.consult.models import Paragraph
from portal.editions.models import Edition
from portal.plan.models import Node, Plan

from .make import make_consultation

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("phase", ["prepared", "announced", "open", "after_hearing", "settling", "closed", "cancelled"])
def test_a_consultation_stands_where_the_clock_and_people_put_it(phase: str) -> None:
    made = make_consultation(phase=phase)
    assert made.phase == phase
    assert made.is_open == (phase in ("open", "after_hearing"))
    assert made.paragraphs.exists() == (phase != "prepared")


def test_announcing_a_plan_freezes_its_edition_and_says_that_it_is_consulted() -> None:
    made = make_consultation()
    assert made.edition is not None
    assert made.edition.sort == Edition.Sort.CONSULTATION
    assert made.edition.public
    assert made.plan is not None
    assert Plan.objects.get(pk=made.plan.pk).state == Plan.State.CONSULTED


def test_measures_are_labelled_by_their_codes_and_the_rest_is_counted() -> None:
    made = make_consultation()
    rows = list(made.paragraphs.all())
    measure = Node.objects.measures().filter(plan=made.plan).first()
    assert measure is not None
    held = [one for one in rows if one.node_id == measure.pk]
    assert held[0].sort == Paragraph.Sort.HEADING
    assert held[0].label == measure.code
    assert all(one.label.isdigit() for one in held[1:])
    labels = [one.label for one in rows]
    assert len(set(labels)) == len(labels)
    assert [int(one) for one in labels if one.isdigit()] == list(range(1, 1 + sum(map(str.isdigit, labels))))
