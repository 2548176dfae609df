"""Every step of minutes after writing: sent out, objected to, verified, approved, published."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from portal.audit.actions import record
from portal.groups.models import Group, Membership, Procedure
from portal.mail.actions import write
from portal.meetings.invitations import email_of
from portal.meetings.models import Meeting
from portal.meetings.procedures import procedure_of
from portal.meetings.terms import A_DAY, is_working
from portal.sitting import presence
from portal.sitting.actions import seal

from . import actions, content, register_actions, rules
from .models import Decision, Minutes, Objection, Section

State = Minutes.State
SALT = "portal.minutes.read"
# How long after the term for objections the link of a letter still shows the minutes.
LINK_LIVES = timedelta(days=60)


def _locked(minutes: Minutes) -> Minutes:
    rows = Minutes.objects.select_for_update(of=("self",)).select_related("meeting__group")
    return rows.get(pk=minutes.pk)


def _move(minutes: Minutes, to: str) -> None:
    state = State(minutes.state)
    if State(to) not in Minutes.MOVES[state]:
        raise ValidationError(f"Zápis je {state.label}. Do stavu „{State(to).label}“ odtud nejde.")
    minutes.state = to


def _settled(minutes: Minutes) -> None:
    if minutes.objections.filter(outcome="").exists():
        raise ValidationError("Nejdřív vypořádejte všechny námitky.")


def term(start: date, days: int, *, working: bool) -> date:
    """The last day of a term of so many days that begins after `start`."""
    day = start
    while days > 0:
        day += A_DAY
        days -= not working or is_working(day)
    return day


# --- sent out ----------------------------------------------------------------------------------------------------


@transaction.atomic
def send(*, minutes: Minutes, actor: Any) -> int:
    """Send the minutes to those who were there and to those who excused themselves. Decisions get their numbers. How
    many letters were written."""
    minutes = _locked(minutes)
    if not rules.may_write(actor, minutes.meeting):
        raise PermissionDenied
    if minutes.meeting.starts_at > timezone.now():
        raise ValidationError("Jednání ještě nebylo. Rozeslat ho půjde, až proběhne.")
    _move(minutes, State.SENT)
    actions.take_votes(minutes)
    today = timezone.localdate()
    procedure = procedure_of(minutes.meeting.group)
    minutes.sent_at = timezone.now()
    minutes.objections_until = term(today, procedure.objection_days, working=procedure.working_days)
    minutes.version += 1
    minutes.save()
    number(minutes)
    letters = [_send_to(one, minutes) for one in readers(minutes.meeting) if one.email]
    after = {"objections_until": minutes.objections_until, "letters": len(letters)}
    record(verb="minutes_sent", thing=minutes, actor=actor, after=after)
    register_actions.carry(group=minutes.meeting.group)
    return len(letters)


def number(minutes: Minutes) -> None:
    """Numbers of the decisions: the next of the body and year. The body's row is locked, so none is given twice."""
    group = Group.objects.select_for_update().get(pk=minutes.meeting.group_id)
    for decision in minutes.decisions.filter(number=None, withdrawn_at=None).order_by("order", "pk"):
        last = Decision.objects.filter(group=group, year=decision.year).aggregate(last=Max("number"))["last"]
        decision.number = (last or 0) + 1
        decision.save(update_fields=["number"])


class Reader(NamedTuple):
    """Whom the minutes are sent to, where an address is known."""

    member: Membership
    was_there: bool

    @property
    def email(self) -> str:
        return email_of(self.member)


def readers(meeting: Meeting) -> list[Reader]:
    """People of the body who were there, themselves or for somebody, and members who excused themselves or sent
    somebody else: they are to know what was decided without them. Whoever stayed away in silence finds the minutes
    at the desk."""
    attended = presence.of(meeting)
    there = _numbers(*attended.present, *attended.guests)
    rows = Membership.objects.filter(pk__in=there | _numbers(*attended.excused)).select_related("person")
    return [Reader(one, one.pk in there) for one in rows]


def _numbers(*people: presence.Attendant) -> set[int]:
    return {one.membership for one in people if one.membership is not None}


def _send_to(reader: Reader, minutes: Minutes) -> Any:
    assert minutes.objections_until is not None  # noqa: S101 - set just before
    member = reader.member
    return write(
        template="minutes/letters/sent.txt",
        to=reader.email,
        name=member.name,
        context={
            "name": minutes.name,
            "was_there": reader.was_there,
            "group": minutes.meeting.group.name,
            "page": settings.SITE_URL + reverse("minutes:read_by_link", args=[token(minutes, member)]),
            "until": f"{minutes.objections_until:%-d. %-m. %Y}",
            "tasks": [
                f"{one.what}" + (f" (do {one.until:%-d. %-m. %Y})" if one.until else "")
                for one in minutes.tasks.filter(membership=member, state="open")
            ],
        },
        about=minutes,
    )


