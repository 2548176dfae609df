"""The answer that carries a file. Content comes from people: it must never run as a page of ours."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from django.core.files.base import File
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from .models import StoredFile

# A document of its own origin without script, forms, plug-ins and anything fetched.
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
YEAR = 365 * 24 * 3600
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)


def answer(file: StoredFile, *, request: HttpRequest | None = None, small: bool = False) -> HttpResponseBase:
    """The content, streamed; the piece that `request` asks for, so that a player can go to any place of a video.
    Pictures (drawn by us, see images.py) are shown, everything else is downloaded."""
    stored = file.small if small and file.small else file.content
    try:
        content = stored.open("rb")
        size = stored.size
    except OSError as problem:
        raise Http404 from problem
    response = _whole_or_piece(content, size, _asked(request, size), file.content_type)
    shown = file.sort == StoredFile.Sort.IMAGE
    response["Content-Disposition"] = f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(file.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Accept-Ranges"] = "bytes"
    if response.status_code == 206 or file.sort == StoredFile.Sort.VIDEO:
        # Nobody on the way may compress it: bytes are counted, and a video would not get smaller.
        response["Content-Encoding"] = "identity"
    # The content behind a key never changes, but who may read it can: a file that is taken back is gone in a day
    # from shared caches, in a year from the reader's own.
    response["Cache-Control"] = (
        f"public, max-age={YEAR}, s-maxage=86400, immutable" if file.public else "private, no-store"
    )
    return response


# --- pieces ------------------------------------------------------------------------------------------------------


def byte_range(asked: str, size: int) -> range | None:
    """Bytes that a Range header asks for: "bytes=0-", "bytes=100-199", "bytes=-500" of a file of `size` bytes. None
    where the whole file is to be sent (no header, more pieces at once, another unit), an empty one where the file has
    no such bytes (RFC 9110, part 14)."""
    found = _RANGE.fullmatch(asked.strip())
    if found is None or found[0] == "bytes=-":
        return None
    first, last = found[1], found[2]
    if not first:
        return range(max(0, size - int(last)), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, size) if last else size)


def _asked(request: HttpRequest | None, size: int) -> range | None:
    """What has no ETag cannot be compared with what the reader already holds, so If-Range gets the whole."""
    if request is None or request.method != "GET" or "If-Range" in request.headers:
        return None
    return byte_range(request.headers.get("Range", ""), size)


def _whole_or_piece(content: File[Any], size: int, asked: range | None, content_type: str) -> HttpResponseBase:
    if asked is None:
        return FileResponse(content, content_type=content_type)
    if not asked:
        content.close()
        return HttpResponse(status=416, content_type=content_type, headers={"Content-Range": f"bytes */{size}"})
    headers = {"Content-Range": f"bytes {asked.start}-{asked.stop - 1}/{size}", "Content-Length": str(len(asked))}
    return FileResponse(_Piece(content, asked), status=206, content_type=content_type, headers=headers)


class _Piece:
    """A part of an open file as a file of its own."""

    def __init__(self, content: File[Any], asked: range) -> None:
        content.seek(asked.start)
        self._content, self._left = content, len(asked)

    def read(self, size: int) -> bytes:
        read: bytes = self._content.read(min(size, self._left))
        self._left -= len(read)
        return read

    def close(self) -> None:
        self._content.close()
