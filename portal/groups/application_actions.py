"""Writes about those who want to join: the application, its way, and a letter at each step.

A guest gets a membership without a vote, so that invitations to meetings reach them; whoever is accepted keeps it
with a vote, whoever is not loses it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from portal.audit.actions import record
from portal.mail import actions as mail

from . import member_actions, rules
from .models import Application, Group, Membership, Procedure

State = Application.State
OPEN = (State.NEW, State.GUEST, State.PUT)
DONE = (State.ACCEPTED, State.DECLINED, State.WITHDRAWN)
LETTERS = {
    State.GUEST: "groups/letters/application_guest.txt",
    State.PUT: "groups/letters/application_put.txt",
    State.ACCEPTED: "groups/letters/application_accepted.txt",
    State.DECLINED: "groups/letters/application_declined.txt",
    State.WITHDRAWN: "groups/letters/application_withdrawn.txt",
}
# Nobody is left without a word: being declined, and being a guest of a meeting, want it.
WORDED = {
    State.GUEST: "Napište, na které jednání zveme: kdy a kde bude.",
    State.DECLINED: "Napište pár laskavých vět, proč to teď nevyšlo a jak se jde zapojit jinak.",
}


def may_apply(group: Group) -> bool:
    return group.shown and group.accepts and group.closed_on is None


def due_on(application: Application, procedure: Procedure) -> date:
    """By when the group says yes or no."""
    return timezone.localtime(application.said_at).date() + timedelta(days=procedure.admission_days)


@transaction.atomic
def apply(
    *, group: Group, name: str, email: str, side: str, phone: str = "", organisation: str = "", why: str = ""
) -> Application:
    """Somebody from the public page wants to join. An e-mail whose application waits already gets no second one."""
    if not may_apply(group):
        raise ValidationError("Tahle skupina teď nové členy nepřijímá.")
    said = {"name": name.strip(), "side": side, "phone": phone, "organisation": organisation, "why": why}
    waiting = Application.objects.filter(group=group, email__iexact=email.strip(), state__in=OPEN).first()
    if waiting is not None:
        return waiting
    application = Application.objects.create(group=group, email=email.strip(), **said)
    context = _context(application)
    mail.write(
        template="groups/letters/application_received.txt",
        to=application.email,
        name=application.name,
        context=context,
        about=application,
    )
    mail.write(
        template="groups/letters/application_arrived.txt",
        to=group.contact_email or settings.COORDINATOR["email"] or settings.MAIL_FROM,
        name=group.contact_name,
        context=context | {"desk": settings.SITE_URL + reverse("groups:application", args=[application.pk])},
        about=application,
    )
    return application


def _context(application: Application, answer: str = "") -> dict[str, Any]:
    group = application.group
    procedure = group.procedure
    return {
        "group": group.name,
        "page": settings.SITE_URL + reverse("groups:public_group", args=[group.slug]),
        "applicant": application.name,
        "side": application.get_side_display(),
        "organisation": application.organisation,
        "why_lines": application.why.splitlines(),
        "answer_lines": answer.splitlines(),
        "guest_first": procedure.guest_meetings > 0,
        "admission": procedure.admission,
        "due": due_on(application, procedure),
        "contact": group.contact_name,
        "contact_email": group.contact_email,
    }


@transaction.atomic
def move(
    *, application: Application, to: str, actor: Any, answer: str = "", joined_on: date | None = None
) -> Application:
    """The next step, told to the applicant by a letter with the words of the answer. ACCEPTED makes a member from
    `joined_on` (today unless said)."""
    rows = Application.objects.select_related("group__procedure", "membership__group")
    fresh = rows.select_for_update(of=("self",)).get(pk=application.pk)
    if not rules.may_edit_group(actor, fresh.group):
        raise PermissionDenied
    if to not in Application.MOVES[State(fresh.state)]:
        raise ValidationError("Tohle už s přihláškou udělat nejde. Mezitím se posunula dál.")
    to, answer = State(to), answer.strip()
    if to in WORDED and not answer:
        raise ValidationError({"answer": WORDED[to]})
    before, day = fresh.state, joined_on or timezone.localdate()
    _seat(fresh, to, day, actor)
    fresh.state, fresh.answer = to, answer
    fresh.settled_at = timezone.now() if to in DONE else None
    fresh.save()
    record(
        verb="application_moved",
        thing=fresh.group,
        actor=actor,
        before={"state": before},
        after={"state": fresh.state},
        names={one.value: str(one.label) for one in State if one in {before, to}},
    )
    mail.write(
        template=LETTERS[to],
        to=fresh.email,
        name=fresh.name,
        context=_context(fresh, answer) | {"joined": day},
        about=fresh,
    )
    return fresh


def _seat(application: Application, to: State, day: date, actor: Any) -> None:
    """The membership that goes with the step."""
    seat = application.membership
    if to == State.GUEST:
        application.membership = _join(application, Membership.Role.GUEST, timezone.localdate(), actor)
    elif to == State.ACCEPTED and seat is None:
        application.membership = _join(application, Membership.Role.MEMBER, day, actor)
    elif to == State.ACCEPTED and seat is not None:
        member_actions.membership_change(
            membership=seat, seen=None, actor=actor, role=Membership.Role.MEMBER, votes=True, joined_on=day
        )
    elif to in {State.DECLINED, State.WITHDRAWN} and seat is not None and seat.left_on is None:
        reason = "přihláška vzatá zpět" if to == State.WITHDRAWN else "přihláška nepřijatá"
        member_actions.membership_end(membership=seat, on=timezone.localdate(), reason=reason, seen=None, actor=actor)


def _join(application: Application, role: str, day: date, actor: Any) -> Membership:
    return member_actions.membership_add(
        group=application.group,
        actor=actor,
        name=application.name,
        email=application.email,
        phone=application.phone,
        organisation=application.organisation,
        side=application.side,
        role=role,
        votes=role != Membership.Role.GUEST,
        joined_on=day,
    )


def forget_applications(days: int) -> int:
    """Applications settled more than so many days ago go away; the membership that came of them stays."""
    before = timezone.now() - timedelta(days=days)
    return Application.objects.filter(settled_at__lt=before).delete()[0]
