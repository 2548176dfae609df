"""The deadline: what came before it is a comment, what came after it a suggestion, and nothing is lost between."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.consult import actions, comment_actions
from portal.consult.models import Comment, Consultation
from portal.files.models import StoredFile
from portal.suggestions.models import Suggestion
from portal.web import challenge

from .make import make_consultation
from .writing import forget_visitors, form, receive

SECOND = timedelta(seconds=1)
DB = pytest.mark.django_db


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(challenge, "too_soon", lambda _token: False)


def ends(consultation: Consultation) -> datetime:
    assert consultation.closes_at is not None
    return consultation.closes_at


@DB
def test_the_last_second_counts_and_the_moment_of_the_deadline_does_not() -> None:
    consultation = make_consultation(paragraphs=3)
    assert isinstance(receive(consultation, received_at=ends(consultation) - SECOND), Comment)
    assert isinstance(receive(consultation, received_at=ends(consultation)), Suggestion)


@DB
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(offsets=st.lists(st.integers(-400, 400), min_size=1, max_size=6))
def test_each_is_a_comment_or_a_suggestion_and_numbers_have_no_gaps(offsets: list[int]) -> None:
    consultation = Consultation.objects.first() or make_consultation(paragraphs=2)
    Comment.objects.all().delete()
    Suggestion.objects.all().delete()
    Consultation.objects.update(next_number=1)
    for offset in offsets:
        receive(consultation, received_at=ends(consultation) + offset * SECOND)
    late = sum(offset >= 0 for offset in offsets)
    assert Suggestion.objects.count() == late
    numbers = list(consultation.comments.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(offsets) - late + 1))


@DB
def test_the_deadline_that_holds_is_the_one_under_the_lock() -> None:
    """The page was read with one deadline, which was moved before the comment came."""
    stale = make_consultation(paragraphs=3)
    came = timezone.now()
    Consultation.objects.update(closes_at=came - SECOND)
    assert isinstance(receive(stale, received_at=came), Suggestion)
    Consultation.objects.update(closes_at=came + SECOND)
    assert isinstance(receive(stale, received_at=came), Comment)


@DB
@pytest.mark.parametrize("phase", ["closed", "cancelled"])
def test_a_consultation_that_is_over_turns_all_into_suggestions(phase: str) -> None:
    consultation = make_consultation(phase=phase, paragraphs=3)
    before = ends(consultation) - SECOND
    assert isinstance(receive(consultation, received_at=before), Suggestion)


@DB
@pytest.mark.parametrize("phase", ["prepared", "announced"])
def test_nothing_is_taken_before_the_first_day(phase: str) -> None:
    with pytest.raises(ValidationError, match="ještě nepřijímají"):
        receive(make_consultation(phase=phase, paragraphs=3))
    assert not Comment.objects.exists()
    assert not Suggestion.objects.exists()


@DB
def test_a_late_one_keeps_every_word_and_the_person_is_told(client: Client) -> None:
    forget_visitors()
    consultation = make_consultation(phase="settling", paragraphs=5)
    paper = SimpleUploadedFile("dopis.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n", "application/pdf")
    sent = form(
        odstavec="3", original="v pátek", proposed="v sobotu", reason="Jinak nemůžu.", name="Jana",
        email="j@example.org", organisation="Domov", files=[paper],
    )  # fmt: skip
    address = f"/pripominky/{consultation.slug}/nova/"
    answer = client.post(address, sent, follow=True)
    suggestion = Suggestion.objects.get()
    for words in ("odstavec 3", "v pátek", "v sobotu", "Jinak nemůžu.", "Domov", "dopis.pdf"):
        assert words in suggestion.text
    assert (suggestion.name, suggestion.email, suggestion.name_public) == ("Jana", "j@example.org", False)
    assert suggestion.span_code == consultation.span_code
    assert StoredFile.objects.get().thing_id == str(suggestion.pk)
    page = answer.content.decode()
    assert "po termínu" in page
    assert suggestion.key in page
    assert not Comment.objects.exists()
    sent["files"] = []
    assert client.post(address, sent).headers["Location"].endswith(suggestion.key)
    assert Suggestion.objects.count() == 1


@DB
def test_the_moment_when_the_request_came_decides(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sent it in time is not late because the server was slow: the term passes while it is being taken."""
    forget_visitors()
    consultation = make_consultation(paragraphs=3)
    slow = comment_actions.keep_files

    def passing(uploads: Any) -> list[StoredFile]:
        Consultation.objects.update(closes_at=timezone.now())
        return slow(uploads)

    monkeypatch.setattr(comment_actions, "keep_files", passing)
    answer = client.post(f"/pripominky/{consultation.slug}/nova/", form())
    assert answer.headers["Location"].startswith("/pripominky/moje/")
    assert Comment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_many_write_while_the_deadline_moves_and_nothing_is_lost() -> None:
    """Eight people send while somebody holds the row and closes the consultation to comments."""
    consultation = make_consultation(paragraphs=3)
    made: list[Any] = []
    ready = threading.Barrier(9)

    def write() -> None:
        try:
            ready.wait()
            for _ in range(5):
                made.append(receive(consultation))
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for one in threads:
        one.start()
    ready.wait()
    with transaction.atomic():
        held = actions.held(consultation)
        held.closes_at = timezone.now()
        held.save(update_fields=["closes_at"])
    for one in threads:
        one.join(30)
    comments = list(consultation.comments.order_by("number").values_list("number", flat=True))
    assert len(made) == 40
    assert comments == list(range(1, len(comments) + 1))
    assert len(comments) + Suggestion.objects.count() == 40
    consultation.refresh_from_db()
    assert all(one.received_at < ends(consultation) for one in consultation.comments.all())