def token(minutes: Minutes, member: Membership) -> str:
    """What the address in a letter carries: these minutes, this reader, nothing else."""
    return signing.dumps([minutes.pk, member.pk], salt=SALT)


def read_token(text: str) -> tuple[Minutes, Membership] | None:
    """Minutes and reader of a link; None where we did not make it or its time is over."""
    try:
        minutes_pk, member_pk = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    minutes = Minutes.objects.select_related("meeting__group").filter(pk=minutes_pk).first()
    member = Membership.objects.filter(pk=member_pk).first()
    if minutes is None or member is None or minutes.objections_until is None:
        return None
    return (minutes, member) if timezone.localdate() <= minutes.objections_until + LINK_LIVES else None


# --- objections --------------------------------------------------------------------------------------------------


def may_object(minutes: Minutes) -> bool:
    """Whether the term for objections runs."""
    waits = minutes.state in (State.SENT, State.OBJECTIONS, State.VERIFIED)
    return waits and minutes.objections_until is not None and timezone.localdate() <= minutes.objections_until


@transaction.atomic
def objection_add(
    *, minutes: Minutes, text: str, member: Membership | None = None, name: str = "", section: Section | None = None,
    actor: Any = None,
) -> Objection:  # fmt: skip
    """An objection of whoever holds the link of a letter (`member`), or one that the desk writes down for somebody
    (`name`, `actor`)."""
    minutes = _locked(minutes)
    if member is None and not rules.may_write(actor, minutes.meeting):
        raise PermissionDenied
    if not may_object(minutes):
        raise ValidationError("Lhůta pro námitky už uplynula.")
    if not text.strip():
        raise ValidationError({"text": "Napište, s čím nesouhlasíte a jak to má být."})
    who = member.name if member else name.strip()
    if not who:
        raise ValidationError({"name": "Napište, kdo námitku podal."})
    made = Objection.objects.create(
        minutes=minutes, membership=member, name=who[:150], section=section, text=text.strip()
    )
    if minutes.state != State.OBJECTIONS:
        _move(minutes, State.OBJECTIONS)
        minutes.version += 1
        minutes.save()
    record(verb="objection_said", thing=minutes, actor=actor, after={"text": made.text})
    return made


@transaction.atomic
def objection_settle(*, objection: Objection, outcome: str, reason: str, actor: Any) -> Objection:
    """Settle with a reason; whoever had the objection gets a letter. When none is left, the minutes go on."""
    minutes = _locked(objection.minutes)
    if not rules.may_write(actor, minutes.meeting):
        raise PermissionDenied
    stored = Objection.objects.select_for_update(of=("self",)).select_related("membership__person").get(pk=objection.pk)
    if stored.is_settled:
        raise ValidationError("Námitka už je vypořádaná.")
    if outcome not in Objection.Outcome.values:
        raise ValidationError({"outcome": "Vyberte, jak námitka dopadla."})
    if not reason.strip():
        raise ValidationError({"reason": "Napište proč. Bez důvodu námitku vypořádat nejde."})
    stored.minutes = minutes
    stored.outcome, stored.reason, stored.settled_at = outcome, reason.strip(), timezone.now()
    stored.save()
    if not minutes.objections.filter(outcome="").exists():
        number(minutes)
        _move(minutes, State.SENT)
        minutes.version += 1
        minutes.save()
    after = {"outcome": stored.get_outcome_display(), "reason": stored.reason}
    record(verb="objection_settled", thing=minutes, actor=actor, after=after)
    if stored.membership and (email := email_of(stored.membership)):
        told = {"name": minutes.name, "outcome": stored.get_outcome_display(), "reason": stored.reason}
        write(
            template="minutes/letters/objection_settled.txt",
            to=email,
            name=stored.membership.name,
            context={**told, "text": stored.text},
            about=minutes,
        )
    return stored


# --- verified, approved --------------------------------------------------------------------------------------------


@transaction.atomic
def verify(*, minutes: Minutes, name: str, actor: Any) -> Minutes:
    """The verifier agrees with the text. Where the rules say so, that is the approval, once the term for objections
    is over."""
    minutes = _locked(minutes)
    if not rules.may_verify(actor, minutes.meeting):
        raise PermissionDenied
    _settled(minutes)
    if not name.strip():
        raise ValidationError({"name": "Napište, kdo zápis ověřil."})
    _move(minutes, State.VERIFIED)
    minutes.verified_by, minutes.verified_at = name.strip()[:150], timezone.now()
    minutes.version += 1
    minutes.save()
    record(verb="minutes_verified", thing=minutes, actor=actor, after={"verified_by": minutes.verified_by})
    ripen(minutes)
    return minutes


