"""Letters to those whom members send in their place, each with an event for their calendar.

They have no link to answer by: the answer is the member's. What they learn is what an invitation says.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from django.conf import settings

from portal.groups.models import Membership
from portal.mail.actions import write

from . import calendar, happenings
from .invitations import email_of, organiser
from .models import Invitee, Meeting
from .when import in_words

type Kind = Literal["sent", "changed", "off"]
LETTERS: dict[Kind, str] = {
    "sent": "meetings/letters/substitute.txt",
    "changed": "meetings/letters/substitute.txt",
    "off": "meetings/letters/substitute_off.txt",
}


def address_of(invitee: Invitee, name: str) -> str:
    """The address of a substitute whom the body knows by name; empty for anybody else."""
    known = Membership.objects.current(invitee.meeting.day).filter(substitutes=invitee.membership_id)
    same = [one for one in known.select_related("person") if one.name.casefold() == name.casefold()]
    return email_of(same[0]) if same else ""


def tell(invitee: Invitee, kind: Kind, *, name: str = "", email: str = "") -> None:
    """A letter to the substitute, or to the one who was it until now (`name`, `email`); nothing without an address.
    "off" takes the event out of their calendar."""
    to, who = email or invitee.substitute_email, name or invitee.substitute
    if not to:
        return
    meeting = invitee.meeting
    titles = happenings.agendas([meeting.pk]).get(meeting.pk, [])
    write(
        template=LETTERS[kind],
        to=to,
        name=who,
        context={
            "member": invitee.membership.name,
            "changed": kind == "changed",
            "cancelled": meeting.state == Meeting.State.CANCELLED,
            "reason": meeting.cancelled_reason,
            "group": meeting.group.name,
            "title": str(meeting),
            "when": in_words(meeting.starts_at, meeting.ends_at),
            "where": happenings.where(meeting, inside=True),
            "how": meeting.place_note,
            "agenda": titles,
            "page": happenings.address(meeting) if meeting.is_public else "",
        },
        about=meeting,
        calendar=_file(invitee, titles, calendar.Guest(who, to), off=kind == "off"),
    )


def _file(invitee: Invitee, titles: list[str], guest: calendar.Guest, *, off: bool) -> str:
    meeting = invitee.meeting
    url = happenings.address(meeting) if meeting.is_public else settings.SITE_URL
    note = f"Přicházíte za: {invitee.membership.name}."
    event = happenings.happening(meeting, titles, inside=True, url=url, note=note)
    method: calendar.Method = "CANCEL" if off else "REQUEST"
    return calendar.written([replace(event, cancelled=off)], method=method, organiser=organiser(meeting), invited=guest)
