"""Every write of votes outside a meeting: letters with ballots, votes by link, the reminder, the result.

Only bodies whose rules allow it. Each voting member gets a link of their own and votes once; when the term passes, or
when everybody has voted, the vote closes by itself and the members are told.

Of a secret vote a ballot keeps only that it was cast: the choice goes straight into the sums of the motion, and nobody
reads them before the end.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from portal.audit.actions import record
from portal.groups.models import Group, Membership, Procedure
from portal.mail.actions import write
from portal.meetings.invitations import email_of

from . import rules
from .models import Ballot, Motion
from .presence import members_of, rules_of, seats
from .quorum import decide, quorum, voices
from .voting import rules_of as rules_of_motion
from .voting_actions import Moved

# Whoever is silent is reminded when so little of the term is left.
REMIND_BEFORE = timedelta(days=2)
BALLOT, REMINDER = "sitting/letters/ballot.txt", "sitting/letters/ballot_remind.txt"
RESULT = "sitting/letters/ballot_result.txt"


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def ballot_of(token: str) -> Ballot | None:
    """The ballot whose letter carries the token, closed or not: its reader deserves to be told."""
    rows = Ballot.objects.select_related("motion__group", "membership")
    return rows.filter(token_hash=token_hash(token)).first()


def shortest_term(group: Group, today: date) -> date:
    """The first day on which a vote called today may end."""
    said = Procedure.objects.filter(group=group).first() or Procedure(group=group)
    return today + timedelta(days=said.by_letter_days)


def may_be_called(group: Group) -> bool:
    """The rules of the body allow votes outside a meeting."""
    return Procedure.objects.filter(group=group, by_letter=True).exists()


@transaction.atomic
def ask(*, group: Group, text: str, until: date, actor: Any, today: date, secret: bool = False) -> Motion:
    """Put a motion outside a meeting: a ballot and a letter to each voting member; open to the end of `until`."""
    if not rules.may_ask(actor, group):
        raise PermissionDenied
    if not may_be_called(group):
        raise ValidationError("Jednací řád skupiny hlasování mimo jednání nedovoluje.")
    if not text.strip():
        raise ValidationError({"text": "Napište, o čem se hlasuje."})
    if until < (first := shortest_term(group, today)):
        raise ValidationError({"until": f"Podle jednacího řádu může hlasování skončit nejdřív {first:%-d. %-m. %Y}."})
    said = rules_of(group)
    motion = Motion.objects.create(
        group=group,
        text=text.strip(),
        way=Motion.Way.SECRET if secret else Motion.Way.NAMES,
        quorum=said.quorum,
        majority=said.majority,
        counted=said.counted,
        deadline=timezone.make_aware(datetime.combine(until + timedelta(days=1), time.min)),
    )
    members = members_of(group, today)
    voting = {one.member for one in seats(members)}
    if not voting:
        raise ValidationError("Skupina nemá nikoho, kdo by hlasoval.")
    letters = sum(_send(motion, one, BALLOT) for one in members if one.pk in voting)
    after = {"deadline": motion.deadline, "letters": letters, "way": motion.get_way_display()}
    record(verb="ballots_sent", thing=motion, actor=actor, after=after)
    return motion


def _send(motion: Motion, member: Membership, letter: str) -> int:
    """A ballot with a letter that leads to it; a member without an e-mail has only the ballot. A new letter has a new
    link, so that only imprints of links are kept; the former one stops working."""
    token, email = secrets.token_urlsafe(32), email_of(member)
    hashed = token_hash(token) if email else ""
    Ballot.objects.update_or_create(motion=motion, membership=member, defaults={"token_hash": hashed})
    if not email:
        return 0
    write(
        template=letter,
        to=email,
        name=member.name,
        context={
            "group": motion.group.name,
            "motion": motion.text,
            "secret": motion.way == Motion.Way.SECRET,
            "until": last_day(motion),
            "page": settings.SITE_URL + reverse("sitting:ballot", args=[token]),
        },
        about=motion,
    )
    return 1


def last_day(motion: Motion) -> str:
    """The last day of the term, in words."""
    day = timezone.localdate(motion.deadline - timedelta(minutes=1)) if motion.deadline else None
    return f"{day:%-d. %-m. %Y}" if day else ""


@transaction.atomic
def cast(*, ballot: Ballot, choice: str, now: datetime) -> Ballot:
    """One vote, for good. Where an organisation has one vote, the first of its members gives it."""
    motion = Motion.objects.select_for_update(of=("self",)).select_related("group").get(pk=ballot.motion_id)
    if not motion.is_open or motion.deadline is None or motion.deadline <= now:
        raise ValidationError("Hlasování už skončilo.")
    ballot = Ballot.objects.select_for_update(of=("self",)).select_related("membership").get(pk=ballot.pk)
    if ballot.cast_at is not None:
        raise ValidationError("Váš hlas už máme zapsaný. Změnit ho nejde.")
    if by := _spoken_for(motion, ballot):
        raise ValidationError(f"Za vaši organizaci už hlasoval jiný člen ({by.membership.name}).")
    said = Ballot.Choice(choice)
    ballot.choice, ballot.cast_at = "" if motion.way == Motion.Way.SECRET else said, now
    ballot.save(update_fields=["choice", "cast_at"])
    if motion.way == Motion.Way.SECRET:
        _add_to_sums(motion, said)
    # Who voted is told by the ballot; the journal does not need the name or the vote.
    record(verb="ballot_cast", thing=motion)
    if _everybody_voted(motion):
        _close(motion, now)
    return ballot


SUMS = {
    Ballot.Choice.FOR: "votes_for",
    Ballot.Choice.AGAINST: "votes_against",
    Ballot.Choice.ABSTAINED: "votes_abstained",
}


def _add_to_sums(motion: Motion, choice: Ballot.Choice) -> None:
    """One more of the choice, in a motion that is locked."""
    name = SUMS[choice]
    setattr(motion, name, (getattr(motion, name) or 0) + 1)
    motion.save(update_fields=[name])


def _ballots(motion: Motion) -> list[Ballot]:
    return list(motion.ballots.select_related("membership__provider", "membership__person"))


def _spoken_for(motion: Motion, ballot: Ballot) -> Ballot | None:
    rows = _ballots(motion)
    shared = voices(rules_of_motion(motion), seats(one.membership for one in rows), ())
    mine = next((one.members for one in shared if ballot.membership_id in one.members), ())
    return next((one for one in rows if one.cast_at and one.membership_id in mine), None)


def _everybody_voted(motion: Motion) -> bool:
    rows = _ballots(motion)
    cast_by = {one.membership_id for one in rows if one.cast_at}
    return all(one.is_there for one in voices(rules_of_motion(motion), seats(one.membership for one in rows), cast_by))


@transaction.atomic
def withdraw(*, motion: Motion, actor: Any) -> Motion:
    """Call off a vote before its end."""
    if not rules.may_ask(actor, motion.group):
        raise PermissionDenied
    motion = Motion.objects.select_for_update(of=("self",)).select_related("group").get(pk=motion.pk)
    if not motion.is_open:
        raise Moved
    motion.state, motion.version = Motion.State.DROPPED, motion.version + 1
    motion.votes_for = motion.votes_against = motion.votes_abstained = None
    motion.save(update_fields=["state", "version", *SUMS.values()])
    _tell(motion, "Hlasování je zrušené. Váš hlas, pokud jste ho poslali, se nepočítá.")
    record(verb="motion_dropped", thing=motion, actor=actor)
    return motion


# --- run by the clock --------------------------------------------------------------------------------------------


def close_over() -> int:
    """Close votes whose term has passed; how many. A second run closes nothing."""
    now, closed = timezone.now(), 0
    for pk in Motion.objects.over(now).values_list("pk", flat=True):
        with transaction.atomic():
            motion = Motion.objects.select_for_update(of=("self",)).select_related("group").get(pk=pk)
            if motion.is_open:
                _close(motion, now)
                closed += 1
    return closed


def remind() -> int:
    """One more letter to whoever has not voted and little time is left; how many. A second run writes nothing."""
    now, written = timezone.now(), 0
    soon = Motion.objects.by_letter().open().filter(deadline__gt=now, deadline__lte=now + REMIND_BEFORE)
    for motion in soon.select_related("group"):
        with transaction.atomic():
            silent = motion.ballots.select_for_update(of=("self",)).filter(cast_at=None, reminded_at=None)
            for one in silent.exclude(token_hash="").select_related("membership__person"):
                written += _send(motion, one.membership, REMINDER)
                Ballot.objects.filter(pk=one.pk).update(reminded_at=now)
    return written


def _close(motion: Motion, now: datetime) -> None:
    """Whoever voted counts as present."""
    rows, said = _ballots(motion), rules_of_motion(motion)
    cast_by = {one.membership_id for one in rows if one.cast_at}
    state = quorum(said, seats(one.membership for one in rows), cast_by)
    votes = _sums(motion, rows)
    verdict = decide(said, state, votes_for=votes[0], against=votes[1], abstained=votes[2])
    motion.state, motion.closed_at = Motion.State.CLOSED, now
    motion.voices, motion.voices_all, motion.quorate = state.voices, state.voices_all, state.met
    motion.votes_for, motion.votes_against, motion.votes_abstained = votes
    took_part = f"Hlasovali {state.voices} z {state.voices_all}." if state.voices else "Nehlasoval nikdo."
    motion.adopted, motion.quorum_words, motion.explanation = verdict.adopted, took_part, verdict.words
    motion.version += 1
    motion.save()
    _tell(motion, motion.words)
    record(verb="motion_counted", thing=motion, after={"votes_for": votes[0], "adopted": motion.adopted})


def _sums(motion: Motion, rows: list[Ballot]) -> list[int]:
    """For, against, abstained."""
    if motion.way == Motion.Way.SECRET:
        return [getattr(motion, name) or 0 for name in SUMS.values()]
    choices = [one.choice for one in rows if one.choice]
    return [choices.count(one) for one in SUMS]


def _tell(motion: Motion, result: str) -> None:
    """The result to everybody who could vote."""
    told = {"group": motion.group.name, "motion": motion.text, "result": result, "closed": motion.is_closed}
    for one in _ballots(motion):
        if email := email_of(one.membership):
            write(
                template=RESULT,
                to=email,
                name=one.membership.name,
                context=told,
                about=motion,
            )
