"""A deed told to a person: its sentence, and each value before and after in Czech."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from difflib import SequenceMatcher
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.timezone import localtime

from .models import Deed
from .things import THINGS, label, thing_word
from .verbs import CARRIES, NOT_RESTORED, NOTHING_BEFORE, RESTORED_AT, SENTENCES, TOO_OLD, sentence

NOTHING = "nic"
# A text longer than this is told by what changed in it, word by word.
LONG = 60
# Two texts of so many words each are compared; longer ones stand side by side whole.
MOST_WORDS = 4000
# The share of words in common below which a comparison tells less than the texts themselves.
ALIKE = 0.5
WEEKDAYS = ("", "pondělí", "úterý", "středa", "čtvrtek", "pátek", "sobota", "neděle")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_TIME = re.compile(r"(\d\d):(\d\d):\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*")
# Numbers of rows tell a person nothing.
UNTOLD = frozenset({"id", "file"})


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of two compared texts: "same", "gone" (stood only before) or "new" (stands only after)."""

    sort: str
    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a thing before and after; `parts` where it is a text worth comparing word by word."""

    name: str
    label: str
    before: str
    after: str
    parts: tuple[Part, ...] = ()


def told(deed: Deed) -> str:
    """The deed in one sentence; a verb that is no longer in the table is told by its name."""
    if deed.verb not in SENTENCES:
        return f"{deed.actor_name or 'systém'}: {deed.verb} {deed.thing_name}"
    return sentence(deed.verb, deed.actor_name, deed.thing_name)


@dataclass(frozen=True, slots=True)
class Line:
    """A deed as it stands in a list."""

    deed: Deed
    sentence: str
    thing: str


def line(deed: Deed) -> Line:
    return Line(deed, told(deed), thing_word(deed.thing))


def fields(deed: Deed) -> list[Field]:
    """The values that the deed changed, in the order in which they were written."""
    return compared(deed.thing, deed.before, deed.after, deed.names)


def compared(thing: str, before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[str, str]) -> list[Field]:
    """A row for each value that differs; one that stands on a single side differs from nothing."""
    rows = []
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if old == new or name == "id":
            continue
        was, is_now = in_words(thing, old, names), in_words(thing, new, names)
        long = isinstance(old, str) and isinstance(new, str) and max(len(was), len(is_now)) > LONG
        parts = tuple(differences(was, is_now)) if long and old and new else ()
        rows.append(Field(name, label(thing, name), was, is_now, parts))
    return rows


def in_words(thing: str, value: Any, names: Mapping[str, str]) -> str:
    """A value of the journal as a person reads it."""
    if value is None or value in ("", [], {}):
        return NOTHING
    match value:
        case bool():
            return "ano" if value else "ne"
        case int() | float():
            return f"{value:,}".replace(",", "\u00a0").replace(".", ",")
        case dict():
            return ", ".join(_inside(thing, value, names))
        case list():
            between = "\n" if any(isinstance(one, dict) for one in value) else ", "
            return between.join(in_words(thing, one, names) for one in value)
    return _text(str(value), names)


def _text(text: str, names: Mapping[str, str]) -> str:
    """A text, a key or more keys with spaces between them (by their names), a date, a time."""
    keys = text.split()
    if names and all(key in names for key in keys):
        return ", ".join(names[key] for key in keys)
    return _moment(text)


def _inside(thing: str, row: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    """A row within a value (a contact, a place, money of a year): what it says, without what it leaves empty."""
    for name, value in row.items():
        if name in UNTOLD or value is None or value in ("", [], {}):
            continue
        if name == "secret" and not value:
            continue
        if isinstance(value, bool):
            yield label(thing, name) if value else f"{label(thing, name)}: ne"
        elif name == "amount" and "sort" in row:
            yield f"{in_words(thing, int(float(value)), names)}\u00a0Kč"
        elif name == "hours":
            yield "; ".join(_stretch(one) for one in value)
        elif isinstance(value, list):
            yield f"{label(thing, name)}: {'; '.join(_flat(thing, one, names) for one in value)}"
        elif isinstance(value, int):
            yield f"{label(thing, name)}: {value}"
        else:
            yield in_words(thing, value, names)


def _stretch(hours: Any) -> str:
    """Opening hours of one day: [1, "08:00:00", "15:30:00", "jen na objednání"]."""
    if not isinstance(hours, list) or len(hours) < 3:
        return str(hours)
    weekday, opens, closes, *note = hours
    words = f"{WEEKDAYS[weekday]} {_moment(opens)}–{_moment(closes)}"
    return f"{words} ({note[0]})" if note and note[0] else words


def _flat(thing: str, value: Any, names: Mapping[str, str]) -> str:
    """A short row without names of its columns: what it says, one after another."""
    if not isinstance(value, list):
        return in_words(thing, value, names)
    return " ".join(_flat(thing, one, names) for one in value if one not in ("", [], None))


def _moment(text: str) -> str:
    """Dates and times as people write them; any other text as it is."""
    if found := _DAY.fullmatch(text):
        day = date(*(int(part) for part in found.groups()))
        return f"{day.day}. {day.month}. {day.year}"
    if found := _TIME.fullmatch(text):
        moment = time(int(found[1]), int(found[2]))
        return f"{moment.hour}.{moment.minute:02}"
    if _MOMENT.fullmatch(text) and (stamp := parse_datetime(text)):
        local = localtime(stamp) if stamp.tzinfo else stamp
        return f"{local:%-d. %-m. %Y %-H.%M}"
    return text


def differences(before: str, after: str) -> Iterator[Part]:
    """What changed between two texts, word by word; put together, "same" and "gone" give the first text, "same" and
    "new" the second. Texts that have little in common stand side by side whole."""
    old, new = _words(before), _words(after)
    compared_words = SequenceMatcher(None, old, new, autojunk=False)
    if max(len(old), len(new)) > MOST_WORDS or compared_words.ratio() < ALIKE:
        yield from (part for part in (Part("gone", before), Part("new", after)) if part.text)
        return
    gone = came = ""
    for step, start, end, first, last in compared_words.get_opcodes():
        left, right = "".join(old[start:end]), "".join(new[first:last])
        # A space between two changed words belongs to the change.
        if step != "equal" or ((gone or came) and left.isspace()):
            gone, came = gone + left, came + right
            continue
        yield from (part for part in (Part("gone", gone), Part("new", came), Part("same", left)) if part.text)
        gone = came = ""
    yield from (part for part in (Part("gone", gone), Part("new", came)) if part.text)


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|\w+|[^\w\s]+", text)


def restored_at(deed: Deed) -> str:
    """URL name of the page that brings the former values back; empty where there is none."""
    if deed.thinned or not deed.before or CARRIES.get(deed.verb, "") not in {"", *deed.before}:
        return ""
    return RESTORED_AT.get(deed.verb, "")


def not_restored(deed: Deed) -> str:
    """Why the former values cannot be brought back from the journal; empty where they can, where nothing was changed,
    or where they were dropped after their time, which the page says itself."""
    if deed.thinned or deed.verb not in RESTORED_AT or restored_at(deed):
        return NOT_RESTORED.get(deed.verb, "")
    return TOO_OLD if deed.before or deed.verb.endswith("_removed") else NOTHING_BEFORE


def page_of(deed: Deed) -> str:
    """URL name of the page of the deed's thing; empty where the journal does not know it."""
    return THINGS[deed.thing].page if deed.thing in THINGS else ""
