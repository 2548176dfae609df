"""The poster of a consultation for notice boards, A4 or A3."""

from __future__ import annotations

from io import BytesIO

import segno
from django.conf import settings

from paper.poster import Line, Poster, poster

from .announcing import address, day, hearing_line
from .models import Consultation

# A poster is read from afar; longer words would push the rest off the sheet.
LONGEST_TEXT = 420


def made(consultation: Consultation, sheet: str) -> bytes:
    """`sheet`: a4 or a3."""
    return poster(content(consultation), sheet)


def content(consultation: Consultation) -> Poster:
    url = settings.SITE_URL + address(consultation)
    lines = [
        ("Připomínky přijímáme", f"{day(consultation.opens_at)} – {day(consultation.closes_at)}"),
        ("Veřejné projednání, přijďte", hearing_line(consultation)),
        ("Vytištěný návrh", consultation.printed_at),
    ]
    return Poster(
        title=consultation.title,
        call="Řekněte nám, co chybí a co má být jinak",
        text=_shortened(" ".join(consultation.about.split())),
        lines=tuple(Line(name, value) for name, value in lines if value),
        code=_code(url),
        code_alt="Namiřte telefon na kód, přečtěte si návrh a napište připomínku.",
        address=url.partition("://")[2].rstrip("/"),
        foot=" · ".join(one for one in (consultation.span_name, settings.SITE_NAME) if one),
    )


def _shortened(text: str) -> str:
    if len(text) <= LONGEST_TEXT:
        return text
    whole = text[:LONGEST_TEXT].rpartition(". ")[0]
    return f"{whole}." if whole else f"{text[:LONGEST_TEXT].rpartition(' ')[0]}…"


def _code(url: str) -> str:
    out = BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="svg", border=0, xmldecl=False, scale=4)
    return out.getvalue().decode()
