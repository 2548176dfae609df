"""Times of travel that a region brings: a table of minutes between municipalities, read from a CSV and held as arrays.

The file has a head and three columns: code of the municipality one leaves, code of the one one goes to, minutes. A way
there and a way back are two rows. A file with a single fault changes nothing: a row left out would be read as
"cannot be reached".
"""

from __future__ import annotations

import csv
import hashlib
import math
import zlib
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from portal.catalogue.actions import touch
from portal.territory.models import Municipality

from .models import TravelTimes

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NOWHERE = -1
HEADS = (["odkud", "kam", "minuty"], ["from", "to", "minutes"])
MOST_CELLS = 4_000_000  # 32 MB in each process of the web
MOST_FAULTS = 50


@dataclass(frozen=True, eq=False)
class Times:
    """`minutes` (rows, columns), inf where the table has no such pair. `row`, `column` (municipalities of the land):
    where a municipality is in it as the beginning and as the end of a way, -1 where it is not."""

    row: Ints
    column: Ints
    minutes: Floats
    source: str
    day: date | None
    digest: str  # another for every table

    @cached_property
    def longest(self) -> float:
        known = self.minutes[np.isfinite(self.minutes)]
        return float(known.max()) if known.size else 0.0


class NotTimes(ValueError):
    """The file is not a table of times; `faults` say which line and why."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


@dataclass(frozen=True)
class Outcome:
    """What a reading of a table came to."""

    pairs: int
    origins: int
    targets: int
    changed: bool


# --- reading what is stored -------------------------------------------------------------------------------------

_held: tuple[str, Floats] | None = None


def stored(index: dict[str, int]) -> Times | None:
    """The table of today over the municipalities of `index` (code -> position); the matrix is unpacked once."""
    global _held  # noqa: PLW0603
    told = TravelTimes.objects.defer("minutes").first()
    if told is None:
        _held = None
        return None
    origins, targets = told.origins.split(), told.targets.split()
    if _held is None or _held[0] != told.digest:
        packed = np.frombuffer(zlib.decompress(bytes(told.minutes)), dtype="<f8")
        _held = (told.digest, packed.reshape(len(origins), len(targets)))
    return Times(_places(origins, index), _places(targets, index), _held[1], told.source, told.day, told.digest)


def _places(codes: list[str], index: dict[str, int]) -> Ints:
    """Position in the table of every municipality of the land. A municipality that is no more has none."""
    found = np.full(len(index), NOWHERE, dtype=np.int64)
    for at, code in enumerate(codes):
        if code in index:
            found[index[code]] = at
    return found


# --- import -----------------------------------------------------------------------------------------------------


@transaction.atomic
def import_times(lines: Iterable[str], *, source: str, day: date | None = None) -> Outcome:
    """Replace the table by that of a file; the same file again changes nothing. Raises NotTimes."""
    origins, targets, minutes = _read(lines)
    packed = zlib.compress(minutes.astype("<f8").tobytes(), 6)
    named = (" ".join(origins), " ".join(targets), source, day.isoformat() if day else "")
    digest = hashlib.sha256("\n".join(named).encode() + minutes.tobytes()).hexdigest()
    pairs = int(np.isfinite(minutes).sum())
    changed = not TravelTimes.objects.filter(digest=digest).exists()
    if changed:
        TravelTimes.objects.all().delete()
        TravelTimes.objects.create(
            source=source, day=day, origins=named[0], targets=named[1], minutes=packed, pairs=pairs, digest=digest
        )
        touch()
    return Outcome(pairs, len(origins), len(targets), changed)


@transaction.atomic
def remove_times() -> bool:
    """Take the table away; studies estimate every way again. Says whether there was one."""
    removed, _rows = TravelTimes.objects.all().delete()
    if removed:
        touch()
    return bool(removed)


def _read(lines: Iterable[str]) -> tuple[list[str], list[str], Floats]:
    """Codes one leaves, codes one goes to, and the matrix of minutes between them."""
    known = {code: at for at, code in enumerate(Municipality.objects.order_by("code").values_list("code", flat=True))}
    rows, columns, values, at_line = array("q"), array("q"), array("d"), array("q")
    faults: list[str] = []
    for number, cells in _cells(lines):
        fault = _fault(cells, known)
        if fault:
            faults.append(f"řádek {number}: {fault}")
            if len(faults) >= MOST_FAULTS:
                faults.append("… další řádky nekontrolujeme")
                break
            continue
        rows.append(known[cells[0].strip()])
        columns.append(known[cells[1].strip()])
        values.append(_minutes(cells[2]))
        at_line.append(number)
    one, other = np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64)
    faults += _twice(one * len(known) + other, at_line)
    if not faults and not len(values):
        faults.append("V tabulce není žádný čas.")
    if faults:
        raise NotTimes(faults)
    codes = list(known)
    origins, row = np.unique(one, return_inverse=True)
    targets, column = np.unique(other, return_inverse=True)
    if len(origins) * len(targets) > MOST_CELLS:
        raise NotTimes(
            [
                f"Tabulka je moc velká: {len(origins)} × {len(targets)} obcí je přes {MOST_CELLS} dvojic. Nechte v ní "
                "jen obce, do kterých se jezdí za pomocí."
            ]
        )
    minutes = np.full((len(origins), len(targets)), np.inf)
    minutes[row, column] = np.array(values)
    return [codes[at] for at in origins.tolist()], [codes[at] for at in targets.tolist()], minutes


def _cells(lines: Iterable[str]) -> Iterable[tuple[int, list[str]]]:
    """Lines of the body by number; blank ones are passed over."""
    rows = iter(lines)
    head = next(rows, "")
    delimiter = ";" if ";" in head else ","
    if [cell.strip().strip('"').casefold() for cell in head.split(delimiter)] not in HEADS:
        raise NotTimes([f"řádek 1: hlavička má být {delimiter.join(HEADS[0])}"])
    for number, cells in enumerate(csv.reader(rows, delimiter=delimiter), 2):
        if any(cell.strip() for cell in cells):
            yield number, cells


def _fault(cells: list[str], known: dict[str, int]) -> str:
    """What is wrong with a line, "" for nothing."""
    if len(cells) != 3:
        return f"má mít 3 buňky, má {len(cells)}"
    for code in cells[:2]:
        if code.strip() not in known:
            return f"obec s kódem „{code.strip()}“ neznáme"
    minutes = _minutes(cells[2])
    if not math.isfinite(minutes):
        return f"„{cells[2].strip()}“ není počet minut"
    return f"záporný čas {cells[2].strip()}" if minutes < 0 else ""


def _minutes(cell: str) -> float:
    """NaN for what is not a number."""
    try:
        return float(cell.strip().replace(",", "."))
    except ValueError:
        return math.nan


def _twice(pairs: Ints, at_line: array[int]) -> list[str]:
    """Lines with a pair that an earlier line has."""
    order = np.argsort(pairs, kind="stable")
    again = np.sort(order[1:][np.diff(pairs[order]) == 0])
    return [f"řádek {at_line[at]}: tahle dvojice obcí už v tabulce je" for at in again[:MOST_FAULTS].tolist()]
