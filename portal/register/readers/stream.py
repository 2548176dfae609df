"""Items of a large JSON one by one, and what kind of file it is, told by its content alone."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, BinaryIO

import ijson

from ..records import Refused
from . import values

NOT_JSON = (ijson.JSONError, ValueError, OverflowError)
# Keys of the root by which the two JSON formats are told apart.
ROOT_KEYS = {"polozky": "national", "features": "regional"}


class Format(StrEnum):
    NATIONAL = "national"
    REGIONAL = "regional"
    TABLE = "table"


def items(file: BinaryIO, prefix: str) -> Iterator[tuple[int, Any]]:
    """Items below `prefix` numbered from 1. A broken file is refused whole: what came before the break might
    be half of the truth."""
    try:
        yield from enumerate(ijson.items(file, prefix, use_float=True), start=1)
    except NOT_JSON as problem:
        raise Refused(
            f"Soubor není celý nebo není správný JSON v kódování UTF-8 ({values.text(problem, 120)})."
        ) from problem


def tell_format(file: BinaryIO) -> Format:
    """Which format the file is; leaves the file at the beginning of its data (after a byte order mark)."""
    start = file.read(64)
    _rewind(file, start)
    if not start.strip():
        raise Refused("Soubor je prázdný.")
    if start.removeprefix(codecs.BOM_UTF8).lstrip()[:1] not in (b"{", b"["):
        file.seek(0)
        return Format.TABLE
    found = _root_key(file)
    _rewind(file, start)
    if found is None:
        raise Refused(
            "Tomuto JSON nerozumíme: čekáme národní registr (klíč „polozky“) nebo GeoJSON kraje (klíč „features“)."
        )
    return Format(ROOT_KEYS[found])


def _root_key(file: BinaryIO) -> str | None:
    depth = 0
    try:
        for event, value in ijson.basic_parse(file, use_float=True):
            if event in ("start_map", "start_array"):
                depth += 1
            elif event in ("end_map", "end_array"):
                depth -= 1
            elif event == "map_key" and depth == 1 and value in ROOT_KEYS:
                return str(value)
    except NOT_JSON as problem:
        raise Refused(f"Soubor není správný JSON v kódování UTF-8 ({values.text(problem, 120)}).") from problem
    return None


def _rewind(file: BinaryIO, start: bytes) -> None:
    file.seek(len(codecs.BOM_UTF8) if start.startswith(codecs.BOM_UTF8) else 0)
