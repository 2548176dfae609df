"""Days of a consultation: what the method asks, where the terms fall short of it, and the timetable people read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.conf import settings
from django.utils import timezone

from words.plural import counted

from .models import Consultation


def shortcomings(
    *, opens_at: datetime, closes_at: datetime, hearing_at: datetime | None, hearing_needed: bool
) -> list[str]:
    """Sentences about what is shorter than the method asks: the draft on view some days before the hearing, comments
    taken some days after it, and as long together where there is no hearing. Whole days of the calendar."""
    before, after = settings.CONSULTATION_DAYS["before_hearing"], settings.CONSULTATION_DAYS["after_hearing"]
    opens, closes = timezone.localdate(opens_at), timezone.localdate(closes_at)
    if hearing_at is None:
        wrong = ["Řízení nemá veřejné projednání."] if hearing_needed else []
        return wrong + _short("Na připomínky je celkem", (closes - opens).days, before + after)
    heard = timezone.localdate(hearing_at)
    return [
        *_short("Před projednáním je návrh k přečtení", (heard - opens).days, before),
        *_short("Po projednání jdou připomínky podat", (closes - heard).days, after),
    ]


def _short(what: str, has: int, asked: int) -> list[str]:
    if has >= asked:
        return []
    return [f"{what} {counted(max(0, has), 'den', 'dny', 'dní')}, metodika žádá aspoň {asked}."]


class Stands(StrEnum):
    PAST = "past"
    NOW = "now"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the timetable. `ends` is None for what happens at one moment and for what has no end set."""

    name: str
    begins: datetime | None
    ends: datetime | None
    stands: Stands


def timetable(consultation: Consultation, now: datetime) -> list[Step]:
    """Announced, comments taken, hearing, settling, closed: each with its time and where it stands. A cancelled
    consultation keeps only what had happened before."""
    lines: list[tuple[str, datetime | None, datetime | None]] = [
        ("Vyhlášení", consultation.announced_at, None),
        ("Text je k přečtení a přijímáme připomínky", consultation.opens_at, consultation.closes_at),
    ]
    if (hearing := consultation.standing_hearing) is not None:
        lines.append(("Veřejné projednání", hearing.starts_at, hearing.ends_at))
    lines += [
        ("Vypořádání připomínek", consultation.closes_at, consultation.closed_at),
        ("Uzavření a zveřejněné vypořádání", consultation.closed_at, None),
    ]
    steps = []
    for at, (name, begins, ends) in enumerate(lines):
        lasts = at == len(lines) - 2  # settling goes on until somebody closes it
        if begins is None or begins > now:
            stands = Stands.AHEAD
        elif (ends is None and lasts) or (ends is not None and now < ends):
            stands = Stands.NOW
        else:
            stands = Stands.PAST
        steps.append(Step(name, begins, ends, stands))
    if consultation.state == Consultation.State.PREPARED:
        return [Step(one.name, one.begins, one.ends, Stands.AHEAD) for one in steps]
    if consultation.state == Consultation.State.CANCELLED:
        return [Step(one.name, one.begins, one.ends, Stands.PAST) for one in steps if one.stands == Stands.PAST]
    return steps


def days_left(consultation: Consultation, today: date) -> int | None:
    """Whole days until the end of comments; None without a term."""
    return None if consultation.closes_at is None else (timezone.localdate(consultation.closes_at) - today).days
