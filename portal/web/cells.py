"""Texts in the cells of tables that spreadsheet programs open.

A text that such a program would run as a formula gets an apostrophe before it; `unguard` takes it off again, so
that what goes out comes back the same. Numbers and telephones ("-1,5", "+420 493 000 111") run nothing and stay.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

# Signs that begin a formula, ASCII and full-width, after whatever apostrophes the text has of its own.
_FORMULA = re.compile(r"'*[=@+\-\t\r\n＝＠＋－]")
_GUARDED = re.compile(r"'+[=@+\-\t\r\n＝＠＋－]")
_NUMBER = re.compile(r"[+-]?[\d\s.,]+")
MARK = "\ufeff"


def guard(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unguard(cell: str) -> str:
    """What `guard` was given."""
    return cell[1:] if _GUARDED.match(cell) else cell


def csv_text(rows: Iterable[Iterable[str]]) -> str:
    """Guarded rows as spreadsheet programs here read them: semicolons. In bytes it wants `MARK` in front."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([guard(cell) for cell in row] for row in rows)
    return text.getvalue()
