"""Getting the file: from a folder, or by http(s) streamed to a temporary file."""

from __future__ import annotations

import hashlib
import http.client
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    Request,
)

from .records import Refused

# The national register has about 100 MB; five times as much is no longer it.
LARGEST = 500 * 1024 * 1024
TIMEOUT_SECONDS = 60
_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Fetched:
    """An open file with its name, size in bytes and SHA-256."""

    file: BinaryIO
    name: str
    size: int
    checksum: str


@contextmanager
def fetched(where: str, largest: int = LARGEST) -> Iterator[Fetched]:
    """The file at a path or an address, open for reading; `Refused` says why it cannot be had."""
    if is_address(where):
        with tempfile.TemporaryFile() as file:
            _download(where, file, largest)
            yield described(file, urlsplit(where).path.rsplit("/", 1)[-1] or where, largest)
        return
    with _opened(where) as opened:
        yield described(opened, Path(where).name, largest)


def _opened(where: str) -> BinaryIO:
    try:
        return Path(where).open("rb")
    except OSError as problem:
        raise Refused(f"Soubor {where} nejde otevřít: {problem.strerror}.") from problem


def is_address(where: str) -> bool:
    return urlsplit(where).scheme in {"http", "https"}


def _download(address: str, into: BinaryIO, largest: int) -> None:
    # An opener of our own: nothing but http(s), whatever a redirect asks for.
    opener = OpenerDirector()
    for handler in (
        HTTPHandler(),
        HTTPSHandler(),
        HTTPErrorProcessor(),
        HTTPRedirectHandler(),
        HTTPDefaultErrorHandler(),
    ):
        opener.add_handler(handler)
    request = Request(address, headers={"User-Agent": "Pospolu", "Accept-Encoding": "identity"})  # noqa: S310
    try:
        with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            expected = int(answer.headers.get("Content-Length") or 0)
            if expected > largest:
                raise Refused(f"Soubor na {address} je příliš velký ({expected // 1024**2} MB).")
            _copy(answer, into, address, largest)
    except HTTPError as problem:
        raise Refused(f"Server {urlsplit(address).netloc} odpověděl chybou {problem.code}.") from problem
    except (URLError, OSError, http.client.HTTPException, ValueError) as problem:
        reason = getattr(problem, "reason", problem)
        raise Refused(f"Soubor z {address} se nepodařilo stáhnout: {reason}.") from problem
    if expected and into.tell() != expected:
        raise Refused(f"Soubor z {address} se stáhl jen zčásti ({into.tell()} z {expected} bajtů).")


def _copy(answer: BinaryIO, into: BinaryIO, address: str, largest: int) -> None:
    while chunk := answer.read(_CHUNK):
        if into.tell() + len(chunk) > largest:
            raise Refused(f"Soubor na {address} je větší než {largest // 1024**2} MB, dál jsme nestahovali.")
        into.write(chunk)


def described(file: BinaryIO, name: str, largest: int = LARGEST) -> Fetched:
    """An open file with its size and checksum, rewound to its beginning."""
    file.seek(0, 2)
    size = file.tell()
    if size > largest:
        raise Refused(f"Soubor {name} je větší než {largest // 1024**2} MB.")
    file.seek(0)
    seen = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        seen.update(chunk)
    file.seek(0)
    return Fetched(file, name, size, seen.hexdigest())
