"""When a place is open: weekly stretches of time and a moment in, an answer in Czech words out.

Times are wall-clock times of Europe/Prague. A stretch that closes at 00.00 lasts until midnight at the end of its
day; one that closes at or before it opens lasts over midnight. No stretch at all means that nobody told us: that
is unknown, not closed.

Days out of the ordinary win over the week, the shorter over the longer. A public holiday is what the place says of
holidays; where it says nothing, nobody knows whether it is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from words.holidays import public_holiday

DAY = 24 * 60
WEEK = 7 * DAY
# How many days ahead the next opening is looked for, and how long before an exception the card tells of it.
HORIZON, AHEAD = 90, timedelta(days=60)
WEEKDAYS = (
    gettext_lazy("pondělí"),
    gettext_lazy("úterý"),
    gettext_lazy("středa"),
    gettext_lazy("čtvrtek"),
    gettext_lazy("pátek"),
    gettext_lazy("sobota"),
    gettext_lazy("neděle"),
)


class Stretch(NamedTuple):
    weekday: int  # ISO, 1 = Monday
    opens: time
    closes: time
    note: str = ""


class SpecialDays(NamedTuple):
    """Days that keep other hours than the week says; no hours at all = closed. `note` says why."""

    first: date
    last: date
    hours: tuple[tuple[time, time], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """What a place does on days that are not like the others. `holidays` is closed, usual, or empty = unknown."""

    special: tuple[SpecialDays, ...] = ()
    holidays: str = ""

    def special_on(self, day: date) -> SpecialDays | None:
        """The shortest of those that hold on the day."""
        holding = [one for one in self.special if one.first <= day <= one.last]
        return min(holding, key=lambda one: one.last - one.first, default=None)

    def is_odd(self, day: date) -> bool:
        return self.special_on(day) is not None or (self.holidays != "usual" and public_holiday(day) != "")


@dataclass(frozen=True, slots=True)
class Opening:
    """The answer for one moment. `until` and `opens` are local times; None where they do not apply."""

    open: bool
    nonstop: bool = False
    until: datetime | None = None
    opens: datetime | None = None
    text: str = ""
    more: str = ""  # when it opens, for a place that is closed


class Day(NamedTuple):
    """One row of the table of hours: a day, or more days of the same hours."""

    name: str
    text: str
    today: bool


def at(stretches: Iterable[Stretch], now: datetime, calendar: Calendar | None = None) -> Opening | None:
    """Whether it is open `now` (aware, in local time), until when, or when it opens next. None = unknown.
    Without a calendar every week is like any other."""
    rows = list(stretches)
    spans = _merged(rows)
    if calendar is not None:
        if spans == [(0, WEEK)] and not calendar.holidays:
            calendar = replace(calendar, holidays="usual")  # what never closes is open on holidays too
        today = now.date()
        if not spans and calendar.special_on(today) is None:
            return None
        if any(calendar.is_odd(today + timedelta(days=ahead)) for ahead in range(-1, 9)):
            return _by_days(rows, now, calendar)
    return _by_week(spans, now)


def _by_week(spans: list[tuple[int, int]], now: datetime) -> Opening | None:
    if not spans:
        return None
    if spans == [(0, WEEK)]:
        return _always()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    monday = midnight - timedelta(days=now.weekday())
    minute = now.weekday() * DAY + now.hour * 60 + now.minute
    for start, end in spans:
        for shift in (0, WEEK):  # a span that runs over Sunday's midnight is also met a week later
            if start <= minute + shift < end:
                return _open(monday + timedelta(minutes=end - shift), now)
    start = min((start if start > minute else start + WEEK) for start, _ in spans)
    return _closed(monday + timedelta(minutes=start), now)


def _by_days(rows: list[Stretch], now: datetime, calendar: Calendar) -> Opening:
    """Day by day from yesterday (whose night may not be over) to HORIZON ahead."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    minute = now.hour * 60 + now.minute
    spans = []
    for ahead in range(-1, HORIZON):
        for opens, closes in _hours_on(now.date() + timedelta(days=ahead), rows, calendar) or []:
            spans.append(_span_from(ahead * DAY, opens, closes))
    spans = _joined(spans)
    for start, end in spans:
        if start <= minute < end:
            return _always() if end - minute > WEEK else _open(midnight + timedelta(minutes=end), now)
    if _hours_on(now.date(), rows, calendar) is None:
        return Opening(open=False, text=_("dnes je svátek"), more=_("raději předem zavolejte"))
    start = min((start for start, _ in spans if start > minute), default=-1)
    why = _why_closed(now.date(), calendar)
    return _closed(midnight + timedelta(minutes=start) if start >= 0 else None, now, why)


def _hours_on(day: date, rows: list[Stretch], calendar: Calendar) -> list[tuple[time, time]] | None:
    """Hours of one day; None when it is a holiday of which we do not know what it does to them."""
    usual = [(row.opens, row.closes) for row in rows if row.weekday == day.isoweekday()]
    if special := calendar.special_on(day):
        return list(special.hours)
    if not usual or not public_holiday(day) or calendar.holidays == "usual":
        return usual
    return [] if calendar.holidays == "closed" else None


def _why_closed(day: date, calendar: Calendar) -> str:
    special = calendar.special_on(day)
    if special is not None and not special.hours:
        return _("dnes zavřeno (%(why)s)") % {"why": special.note} if special.note else _("dnes zavřeno")
    if special is None and calendar.holidays == "closed" and public_holiday(day):
        return _("dnes zavřeno, je svátek")
    return ""


def _always() -> Opening:
    return Opening(open=True, nonstop=True, text=_("otevřeno nepřetržitě, i v noci a o víkendu"))


