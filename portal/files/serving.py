"""The answer that carries a file. Content comes from people: it must never run as a page of ours."""

from __future__ import annotations

from urllib.parse import quote

from django.http import FileResponse, Http404

from .models import StoredFile

# A document of its own origin without script, forms, plug-ins and anything fetched.
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
YEAR = 365 * 24 * 3600


def answer(file: StoredFile, *, small: bool = False) -> FileResponse:
    """The content, streamed. Pictures (drawn by us, see images.py) are shown, everything else is downloaded."""
    stored = file.small if small and file.small else file.content
    try:
        content = stored.open("rb")
    except OSError as problem:
        raise Http404 from problem
    response = FileResponse(content, content_type=file.content_type)
    shown = file.sort == StoredFile.Sort.IMAGE
    response["Content-Disposition"] = f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(file.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    # The content behind a key never changes, but who may read it can: a file that is taken back is gone in a day
    # from shared caches, in a year from the reader's own.
    response["Cache-Control"] = (
        f"public, max-age={YEAR}, s-maxage=86400, immutable" if file.public else "private, no-store"
    )
    return response
