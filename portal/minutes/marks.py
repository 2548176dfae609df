"""Tasks and decisions as they are spoken: lines of the text of minutes.

    ÚKOL: Novák – připravit podklady k rozpočtu do 15. 3.
    USNESENÍ: Skupina schvaluje návrh akčního plánu.

A task says who, then a dash, then what, and at its end until when. Who and when may be missing. A year that nobody
said is the first in which the day comes after the meeting.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MONTHS = (
    "ledna", "února", "března", "dubna", "května", "června", "července", "srpna", "září", "října", "listopadu",
    "prosince",
)  # fmt: skip
LONGEST_WHO = 60
_MARK = re.compile(r"^\s*(?:[-*+]\s+)?(?:\*\*|__)?(úkol|ukol|usnesení|usneseni)(?:\*\*|__)?\s*:\s*(?:\*\*|__)?", re.I)
_DASH = re.compile(r"\s+[–—-]{1,2}\s+|\s+[–—]\s*|\s*[–—]\s+")
_LEAD = r"(?:[\s,;(–—-]*\b(?:termín|nejpozději)?[\s:]*\bdo\b|[\s,;(–—-]*\btermín\b)\s*:?\s*"
_END = r"\s*[).,;]*\s*$"
_DAY = re.compile(rf"{_LEAD}(\d{{1,2}})\.\s*(\d{{1,2}})\.?(?:\s*(\d{{4}}))?{_END}", re.I)
_WORDY = re.compile(rf"{_LEAD}(\d{{1,2}})\.\s*({'|'.join(MONTHS)})(?:\s+(\d{{4}}))?{_END}", re.I)
_END_OF = re.compile(rf"{_LEAD}konce\s+({'|'.join(MONTHS)}|roku)(?:\s+(\d{{4}}))?{_END}", re.I)


class Sort(StrEnum):
    TASK = "task"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked line. `who` and `until` are of tasks only."""

    sort: Sort
    text: str
    who: str = ""
    until: date | None = None


def read(text: str, day: date) -> list[Mark]:
    """Marked lines of a text, in order; those that say nothing are left out. `day` is the day of the meeting."""
    return [mark for line in text.splitlines() if (mark := read_line(line, day)) is not None]


def read_line(line: str, day: date) -> Mark | None:
    found = _MARK.match(line)
    if found is None:
        return None
    said = " ".join(line[found.end() :].replace("**", "").split())
    if not said.strip(".,;–—- "):
        return None
    if found[1].casefold().startswith("usn"):
        return Mark(Sort.DECISION, said)
    who, what = _parted(said)
    what, until = _dated(what, day)
    return Mark(Sort.TASK, what, who, until) if what else None


def is_mark(line: str) -> bool:
    return _MARK.match(line) is not None


def _parted(said: str) -> tuple[str, str]:
    """Who and what; words before the first dash are a person only when they are short and no sentence."""
    found = _DASH.search(said)
    if found is None or found.end() == len(said):
        return "", said
    who = said[: found.start()].strip(" ,;:")
    if not who or len(who) > LONGEST_WHO or re.search(r"\d|[!?]", who):
        return "", said
    return who, said[found.end() :].strip()


def _dated(what: str, day: date) -> tuple[str, date | None]:
    """What without its date, and the date; what is no date (31. 2.) stays among the words."""
    for pattern, reader in ((_DAY, _numeric), (_WORDY, _worded), (_END_OF, _end_of)):
        if found := pattern.search(what):
            until = reader(found, day)
            if until is not None:
                return what[: found.start()].rstrip(" ,;:–—-("), until
    return what.strip(), None


def _numeric(found: re.Match[str], day: date) -> date | None:
    return _coming(int(found[1]), int(found[2]), found[3], day)


def _worded(found: re.Match[str], day: date) -> date | None:
    return _coming(int(found[1]), MONTHS.index(found[2].casefold()) + 1, found[3], day)


def _end_of(found: re.Match[str], day: date) -> date | None:
    word = found[1].casefold()
    month = 12 if word == "roku" else MONTHS.index(word) + 1
    for year in [int(found[2])] if found[2] else [day.year, day.year + 1]:
        if not 1 <= year <= 9999:
            return None
        end = date(year, month, calendar.monthrange(year, month)[1])
        if found[2] or end >= day:
            return end
    return None


def _coming(in_month: int, month: int, year: str | None, day: date) -> date | None:
    """The day of the year said, else the first one not before `day`; None where there is no such day. 29. 2. waits
    for its leap year no longer than eight years."""
    for candidate in [int(year)] if year else range(day.year, day.year + 9):
        try:
            made = date(candidate, month, in_month)
        except ValueError:
            continue
        if year or made >= day:
            return made
    return None
