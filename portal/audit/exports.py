"""The journal as a table: a row for each value changed, so that it can be filtered further in a spreadsheet."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from typing import IO

from django.utils import timezone

from portal.web.cells import MARK, csv_text, guard

from .models import Deed
from .telling import fields, told
from .things import thing_word

COLUMNS = ("cislo", "kdy", "kdo", "co", "druh_veci", "cislo_veci", "vec", "udaj", "pred", "po")
# The most that a cell of a spreadsheet holds.
LONGEST_CELL = 32767


def rows(deeds: Iterable[Deed]) -> Iterator[list[str]]:
    """The header, then a row for each value that a deed changed; a deed that changed none has one row."""
    yield list(COLUMNS)
    for deed in deeds:
        head = [
            str(deed.pk),
            f"{timezone.localtime(deed.done_at):%Y-%m-%d %H:%M:%S}",
            deed.actor_name or "systém",
            told(deed),
            thing_word(deed.thing),
            deed.thing_id,
            deed.thing_name,
        ]
        changed = [[one.label, one.before, one.after] for one in fields(deed)]
        for values in changed or [["", "", ""]]:
            yield [cell[:LONGEST_CELL] for cell in [*head, *values]]


def csv_lines(deeds: Iterable[Deed]) -> Iterator[bytes]:
    yield MARK.encode()
    for row in rows(deeds):
        yield csv_text([row]).encode()


def xlsx_file(deeds: Iterable[Deed]) -> IO[bytes]:
    """The same table as a workbook in a temporary file, set at its beginning. Every cell is a text."""
    from xlsxwriter import Workbook  # twenty megabytes that most web processes never need

    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as book:
        sheet = book.add_worksheet("deník")
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for number, row in enumerate(rows(deeds)):
            for column, cell in enumerate(row):
                if cell:
                    sheet.write_string(number, column, guard(cell)[:LONGEST_CELL], bold if number == 0 else None)
    file.seek(0)
    return file
