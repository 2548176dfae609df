"""Lists and months of meetings, for the public and for members."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from words.holidays import public_holiday

from . import when
from .models import Meeting, MeetingQuerySet

MONTHS = (
    "leden", "únor", "březen", "duben", "květen", "červen",
    "červenec", "srpen", "září", "říjen", "listopad", "prosinec",
)  # fmt: skip
# As the head of a month says them, short and whole.
WEEKDAYS = tuple(zip(("po", "út", "st", "čt", "pá", "so", "ne"), when.WEEKDAYS, strict=True))
# Months that the calendar pages through; nobody plans or looks farther.
YEARS_AROUND = 10


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    inside: bool  # of the month shown
    is_today: bool
    holiday: str
    meetings: tuple[Meeting, ...]


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    weeks: list[list[Day]]

    @property
    def title(self) -> str:
        return f"{MONTHS[self.first.month - 1]} {self.first.year}"

    @property
    def key(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def previous(self) -> str:
        return f"{self.first - timedelta(days=1):%Y-%m}"

    @property
    def next(self) -> str:
        return f"{self.first + timedelta(days=32):%Y-%m}"

    @property
    def number(self) -> int:
        return sum(len(day.meetings) for week in self.weeks for day in week if day.inside)


def asked_month(text: str, today: date) -> date:
    """The first day of the month asked for ("2026-11"); of this one where nothing sensible is asked."""
    try:
        first = date.fromisoformat(f"{text}-01") if len(text) == 7 else today.replace(day=1)
    except ValueError:
        first = today.replace(day=1)
    return first if abs(first.year - today.year) <= YEARS_AROUND else today.replace(day=1)


def month(rows: MeetingQuerySet, first: date, today: date) -> Month:
    """Whole weeks from Monday; one query."""
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    start = timezone.make_aware(datetime.combine(weeks[0][0], time()))
    end = timezone.make_aware(datetime.combine(weeks[-1][-1] + timedelta(days=1), time()))
    by_day = _by_day(rows.between(start, end).select_related("group"))
    return Month(
        first,
        [
            [
                Day(day, day.month == first.month, day == today, public_holiday(day), tuple(by_day.get(day, ())))
                for day in week
            ]
            for week in weeks
        ],
    )


def _by_day(meetings: Iterable[Meeting]) -> dict[date, list[Meeting]]:
    found: dict[date, list[Meeting]] = {}
    for one in meetings:
        found.setdefault(one.day, []).append(one)
    return found


def coming(rows: MeetingQuerySet, now: datetime) -> MeetingQuerySet:
    """What is on or ahead, the nearest first."""
    return rows.filter(ends_at__gte=now).order_by("starts_at", "pk").select_related("group")


def past(rows: MeetingQuerySet, now: datetime) -> MeetingQuerySet:
    """What was, the last first."""
    return rows.filter(ends_at__lt=now).order_by("-starts_at", "-pk").select_related("group")
