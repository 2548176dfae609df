"""Bytes out: the differences of a run as CSV, and an empty table with its header to fill in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, TextIO

from portal.web.cells import guard

from .models import ImportRun
from .plan import Plan
from .readers.table import COLUMNS

REPORT_COLUMNS = ("co", "číslo ve zdroji", "služba", "údaj", "bylo", "je", "místo v souboru", "důvod")
WHAT = {
    "added": "přibude",
    "changed": "změní se",
    "ended": "končí",
    "returned": "vrací se",
    "vanished": "zmizela ze zdroje",
    "provider": "poskytovatel",
    "wrong": "chyba: vynecháno",
    "warning": "upozornění",
}


def report_rows(plan: Plan) -> Iterator[tuple[str, ...]]:
    """What is wrong first, then what would change; `co` holds the keys of `WHAT`."""
    for problem in plan.problems:
        yield (problem.weight, problem.source_id, problem.subject, "", "", "", problem.place, problem.reason)
    for one in plan.differences:
        yield (one.what, one.source_id, one.title, one.field, one.old, one.new, one.place, "")


def write_report(plan: Plan, file: TextIO) -> None:
    writer = csv.writer(file, delimiter=";")
    writer.writerow(REPORT_COLUMNS)
    for what, *rest in report_rows(plan):
        writer.writerow([WHAT[what], *map(guard, rest)])


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line of a kept report; `what` is a key of `WHAT`."""

    what: str
    source_id: str
    title: str
    field: str
    old: str
    new: str
    place: str
    reason: str


def read_report(file: IO[bytes]) -> list[ReportLine]:
    """The lines that `write_report` wrote."""
    keys = {word: key for key, word in WHAT.items()}
    rows = csv.reader(io.TextIOWrapper(file, encoding="utf-8-sig", newline=""), delimiter=";")
    next(rows, None)
    return [ReportLine(keys[what], *rest) for what, *rest in rows]


def lines_of(run: ImportRun) -> list[ReportLine]:
    """The kept report of a run; nothing where there is none."""
    if not run.report or not run.report.storage.exists(run.report.name or ""):
        return []
    with run.report.open() as file:
        return read_report(file)


def table_template() -> Iterator[list[str]]:
    """The header of our tables and one row of example."""
    yield [column.name for column in COLUMNS]
    yield [column.example for column in COLUMNS]


def csv_bytes(rows: Iterable[Iterable[str]]) -> bytes:
    """Rows as CSV that Excel opens right: a mark of UTF-8, semicolons."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    for row in rows:
        writer.writerow([guard(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")