@transaction.atomic
def approve(*, minutes: Minutes, at: Meeting, actor: Any) -> Minutes:
    """Write down that a later meeting of the body approved the minutes."""
    minutes = _locked(minutes)
    if not rules.may_approve(actor, minutes.meeting):
        raise PermissionDenied
    _settled(minutes)
    if at.group_id != minutes.meeting.group_id or at.starts_at <= minutes.meeting.starts_at:
        raise ValidationError("Zápis schvaluje až další jednání téže skupiny.")
    if at.starts_at > timezone.now():
        raise ValidationError("To jednání ještě nebylo.")
    _approved(minutes, Minutes.Approval.NEXT, actor, at)
    return minutes


def ripen(minutes: Minutes, today: date | None = None) -> bool:
    """Approve by the verifier's word or by silence, where the rules of the body allow it, the term is over and no
    objection waits. True when that happened."""
    day = today or timezone.localdate()
    over = minutes.objections_until is not None and day > minutes.objections_until
    if not over or minutes.objections.filter(outcome="").exists():
        return False
    approval = procedure_of(minutes.meeting.group).approval
    verified = minutes.state == State.VERIFIED
    if approval == Procedure.Approval.VERIFIED and verified:
        _approved(minutes, Minutes.Approval.VERIFIED, None)
    elif approval == Procedure.Approval.SILENCE and (verified or minutes.state == State.SENT):
        _approved(minutes, Minutes.Approval.SILENCE, None)
    else:
        return False
    return True


def _approved(minutes: Minutes, how: str, actor: Any, at: Meeting | None = None) -> None:
    _move(minutes, State.APPROVED)
    minutes.approved_at, minutes.approved_how, minutes.approved_at_meeting = timezone.now(), how, at
    minutes.version += 1
    minutes.save()
    seal(meeting=minutes.meeting)
    record(
        verb="minutes_approved", thing=minutes, actor=actor, after={"approved_how": minutes.get_approved_how_display()}
    )


# --- the public version --------------------------------------------------------------------------------------------


def _may_publish(minutes: Minutes, actor: Any) -> None:
    if not rules.may_approve(actor, minutes.meeting):
        raise PermissionDenied
    if minutes.state == State.PUBLISHED:
        raise ValidationError("Zápis už je zveřejněný.")
    if minutes.state != State.APPROVED:
        raise ValidationError("Zveřejnit jde jen schválený zápis.")


def proposed(minutes: Minutes) -> content.Content:
    """The public version as it would be published now: what somebody prepared, else what comes out by itself."""
    return content.read(minutes.prepared) if minutes.prepared else content.public(minutes)


@transaction.atomic
def prepare(*, minutes: Minutes, edited: content.Content, seen: int, actor: Any) -> Minutes:
    """Keep the public version as a person edited it."""
    minutes = _locked(minutes)
    _may_publish(minutes, actor)
    if minutes.version != seen:
        raise ValidationError("Zápis mezitím změnil někdo jiný. Načtěte stránku znovu a upravte ji ještě jednou.")
    minutes.prepared = content.plain(edited)
    minutes.version += 1
    minutes.save()
    record(verb="minutes_prepared", thing=minutes, actor=actor)
    return minutes


@transaction.atomic
def publish(*, minutes: Minutes, actor: Any) -> Minutes:
    """Freeze the public version and show it. What must not get out is looked for once more; if it is there, nothing
    is published."""
    minutes = _locked(minutes)
    _may_publish(minutes, actor)
    told = proposed(minutes)
    by = content.redactor(minutes.meeting)
    if found := content.leaks(told, by):
        words = ", ".join(dict.fromkeys(f"„{one.original}“" for one in found))
        raise ValidationError(f"Ve veřejné verzi zůstal údaj, který na web nesmí: {words}. Upravte ji.")
    _move(minutes, State.PUBLISHED)
    minutes.published_at = timezone.now()
    minutes.public_version = content.plain(told)
    minutes.version += 1
    minutes.save()
    texts = {one.code: one.text for one in told.decisions}
    for decision in minutes.decisions.filter(number__isnull=False):
        decision.public_text = texts.get(decision.code, "")
        decision.save(update_fields=["public_text"])
    record(verb="minutes_published", thing=minutes, actor=actor)
    return minutes


@transaction.atomic
def withdraw(*, minutes: Minutes, actor: Any) -> Minutes:
    """Take the public version off the web, so that it can be prepared again."""
    minutes = _locked(minutes)
    if not rules.may_approve(actor, minutes.meeting):
        raise PermissionDenied
    _move(minutes, State.APPROVED)
    minutes.prepared, minutes.public_version, minutes.published_at = minutes.public_version, None, None
    minutes.version += 1
    minutes.save()
    record(verb="minutes_withdrawn", thing=minutes, actor=actor)
    return minutes
