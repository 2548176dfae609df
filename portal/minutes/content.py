"""What minutes say, as one plain value: the whole for the people of the body, and the public version of it.

HTML, PDF, DOCX and the frozen JSON are all made from this value (document.py), so what is not in it can be nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from django.utils import timezone

from portal.groups.models import Membership
from portal.meetings.models import Meeting
from portal.sitting import presence, voting
from portal.sitting.models import Presence
from portal.sitting.presence import Attendance, Attendant
from portal.sitting.voting import MotionResult

from .models import Minutes, Objection
from .redaction import Redaction, Redactor


@dataclass(frozen=True, slots=True)
class Attended:
    """Somebody on the list of those who were there, or were not; `note` tells what was not usual."""

    name: str
    side: str
    organisation: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Vote:
    """`counts` are for, against, abstained: "15–0–0"; `ballots` who voted how, where it was by name."""

    text: str
    counts: str
    adopted: bool
    words: str = ""
    ballots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    title: str
    text: str
    conclusion: str = ""
    votes: tuple[Vote, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolution:
    code: str
    text: str
    vote: str = ""


@dataclass(frozen=True, slots=True)
class Duty:
    """`until` is a day as ISO text, empty where nobody said."""

    what: str
    who: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """An objection and what became of it; who had it is told to nobody."""

    text: str
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class Content:
    """Days as ISO text ("2027-03-15"), times as people read them ("9.30")."""

    name: str
    group: str
    number: str
    day: str
    starts: str
    ends: str
    way: str
    place: str
    present: tuple[Attended, ...]
    excused: tuple[Attended, ...]
    absent: tuple[Attended, ...]
    guests: tuple[Attended, ...]
    quorum: str
    parts: tuple[Part, ...]
    outside: tuple[Vote, ...]
    decisions: tuple[Resolution, ...]
    tasks: tuple[Duty, ...]
    objections: tuple[Settled, ...]
    next_meeting: str
    taken_by: str
    verified_by: str
    approved: str


def plain(content: Content) -> dict[str, Any]:
    """As it is frozen."""
    return asdict(content)


def read(frozen: Mapping[str, Any]) -> Content:
    """From what was frozen; the other way of `plain`."""
    said = dict(frozen)
    for name in ("present", "excused", "absent", "guests"):
        said[name] = tuple(Attended(**one) for one in said[name])
    said["parts"] = tuple(Part(**{**one, "votes": _votes(one["votes"])}) for one in said["parts"])
    said["outside"] = _votes(said["outside"])
    for name, of in (("decisions", Resolution), ("tasks", Duty), ("objections", Settled)):
        said[name] = tuple(of(**one) for one in said[name])
    return Content(**said)


def _votes(rows: Iterable[Mapping[str, Any]]) -> tuple[Vote, ...]:
    return tuple(Vote(**{**one, "ballots": tuple(one["ballots"])}) for one in rows)


# --- from rows -------------------------------------------------------------------------------------------------


def whole(minutes: Minutes) -> Content:
    """Everything, with names, for those who may read the inside of the body."""
    return _made(minutes, public=False)


def public(minutes: Minutes) -> Content:
    """Without contacts and without names of those who did not say that the web may name them."""
    return redacted(_made(minutes, public=True), redactor(minutes.meeting))


def _made(minutes: Minutes, *, public: bool) -> Content:
    meeting, there = minutes.meeting, presence.of(minutes.meeting)
    starts = timezone.localtime(there.started_at or meeting.starts_at)
    ends = timezone.localtime(there.ended_at or meeting.ends_at)
    votes: dict[int, list[Vote]] = {}
    for motion in voting.motions(meeting):
        votes.setdefault(motion.item_id or 0, []).append(vote(motion, public=public))
    sections = list(minutes.sections.all())
    of_items = {one.item_id for one in sections}
    parts = [
        Part(one.title, one.text, one.conclusion, tuple(votes.get(one.item_id, ()) if one.item_id else ()))
        for one in sections
    ]
    loose = [one for item, said in votes.items() if item not in of_items for one in said]
    if loose:
        parts.append(Part("Další hlasování", "", "", tuple(loose)))
    return Content(
        name=minutes.name,
        group=meeting.group.name,
        number=f"{minutes.number}/{starts.year}" if minutes.number else "",
        day=starts.date().isoformat(),
        starts=f"{starts:%-H.%M}",
        ends=f"{ends:%-H.%M}",
        way=meeting.get_way_display(),
        place=meeting.place,
        present=_people(there.present, public),
        excused=_people(there.excused, public),
        absent=_people(there.absent, public),
        guests=_people(there.guests, public),
        quorum=_quorum(there),
        parts=tuple(parts),
        outside=tuple(vote(one, public=public) for one in _outside(meeting)),
        decisions=tuple(
            Resolution(one.code, one.text, one.vote)
            for one in minutes.decisions.filter(withdrawn_at=None).order_by("number", "order", "pk")
        ),
        tasks=tuple(
            Duty(one.what, _who(one.membership, one.who, public), one.until.isoformat() if one.until else "")
            for one in minutes.tasks.exclude(state="cancelled").select_related("membership").order_by("order", "pk")
        ),
        objections=tuple(
            Settled(one.text, one.get_outcome_display(), one.reason)
            for one in minutes.objections.exclude(outcome="").exclude(outcome=Objection.Outcome.WITHDRAWN)
        ),
        next_meeting=_next(meeting),
        taken_by=minutes.taken_by,
        verified_by=minutes.verified_by,
        approved=_approved(minutes),
    )


def _people(rows: Iterable[Attendant], public: bool) -> tuple[Attended, ...]:
    return tuple(
        Attended(
            one.public_name if public else one.name,
            one.side_words,
            one.public_organisation if public else one.organisation,
            _note(one, public),
        )
        for one in rows
    )


def _note(one: Attendant, public: bool) -> str:
    """What was not usual: in whose place, from when to when, on-line. Why somebody was away is for nobody else."""
    said = []
    if place := one.public_substitutes if public else one.substitutes:
        said.append(f"místo: {place}")
    if stand_in := one.public_substitute if public else one.substitute:
        said.append(f"zastoupení: {stand_in}")
    if one.state == Presence.State.LATE and one.arrived:
        said.append(f"od {timezone.localtime(one.arrived):%-H.%M}")
    if one.state == Presence.State.LEFT and one.left:
        said.append(f"do {timezone.localtime(one.left):%-H.%M}")
    if one.online and one.came:
        said.append("on-line")
    return ", ".join(said)


def _who(membership: Membership | None, said: str, public: bool) -> str:
    return membership.public_name if public and membership is not None else said


def _quorum(there: Attendance) -> str:
    return there.quorum.words


def vote(motion: MotionResult, *, public: bool) -> Vote:
    ballots = tuple(
        f"{one.public_name if public else one.name}: {one.choice_words}" for one in motion.ballots or () if one.choice
    )
    return Vote(" ".join(motion.text.split()), motion.counts, motion.adopted, motion.words, ballots)


def _outside(meeting: Meeting) -> list[MotionResult]:
    """Votes by letter since the meeting before this one; the minutes of the next meeting tell of them."""
    before = (
        Meeting.objects.standing()
        .filter(group_id=meeting.group_id, starts_at__lt=meeting.starts_at)
        .order_by("-starts_at")
        .values_list("starts_at", flat=True)
        .first()
    )
    return voting.outside(meeting.group, before, meeting.starts_at) if before else []


def _next(meeting: Meeting) -> str:
    coming = (
        Meeting.objects.standing()
        .filter(group_id=meeting.group_id, starts_at__gt=meeting.starts_at)
        .order_by("starts_at")
    ).first()
    if coming is None:
        return ""
    starts = timezone.localtime(coming.starts_at)
    return f"{starts:%-d. %-m. %Y} v {starts:%-H.%M}" + (f", {coming.place}" if coming.place else "")


def _approved(minutes: Minutes) -> str:
    if minutes.approved_at is None:
        return ""
    return f"{timezone.localtime(minutes.approved_at):%-d. %-m. %Y} {minutes.get_approved_how_display()}"


# --- what must not get out ---------------------------------------------------------------------------------------


def redactor(meeting: Meeting) -> Redactor:
    """Everybody who ever was in the body, and whoever came to the meeting."""
    hidden: dict[str, str] = {}
    spared: list[str] = []
    for one in Membership.objects.filter(group_id=meeting.group_id):
        _sorted_out(one.name, one.public_name, hidden, spared)
    there = presence.of(meeting)
    for guest in (*there.guests, *there.substitutes):
        _sorted_out(guest.name, guest.public_name, hidden, spared)
    for member in there.members:
        # A stand-in written into a member's row is of the member's side.
        if member.substitute and member.substitute != member.public_substitute:
            hidden.setdefault(member.substitute, member.public_substitute)
    return Redactor(hidden, spared)


def _sorted_out(name: str, public_name: str, hidden: dict[str, str], spared: list[str]) -> None:
    if not name:
        return
    if name == public_name:
        spared.append(name)
    else:
        hidden[name] = public_name


def mapped(content: Content, said: Callable[[str], str]) -> Content:
    """The content with every text that a person wrote changed."""

    def person(one: Attended) -> Attended:
        return replace(one, name=said(one.name), organisation=said(one.organisation), note=said(one.note))

    def counted(one: Vote) -> Vote:
        return replace(one, text=said(one.text), words=said(one.words), ballots=tuple(map(said, one.ballots)))

    def part(one: Part) -> Part:
        return Part(said(one.title), said(one.text), said(one.conclusion), tuple(map(counted, one.votes)))

    return replace(
        content,
        place=said(content.place),
        present=tuple(map(person, content.present)),
        excused=tuple(map(person, content.excused)),
        absent=tuple(map(person, content.absent)),
        guests=tuple(map(person, content.guests)),
        parts=tuple(map(part, content.parts)),
        outside=tuple(map(counted, content.outside)),
        decisions=tuple(replace(one, text=said(one.text), vote=said(one.vote)) for one in content.decisions),
        tasks=tuple(replace(one, what=said(one.what), who=said(one.who)) for one in content.tasks),
        objections=tuple(replace(one, text=said(one.text), reason=said(one.reason)) for one in content.objections),
        next_meeting=said(content.next_meeting),
        taken_by=said(content.taken_by),
        verified_by=said(content.verified_by),
    )


def redacted(content: Content, by: Redactor) -> Content:
    return mapped(content, by.text)


def leaks(content: Content, by: Redactor) -> list[Redaction]:
    """What stands in the content and must not get out."""
    found: list[Redaction] = []

    def looked(text: str) -> str:
        found.extend(by.found(text))
        return text

    mapped(content, looked)
    return found


def day(iso: str) -> str:
    """ "2027-03-15" as people write it."""
    return f"{date.fromisoformat(iso):%-d. %-m. %Y}" if iso else ""
