"""Videos told by what is inside: MP4 (ISO base media, ISO/IEC 14496-12) and WebM (Matroska, RFC 9559). They are kept as
they came; here is proved that the whole file is what a player expects, without reading its pictures into memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

UNKNOWN = "Tohle není video, které přehrajeme. Uložte ho jako MP4 nebo WebM a pošlete znovu."
DAMAGED = "Video je poškozené nebo neúplné. Uložte ho znovu a pošlete ještě jednou."
# Major brands of files with a film; pictures (heic, avif), sound alone and QuickTime are something else.
BRANDS = frozenset(
    {b"isom", b"mp41", b"mp42", b"avc1", b"dash", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8"}
    | {b"iso9", b"M4V ", b"M4VP", b"MSNV", b"mmp4"}
)
_MOST_BOXES = 100_000
_EBML = b"\x1aE\xdf\xa3"
_SEGMENT = b"\x18S\x80g"
_DOC_TYPE = b"\x42\x82"
_LONGEST_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Video:
    suffix: str
    content_type: str


def looks_like(head: bytes) -> bool:
    """Whether a file that begins so (16 bytes) claims to be a video; `read` proves it."""
    return head[4:8] == b"ftyp" or head.startswith(_EBML)


def read(upload: UploadedFile[bytes]) -> Video:
    """What the video is; ValidationError says in Czech why it is none. Rewinds the file."""
    size = upload.size or 0
    if size > settings.FILES_LARGEST_VIDEO_MB * 1024**2:
        raise ValidationError(f"Video je příliš velké. Vejde se sem {settings.FILES_LARGEST_VIDEO_MB} MB.")
    file = cast(BinaryIO, upload)
    file.seek(0)
    head = file.read(16)
    try:
        if head[4:8] == b"ftyp":
            _check_mp4(file, size)
            return Video("mp4", "video/mp4")
        if head.startswith(_EBML):
            _check_webm(file, size)
            return Video("webm", "video/webm")
    finally:
        file.seek(0)
    raise ValidationError(UNKNOWN)


# --- MP4 -------------------------------------------------------------------------------------------------------


def _check_mp4(file: BinaryIO, size: int) -> None:
    """Boxes of the top level one after another to the very end, with a known brand, a table of contents and a film."""
    found: set[bytes] = set()
    for name, start, end in _boxes(file, size):
        if not found:
            file.seek(start)
            brand = file.read(4)
            if end - start < 8 or (end - start) % 4 or brand not in BRANDS:
                raise ValidationError(UNKNOWN)
        found.add(name)
    if not {b"moov", b"mdat"} <= found:
        raise ValidationError(DAMAGED)


def _boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    """Name of each box, where its content begins and where it ends, in bytes from the beginning of the file."""
    at = 0
    for _ in range(_MOST_BOXES):
        if at == size:
            return
        file.seek(at)
        head = file.read(16)
        length, name, start = int.from_bytes(head[:4]), head[4:8], at + 8
        if length == 1:
            length, start = int.from_bytes(head[8:16]), at + 16
        elif length == 0:  # to the end of the file
            length = size - at
        end = at + length
        if len(name) < 4 or not name.isascii() or end < start or end > size:
            break
        yield name, start, end
        at = end
    raise ValidationError(DAMAGED)


# --- WebM ------------------------------------------------------------------------------------------------------


def _check_webm(file: BinaryIO, size: int) -> None:
    """A head that says "webm", and after it the film, which ends where the file ends."""
    file.seek(0)
    head = file.read(_LONGEST_HEAD)
    length, at = _number(head, 4)
    end = at + length
    if length < 0 or end > len(head):
        raise ValidationError(DAMAGED)
    if _doc_type(head[at:end]) != b"webm":
        raise ValidationError(UNKNOWN)
    file.seek(end)
    segment = file.read(12)
    if not segment.startswith(_SEGMENT):
        raise ValidationError(DAMAGED)
    # A recording made live does not know its length.
    length, at = _number(segment, 4)
    if end + at >= size or (length >= 0 and end + at + length != size):
        raise ValidationError(DAMAGED)


def _doc_type(head: bytes) -> bytes:
    at = 0
    while at < len(head):
        start = at
        at += _width(head, at)
        name = head[start:at]
        length, at = _number(head, at)
        if length < 0:
            break
        if name == _DOC_TYPE:
            return head[at : at + length].rstrip(b"\0")
        at += length
    return b""


def _number(content: bytes, at: int) -> tuple[int, int]:
    """A number of changing width (RFC 8794) and where it ends; -1 is "not known"."""
    width = _width(content, at)
    end = at + width
    if end > len(content):
        raise ValidationError(DAMAGED)
    value = int.from_bytes(content[at:end]) & ((1 << 7 * width) - 1)
    return (-1 if value == (1 << 7 * width) - 1 else value), end


def _width(content: bytes, at: int) -> int:
    """How many bytes a number takes, told by the zeros it begins with."""
    if at >= len(content) or content[at] == 0:
        raise ValidationError(DAMAGED)
    return 9 - content[at].bit_length()
