"""Pieces of the text inside a DOCX or a PDF, read by a process of its own with little memory, little time and no
database: a file comes from people and may be made to eat whatever reads it (see `documents.inside`).

Unlike a search, a consultation needs the text whole: a file that was not read to its end gives nothing.
This module is also what that process runs (`python -m portal.consult.inside docx < file`), so it loads no Django.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from portal.documents.inside import ROOT, SECONDS, limited

from .pieces import Cells, Piece, Sort

# Letters that come back; a book of three hundred pages.
MOST_TEXT = 2_000_000
END = "end"


def read(content: bytes, suffix: str, *, seconds: float = SECONDS) -> list[Piece] | None:
    """The pieces in order; None where the file could not be read to its end, none where there is no text in it."""
    command = [sys.executable, "-m", "portal.consult.inside", suffix]
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command, input=content, capture_output=True, timeout=seconds + 5, cwd=ROOT, check=False, env={}
        )
    except subprocess.TimeoutExpired:
        return None
    lines = done.stdout.decode("utf-8", "ignore").splitlines()
    if done.returncode or not lines or json.loads(lines[-1]) != END:
        return None
    return [_piece(json.loads(line)) for line in lines[:-1]]


def _piece(said: dict[str, Any]) -> Piece:
    cells = said.pop("cells")
    held = Cells(cells["title"], tuple(cells["head"]), tuple(map(tuple, cells["rows"]))) if cells else None
    return Piece(Sort(said.pop("sort")), cells=held, **said)


# --- in the process of its own -----------------------------------------------------------------------------------


def pieces_in(content: bytes, suffix: str) -> Iterator[Piece]:
    if suffix == "docx":
        from .docx_pieces import pieces
    else:
        from .pdf_pieces import pieces
    yield from pieces(content)


def main(suffix: str) -> None:
    limited()
    left = MOST_TEXT
    told: Iterable[Piece] = pieces_in(sys.stdin.buffer.read(), suffix)
    for piece in told:
        left -= len(piece.text)
        if left < 0:
            sys.exit(3)
        print(json.dumps(asdict(piece)))
    print(json.dumps(END))


if __name__ == "__main__":
    main(sys.argv[1])
