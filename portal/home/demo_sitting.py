"""What happened at the past meetings of the demo: who came, who was excused, what was voted on and how.

Made from demo/sitting/den.toml by a chance that always falls the same, so that two loads tell the same story. `load`
touches only meetings that have no sitting yet and needs the groups and meetings of the demo.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.groups.models import Group, Membership
from portal.meetings.models import AgendaItem, Invitee, Meeting
from portal.sitting.models import Ballot, Motion, Presence, Sitting
from portal.sitting.presence import day_of, members_of, represented, rules_of, seats
from portal.sitting.quorum import Quorum, Rules, decide, quorum, voices

from . import demo_groups

FILE: Path = settings.ROOT / "demo" / "sitting" / "den.toml"
State, Way, Choice = Presence.State, Motion.Way, Ballot.Choice
# Out of a hundred members so many come, excuse themselves, send somebody; the rest is missing.
COME, EXCUSE, SEND = 78, 14, 4
ORDINARY = "Skupina schvaluje předložený návrh."


def read(file: Path = FILE) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _groups() -> list[Group]:
    return list(Group.objects.filter(slug__in=demo_groups.read_groups()).order_by("slug"))


@transaction.atomic
def load(file: Path = FILE) -> int:
    """Let the past meetings that have no sitting yet take place; how many did."""
    said, held = read(file), 0
    for group in _groups():
        rules = rules_of(group)
        past = Meeting.objects.filter(group=group, sitting=None, ends_at__lt=timezone.now())
        past = past.filter(state__in=(Meeting.State.HELD, Meeting.State.CALLED)).order_by("starts_at")
        for meeting in past.prefetch_related("items"):
            meeting.group = group
            _Day(meeting, rules, said).write()
            held += 1
        _outside(group, rules, [one for one in said["outside"] if one["group"] == group.slug])
    return held


@dataclass(slots=True)
class _Day:
    """One meeting on its way from the file to the tables."""

    meeting: Meeting
    rules: Rules
    said: dict[str, Any]
    chance: random.Random = field(init=False)
    members: list[Membership] = field(init=False)
    began: datetime = field(init=False)

    def write(self) -> None:
        meeting = self.meeting
        self.chance = random.Random(f"{meeting.group.slug} {day_of(meeting):%j}")  # noqa: S311 - a story, no secret
        self.members = members_of(meeting.group, day_of(meeting))
        self.began = meeting.starts_at + timedelta(minutes=self.chance.randint(0, 6))
        ended = max(meeting.ends_at + timedelta(minutes=self.chance.randint(-20, 10)), self.began)
        Sitting.objects.create(meeting=meeting, started_at=self.began, ended_at=ended)
        Meeting.objects.filter(pk=meeting.pk).update(state=Meeting.State.HELD)
        rows = Presence.objects.bulk_create(self._rows())
        self._votes(quorum(self.rules, seats(self.members), represented(rows)), represented(rows))

    def _rows(self) -> list[Presence]:
        answers = dict(Invitee.objects.filter(meeting=self.meeting).values_list("membership", "answer"))
        rows = []
        for member in self.members:
            if member.substitutes_id is None:
                rows += self._member(member, answers.get(member.pk, ""))
        if self.chance.random() < 0.4:
            guest = self.chance.choice(self.said["guest"])
            rows.append(self._row(State.PRESENT, **guest))
        return rows

    def _member(self, member: Membership, answer: str) -> list[Presence]:
        fate = self.chance.randrange(100)
        if answer == Invitee.Answer.EXCUSED or COME <= fate < COME + EXCUSE:
            return [self._row(State.EXCUSED, membership=member, reason=self.chance.choice(self.said["excuses"]))]
        if fate >= COME + EXCUSE + SEND and member.role != Membership.Role.HEAD:
            return [self._row(State.ABSENT, membership=member)]
        if fate >= COME + EXCUSE and member.role not in (Membership.Role.HEAD, Membership.Role.GUEST):
            return [self._row(State.EXCUSED, membership=member), self._substitute(member)]
        state = State.LATE if self.chance.randrange(100) < 8 else State.PRESENT
        return [self._row(state, membership=member, self_checked=self.chance.random() < 0.5)]

    def _substitute(self, member: Membership) -> Presence:
        named = next((one for one in self.members if one.substitutes_id == member.pk), None)
        if named is not None:
            return self._row(State.PRESENT, membership=named, in_place_of=member)
        sent = self.chance.choice(self.said["substitute"])["name"]
        return self._row(State.PRESENT, name=sent, organisation=member.organisation, in_place_of=member)

    def _row(self, state: Presence.State, **more: Any) -> Presence:
        came = state in Presence.CAME
        minutes = self.chance.randint(15, 35) if state == State.LATE else -self.chance.randint(0, 10)
        online = came and self.meeting.way != Meeting.Way.PLACE and self.chance.random() < 0.3
        at = self.began + timedelta(minutes=minutes)
        return Presence(
            meeting=self.meeting,
            state=state,
            arrived_at=at if came else None,
            online=online,
            recorded_at=max(at, self.began),
            **more,
        )

    def _votes(self, state: Quorum, there: set[int]) -> None:
        """About what the agenda wants decided, at even steps through the meeting; without a quorum about nothing."""
        if not state.met:
            return
        decided = [one for one in self.meeting.items.all() if one.sort == AgendaItem.Sort.DECISION]
        decided = [one for one in decided if one.state == AgendaItem.State.APPROVED]
        for at, item in enumerate(decided, 1):
            told = motion_of(item.title, self.said["motion"])
            against, abstained = self._opponents(state.voices)
            motion = _closed(
                self.meeting.group,
                self.rules,
                state,
                (state.voices - against - abstained, against, abstained),
                meeting=self.meeting,
                item=item,
                text=told["text"],
                way=told.get("way", Way.HANDS),
                opened_at=self.began + timedelta(minutes=15 * at),
            )
            _ballots(motion, _voting(self.rules, self.members, there))

    def _opponents(self, voices: int) -> tuple[int, int]:
        """Against and abstained: mostly nobody."""
        if self.chance.random() < 0.65 or voices < 4:
            return 0, 0
        return self.chance.randint(0, 1), self.chance.randint(0, 2)


def motion_of(title: str, motions: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What is put to the vote at an item of the name."""
    return next((one for one in motions if one["word"] in title.lower()), {"text": ORDINARY})


