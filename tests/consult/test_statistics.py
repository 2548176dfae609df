"""Numbers of a consultation agree with its comments, whatever they are, and cost the same for any number of them."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from portal.consult import statistics
from portal.consult.models import Comment, Support
from portal.consult.statistics import share

from .make import make_comment, make_consultation

pytestmark = pytest.mark.django_db


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_share_is_the_nearest_whole_per_cent(part: int, whole: int) -> None:
    if whole:
        assert abs(share(part, whole) - 100 * part / whole) <= 0.5
    else:
        assert share(part, whole) == 0


def test_every_count_sums_to_the_comments_that_must_be_settled() -> None:
    consultation = make_consultation(paragraphs=12)
    first, second = consultation.paragraphs.filter(sort="text")[:2]
    one = make_comment(consultation, paragraph=first, decision="accepted", side="provider", origin="paper")
    make_comment(consultation, paragraph=first, decision="partly", side="user", same_as=one)
    make_comment(consultation, paragraph=second, decision="not_accepted", kind="formal")
    make_comment(consultation, state="waiting")
    make_comment(consultation, paragraph=second, state="refused", refused_reason="Je to reklama.")
    Support.objects.create(comment=one, visitor="a")
    first.now = "Jinak."
    first.save()

    told = statistics.of_consultation(consultation)

    assert (told.comments, told.refused, told.settled, told.unsettled) == (4, 1, 3, 1)
    assert (told.accepted, told.accepted_share, told.same, told.supports) == (2, 67, 1, 1)
    assert (told.paragraphs, told.paragraphs_commented, told.paragraphs_changed) == (12, 2, 1)
    for parts in (told.by_kind, told.by_side, told.by_origin):
        assert sum(part.many for part in parts) == told.comments
    assert {part.word: part.many for part in told.by_decision} == {
        "akceptováno": 1,
        "akceptováno částečně": 1,
        "neakceptováno": 1,
    }


def test_a_consultation_without_comments_divides_by_nothing() -> None:
    told = statistics.of_consultation(make_consultation(paragraphs=1))
    assert (told.comments, told.accepted_share, told.by_side) == (0, 0, ())


def test_ten_times_the_comments_cost_the_same_queries() -> None:
    consultation = make_consultation(paragraphs=12)
    counts = Counter[int]()
    for many in (3, 30):
        for _ in range(many):
            make_comment(consultation, decision="noted")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            statistics.of_consultation(consultation)
        counts[len(queries)] += 1
    assert counts == {3: 2}
    assert Comment.objects.count() == 33