def _open(until: datetime, now: datetime) -> Opening:
    return Opening(open=True, until=until, text=_("teď otevřeno %(until)s") % {"until": _until(until, now)})


def _closed(opens: datetime | None, now: datetime, why: str = "") -> Opening:
    text = why or _("teď zavřeno")
    if opens is None:
        return Opening(open=False, text=text)
    more = _("otevírá %(day)s od %(time)s") % {"day": _day(opens, now), "time": _clock(opens)}
    return Opening(open=False, opens=opens, text=text, more=more)


def coming(calendar: Calendar, today: date) -> list[str]:
    """What is about to be otherwise, in words, the nearest first: "24. 12. – 1. 1.: zavřeno (Vánoce)"."""
    rows = sorted(one for one in calendar.special if one.last >= today and one.first <= today + AHEAD)
    lines = []
    for one in rows:
        when = _short_day(one.first) + ("" if one.first == one.last else f" – {_short_day(one.last)}")
        hours = ", ".join(_times(opens, closes) for opens, closes in one.hours) or _("zavřeno")
        lines.append(f"{when}: {hours}" + (f" ({one.note})" if one.note else ""))
    if calendar.holidays == "closed":
        lines.append(_("O svátcích zavřeno"))
    elif calendar.holidays == "usual":
        lines.append(_("O svátcích jako jindy"))
    return lines


def nonstop() -> Opening:
    """The answer for a service that says of itself that it never closes."""
    return Opening(open=True, nonstop=True, text=_("nepřetržitě, i v noci a o víkendu"))


def week(stretches: Sequence[Stretch], now: datetime) -> list[Day]:
    """The week by rows, Monday first, neighbouring days of the same hours in one row; empty when nothing is known."""
    if not stretches:
        return []
    hours: dict[int, list[str]] = {}
    for row in sorted(stretches):
        hours.setdefault(row.weekday, []).append(_span(row))
    texts = {day: ", ".join(hours.get(day, [_("zavřeno")])) for day in range(1, 8)}
    rows = []
    for text, group in groupby(range(1, 8), key=texts.__getitem__):
        days = list(group)
        first, last = str(WEEKDAYS[days[0] - 1]), str(WEEKDAYS[days[-1] - 1])
        name = first if len(days) == 1 else _("%(first)s až %(last)s") % {"first": first, "last": last}
        rows.append(Day(name, text, today=now.isoweekday() in days))
    return rows


def _merged(stretches: Iterable[Stretch]) -> list[tuple[int, int]]:
    """Minutes of the week from Monday's midnight, sorted, touching ones joined. The last span may reach past
    WEEK when the place stays open from Sunday into Monday."""
    joined = _joined([_span_from((row.weekday - 1) * DAY, row.opens, row.closes) for row in stretches])
    return _wrapped(joined) if joined and joined[-1][1] >= WEEK else joined


def _span_from(midnight: int, opens: time, closes: time) -> tuple[int, int]:
    """Minutes from `midnight`, itself in minutes; what closes before it opens lasts over the next midnight."""
    start = opens.hour * 60 + opens.minute
    length = (closes.hour * 60 + closes.minute - start) % DAY or DAY
    return midnight + start, midnight + start + length


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _wrapped(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join the end of the week with its beginning."""
    start, end = spans[-1]
    rest = spans[:-1]
    while rest and rest[0][0] + WEEK <= end:
        end = max(end, rest.pop(0)[1] + WEEK)
    return [(0, WEEK)] if end - start >= WEEK else [*rest, (start, end)]


def _until(moment: datetime, now: datetime) -> str:
    """ "do 15.30", "do zítřka 7.00", "do neděle 12.00". The day is left out tonight and before noon tomorrow."""
    at_midnight = moment.hour == moment.minute == 0
    # Midnight at the end of today reads as 24.00, not as tomorrow's zero.
    clock = "24.00" if at_midnight else _clock(moment)
    day = moment - timedelta(minutes=1) if at_midnight else moment
    if day.date() == now.date() or moment - now < timedelta(hours=12):
        return _("do %(time)s") % {"time": clock}
    names = (
        _("do pondělí %(time)s"),
        _("do úterý %(time)s"),
        _("do středy %(time)s"),
        _("do čtvrtka %(time)s"),
        _("do pátku %(time)s"),
        _("do soboty %(time)s"),
        _("do neděle %(time)s"),
    )
    tomorrow = (day.date() - now.date()).days == 1
    return (_("do zítřka %(time)s") if tomorrow else names[day.weekday()]) % {"time": clock}


def _day(moment: datetime, now: datetime) -> str:
    days = (moment.date() - now.date()).days
    if days in (0, 1):
        return (_("dnes"), _("zítra"))[days]
    if days > 6:
        return _short_day(moment)
    names = (
        _("v pondělí"),
        _("v úterý"),
        _("ve středu"),
        _("ve čtvrtek"),
        _("v pátek"),
        _("v sobotu"),
        _("v neděli"),
    )
    return names[moment.weekday()]


def _clock(moment: datetime | time) -> str:
    return f"{moment.hour}.{moment.minute:02}"


def _short_day(day: date) -> str:
    return f"{day.day}. {day.month}."


def _span(row: Stretch) -> str:
    text = _times(row.opens, row.closes)
    return f"{text} ({row.note})" if row.note else text


def _times(opens: time, closes: time) -> str:
    if opens == closes:
        return _("celý den") if opens == time(0) else _("od %(time)s celý den") % {"time": _clock(opens)}
    return f"{_clock(opens)}–{'24.00' if closes == time(0) else _clock(closes)}"
