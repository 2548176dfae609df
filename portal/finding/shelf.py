"""Entries of the catalogue packed into bytes, taken out one by one."""

import marshal
from dataclasses import astuple

from words.vocabulary import Packed

from .entry import Entry, Hours, Spot


class Shelf(Packed[Entry]):
    """A page of results looks into twenty of the entries; held as objects, all would take five times the memory."""

    @staticmethod
    def pack(item: Entry) -> bytes:
        return marshal.dumps(astuple(item))

    @staticmethod
    def unpack(packed: bytes) -> Entry:
        values = dict(zip(Entry.__slots__, marshal.loads(packed), strict=True))  # noqa: S302 - our own bytes
        values["spots"] = tuple(Spot(*one) for one in values["spots"])
        values["hours"] = tuple(Hours(*one) for one in values["hours"])
        return Entry(**values)
