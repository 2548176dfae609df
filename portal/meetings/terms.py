"""Until when what must be done before a meeting, by the rules of procedure of its body. Days only, no database.

A term of n days is the n-th day before the day of the meeting: whoever does the thing on that day is still in time.
Working days are those that are neither a weekend nor a public holiday; the day of the meeting is never counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from words.holidays import public_holiday

A_DAY = timedelta(days=1)
SATURDAY = 5


def is_working(day: date) -> bool:
    return day.weekday() < SATURDAY and not public_holiday(day)


def days_before(day: date, days: int, *, working: bool = False) -> date:
    """The last day on which something due `days` ahead of `day` is in time."""
    if not working:
        return day - days * A_DAY
    while days > 0:
        day -= A_DAY
        days -= is_working(day)
    return day


def next_working(day: date) -> date:
    """The day itself, or the first working one after it."""
    while not is_working(day):
        day += A_DAY
    return day


@dataclass(frozen=True, slots=True)
class Ahead:
    """How many days ahead a body wants things; `working` says which days count."""

    invitation: int = 7
    web: int = 7
    agenda: int = 3
    excuses: int = 3
    working: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """Last days in time for one meeting."""

    invitation: date
    web: date
    agenda: date
    excuses: date

    @classmethod
    def of(cls, day: date, ahead: Ahead) -> Terms:
        def term(days: int) -> date:
            return days_before(day, days, working=ahead.working)

        return cls(term(ahead.invitation), term(ahead.web), term(ahead.agenda), term(ahead.excuses))

    def missed(self, today: date, *, invited_on: date | None = None, shown_on: date | None = None) -> tuple[str, ...]:
        """Which terms of the calling were not kept, or can no longer be: "invitation", "web". What is not done yet
        would be done today at the soonest."""
        late = {"invitation": (invited_on or today) > self.invitation, "web": (shown_on or today) > self.web}
        return tuple(name for name, is_late in late.items() if is_late)
