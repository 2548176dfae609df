"""Who was at a meeting, as the minutes, the desk and the sheet read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from portal.groups.models import Group, Membership, Procedure, Side
from portal.meetings.models import Invitee, Meeting
from portal.meetings.rules import readable_meetings

from .models import Presence, Sitting
from .quorum import Quorum, Rules, Seat, quorum
from .rules import may_record

State = Presence.State


@dataclass(frozen=True, slots=True)
class Attendant:
    """Somebody at the meeting, or a member who is not. `public_name` and `public_organisation` are all that may leave
    the desk. `state` is empty for a member of whom nothing is recorded yet."""

    key: str
    name: str
    public_name: str
    organisation: str
    public_organisation: str
    side: str
    state: str
    role: str = ""
    membership: int | None = None
    presence: int | None = None
    version: int = 0
    votes: bool = False
    online: bool = False
    self_checked: bool = False
    arrived: datetime | None = None
    left: datetime | None = None
    reason: str = ""
    # Of a substitute: in whose place they came; of a member: who came in their place.
    substitutes: str = ""
    public_substitutes: str = ""
    substitute: str = ""
    public_substitute: str = ""
    # What the member answered to the invitation, in words.
    answer: str = ""

    @property
    def side_words(self) -> str:
        return Side(self.side).label if self.side else ""

    @property
    def state_words(self) -> str:
        return State(self.state).label if self.state else "nezapsáno"

    @property
    def is_here(self) -> bool:
        return self.state in Presence.HERE

    @property
    def came(self) -> bool:
        return self.state in Presence.CAME


@dataclass(frozen=True, slots=True)
class Attendance:
    """`members` are all of them in the order of the body; `present` those who came (with substitutes), `excused` and
    `absent` the rest. `quorum` is of those in the room now, once the meeting is over of those who came."""

    members: tuple[Attendant, ...]
    present: tuple[Attendant, ...]
    excused: tuple[Attendant, ...]
    absent: tuple[Attendant, ...]
    guests: tuple[Attendant, ...]
    substitutes: tuple[Attendant, ...]
    quorum: Quorum
    started_at: datetime | None = None
    ended_at: datetime | None = None
    sealed: bool = False

    @property
    def is_running(self) -> bool:
        return self.started_at is not None and self.ended_at is None

    @property
    def sides(self) -> list[str]:
        """Sides of those who are there, for the balance of the triad."""
        return [one.side for one in self.present if one.is_here or self.ended_at]


def day_of(meeting: Meeting) -> date:
    return timezone.localdate(meeting.starts_at)


def rules_of(group: Group) -> Rules:
    """The body's rules; the usual ones where nobody has set any."""
    said = Procedure.objects.filter(group=group).first() or Procedure(group=group)
    return Rules(said.quorum, said.majority, said.counted)


def members_of(group: Group, on: date) -> list[Membership]:
    """Members on the day, substitutes and guests of the body among them."""
    return list(Membership.objects.current(on).filter(group=group).select_related("provider").order_by("name", "pk"))


def seats(members: Iterable[Membership]) -> list[Seat]:
    """Seats of those who vote; a substitute has none of their own."""
    return [
        Seat(one.pk, one.side, one.provider.name if one.provider else one.organisation)
        for one in members
        if one.votes and one.substitutes_id is None and one.role != Membership.Role.GUEST
    ]


def of_today(person: Any) -> list[Meeting]:
    """Meetings of today that are not over and whose presence the person records."""
    today = timezone.localdate()
    start = timezone.make_aware(datetime.combine(today, time.min))
    rows = readable_meetings(person).between(start, start + timedelta(days=1)).select_related("group")
    rows = rows.exclude(state__in=(Meeting.State.CANCELLED, Meeting.State.HELD)).order_by("starts_at")
    return [one for one in rows if may_record(person, one)]


def represented(rows: Iterable[Presence], states: Iterable[str] = Presence.HERE) -> set[int]:
    """Members who are at the meeting themselves or by somebody in their place."""
    there: set[int] = set()
    for one in rows:
        if one.state in states:
            there |= {pk for pk in (one.in_place_of_id, one.membership_id) if pk is not None}
    return there


