"""How people die, are born and move, by sex and age, from one CSV a set of rates. Idempotent.

    ukazatel,pohlavi,vek,hodnota
    preziti,z,65-69,0.9931
    plodnost,,28,0.1012

`vek` is a single year, a group (the same rate for each year of it) or an open group. Described in docs/territory.md.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from .ages import SEXES, age_span
from .models import AGES, Region, VitalRates

REQUIRED = ("ukazatel", "pohlavi", "vek", "hodnota")
SURVIVAL, BIRTHS, BORN, MOVES = "preziti", "plodnost", "preziti_narozenych", "stehovani"
GIRLS = "divky"
# What stands when the file is silent. The spreads are our choice: they say "a little better or worse", not how often.
USUAL = {GIRLS: 100 / 205.5, "rozpeti_umrti": 0.1, "rozpeti_narozeni": 0.1, "rozpeti_stehovani": 0.001}
BOUNDS = {
    SURVIVAL: (0.0, 1.0),
    BIRTHS: (0.0, 1.0),
    BORN: (0.0, 1.0),
    MOVES: (-0.5, 0.5),
    GIRLS: (0.01, 0.99),
    "rozpeti_umrti": (0.0, 1.0),
    "rozpeti_narozeni": (0.0, 1.0),
    "rozpeti_stehovani": (0.0, 0.1),
}


class NotRates(ValueError):
    """The file does not hold a whole set of rates; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class RateSet:
    """Whole rates, in the shape of `VitalRates`."""

    survival: list[list[float]]
    fertility: list[float]
    birth_survival: list[float]
    girls: float
    moves: list[list[float]]
    deaths_spread: float
    births_spread: float
    moves_spread: float


type Cells = dict[tuple[str, int, int], float]  # (rate, sex or 0, age or 0)


def read_rates(lines: Iterable[str], faults: list[str]) -> RateSet:
    """The rates of a table. Bad rows are appended to `faults` with the line's number. Raises NotRates when what is left
    is not whole: survival of both sexes at every age, of those born, and some births."""
    reader = csv.DictReader(lines)
    missing = [name for name in REQUIRED if name not in (reader.fieldnames or [])]
    if missing:
        raise NotRates("V tabulce měr chybí sloupce: " + ", ".join(missing))
    cells: Cells = {}
    for row in reader:
        try:
            _add(cells, row)
        except ValueError as fault:
            faults.append(f"řádek {reader.line_num}: {fault}")
    return _whole(cells)


def _add(cells: Cells, row: dict[str, Any]) -> None:
    rate = (row["ukazatel"] or "").strip()
    if rate not in BOUNDS:
        raise ValueError(f"ukazatel {rate!r} neznáme")
    value = _number(row["hodnota"] or "", *BOUNDS[rate])
    sex = 0
    if rate in (SURVIVAL, BORN, MOVES):
        given = (row["pohlavi"] or "").strip()
        if given not in SEXES:
            raise ValueError(f"pohlaví {given!r} není m ani z")
        sex = SEXES[given]
    first, last = (0, 0) if rate in (GIRLS, BORN, *USUAL) else age_span(row["vek"] or "")[:2]
    keys = [(rate, sex, age) for age in range(first, last + 1)]
    if any(key in cells for key in keys):
        raise ValueError(f"{rate}, věk {row['vek']!r} už v tabulce je")
    cells.update(dict.fromkeys(keys, value))


def _number(text: str, least: float, most: float) -> float:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise ValueError(f"hodnota {text!r} není číslo od {least:g} do {most:g}")
    return value


def _whole(cells: Cells) -> RateSet:
    survival = [[cells.get((SURVIVAL, sex, age)) for age in range(AGES)] for sex in SEXES.values()]
    born = [cells.get((BORN, sex, 0)) for sex in SEXES.values()]
    lacking = [
        f"{SURVIVAL} {letter} {age}"
        for letter, sex in SEXES.items()
        for age in range(AGES)
        if survival[sex][age] is None
    ]
    lacking += [f"{BORN} {letter}" for letter, sex in SEXES.items() if born[sex] is None]
    if not any(rate == BIRTHS for rate, _sex, _age in cells):
        lacking.append(BIRTHS)
    if lacking:
        more = f" a {len(lacking) - 3} dalších" if len(lacking) > 3 else ""
        raise NotRates(f"Míry nejsou úplné, chybí: {', '.join(lacking[:3])}{more}. Nic se nezapsalo.")
    moves = any(rate == MOVES for rate, _sex, _age in cells)
    single = {name: cells.get((name, 0, 0), usual) for name, usual in USUAL.items()}
    return RateSet(
        survival=[[one or 0.0 for one in ages] for ages in survival],
        fertility=[cells.get((BIRTHS, 0, age), 0.0) for age in range(AGES)],
        birth_survival=[one or 0.0 for one in born],
        girls=single[GIRLS],
        moves=[[cells.get((MOVES, sex, age), 0.0) for age in range(AGES)] for sex in SEXES.values()] if moves else [],
        deaths_spread=single["rozpeti_umrti"],
        births_spread=single["rozpeti_narozeni"],
        moves_spread=single["rozpeti_stehovani"],
    )


@transaction.atomic
def import_rates(rates: RateSet, *, name: str, region: str, year: int, source: str) -> bool:
    """Write the rates of a region ("": the country) and year. Returns whether anything changed. Raises NotRates for an
    unknown region."""
    if region and not Region.objects.filter(pk=region).exists():
        raise NotRates(f"Kraj {region} v území není.")
    said: dict[str, Any] = {one: getattr(rates, one) for one in RateSet.__slots__} | {"name": name, "source": source}
    row = VitalRates.objects.filter(region=region or None, year=year).first()
    if row is None:
        VitalRates.objects.create(region_id=region or None, year=year, **said)
        return True
    if all(getattr(row, one) == value for one, value in said.items()):
        return False
    for one, value in said.items():
        setattr(row, one, value)
    row.save()
    return True
