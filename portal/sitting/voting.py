"""What was voted on and how it came out, as the minutes and the desk read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from portal.groups.models import Group
from portal.meetings.models import Meeting

from .models import Ballot, Motion, MotionQuerySet
from .quorum import Rules


@dataclass(frozen=True, slots=True)
class NamedVote:
    """How a member voted; only `public_name` may leave the desk."""

    membership: int
    name: str
    public_name: str
    choice: str

    @property
    def choice_words(self) -> str:
        return Ballot.Choice(self.choice).label if self.choice else "nehlasoval(a)"


@dataclass(frozen=True, slots=True)
class MotionResult:
    """A closed vote. `ballots` is None unless the vote was by name."""

    pk: int
    item_id: int | None
    text: str
    for_: int
    against: int
    abstained: int
    adopted: bool
    secret: bool
    way: str
    voices: int
    voices_all: int
    quorate: bool
    words: str
    by_letter: bool
    closed_at: datetime
    correction: str
    ballots: tuple[NamedVote, ...] | None

    @property
    def counts(self) -> str:
        """The custom of minutes: for, against, abstained."""
        return f"{self.for_}–{self.against}–{self.abstained}"


def motions(meeting: Meeting) -> list[MotionResult]:
    """Votes of the meeting that are closed, in the order in which they were taken; two queries."""
    return [result(one) for one in _with_ballots(Motion.objects.filter(meeting=meeting))]


def result_of(motion: Motion) -> MotionResult | None:
    """Of one motion, None until it is closed; two queries."""
    closed = _with_ballots(Motion.objects.filter(pk=motion.pk)).first()
    return result(closed) if closed else None


def outside(group: Group, start: datetime, end: datetime) -> list[MotionResult]:
    """Votes of the body outside meetings that were closed in the time; the next minutes tell of them."""
    rows = Motion.objects.by_letter().filter(group=group, closed_at__gte=start, closed_at__lt=end)
    return [result(one) for one in _with_ballots(rows)]


def _with_ballots(rows: MotionQuerySet) -> MotionQuerySet:
    ballots = Ballot.objects.select_related("membership").order_by("membership__name", "pk")
    return rows.filter(state=Motion.State.CLOSED).prefetch_related(Prefetch("ballots", ballots))


def result(motion: Motion) -> MotionResult:
    """Of a closed motion; `motions` and `result_of` bring its ballots along."""
    if motion.closed_at is None:
        raise ValueError("The motion is not closed.")
    return MotionResult(
        pk=motion.pk,
        item_id=motion.item_id,
        text=motion.text,
        for_=motion.votes_for or 0,
        against=motion.votes_against or 0,
        abstained=motion.votes_abstained or 0,
        adopted=bool(motion.adopted),
        secret=motion.way == Motion.Way.SECRET,
        way=motion.way,
        voices=motion.voices or 0,
        voices_all=motion.voices_all or 0,
        quorate=bool(motion.quorate),
        words=motion.words,
        by_letter=motion.meeting_id is None,
        closed_at=motion.closed_at,
        correction=motion.correction,
        ballots=named(motion) if motion.way == Motion.Way.NAMES else None,
    )


def named(motion: Motion) -> tuple[NamedVote, ...]:
    return tuple(
        NamedVote(one.membership_id, one.membership.name, one.membership.public_name, one.choice)
        for one in motion.ballots.all()
    )


def rules_of(motion: Motion) -> Rules:
    """The rules as they were when the motion was put."""
    return Rules(motion.quorum, motion.majority, motion.counted)
