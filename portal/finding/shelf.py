"""Entries of the catalogue packed into bytes, taken out one by one."""

import marshal
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from typing import overload

import numpy as np

from .entry import Entry, Hours, Spot


class Shelf(Sequence[Entry]):
    """A read-only list of entries without an object for each.

    A page of results looks into twenty of them; held as objects, all would take five times the memory, and each
    look would copy memory that processes forked from one another share.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        packed = [marshal.dumps(astuple(one)) for one in entries]
        self._bytes = np.frombuffer(b"".join(packed), np.uint8)
        self._ends = np.cumsum([0, *map(len, packed)])

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, number: int) -> Entry: ...
    @overload
    def __getitem__(self, number: slice) -> list[Entry]: ...
    def __getitem__(self, number: int | slice) -> Entry | list[Entry]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        if not 0 <= number < len(self):
            raise IndexError(number)
        return _entry(self._bytes[self._ends[number] : self._ends[number + 1]].tobytes())

    def __iter__(self) -> Iterator[Entry]:
        return (self[number] for number in range(len(self)))


def _entry(packed: bytes) -> Entry:
    values = dict(zip(Entry.__slots__, marshal.loads(packed), strict=True))  # noqa: S302 - our own bytes
    values["spots"] = tuple(Spot(*one) for one in values["spots"])
    values["hours"] = tuple(Hours(*one) for one in values["hours"])
    return Entry(**values)
