"""Addresses by which people check in: of the meeting (on the wall, as a QR code) and of a member's invitation.

An address is valid around the meeting only. It tells nothing of who is a member: whoever types a name gets the same
answer, be it a member's or a guest's.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from secrets import compare_digest

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from portal.groups.models import Membership
from portal.meetings import invitations
from portal.meetings.models import Invitee, Meeting
from words.fold import fold

from .models import Sitting
from .presence import day_of, members_of

BEFORE, AFTER = timedelta(hours=2), timedelta(hours=2)
SALT = "portal.sitting.check_in"
SIGNED = 24  # hexadecimal digits: nobody guesses ninety-six bits
TITLES = frozenset("bc bca csc d dis doc ing judr mba mga mgr mudr ph phd phdr prof rndr".split())


def token(meeting: Meeting) -> str:
    signature = salted_hmac(SALT, f"{meeting.pk}-{meeting.uid}", algorithm="sha256").hexdigest()[:SIGNED]
    return f"{meeting.pk}-{signature}"


def address(meeting: Meeting) -> str:
    """Whole, as a QR code carries it."""
    return settings.SITE_URL + reverse("sitting:check_in", args=[token(meeting)])


def read(text: str) -> Meeting | None:
    """The meeting of the token; None for one that we have not made."""
    number = text.partition("-")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        return None
    meeting = Meeting.objects.select_related("group").filter(pk=int(number)).first()
    return meeting if meeting and compare_digest(text.encode(), token(meeting).encode()) else None


def read_invitation(text: str) -> tuple[Meeting, Membership] | None:
    """The member who was sent the link of an invitation, with the meeting."""
    number = invitations.read_token(text)
    rows = Invitee.objects.select_related("meeting__group", "membership")
    invited = rows.filter(pk=number).first() if number is not None else None
    return (invited.meeting, invited.membership) if invited else None


def is_open(meeting: Meeting, now: datetime | None = None) -> bool:
    """From two hours before the meeting to two hours after it, and for as long as it goes on."""
    moment = now or timezone.now()
    if meeting.state == Meeting.State.CANCELLED:
        return False
    sitting = Sitting.objects.filter(meeting=meeting).first()
    if sitting is not None and (sitting.is_sealed or sitting.ended_at):
        return False
    running = meeting.state == Meeting.State.RUNNING
    return meeting.starts_at - BEFORE <= moment and (running or moment <= meeting.ends_at + AFTER)


def member_called(meeting: Meeting, name: str) -> Membership | None:
    """The member of that name, whatever the titles, capitals and diacritics; None where two are called the same."""
    wanted = _bare(name)
    found = [one for one in members_of(meeting.group, day_of(meeting)) if wanted and _bare(one.name) == wanted]
    return found[0] if len(found) == 1 else None


def _bare(name: str) -> frozenset[str]:
    """Words of a name without titles; which comes first does not matter."""
    return frozenset(one for one in _parts(name) if one not in TITLES)


def _parts(name: str) -> list[str]:
    return fold(name).replace(".", " ").replace(",", " ").split()
