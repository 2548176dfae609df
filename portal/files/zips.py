"""ZIP archives (XLSX, DOCX, ODS…) looked through before anything else opens them: what would fill the memory,
climb out of a folder or lie about itself is refused. Every entry is inflated once and thrown away."""

from __future__ import annotations

import zipfile
import zlib
from typing import BinaryIO

from django.core.exceptions import ValidationError

MOST_ENTRIES = 3000
MOST_INFLATED = 100 * 1024 * 1024
# How many times an entry over a megabyte may grow. Repetitive sheets reach about a hundred.
MOST_RATIO = 200
_CHUNK = 256 * 1024
_MEGABYTE = 1024 * 1024

DAMAGED = "Soubor je poškozený nebo to není, čím se zdá být. Uložte ho znovu a pošlete ještě jednou."
BOMB = "Soubor by se po rozbalení nevešel do paměti. Uložte ho znovu a menší."
LOCKED = "Soubor je zamčený heslem. Uložte ho bez hesla."


def is_zip(file: BinaryIO) -> bool:
    file.seek(0)
    head = file.read(4)
    file.seek(0)
    return head == b"PK\x03\x04"


def check(file: BinaryIO, *, most_inflated: int = MOST_INFLATED, most_ratio: int = MOST_RATIO) -> list[str]:
    """Names of the entries of a well-behaved archive, which begins where the file begins and ends where it ends.
    Rewinds the file. ValidationError says in Czech what is wrong; at most `most_inflated` bytes are ever inflated,
    a chunk at a time."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _look_at(archive, entries)
            left = most_inflated
            for entry in entries:
                left -= _inflate(archive, entry, left, most_ratio)
            return [entry.filename for entry in entries]
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as fault:
        raise ValidationError(DAMAGED) from fault
    finally:
        file.seek(0)


def _look_at(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """What the table of contents says already."""
    if not entries or min(entry.header_offset for entry in entries) != 0 or archive.comment:
        raise ValidationError(DAMAGED)  # something else lies before the archive or after it
    if len(entries) > MOST_ENTRIES:
        raise ValidationError(BOMB)
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names) or any(_climbs(name) for name in names):
        raise ValidationError(DAMAGED)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise ValidationError(LOCKED)


def _climbs(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or parts[0] == "" or ":" in parts[0]


def _inflate(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int, most_ratio: int) -> int:
    """How many bytes the entry really holds. One that lies about its size does not fit its checksum."""
    inflated = 0
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            if inflated == 0 and b"<!DOCTYPE" in chunk[:4096] and entry.filename.endswith((".xml", ".rels")):
                raise ValidationError(DAMAGED)  # office files have none; entities grow like bombs
            inflated += len(chunk)
            if inflated > left or inflated > _MEGABYTE + most_ratio * entry.compress_size:
                raise ValidationError(BOMB)
    return inflated
