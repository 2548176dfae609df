"""Days of meetings planned at once: every n weeks, or a certain weekday of each month. Days only, no database."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from words.holidays import public_holiday

from .terms import is_working, next_working

type OnHoliday = Literal["skip", "move", "keep"]
LAST = -1
# A series longer than this is a mistake in its form.
MOST = 60


@dataclass(frozen=True, slots=True)
class Planned:
    """A day of the series. `wanted` is the day the rule gave, `holiday` what falls on it."""

    day: date
    wanted: date
    holiday: str = ""

    @property
    def is_moved(self) -> bool:
        return self.day != self.wanted


@dataclass(frozen=True, slots=True)
class Skipped:
    wanted: date
    holiday: str


def every_weeks(first: date, last: date, weeks: int) -> Iterator[date]:
    """The first day and every so many weeks after it."""
    if weeks < 1:
        raise ValueError("A series goes on by a week at least.")
    day = first
    while day <= last:
        yield day
        day += timedelta(weeks=weeks)


def monthly(first: date, last: date, *, weekday: int, which: int, months: int = 1) -> Iterator[date]:
    """The `which`-th (1 to 4, or LAST) weekday (Monday is 0) of every `months`-th month, counted from the month of
    `first`; days outside `first`–`last` are left out."""
    if months < 1 or which not in (1, 2, 3, 4, LAST):
        raise ValueError("No such day of a month.")
    at = first.year * 12 + first.month - 1
    while (month := date(at // 12, at % 12 + 1, 1)) <= last:
        day = _in_month(month, weekday, which)
        if first <= day <= last:
            yield day
        at += months


def _in_month(month: date, weekday: int, which: int) -> date:
    if which == LAST:
        end = month.replace(day=monthrange(month.year, month.month)[1])
        return end - timedelta(days=(end.weekday() - weekday) % 7)
    return month + timedelta(days=(weekday - month.weekday()) % 7 + 7 * (which - 1))


def planned(days: Iterator[date], on_holiday: OnHoliday) -> tuple[list[Planned], list[Skipped]]:
    """What to do with days that are public holidays: leave them out, move them to the next working day, or keep."""
    kept: list[Planned] = []
    skipped: list[Skipped] = []
    for wanted in days:
        holiday = public_holiday(wanted)
        if holiday and on_holiday == "skip":
            skipped.append(Skipped(wanted, holiday))
        elif holiday and on_holiday == "move" and not is_working(wanted):
            kept.append(Planned(next_working(wanted), wanted, holiday))
        else:
            kept.append(Planned(wanted, wanted, holiday))
        if len(kept) == MOST:
            break
    return kept, skipped
