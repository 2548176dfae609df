"""Letters of a meeting, each with an event for the calendar of its reader."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Literal

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from portal.groups.models import Membership
from portal.mail.actions import write

from . import calendar, happenings
from .models import AgendaItem, Invitee, Meeting
from .procedures import terms_of
from .when import day_in_words, in_words

type Kind = Literal["invitation", "changed", "cancelled", "remind"]
LETTERS: dict[Kind, str] = {
    "invitation": "meetings/letters/invitation.txt",
    "changed": "meetings/letters/changed.txt",
    "cancelled": "meetings/letters/cancelled.txt",
    "remind": "meetings/letters/remind.txt",
}
ANSWER = "portal.meetings.answer"
# A link works until the meeting is over, and never longer than this.
LINK_LIVES = timedelta(days=400)


def token(invitee: Invitee) -> str:
    """What the address of the answer carries; only whoever got the letter has it."""
    return signing.dumps(invitee.pk, salt=ANSWER)


def read_token(text: str) -> int | None:
    """Number of the invitation, None for a token that is not ours or is too old."""
    try:
        number = signing.loads(text, salt=ANSWER, max_age=LINK_LIVES)
    except signing.BadSignature:
        return None
    return number if isinstance(number, int) else None


def answer_url(invitee: Invitee) -> str:
    return settings.SITE_URL + reverse("meetings:answer", args=[token(invitee)])


def email_of(membership: Membership) -> str:
    return membership.email or (membership.person.email if membership.person else "")


def organiser(meeting: Meeting) -> calendar.Guest:
    """In whose name calendars show the event: the public contact of the body, else that of the site."""
    email = meeting.group.contact_email or settings.COORDINATOR.get("email") or parseaddr(settings.MAIL_FROM)[1]
    return calendar.Guest(meeting.group.name, email)


def send(meeting: Meeting, invitees: Iterable[Invitee], kind: Kind, now: datetime) -> int:
    """A letter to each who has an e-mail; how many were written. Rows of `invitees` come with membership and
    person."""
    titles = list(
        AgendaItem.objects.filter(meeting=meeting, state=AgendaItem.State.APPROVED).values_list("title", flat=True)
    )
    terms, written = terms_of(meeting), 0
    for one in invitees:
        email = email_of(one.membership)
        if not email:
            continue
        write(
            template=LETTERS[kind],
            to=email,
            name=one.membership.name,
            context={
                "group": meeting.group.name,
                "title": str(meeting),
                "when": in_words(meeting.starts_at, meeting.ends_at),
                "where": happenings.where(meeting, inside=True),
                "how": meeting.place_note,
                "note": meeting.note,
                "urgent": meeting.urgent_reason,
                "reason": meeting.cancelled_reason,
                "agenda": titles,
                "agenda_until": day_in_words(terms.agenda),
                "excuse_until": day_in_words(terms.excuses),
                "in_time": terms.excuses >= timezone.localdate(now),
                "answer": answer_url(one),
                "page": happenings.address(meeting),
            },
            about=meeting,
            calendar="" if kind == "remind" else invitation_file(meeting, one, titles, email),
        )
        written += 1
    return written


def invitation_file(meeting: Meeting, invitee: Invitee, titles: Iterable[str], email: str) -> str:
    """The request, or the cancellation, as calendar programs read it. It names the one reader and nobody else."""
    cancelled = meeting.state == Meeting.State.CANCELLED
    url = happenings.address(meeting) if cancelled else answer_url(invitee)
    note = "" if cancelled else "Odpovězte prosím na téhle adrese, jestli přijdete. Přihlašovat se nemusíte."
    event = happenings.happening(meeting, titles, inside=True, url=url, note=note)
    invited = calendar.Guest(invitee.membership.name, email)
    method: calendar.Method = "CANCEL" if cancelled else "REQUEST"
    return calendar.written([event], method=method, organiser=organiser(meeting), invited=invited)
