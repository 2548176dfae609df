"""Every write of a sitting and its presence: begin, end, mark who is there, check in, keep the signed sheet.

Each takes the row of the sitting under lock first, so that presence and votes of one meeting are written one after
another and nobody's mark is lost.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from portal.audit.actions import record
from portal.files.actions import attach, keep, release
from portal.groups.models import Membership
from portal.meetings.actions import meeting_move
from portal.meetings.models import Invitee, Meeting

from . import check_in as addresses
from . import rules
from .models import Presence, Sitting
from .presence import day_of, members_of

State = Presence.State
# Marks can be made from the day before; earlier nobody is anywhere.
AHEAD = timedelta(days=1)
# Whoever comes within this time of the beginning is not late.
GRACE = timedelta(minutes=10)
MOST_GUESTS = 200


class Stale(Exception):
    """Somebody else marked the same person meanwhile, otherwise; `stored` is what stands (None: nothing)."""

    def __init__(self, stored: Presence | None) -> None:
        super().__init__("Účast mezitím zapsal někdo jiný.")
        self.stored = stored


def opened(meeting: Meeting, actor: Any) -> Sitting:
    """The sitting of the meeting, locked, if the person may write into it now."""
    if not rules.may_record(actor, meeting):
        raise PermissionDenied
    return _locked(meeting)


def _locked(meeting: Meeting) -> Sitting:
    Sitting.objects.get_or_create(meeting=meeting)
    sitting = Sitting.objects.select_for_update(of=("self",)).select_related("meeting__group").get(meeting=meeting)
    if sitting.is_sealed:
        raise ValidationError("Zápis z jednání je schválený. Účast ani hlasování se už nemění.")
    if sitting.meeting.state == Meeting.State.CANCELLED:
        raise ValidationError("Jednání je zrušené.")
    if sitting.meeting.starts_at - AHEAD > timezone.now():
        raise ValidationError("Jednání ještě nezačíná. Účast jde zapisovat den předem a později.")
    return sitting


# --- beginning and end -------------------------------------------------------------------------------------------


@transaction.atomic
def start(*, meeting: Meeting, actor: Any) -> Sitting:
    """The meeting begins now; whoever excused themselves before is marked so."""
    sitting = opened(meeting, actor)
    sitting.meeting = meeting_move(meeting=meeting, to=Meeting.State.RUNNING, actor=actor)
    sitting.started_at, sitting.ended_at = sitting.started_at or timezone.now(), None
    sitting.save(update_fields=["started_at", "ended_at"])
    _excuse(sitting, actor)
    record(verb="sitting_started", thing=sitting, actor=actor, after={"started_at": sitting.started_at})
    return sitting


@transaction.atomic
def end(*, meeting: Meeting, actor: Any) -> Sitting:
    """The meeting is over; no vote may be left open."""
    sitting = opened(meeting, actor)
    if meeting.motions.open().exists():
        raise ValidationError("Jedno hlasování ještě běží. Spočítejte ho, nebo ho stáhněte, a pak jednání ukončete.")
    sitting.meeting = meeting_move(meeting=meeting, to=Meeting.State.HELD, actor=actor)
    sitting.ended_at = timezone.now()
    sitting.save(update_fields=["ended_at"])
    record(verb="sitting_ended", thing=sitting, actor=actor, after={"ended_at": sitting.ended_at})
    return sitting


@transaction.atomic
def times_set(*, meeting: Meeting, started_at: datetime, ended_at: datetime | None, actor: Any) -> Sitting:
    """When it really began and ended, put right afterwards."""
    sitting = opened(meeting, actor)
    if sitting.started_at is None:
        raise ValidationError("Jednání ještě nezačalo.")
    if ended_at is not None and ended_at < started_at:
        raise ValidationError({"ended_at": "Konec nemůže být před začátkem."})
    if (ended_at is None) != (sitting.ended_at is None):
        raise ValidationError({"ended_at": "Konec se zapíše tlačítkem, které jednání ukončí."})
    before = {"started_at": sitting.started_at, "ended_at": sitting.ended_at}
    sitting.started_at, sitting.ended_at = started_at, ended_at
    sitting.save(update_fields=["started_at", "ended_at"])
    after = {"started_at": started_at, "ended_at": ended_at}
    record(verb="sitting_times", thing=sitting, actor=actor, before=before, after=after)
    return sitting


@transaction.atomic
def seal(*, meeting: Meeting) -> Sitting:
    """Nothing changes any more: the minutes are approved. Called by them; who may is their question."""
    Sitting.objects.get_or_create(meeting=meeting)
    sitting = Sitting.objects.select_for_update().get(meeting=meeting)
    if not sitting.is_sealed:
        sitting.sealed_at = timezone.now()
        sitting.save(update_fields=["sealed_at"])
    return sitting


def _excuse(sitting: Sitting, actor: Any) -> None:
    """What members answered to the invitation; whoever is marked already stays as marked."""
    said = Invitee.objects.filter(meeting=sitting.meeting_id)
    said = said.filter(answer__in=(Invitee.Answer.EXCUSED, Invitee.Answer.SUBSTITUTED))
    there = set(Presence.objects.filter(meeting=sitting.meeting_id).values_list("membership", flat=True))
    Presence.objects.bulk_create(
        Presence(
            meeting=sitting.meeting,
            membership_id=one.membership_id,
            state=State.EXCUSED,
            reason=one.reason or (f"posílá náhradníka: {one.substitute}" if one.substitute else ""),
            recorded_by_id=getattr(actor, "pk", None),
        )
        for one in said
        if one.membership_id not in there
    )


# --- presence at the desk ----------------------------------------------------------------------------------------


@transaction.atomic
def mark(*, meeting: Meeting, membership: Membership, state: str, seen: int, actor: Any) -> Presence | None:
    """A member is there, came late, left, is excused or missing (Presence.State); "" takes the mark away.

    `seen` is the version the page showed (0: nothing stood there). Raises Stale when somebody marked the member
    otherwise meanwhile; the same mark twice is one.
    """
    sitting = opened(meeting, actor)
    _member(meeting, membership.pk)
    stored = Presence.objects.select_for_update().filter(meeting=meeting, membership=membership).first()
    if (stored.state if stored else "") == state:
        return stored
    if (stored.version if stored else 0) != seen:
        raise Stale(stored)
    before = stored.state if stored else ""
    if not state:
        if stored:
            stored.delete()
        row = None
    else:
        row = stored or Presence(meeting=meeting, membership=membership, version=0)
        _set(row, sitting, State(state), actor)
    told = {"member": membership.pk}
    record(
        verb="presence_marked",
        thing=sitting,
        actor=actor,
        before=told | {"state": before},
        after=told | {"state": state},
    )
    return row


def _member(meeting: Meeting, pk: int) -> Membership:
    """A member of the body on the day of the meeting."""
    found = next((one for one in members_of(meeting.group, day_of(meeting)) if one.pk == pk), None)
    if found is None:
        raise ValidationError("Tenhle člověk v den jednání členem skupiny není.")
    return found


def _set(row: Presence, sitting: Sitting, state: State, actor: Any, *, by_themselves: bool = False) -> None:
    """Write the state with the time, where the clock tells it: only while the meeting goes on."""
    now = timezone.now()
    live = sitting.ended_at is None
    if state in Presence.HERE and not row.is_here:
        row.arrived_at, row.left_at = (now if live else row.arrived_at), None
    elif state == State.LEFT:
        row.left_at = now if live else row.left_at
    elif state in (State.EXCUSED, State.ABSENT):
        row.arrived_at = row.left_at = None
        row.online = False
    row.state, row.self_checked, row.recorded_at = state, by_themselves, now
    row.recorded_by_id = getattr(actor, "pk", None)
    row.version += 1
    row.save()


@transaction.atomic
def row_mark(*, presence: Presence, state: str, seen: int, actor: Any) -> Presence | None:
    """The same for a guest or a substitute; "" removes them from the meeting."""
    sitting = opened(presence.meeting, actor)
    stored = Presence.objects.select_for_update().filter(pk=presence.pk).first()
    if stored is None:
        raise Stale(None)
    if stored.state == state:
        return stored
    if stored.version != seen:
        raise Stale(stored)
    before = {"state": stored.state}
    if not state:
        stored.delete()
    else:
        _set(stored, sitting, State(state), actor)
    record(verb="presence_marked", thing=sitting, actor=actor, before=before, after={"state": state})
    return stored if state else None


@transaction.atomic
def details_set(
    *,
    presence: Presence,
    online: bool,
    reason: str,
    arrived_at: datetime | None,
    left_at: datetime | None,
    seen: int,
    actor: Any,
) -> Presence:
    """On-line or in the room, when exactly, the excuse."""
    sitting = opened(presence.meeting, actor)
    stored = Presence.objects.select_for_update().filter(pk=presence.pk).first()
    if stored is None or stored.version != seen:
        raise Stale(stored)
    if arrived_at and left_at and left_at < arrived_at:
        raise ValidationError({"left_at": "Odchod nemůže být před příchodem."})
    stored.online, stored.reason = online and stored.state in Presence.CAME, reason.strip()
    stored.arrived_at, stored.left_at = arrived_at, left_at
    stored.version += 1
    stored.save()
    record(verb="presence_detailed", thing=sitting, actor=actor)
    return stored


@transaction.atomic
def substitute_add(
    *,
    meeting: Meeting,
    member: Membership,
    substitute: Membership | None = None,
    name: str = "",
    organisation: str = "",
    actor: Any,
) -> Presence:
    """Somebody came in a member's place: one of the body's named substitutes, or whoever the member sent."""
    sitting = opened(meeting, actor)
    place = _member(meeting, member.pk)
    if place.substitutes_id is not None or place.role == Membership.Role.GUEST:
        raise ValidationError("Zastupovat jde jen člena.")
    if substitute is not None and _member(meeting, substitute.pk).substitutes_id != place.pk:
        raise ValidationError("Tenhle náhradník zastupuje někoho jiného.")
    if substitute is None and not name.strip():
        raise ValidationError({"name": "Napište jméno náhradníka."})
    rows = Presence.objects.filter(meeting=meeting)
    if rows.filter(membership=place, state__in=Presence.HERE).exists():
        raise ValidationError("Člen je přítomen sám, náhradníka nepotřebuje.")
    if rows.filter(in_place_of=place).exists():
        raise ValidationError("Za tohoto člena už náhradník přišel.")
    row = Presence(
        meeting=meeting,
        membership=substitute,
        in_place_of=place,
        name="" if substitute else name.strip(),
        organisation="" if substitute else organisation.strip(),
        version=0,
    )
    _set(row, sitting, _arriving(sitting), actor)
    record(verb="presence_marked", thing=sitting, actor=actor, after={"member": place.pk, "substitute": True})
    return row


@transaction.atomic
def guest_add(
    *, meeting: Meeting, name: str, organisation: str = "", side: str = "", online: bool = False, actor: Any
) -> Presence:
    """Somebody who is no member; a guest never votes."""
    sitting = opened(meeting, actor)
    row = _guest(sitting, name, organisation, side, online)
    _set(row, sitting, _arriving(sitting), actor)
    record(verb="presence_marked", thing=sitting, actor=actor, after={"guest": True})
    return row


def _guest(sitting: Sitting, name: str, organisation: str, side: str, online: bool) -> Presence:
    name = " ".join(name.split())
    if not name:
        raise ValidationError({"name": "Napište jméno."})
    guests = Presence.objects.filter(meeting=sitting.meeting_id, membership=None, in_place_of=None)
    if guests.count() >= MOST_GUESTS:
        raise ValidationError("Hostů je zapsáno moc. Obraťte se prosím na zapisovatele.")
    return Presence(
        meeting=sitting.meeting, name=name, organisation=organisation.strip(), side=side, online=online, version=0
    )


@transaction.atomic
def recognise(*, presence: Presence, membership: Membership, actor: Any) -> Presence:
    """Whoever checked in as a guest is a member after all (wrote their name otherwise than the body does)."""
    sitting = opened(presence.meeting, actor)
    member = _member(presence.meeting, membership.pk)
    guest = Presence.objects.select_for_update().filter(pk=presence.pk).first()
    if guest is None or not guest.is_guest:
        raise ValidationError("Tenhle zápis mezitím někdo změnil. Podívejte se znovu.")
    row = Presence.objects.select_for_update().filter(meeting=presence.meeting, membership=member).first()
    if row is not None and row.is_here:
        raise ValidationError(f"{member.name} už je mezi přítomnými.")
    row = row or Presence(meeting=presence.meeting, membership=member, version=0)
    row.state, row.online, row.self_checked = guest.state, guest.online, guest.self_checked
    row.arrived_at, row.left_at, row.recorded_by_id = guest.arrived_at, guest.left_at, getattr(actor, "pk", None)
    row.recorded_at, row.reason, row.version = timezone.now(), "", row.version + 1
    guest.delete()
    row.save()
    record(verb="presence_marked", thing=sitting, actor=actor, after={"member": member.pk, "state": row.state})
    return row


def _arriving(sitting: Sitting) -> State:
    """Now, against the beginning; whoever is written in afterwards was there."""
    if sitting.started_at is None or sitting.ended_at is not None:
        return State.PRESENT
    return State.LATE if timezone.now() > sitting.started_at + GRACE else State.PRESENT


# --- checking in by oneself --------------------------------------------------------------------------------------


@transaction.atomic
def check_in(
    *,
    meeting: Meeting,
    name: str = "",
    organisation: str = "",
    side: str = "",
    online: bool = False,
    member: Membership | None = None,
) -> Presence:
    """Whoever holds the address of the meeting says that they are here. A name that is a member's marks the member;
    any other is a guest. Twice is once."""
    if not addresses.is_open(meeting):
        raise ValidationError("Zapsat se jde jen kolem začátku jednání a při něm.")
    sitting = _locked(meeting)
    member = member or addresses.member_called(meeting, name)
    row = _checked(meeting, member, name)
    if row is None:
        row = _of_member(meeting, member, online) if member else _guest(sitting, name, organisation, side, online)
    elif row.is_here:
        return row
    row.online = online
    _set(row, sitting, _arriving(sitting), None, by_themselves=True)
    record(verb="checked_in", thing=sitting)
    return row


def _checked(meeting: Meeting, member: Membership | None, name: str) -> Presence | None:
    """The row that the person has already."""
    rows = Presence.objects.select_for_update().filter(meeting=meeting)
    if member:
        return rows.filter(membership=member).first()
    return rows.filter(membership=None, in_place_of=None, name=" ".join(name.split())).first()


def _of_member(meeting: Meeting, member: Membership, online: bool) -> Presence:
    """A named substitute stands for the member, unless the member is here or somebody else stands for them."""
    place = member.substitutes
    if place is not None:
        rows = Presence.objects.filter(meeting=meeting)
        taken = rows.filter(in_place_of=place).exists()
        if taken or rows.filter(membership=place, state__in=Presence.HERE).exists():
            place = None
    return Presence(meeting=meeting, membership=member, in_place_of=place, online=online, version=0)


# --- the signed sheet --------------------------------------------------------------------------------------------


@transaction.atomic
def sheet_keep(*, meeting: Meeting, upload: UploadedFile[bytes], actor: Any) -> Sitting:
    """The scan of the sheet with signatures; never public."""
    sitting = opened(meeting, actor)
    sort: Any = "image" if (upload.content_type or "").startswith("image/") else "document"
    file = keep(upload=upload, sort=sort, actor=actor, public=False)
    attach(file=file, thing=sitting, public=False)
    former, sitting.sheet = sitting.sheet, file
    sitting.save(update_fields=["sheet"])
    if former is not None and former.pk != file.pk:
        release(file=former)
    record(verb="sheet_kept", thing=sitting, actor=actor)
    return sitting
