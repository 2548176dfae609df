"""When a place is open: weekly stretches of time and a moment in, an answer in Czech words out.

Times are wall-clock times of Europe/Prague. A stretch that closes at 00.00 lasts until midnight at the end of its
day; one that closes at or before it opens lasts over midnight. No stretch at all means that nobody told us: that
is unknown, not closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

DAY = 24 * 60
WEEK = 7 * DAY
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


def at(stretches: Iterable[Stretch], now: datetime) -> Opening | None:
    """Whether it is open `now` (aware, in local time), until when, or when it opens next. None = unknown."""
    spans = _merged(stretches)
    if not spans:
        return None
    if spans == [(0, WEEK)]:
        return Opening(open=True, nonstop=True, text=_("otevřeno nepřetržitě, i v noci a o víkendu"))
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    monday = midnight - timedelta(days=now.weekday())
    minute = now.weekday() * DAY + now.hour * 60 + now.minute
    for start, end in spans:
        for shift in (0, WEEK):  # a span that runs over Sunday's midnight is also met a week later
            if start <= minute + shift < end:
                until = monday + timedelta(minutes=end - shift)
                return Opening(open=True, until=until, text=_("teď otevřeno %(until)s") % {"until": _until(until, now)})
    start = min((start if start > minute else start + WEEK) for start, _ in spans)
    opens = monday + timedelta(minutes=start)
    more = _("otevírá %(day)s od %(time)s") % {"day": _day(opens, now), "time": _clock(opens)}
    return Opening(open=False, opens=opens, text=_("teď zavřeno"), more=more)


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
    spans: list[tuple[int, int]] = []
    for row in stretches:
        start = (row.weekday - 1) * DAY + row.opens.hour * 60 + row.opens.minute
        length = (row.closes.hour * 60 + row.closes.minute - row.opens.hour * 60 - row.opens.minute) % DAY or DAY
        spans.append((start, start + length))
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    if joined and joined[-1][1] >= WEEK:
        joined = _wrapped(joined)
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


def _span(row: Stretch) -> str:
    if row.opens == row.closes:
        text = _("celý den") if row.opens == time(0) else _("od %(time)s celý den") % {"time": _clock(row.opens)}
    else:
        closes = "24.00" if row.closes == time(0) else _clock(row.closes)
        text = f"{_clock(row.opens)}–{closes}"
    return f"{text} ({row.note})" if row.note else text
