"""iCalendar (RFC 5545, 5546) of meetings: feeds, one meeting, and what goes with a letter.

Written here and not by a library, because a feed of five hundred events has thirty milliseconds and the library at
hand needs six times that; the tests read every file back by a parser of somebody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

PRAGUE = ZoneInfo("Europe/Prague")
WIDTH = 75  # bytes of a line, without its end
CONTENT_TYPE = "text/calendar; charset=utf-8"
type Method = Literal["REQUEST", "CANCEL"]

# Both rules hold since 1996; nothing older is ever in a feed.
ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:Europe/Prague\r\n"
    "BEGIN:DAYLIGHT\r\nDTSTART:19960331T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n"
    "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\nEND:DAYLIGHT\r\n"
    "BEGIN:STANDARD\r\nDTSTART:19961027T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n"
    "TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\nEND:STANDARD\r\n"
    "END:VTIMEZONE\r\n"
)


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody in an invitation: name and e-mail. Never in anything public."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Happening:
    """An event as calendars know it; `sequence` grows with each change that people must hear of."""

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    title: str
    url: str
    where: str = ""
    text: str = ""
    cancelled: bool = False


def written(
    events: Iterable[Happening],
    *,
    name: str = "",
    method: Method | None = None,
    organiser: Guest | None = None,
    invited: Guest | None = None,
) -> str:
    """A whole calendar. A feed has a `name`; a letter a `method`, an organiser and the one who is invited."""
    people = "".join(_people(organiser, invited))
    return whole((one_event(event, people) for event in events), name=name, method=method)


def whole(events: Iterable[str], *, name: str = "", method: Method | None = None) -> str:
    """The calendar around events that are written already (`one_event`)."""
    lines = ["BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Pospolu//Jednani//CS\r\nCALSCALE:GREGORIAN\r\n"]
    if method:
        lines.append(f"METHOD:{method}\r\n")
    if name:
        lines += [_line("NAME", name), _line("X-WR-CALNAME", name)]
        lines.append("X-WR-TIMEZONE:Europe/Prague\r\nREFRESH-INTERVAL;VALUE=DURATION:PT6H\r\nX-PUBLISHED-TTL:PT6H\r\n")
    return "".join([*lines, ZONE, *events, "END:VCALENDAR\r\n"])


def one_event(event: Happening, people: str = "") -> str:
    """An event; `people` are lines of those in it, none in a feed."""
    changed = f"{event.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return (
        f"BEGIN:VEVENT\r\nUID:{event.uid}\r\nDTSTAMP:{changed}\r\nLAST-MODIFIED:{changed}\r\n"
        f"SEQUENCE:{event.sequence}\r\nSTATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}\r\n"
        f"DTSTART;TZID=Europe/Prague:{event.starts_at.astimezone(PRAGUE):%Y%m%dT%H%M%S}\r\n"
        f"DTEND;TZID=Europe/Prague:{event.ends_at.astimezone(PRAGUE):%Y%m%dT%H%M%S}\r\n"
        f"{_line('SUMMARY', event.title)}"
        f"{_line('LOCATION', event.where) if event.where else ''}"
        f"{_line('DESCRIPTION', f'{event.text}\n\n{event.url}' if event.text else event.url)}"
        f"{folded(f'URL:{event.url}')}{people}END:VEVENT\r\n"
    )


def _people(organiser: Guest | None, invited: Guest | None) -> Iterator[str]:
    if organiser:
        yield folded(f"ORGANIZER;CN={_parameter(organiser.name)}:mailto:{organiser.email}")
    if invited:
        # The answer is given on the page that the letter leads to, not by a letter of the calendar program.
        asked = "ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=FALSE"
        yield folded(f"ATTENDEE;CUTYPE=INDIVIDUAL;{asked};CN={_parameter(invited.name)}:mailto:{invited.email}")


@lru_cache(maxsize=2048)
def _line(name: str, text: str) -> str:
    """Titles and places come back in every feed."""
    return folded(f"{name}:{escaped(text)}")


def escaped(text: str) -> str:
    """A value of type TEXT. Control signs other than line breaks have no place in a calendar."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").split("\n")
    return "\\n".join(line if line.isprintable() else _printable(line) for line in lines)


def _printable(text: str) -> str:
    return "".join(sign for sign in text if sign >= " " and sign != "\x7f")


def _parameter(text: str) -> str:
    """A quoted value of a parameter, in which quotes have no escape."""
    return '"' + _printable(" ".join(text.replace('"', "'").split())) + '"'


def folded(line: str) -> str:
    """The line with its end, broken so that no piece has more than 75 bytes and no letter is cut in two."""
    if len(line) <= WIDTH and line.isascii():
        return line + "\r\n"
    left, pieces, most = line.encode(), [], WIDTH
    while len(left) > most:
        cut = most
        while left[cut] & 0xC0 == 0x80:  # the middle of a letter
            cut -= 1
        pieces.append(left[:cut])
        left, most = left[cut:], WIDTH - 1  # the space that begins the next piece counts
    return b"\r\n ".join([*pieces, left]).decode() + "\r\n"
