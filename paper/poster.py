"""A poster: a few large words, where and when, and a code that a telephone reads. One sheet of A4 or A3, an accessible
PDF as documents are (`pdf.py`), the same bytes for the same poster."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from .pdf import NotTypeset, drawable, typeset

_TEMPLATE = Path(__file__).with_name("poster.typ")
SHEETS = ("a4", "a3")


@dataclass(frozen=True, slots=True)
class Line:
    """What to know, as "kdy" and "15. 3. 2027 v 17.00"."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Poster:
    """`call` is what people are asked to do, `title` what it is about. `code` is an SVG of a QR code with its words
    in `code_alt`; `address` the same address spelled out for those without a telephone."""

    title: str
    call: str
    text: str
    lines: tuple[Line, ...]
    code: str
    code_alt: str
    address: str
    foot: str
    language: str = "cs"


def poster(of: Poster, sheet: str = "a4") -> bytes:
    if sheet not in SHEETS:
        raise NotTypeset(f"There is no poster on {sheet}.")
    said = asdict(of)
    words = {name: drawable(said[name]) for name in ("title", "call", "text", "code_alt", "address", "foot")}
    lines = [{"name": drawable(one.name), "value": drawable(one.value)} for one in of.lines]
    told = {**said, **words, "lines": lines, "sheet": sheet}
    return typeset(_TEMPLATE.read_bytes(), {"poster": json.dumps(told, ensure_ascii=False)})
