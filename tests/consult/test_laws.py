"""Laws of comments under random sequences of what people do: whatever is asked for in whatever order, what stands in
the tables keeps them. What an action refuses changes nothing."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.accounts.models import Person
from portal.audit.models import Deed
from portal.consult import actions, comment_actions, settling
from portal.consult.models import Comment, Consultation, Paragraph
from portal.consult.settling import Amendment, Authority, Moved
from portal.groups.models import Side
from portal.meetings.models import AgendaItem, Meeting
from portal.suggestions.models import Suggestion
from tests import make
from tests.meetings import gatherings

from .make import make_consultation

State, Kind, Decision = Comment.State, Comment.Kind, Comment.Decision

which = st.integers(0, 5)
decisions = st.sampled_from([*Decision.values, "", "xx"])
reasons = st.sampled_from(["", "  ", "Protože.", "Jinak\r\nřečeno."])
STEPS = st.one_of(
    st.tuples(st.just("receive"), st.sampled_from(Kind.values)),
    st.tuples(st.just("deadline")),
    st.tuples(st.just("show"), which),
    st.tuples(st.just("refuse"), which, reasons),
    st.tuples(st.just("join"), which, which),
    st.tuples(st.just("apart"), which),
    st.tuples(st.just("kind"), which, st.sampled_from(Kind.values)),
    st.tuples(st.just("propose"), which, decisions, reasons),
    st.tuples(st.just("decide"), which, decisions, reasons, st.booleans(), st.booleans()),
    st.tuples(
        st.just("decide"), which, st.sampled_from(Decision.values), st.just("Ano."), st.just(True), st.booleans()
    ),
    st.tuples(st.just("stale"), which, st.sampled_from(Decision.values)),
    st.tuples(st.just("reopen"), which, reasons),
    st.tuples(st.just("close")),
)


class Story:
    """A consultation, who works on it, and what was done to it."""

    def __init__(self) -> None:
        self.body = gatherings.group()
        self.consultation = make_consultation(paragraphs=2, hearing=None, decides=self.body)
        self.actor: Person = make.person("coordinator")
        start = timezone.now() - timedelta(days=1)
        meeting = Meeting.objects.create(
            group=self.body, starts_at=start, ends_at=start + timedelta(hours=1), state=Meeting.State.HELD
        )
        self.item = AgendaItem.objects.create(meeting=meeting, title="Připomínky")
        self.received = 0
        self.later = 0
        self.paragraph: Paragraph = self.consultation.paragraphs.get(order=2)

    def comment(self, at: int) -> Comment | None:
        rows = list(self.consultation.comments.all())
        return rows[at % len(rows)] if rows else None

    def step(self, name: str, *said: Any) -> None:
        """Do it; what is refused is refused whole."""
        before = self.stood()
        try:
            with transaction.atomic():
                self.act(name, *said)
        except (ValidationError, Moved):
            assert self.stood() == before, "what was refused changed something"

    def stood(self) -> list[tuple[Any, ...]]:
        return [
            *self.consultation.comments.values_list("pk", "version", "state", "decision", "same_as", "kind"),
            *self.consultation.paragraphs.values_list("pk", "now"),
            (Deed.objects.count(),),
        ]

    def act(self, name: str, *said: Any) -> None:
        if name == "receive":
            self.receive(said[0])
        elif name == "deadline":
            past = timezone.now() - timedelta(hours=1)
            Consultation.objects.filter(pk=self.consultation.pk).update(closes_at=past)
        elif name == "close":
            actions.close(consultation=self.consultation, actor=self.actor)
        elif (comment := self.comment(said[0])) is not None:
            self.work(name, comment, *said[1:])

    def receive(self, kind: str) -> None:
        kept = comment_actions.receive(
            consultation=self.consultation,
            paragraph=self.paragraph,
            proposed="Otevřít i v neděli.",
            reason="Chybí to.",
            kind=kind,
            side=Side.PUBLIC,
        )
        if isinstance(kept, Comment):
            self.received += 1
        else:
            self.later += 1

    def work(self, name: str, comment: Comment, *said: Any) -> None:
        common: dict[str, Any] = {"comment": comment, "seen": comment.version, "actor": self.actor}
        if name == "show":
            settling.show(**common)
        elif name == "refuse":
            settling.refuse(reason=said[0], **common)
        elif name == "join":
            other = self.comment(said[0])
            assert other is not None
            settling.same_as(original=other, **common)
        elif name == "apart":
            settling.apart(**common)
        elif name == "kind":
            settling.kind_change(kind=said[0], reason="Je to tak.", **common)
        elif name == "propose":
            settling.propose(decision=said[0], reason=said[1], **common)
        elif name == "decide":
            decision, reason, at_meeting, changes = said
            authority = Authority(item=self.item) if at_meeting else Authority(alone="Spěchá to.")
            self.paragraph.refresh_from_db()
            now = settling.wording(self.paragraph)
            change = (
                Amendment(self.paragraph, f"{now} A dál.", now) if changes and decision in Comment.CHANGING else None
            )
            settling.decide(decision=decision, reason=reason, authority=authority, amendment=change, **common)
        elif name == "stale":
            common["seen"] = comment.version - 1
            settling.decide(decision=said[0], reason="Pozdě.", authority=Authority(item=self.item), **common)
            raise AssertionError("decided over what somebody else had done")
        else:
            settling.reopen(reason=said[0], **common)

    def check(self) -> None:
        """The laws."""
        self.consultation.refresh_from_db()
        rows = list(self.consultation.comments.select_related("same_as").order_by("pk"))
        assert [one.number for one in rows] == list(range(1, len(rows) + 1)), "numbers go by receipt without a gap"
        assert self.consultation.next_number == len(rows) + 1
        assert len(rows) == self.received, "a comment that was received stays"
        assert Suggestion.objects.count() == self.later, "what came late is kept as a suggestion"
        for one in rows:
            self.check_one(one)
        if self.consultation.state == Consultation.State.CLOSED:
            assert all(one.is_settled for one in rows if one.state != State.REFUSED), "closed while one is unsettled"
        accepted = [one for one in rows if one.decision in Comment.CHANGING]
        if not accepted:
            assert not self.consultation.paragraphs.filter(now__isnull=False).exists(), "the text changed by itself"
        settled = {one.pk for one in rows if one.is_settled}
        deeds: dict[str, list[str]] = defaultdict(list)
        verbs = ("comment_decided", "comment_reopened", "comment_joined")
        for pk, verb in Deed.objects.filter(verb__in=verbs).order_by("pk").values_list("thing_id", "verb"):
            deeds[pk].append(verb)
        for pk, told in deeds.items():
            if "comment_joined" not in told:
                assert all(a != b for a, b in pairwise(told)), "settled twice"
                assert (told[-1] == "comment_decided") == (int(pk) in settled)

    def check_one(self, one: Comment) -> None:
        assert bool(one.decision) == bool(one.decision_reason.strip()) == (one.decided_at is not None)
        assert bool(one.decision) == bool(one.decided_by)
        if one.state == State.REFUSED:
            assert one.refused_reason
            assert not one.is_settled
            assert one.same_as is None
        if one.is_settled:
            assert one.state == State.SHOWN
            if one.kind == Kind.SUBSTANTIAL:
                assert one.decided_by == self.body.name, "a substantial one is decided by the body"
        if one.same_as is not None:
            original = one.same_as
            assert original.same_as_id is None, "twins stand around one original"
            shared = [
                (each.decision, each.decision_reason, each.decided_at, each.decided_by) for each in (one, original)
            ]
            assert shared[0] == shared[1], "twins share the decision"


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(st.lists(STEPS, min_size=4, max_size=25))
def test_whatever_people_do_the_laws_hold(steps: list[tuple[Any, ...]]) -> None:
    with transaction.atomic():
        story = Story()
        for kind in (Kind.FORMAL, Kind.SUBSTANTIAL, Kind.FORMAL):
            story.step("receive", kind)
        for at in range(3):
            story.step("show", at)
        for step in steps:
            story.step(*step)
            story.check()
        transaction.set_rollback(True)
