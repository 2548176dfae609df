"""Readers of the formats a register comes in. `read` tells the format by the content and hands the file over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from ..codes import Codes
from ..records import Read, Reader
from . import national, regional, table
from .stream import Format, tell_format

__all__ = ["READERS", "Format", "read"]

READERS: dict[Format, Reader] = {
    Format.NATIONAL: national.read,
    Format.REGIONAL: regional.read,
    Format.TABLE: table.read,
}


def read(file: BinaryIO, codes: Codes) -> tuple[Format, Iterator[Read]]:
    """The format of the file and what it says; raises `Refused`, the iterator too."""
    which = tell_format(file)
    return which, READERS[which](file, codes)
