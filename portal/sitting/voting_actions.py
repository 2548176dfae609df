"""Every write of votes at a meeting: put a motion, count it, put the counts right, withdraw it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from portal.audit.actions import record
from portal.meetings.models import AgendaItem, Meeting

from .actions import opened
from .models import Ballot, Motion, Presence, Sitting
from .presence import day_of, members_of, represented, rules_of, seats
from .quorum import Quorum, Rules, Verdict, Voice, decide, quorum, voices
from .voting import rules_of as rules_of_motion

Way, Choice = Motion.Way, Ballot.Choice


@dataclass(frozen=True, slots=True)
class Counts:
    """Votes as counted."""

    for_: int
    against: int
    abstained: int


class Moved(Exception):
    """Somebody else counted, corrected or withdrew the motion meanwhile. Nothing was written."""


@transaction.atomic
def motion_put(*, meeting: Meeting, text: str, way: str, item: AgendaItem | None = None, actor: Any) -> Motion:
    """Put a motion to the vote; the rules of the body are written down with it."""
    sitting = opened(meeting, actor)
    if sitting.started_at is None:
        raise ValidationError("Jednání ještě nezačalo. Nejdřív ho zahajte.")
    if not text.strip():
        raise ValidationError({"text": "Napište, o čem se hlasuje."})
    if item is not None and item.meeting_id != meeting.pk:
        raise ValidationError({"item": "Tenhle bod na programu jednání není."})
    rules = rules_of(meeting.group)
    motion = Motion.objects.create(
        group=meeting.group,
        meeting=meeting,
        item=item,
        text=text.strip(),
        way=Way(way),
        quorum=rules.quorum,
        majority=rules.majority,
        counted=rules.counted,
    )
    record(verb="motion_put", thing=motion, actor=actor)
    return motion


@dataclass(frozen=True, slots=True)
class Room:
    """Voices at the meeting as they stand now, and whether they may decide."""

    quorum: Quorum
    voices: tuple[Voice, ...]


def room(meeting: Meeting, rules: Rules, sitting: Sitting | None = None) -> Room:
    """Those who are there now; once the meeting is over, those who came."""
    sitting = sitting or Sitting.objects.filter(meeting=meeting).first()
    over = sitting is not None and sitting.ended_at is not None
    rows = Presence.objects.filter(meeting=meeting)
    there = represented(rows, Presence.CAME if over else Presence.HERE)
    sitting_members = seats(members_of(meeting.group, day_of(meeting)))
    present = tuple(one for one in voices(rules, sitting_members, there) if one.is_there)
    return Room(quorum(rules, sitting_members, there), present)


@transaction.atomic
def motion_count(
    *,
    motion: Motion,
    counts: Counts | None = None,
    choices: Mapping[int, str] | None = None,
    handed: Collection[int] = (),
    seen: int,
    actor: Any,
) -> Motion:
    """Close a vote with its result.

    By hand count: `counts`. By name: `choices`, member -> Ballot.Choice, one member of a voice. Secret: `counts` and
    `handed`, members who handed in a ballot; how each voted is nowhere.
    Raises ValidationError when votes exceed the voices present or somebody who may not vote is among them.
    """
    if motion.meeting is None:
        raise ValidationError("Tohle hlasování se uzavře samo, až uplyne lhůta.")
    sitting = opened(motion.meeting, actor)
    motion = _current(motion, seen)
    if not motion.is_open:
        raise Moved
    rules = rules_of_motion(motion)
    now_there = room(sitting.meeting, rules, sitting)
    counts = _counts(motion, now_there, counts, choices or {}, handed)
    _write(motion, now_there.quorum, _verdict(rules, now_there.quorum, counts), counts)
    _keep_ballots(motion, now_there, choices or {}, handed)
    record(verb="motion_counted", thing=motion, actor=actor, after=_told(motion))
    return motion


def _current(motion: Motion, seen: int) -> Motion:
    stored = Motion.objects.select_for_update(of=("self",)).select_related("meeting__group").get(pk=motion.pk)
    if stored.version != seen:
        raise Moved
    return stored


def _counts(
    motion: Motion, there: Room, counts: Counts | None, choices: Mapping[int, str], handed: Collection[int]
) -> Counts:
    if motion.way == Way.NAMES:
        _one_each(there, choices)
        return counted(choices)
    if counts is None:
        raise ValidationError("Napište, kolik hlasů bylo pro, proti a kolik se zdrželo.")
    if motion.way == Way.SECRET:
        _one_each(there, dict.fromkeys(handed, ""))
        if counts.for_ + counts.against + counts.abstained > len(handed):
            raise ValidationError(f"Lístek odevzdalo {len(handed)} lidí, víc hlasů v urně být nemůže.")
    return counts


def _one_each(there: Room, members: Mapping[int, str]) -> None:
    """Only members who are here vote, and an organisation with one vote only once."""
    may = {member for voice in there.voices for member in voice.members}
    if not members.keys() <= may:
        raise ValidationError("Hlasovat může jen člen s hlasem, který je přítomen nebo má náhradníka.")
    if any(len(members.keys() & set(voice.members)) > 1 for voice in there.voices):
        raise ValidationError("Za jednu organizaci je zapsaný víc než jeden hlas.")


def counted(choices: Mapping[int, str]) -> Counts:
    said = [Choice(one) for one in choices.values() if one]
    return Counts(*(said.count(one) for one in (Choice.FOR, Choice.AGAINST, Choice.ABSTAINED)))


def _verdict(rules: Rules, state: Quorum, counts: Counts) -> Verdict:
    try:
        return decide(rules, state, votes_for=counts.for_, against=counts.against, abstained=counts.abstained)
    except ValueError as refusal:
        raise ValidationError(str(refusal)) from refusal


def _write(motion: Motion, state: Quorum, verdict: Verdict, counts: Counts) -> None:
    motion.state, motion.closed_at = Motion.State.CLOSED, motion.closed_at or timezone.now()
    motion.voices, motion.voices_all, motion.quorate = state.voices, state.voices_all, state.met
    motion.votes_for, motion.votes_against, motion.votes_abstained = counts.for_, counts.against, counts.abstained
    motion.adopted, motion.explanation = verdict.adopted, verdict.words
    motion.quorum_words = state.words
    motion.version += 1
    motion.save()


def _keep_ballots(motion: Motion, there: Room, choices: Mapping[int, str], handed: Collection[int]) -> None:
    """By name a row for everybody who could vote; secret a row for whoever handed in a ballot, without the vote."""
    if motion.way == Way.NAMES:
        voting = [next((one for one in voice.members if one in choices), voice.there[0]) for voice in there.voices]
    else:
        voting = sorted(handed) if motion.way == Way.SECRET else []
    now = timezone.now()
    rows = []
    for member in voting:
        choice = choices.get(member, "") if motion.way == Way.NAMES else ""
        cast = now if choice or motion.way == Way.SECRET else None
        rows.append(Ballot(motion=motion, membership_id=member, choice=choice, cast_at=cast))
    Ballot.objects.bulk_create(rows)


@transaction.atomic
def motion_correct(
    *,
    motion: Motion,
    counts: Counts | None = None,
    choices: Mapping[int, str] | None = None,
    reason: str,
    seen: int,
    actor: Any,
) -> Motion:
    """Put a closed vote right, with the reason, until the minutes are approved. Those present stay as they were when
    the vote was closed."""
    if motion.meeting is None:
        raise ValidationError("Hlasy mimo jednání si členové zapsali sami. Opravit je nejde.")
    opened(motion.meeting, actor)
    motion = _current(motion, seen)
    if not motion.is_closed:
        raise Moved
    if not reason.strip():
        raise ValidationError({"reason": "Napište, proč výsledek opravujete."})
    before = _told(motion)
    if motion.way == Way.NAMES:
        counts = _rewrite(motion, choices or {})
    if counts is None:
        raise ValidationError("Napište, kolik hlasů bylo pro, proti a kolik se zdrželo.")
    handed = motion.ballots.count()
    if motion.way == Way.SECRET and counts.for_ + counts.against + counts.abstained > handed:
        raise ValidationError(f"Lístek odevzdalo {handed} lidí, víc hlasů v urně být nemůže.")
    state = Quorum(motion.voices or 0, motion.voices_all or 0, 0, (), bool(motion.quorate), motion.quorum_words)
    motion.correction = reason.strip()
    _write(motion, state, _verdict(rules_of_motion(motion), state, counts), counts)
    record(verb="motion_corrected", thing=motion, actor=actor, before=before, after=_told(motion))
    return motion


def _rewrite(motion: Motion, choices: Mapping[int, str]) -> Counts:
    """The votes of those who could vote then; nobody is added afterwards."""
    rows = list(motion.ballots.select_for_update())
    if not choices.keys() <= {one.membership_id for one in rows}:
        raise ValidationError("Při opravě nejde přidat nikoho, kdo u hlasování nebyl.")
    now = timezone.now()
    for one in rows:
        one.choice = choices.get(one.membership_id, "")
        one.cast_at = (one.cast_at or now) if one.choice else None
    Ballot.objects.bulk_update(rows, ["choice", "cast_at"])
    return counted(choices)


@transaction.atomic
def motion_drop(*, motion: Motion, seen: int, actor: Any) -> Motion:
    """Withdraw a motion that has not been counted."""
    if motion.meeting is None:
        raise ValidationError("Hlasování mimo jednání se stahuje na jeho vlastní stránce.")
    opened(motion.meeting, actor)
    motion = _current(motion, seen)
    if Motion.State.DROPPED not in Motion.MOVES[Motion.State(motion.state)]:
        raise Moved
    motion.state, motion.version = Motion.State.DROPPED, motion.version + 1
    motion.save(update_fields=["state", "version"])
    record(verb="motion_dropped", thing=motion, actor=actor)
    return motion


def _told(motion: Motion) -> dict[str, Any]:
    return {
        "votes_for": motion.votes_for,
        "votes_against": motion.votes_against,
        "votes_abstained": motion.votes_abstained,
        "adopted": motion.adopted,
        "reason": motion.correction,
    }