def of(meeting: Meeting) -> Attendance:
    """Five queries for any number of people."""
    members = members_of(meeting.group, day_of(meeting))
    rows = list(Presence.objects.filter(meeting=meeting).select_related("membership", "in_place_of"))
    sitting = Sitting.objects.filter(meeting=meeting).first()
    answers = {one.membership_id: one for one in Invitee.objects.filter(meeting=meeting)}
    over = sitting is not None and sitting.ended_at is not None
    there = represented(rows, Presence.CAME if over else Presence.HERE)
    stand_in = {one.in_place_of_id: one for one in rows if one.in_place_of_id and one.state in Presence.CAME}
    by_member = {one.membership_id: one for one in rows if one.membership_id}
    listed = [
        _member(one, by_member.get(one.pk), stand_in.get(one.pk), answers.get(one.pk))
        for one in members
        if one.substitutes_id is None and one.role != Membership.Role.GUEST
    ]
    known = {one.membership for one in listed}
    others = [_other(one) for one in rows if one.membership_id is None or one.membership_id not in known]
    substitutes = tuple(one for one in others if one.substitutes)
    came = [one for one in listed if one.came]
    away = [one for one in listed if not one.came]
    return Attendance(
        members=tuple(listed),
        present=(*came, *(one for one in substitutes if one.came)),
        excused=tuple(one for one in away if one.state == State.EXCUSED or one.substitute),
        absent=tuple(one for one in away if one.state != State.EXCUSED and not one.substitute),
        guests=tuple(one for one in others if not one.substitutes and one.came),
        substitutes=substitutes,
        quorum=quorum(rules_of(meeting.group), seats(members), there),
        started_at=sitting.started_at if sitting else None,
        ended_at=sitting.ended_at if sitting else None,
        sealed=sitting is not None and sitting.is_sealed,
    )


def _member(one: Membership, row: Presence | None, stand_in: Presence | None, answer: Invitee | None) -> Attendant:
    return Attendant(
        key=f"clen-{one.pk}",
        name=one.name,
        public_name=one.public_name,
        organisation=one.organisation,
        public_organisation=one.public_organisation,
        side=one.side,
        state=row.state if row else "",
        role=one.role,
        membership=one.pk,
        presence=row.pk if row else None,
        version=row.version if row else 0,
        votes=one.votes,
        online=row.online if row else False,
        self_checked=row.self_checked if row else False,
        arrived=row.arrived_at if row else None,
        left=row.left_at if row else None,
        reason=row.reason if row else "",
        substitute=str(stand_in) if stand_in else "",
        public_substitute=_public_name(stand_in) if stand_in else "",
        answer=_answer(answer),
    )


def _answer(said: Invitee | None) -> str:
    if said is None or said.answer == Invitee.Answer.WAITING:
        return ""
    words = said.get_answer_display()
    detail = said.substitute if said.answer == Invitee.Answer.SUBSTITUTED else said.reason
    return f"{words}: {detail}" if detail else words


def _other(row: Presence) -> Attendant:
    """A guest, a member of the body without a vote, or somebody in a member's place."""
    member, place = row.membership, row.in_place_of
    return Attendant(
        key=f"ucast-{row.pk}",
        name=str(row),
        public_name=_public_name(row),
        organisation=member.organisation if member else row.organisation,
        public_organisation=_public_organisation(row),
        side=place.side if place else _side(row),
        state=row.state,
        role=member.role if member else "",
        membership=row.membership_id,
        presence=row.pk,
        version=row.version,
        # The voice is the member's, not the substitute's own.
        votes=place is not None and place.votes,
        online=row.online,
        self_checked=row.self_checked,
        arrived=row.arrived_at,
        left=row.left_at,
        reason=row.reason,
        substitutes=place.name if place else "",
        public_substitutes=place.public_name if place else "",
    )


def _side(row: Presence) -> str:
    return row.membership.side if row.membership else row.side


def _public_name(row: Presence) -> str:
    """Whoever came for users or for the public never said that the web may name them."""
    if row.membership:
        return row.membership.public_name
    side = row.in_place_of.side if row.in_place_of else row.side
    if side == Side.USER:
        return "zástupce uživatelů"
    return row.name if side in (Side.COMMISSIONER, Side.PROVIDER) else "zástupce veřejnosti"


def _public_organisation(row: Presence) -> str:
    if row.membership:
        return row.membership.public_organisation
    side = row.in_place_of.side if row.in_place_of else row.side
    return row.organisation if side in (Side.COMMISSIONER, Side.PROVIDER) else ""
