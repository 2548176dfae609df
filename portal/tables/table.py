"""A list as a table, as one person sees it: which rows, which columns, and for some lists how to write them.

A table is made anew for each request or job: it remembers code lists and names for as long as it lives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import batched
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.urls import reverse

from .columns import Column, Line, Sort

if TYPE_CHECKING:
    from .compare import Difference

# Rows read at once, so that a whole country takes no more memory than a village.
PORTION = 500


class Table:
    """A list that can be taken away as CSV and XLSX."""

    slug: str
    title: str
    about: str = ""
    # Forms of the noun: 1 služba, 2 služby, 5 služeb.
    noun: str = "řádek,řádky,řádků"
    # Where the list is kept, by name of its address.
    home: str = ""

    def __init__(self, person: Any) -> None:
        self.person = person

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        raise NotImplementedError

    @cached_property
    def by_key(self) -> dict[str, Column]:
        return {column.key: column for column in self.columns}

    @property
    def home_url(self) -> str:
        return reverse(self.home) if self.home else ""

    @property
    def sheet(self) -> str:
        """The name of the sheet in a workbook, which holds 31 characters."""
        return self.title[:31]

    @property
    def file_name(self) -> str:
        """What a file with the table is called, without the day and the ending."""
        return self.slug

    def may_read(self) -> bool:
        raise NotImplementedError

    def rows(self, asked: QueryDict) -> QuerySet[Any]:
        """Rows of the list that the person may see, narrowed by the filters of its page, in its order."""
        raise NotImplementedError

    def filters(self, asked: QueryDict) -> forms.Form | None:
        """The form that narrows the list, filled."""
        return None

    def lines(self, rows: list[Any]) -> list[Line]:
        """The rows as texts, in a constant number of queries."""
        raise NotImplementedError

    def every_line(self, asked: QueryDict) -> Iterator[Line]:
        """The whole list in portions."""
        numbers = list(self.rows(asked).values_list("pk", flat=True))
        for portion in batched(numbers, PORTION):
            found = {row.pk: row for row in self.rows(QueryDict()).filter(pk__in=portion)}
            yield from self.lines([found[pk] for pk in portion if pk in found])


class WrittenTable(Table):
    """A table that comes back: its rows have numbers, and its changes go through the actions of their app."""

    may_add: ClassVar[bool] = False
    # The heading of the column that says which row it is; whether a word that is not there yet names a new row.
    identity: ClassVar[str] = "číslo"
    names_new: ClassVar[bool] = False
    # What is not in the columns, why, and where it is changed.
    apart: ClassVar[str] = ""
    # Columns that the keyboard table sorts by, and the database's name of each.
    orders: ClassVar[dict[str, str]] = {}

    def may_write(self) -> bool:
        raise NotImplementedError

    def writable(self) -> QuerySet[Any]:
        """Rows that the person may write; the others are unknown to them here."""
        raise NotImplementedError

    def open_rows(self, asked: QueryDict) -> QuerySet[Any] | Sequence[Any]:
        """Writable rows, narrowed and ordered as the page asks."""
        raise NotImplementedError

    def find(self, numbers: Iterable[str]) -> dict[str, Line]:
        """Writable rows by their numbers."""
        keys = [int(number) for number in numbers if number.isdecimal() and number.isascii() and len(number) < 18]
        found: dict[str, Line] = {}
        for portion in batched(keys, PORTION):
            found |= {line.number: line for line in self.lines(list(self.writable().filter(pk__in=portion)))}
        return found

    def names_in(self, rows: list[dict[str, str]], identity: str) -> list[str]:
        """What each row of a file is called, cells by `known_heading`; empty for a new one."""
        return [cells.get(identity, "").strip().removesuffix(".0") for cells in rows]

    def recognise(self, names: Iterable[str]) -> dict[str, Line]:
        """Writable rows by what a file calls them in the column of their identity."""
        return self.find(names)

    def agree(self, found: list[Difference]) -> None:
        """Look at all rows of a file together: say in them what none of them could know alone."""

    def lock(self, number: str) -> Line:
        """The row as it is stored now, held against other writers to the end of the transaction."""
        model: type[Model] = self.writable().model
        held = list(model._default_manager.select_for_update().filter(pk=number).values_list("pk", flat=True))
        line = self.find([number]).get(number) if held else None
        if line is None:
            raise PermissionDenied
        return line

    def write(self, number: str, values: dict[str, Any]) -> None:
        """Change a row; `values` by keys of columns, already cleaned. ValidationError where the domain refuses."""
        raise NotImplementedError

    def add(self, values: dict[str, Any]) -> str:
        """A new row; its number."""
        raise NotImplementedError

    def take_back(self, number: str) -> None:
        """Undo an addition as far as it can be undone."""
        raise NotImplementedError

    def missing(self, cells: dict[str, str]) -> list[str]:
        """What a new row lacks, in sentences."""
        return []


def number_column() -> Column:
    return Column(
        "number",
        "číslo",
        Sort(),
        "Podle něj řádek poznáme. Neměňte ho; u nového řádku ho nechte prázdné.",
        locked=True,
        width=9,
    )