def _voting(rules: Rules, members: list[Membership], there: set[int]) -> list[int]:
    """A member for each voice that is there."""
    return [one.there[0] for one in voices(rules, seats(members), there) if one.is_there]


def _closed(group: Group, rules: Rules, state: Quorum, votes: tuple[int, int, int], **more: Any) -> Motion:
    verdict = decide(rules, state, votes_for=votes[0], against=votes[1], abstained=votes[2])
    return Motion.objects.create(
        group=group,
        state=Motion.State.CLOSED,
        quorum=rules.quorum,
        majority=rules.majority,
        counted=rules.counted,
        voices=state.voices,
        voices_all=state.voices_all,
        quorate=state.met,
        quorum_words=more.pop("quorum_words", state.words),
        votes_for=votes[0],
        votes_against=votes[1],
        votes_abstained=votes[2],
        adopted=verdict.adopted,
        explanation=verdict.words,
        closed_at=more.pop("closed_at", more["opened_at"] + timedelta(minutes=3)),
        version=2,
        **more,
    )


def _ballots(motion: Motion, voting: list[int]) -> None:
    """By name who voted how, the first ones for; secret only who handed in; by hands nobody."""
    if motion.way == Way.HANDS:
        return
    counts = (
        (Choice.FOR, motion.votes_for or 0),
        (Choice.AGAINST, motion.votes_against or 0),
        (Choice.ABSTAINED, motion.votes_abstained or 0),
    )
    choices = [choice for choice, count in counts for _ in range(count)]
    Ballot.objects.bulk_create(
        Ballot(
            motion=motion,
            membership_id=member,
            choice=choice if motion.way == Way.NAMES else "",
            cast_at=motion.closed_at,
        )
        for member, choice in zip(voting, choices, strict=False)
    )


def _outside(group: Group, rules: Rules, said: list[dict[str, Any]]) -> None:
    """Votes by letters, where the demo has none yet."""
    if Motion.objects.by_letter().filter(group=group).exists():
        return
    for one in said:
        closed = timezone.now() - timedelta(days=one["days"])
        members = members_of(group, timezone.localdate(closed))
        voting = _voting(rules, members, {member.pk for member in members})
        if len(voting) <= one["against"] + one["abstained"]:
            continue
        state = quorum(rules, seats(members), voting)
        votes = (len(voting) - one["against"] - one["abstained"], one["against"], one["abstained"])
        motion = _closed(
            group,
            rules,
            state,
            votes,
            text=one["text"],
            way=Way.NAMES,
            deadline=closed,
            opened_at=closed - timedelta(days=7),
            closed_at=closed,
            quorum_words=f"Hlasovali {state.voices} z {state.voices_all}.",
        )
        _ballots(motion, voting)


@transaction.atomic
def remove() -> int:
    """Take the days of the demo meetings away; how many sittings there were. Before the meetings and groups."""
    groups = _groups()
    Motion.objects.filter(group__in=groups).delete()
    Presence.objects.filter(meeting__group__in=groups).delete()
    sittings = Sitting.objects.filter(meeting__group__in=groups)
    count = sittings.count()
    sittings.delete()
    return count
