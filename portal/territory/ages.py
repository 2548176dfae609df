"""People of municipalities by sex and age from one CSV. Idempotent; a bad row is told and left out.

    kod_obce,rok,pohlavi,vek,pocet
    573060,2023,z,0,41

`vek` is a single year, a group of at most five years (`65-69`, divided evenly) or an open group (`85+`). Described in
docs/territory.md.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from .models import AGES, OLDEST, AgeProfile, Municipality

REQUIRED = ("kod_obce", "rok", "pohlavi", "vek", "pocet")
SEXES = {"m": 0, "z": 1}
WIDEST = 5  # years of a group; a wider one says too little of single years
FIRST_OPEN, OPEN_YEARS = 80, 10  # an open group may begin here at the earliest; its people are put into so many years
MOST = 10_000_000
AGE = re.compile(r"([0-9]{1,3})(?:-([0-9]{1,3})|(\+))?")


class NotAges(ValueError):
    """The file is not a table of ages; the message says which columns are missing."""


@dataclass(slots=True)
class Profile:
    """People of one municipality and year: [men, women] by age; None = the table has not said it."""

    code: str
    year: int
    line: int  # of its first row
    people: list[list[float | None]] = field(default_factory=lambda: [[None] * AGES, [None] * AGES])
    is_split: bool = False


@dataclass(slots=True)
class Outcome:
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    split: int = 0


def age_span(text: str) -> tuple[int, int, bool]:
    """First and last year of an age as it is written, and whether the group is open. Raises ValueError."""
    match = AGE.fullmatch(text.strip())
    if not match:
        raise ValueError(f"věk {text!r} není rok, skupina (65-69) ani otevřená skupina (85+)")
    first, is_open = int(match[1]), bool(match[3])
    last = OLDEST if is_open else int(match[2] or first)
    if not 0 <= first <= last <= OLDEST:
        raise ValueError(f"věk {text!r} není mezi 0 a {OLDEST}")
    return first, last, is_open


def read_profiles(lines: Iterable[str], faults: list[str]) -> Iterator[Profile]:
    """Whole profiles of the table; what is wrong with the others is appended to `faults` with the line's number.
    A municipality with a bad row or a missing age is left out for that year: part of its people would mislead."""
    reader = csv.DictReader(lines)
    missing = [name for name in REQUIRED if name not in (reader.fieldnames or [])]
    if missing:
        raise NotAges("V tabulce věku chybí sloupce: " + ", ".join(missing))
    made: dict[tuple[str, int], Profile] = {}
    spoilt: set[tuple[str, int]] = set()
    for row in reader:
        key = None
        try:
            key = _key(row)
            _add(made.setdefault(key, Profile(*key, reader.line_num)), row)
        except ValueError as fault:
            faults.append(f"řádek {reader.line_num}: {fault}")
            if key:
                spoilt.add(key)
    for key, profile in made.items():
        if key in spoilt:
            continue
        lacking = _lacking(profile)
        if lacking:
            faults.append(f"řádek {profile.line}: obec {profile.code}, rok {profile.year}: chybí věk {lacking}")
        else:
            yield profile


def _key(row: dict[str, Any]) -> tuple[str, int]:
    code, year = (row["kod_obce"] or "").strip(), (row["rok"] or "").strip()
    if not re.fullmatch(r"[0-9]{6}", code):
        raise ValueError(f"kód obce {code!r} nemá šest číslic")
    if not re.fullmatch(r"(?:19|20)[0-9]{2}", year):
        raise ValueError(f"rok {year!r} není letopočet")
    return code, int(year)


def _add(profile: Profile, row: dict[str, Any]) -> None:
    sex = SEXES.get((row["pohlavi"] or "").strip())
    if sex is None:
        raise ValueError(f"pohlaví {row['pohlavi']!r} není m ani z")
    first, last, is_open = age_span(row["vek"] or "")
    people = count(row["pocet"] or "", MOST)
    ages = profile.people[sex]
    if any(one is not None for one in ages[first : last + 1]):
        raise ValueError(f"věk {row['vek']!r} už u obce {profile.code} byl")
    if is_open and first < FIRST_OPEN:
        raise ValueError(f"otevřená skupina {row['vek']!r} začíná dřív než ve {FIRST_OPEN} letech")
    if not is_open and last - first >= WIDEST:
        raise ValueError(f"skupina {row['vek']!r} je širší než {WIDEST} let")
    if first == last:
        ages[first] = people
        return
    profile.is_split = True
    ages[first : last + 1] = [0.0] * (last + 1 - first)
    years = range(first, min(last, first + OPEN_YEARS - 1) + 1) if is_open else range(first, last + 1)
    for age in years:
        ages[age] = people / len(years)


def count(text: str, most: float) -> float:
    """A number from nought to `most`, with a decimal point or comma. Raises ValueError."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        value = math.nan
    if not 0 <= value <= most:
        raise ValueError(f"{text!r} není číslo od 0 do {most:g}")
    return value


def _lacking(profile: Profile) -> str:
    """Ages that the table did not say, at most three of them by name."""
    names = [
        f"{age} ({letter})" for letter, sex in SEXES.items() for age in range(AGES) if profile.people[sex][age] is None
    ]
    return ", ".join(names[:3]) + (f" a {len(names) - 3} dalších" if len(names) > 3 else "")


@transaction.atomic
def import_profiles(profiles: Iterable[Profile], faults: list[str], *, source: str) -> Outcome:
    """Write profiles of known municipalities. Only what differs is written, other years are kept."""
    known = set(Municipality.objects.values_list("code", flat=True))
    wanted: dict[tuple[str, int], Profile] = {}
    for profile in profiles:
        if profile.code in known:
            wanted[(profile.code, profile.year)] = profile
        else:
            faults.append(f"řádek {profile.line}: obec {profile.code} v území není")
    years = {year for _code, year in wanted}
    have = {(row.municipality_id, row.year): row for row in AgeProfile.objects.filter(year__in=years)}
    outcome = Outcome(split=sum(one.is_split for one in wanted.values()))
    new, different = [], []
    for key, profile in wanted.items():
        men, women = ([_short(one or 0.0) for one in ages] for ages in profile.people)
        said = {"men": men, "women": women, "is_split": profile.is_split, "source": source}
        row = have.get(key)
        if row is None:
            new.append(AgeProfile(municipality_id=profile.code, year=profile.year, **said))
        elif any(getattr(row, name) != value for name, value in said.items()):
            for name, value in said.items():
                setattr(row, name, value)
            different.append(row)
    AgeProfile.objects.bulk_create(new, batch_size=500)
    AgeProfile.objects.bulk_update(different, ["men", "women", "is_split", "source"], batch_size=100)
    outcome.added, outcome.changed = len(new), len(different)
    outcome.unchanged = len(wanted) - len(new) - len(different)
    return outcome


def _short(people: float) -> float | int:
    """Whole people as whole numbers, parts of them to a millionth."""
    return int(people) if people == int(people) else round(people, 6)
