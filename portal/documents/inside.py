"""The text inside a PDF or a DOCX, read by a process of its own with little memory, little time and no database.

A file comes from people and may be made to eat whatever reads it: pages without end, a sheet that unpacks into
gigabytes, a loop. The process that reads it may be killed at any moment; what it wrote until then is kept.

This module is also what that process runs (`python -m portal.documents.inside pdf < file`), so it loads no Django.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MEMORY = 768 * 1024 * 1024
SECONDS = 20
MOST_PAGES = 600
# Letters; a book of three hundred pages.
MOST_TEXT = 600_000
READ = ("pdf", "docx")
_SPACE = re.compile(r"[ \t\xa0]+")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\xad]")


def read(content: bytes, suffix: str, *, seconds: float = SECONDS) -> str:
    """The text of the file; as much of it as was read in time. Empty where there is nothing to read."""
    if suffix not in READ:
        return ""
    command = [sys.executable, "-m", "portal.documents.inside", suffix]
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command, input=content, capture_output=True, timeout=seconds + 5, cwd=ROOT, check=False, env={}
        )
        said = done.stdout
    except subprocess.TimeoutExpired as slow:
        said = slow.stdout or b""
    return tidy(said.decode("utf-8", "ignore"))


def tidy(text: str) -> str:
    """Without signs that nobody sees (a database refuses some of them), at most MOST_TEXT letters."""
    lines = (_SPACE.sub(" ", line).strip() for line in _UNSEEN.sub("", text[: 2 * MOST_TEXT]).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:MOST_TEXT]


# --- in the process of its own -----------------------------------------------------------------------------------


def pdf_pages(content: bytes) -> Iterator[str]:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        return
    for number, page in enumerate(reader.pages):
        if number >= MOST_PAGES:
            return
        try:
            yield page.extract_text()
        except Exception:
            yield ""


def docx_paragraphs(content: bytes) -> Iterator[str]:
    """Paragraphs of the body in order, those in tables and text boxes too."""
    from docx import Document
    from docx.oxml.ns import qn

    for paragraph in Document(io.BytesIO(content)).element.body.iter(qn("w:p")):
        yield "".join(
            node.text or "" if node.tag == qn("w:t") else " "
            for node in paragraph.iter(qn("w:t"), qn("w:tab"), qn("w:br"))
        )


def main(suffix: str) -> None:
    limited()
    until = time.monotonic() + SECONDS
    left = MOST_TEXT
    parts = {"pdf": pdf_pages, "docx": docx_paragraphs}[suffix](sys.stdin.buffer.read())
    for part in parts:
        said = part[:left]
        sys.stdout.buffer.write(said.encode("utf-8", "ignore") + (b"\n\n" if suffix == "pdf" else b"\n"))
        sys.stdout.buffer.flush()
        left -= len(said)
        if left <= 0 or time.monotonic() > until:
            return


def limited() -> None:
    """Memory and time of the processor for this process; no file may be written."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main(sys.argv[1])
