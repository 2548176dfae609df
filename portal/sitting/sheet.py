"""The attendance sheet to sign on paper, with a QR code for those who check in by telephone."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from paper.blocks import Cover, Document, Figure, Paragraph, Sheet, Table
from paper.pdf import pdf
from portal.groups.models import Membership, Side
from portal.meetings.models import Meeting
from portal.meetings.when import in_words
from portal.web.templatetags.web import qr_svg

from . import check_in
from .presence import Attendant, of

HEAD = ("Jméno", "Organizace", "Za koho", "Podpis")
WIDTHS = (5, 6, 3, 5)
GUESTS = 6


def sheet_pdf(meeting: Meeting) -> bytes:
    return pdf(document(meeting))


def document(meeting: Meeting) -> Document:
    """Members by name with room for signatures, those who excused themselves said so, empty rows for guests."""
    attendance = of(meeting)
    where = ", ".join(one for one in (meeting.place, "on-line" if meeting.way != Meeting.Way.PLACE else "") if one)
    guests = [(one.name, one.organisation, one.side_words, "") for one in attendance.guests]
    blank = [("", "", "", "")] * max(GUESTS - len(guests), 2)
    return Document(
        title=f"Prezenční listina: {meeting}, {timezone.localdate(meeting.starts_at):%-d. %-m. %Y}",
        author=settings.SITE_NAME,
        language="cs",
        cover=Cover(
            "Prezenční listina",
            meeting.group.name,
            tuple(one for one in (str(meeting), in_words(meeting.starts_at, meeting.ends_at), where) if one),
            (Figure(qr_svg(check_in.address(meeting)), "QR kód: adresa, na které se zapíšete telefonem"),),
        ),
        blocks=(
            Paragraph("Podepište se prosím, nebo se zapište telefonem přes QR kód. Listina není veřejná."),
            Table(HEAD, tuple(_row(one) for one in attendance.members), title="Členové", widths=WIDTHS, tall=True),
            Table(HEAD, (*guests, *blank), title="Hosté a náhradníci", widths=WIDTHS, tall=True),
        ),
        sheet=Sheet.FORM,
        foot=f"{meeting.group.short}, {timezone.localdate(meeting.starts_at):%-d. %-m. %Y}",
    )


def _row(one: Attendant) -> tuple[str, str, str, str]:
    role = Membership.Role(one.role).label if one.role not in ("", Membership.Role.MEMBER) else ""
    name = f"{one.name} ({role})" if role else one.name
    excused = f"omluva: {one.reason}" if one.state == "excused" and one.reason else ""
    signature = excused or ("omluva" if one.state == "excused" else "")
    return name, one.organisation, Side(one.side).label if one.side else "", signature
