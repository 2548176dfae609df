"""A document as an accessible PDF (PDF/UA-1), the same bytes for the same document.

The blocks travel to the typesetter as JSON, beside the template, so that no text of theirs can become markup.
"""

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from .blocks import Block, Document, Table

_TEMPLATE = Path(__file__).with_name("document.typ")
# Letters that the typeface has: Latin of all European languages and Vietnamese, Greek, Cyrillic, punctuation.
# An accessible PDF must not hold a letter that no font can draw.
_LETTERS = frozenset(
    chr(code)
    for first, last in (
        (0x20, 0x7E),
        (0xA0, 0x17F),
        (0x391, 0x3A1),
        (0x3A3, 0x3CE),
        (0x401, 0x40C),
        (0x40E, 0x44F),
        (0x451, 0x45C),
        (0x45E, 0x45F),
        (0x490, 0x491),
        (0x1EA0, 0x1EF9),
        (0x2013, 0x2014),
        (0x2018, 0x201A),
        (0x201C, 0x201E),
        (0x2020, 0x2022),
        (0x2026, 0x2026),
        (0x20AC, 0x20AC),
        (0x2122, 0x2122),
        (0x2212, 0x2212),
        (0x2264, 0x2265),
    )
    for code in range(first, last + 1)
) - {"\u00ad"}
# Creation date written into the file; a fixed one, because the date of the data is printed on the cover.
_TIMESTAMP = 0


class NotTypeset(ValueError):
    """The document breaks a rule of accessible PDF (a skipped level of heading, a label used twice…)."""


def pdf(document: Document) -> bytes:
    return typeset(_TEMPLATE.read_bytes(), {"document": json.dumps(_plain(document), ensure_ascii=False)})


def typeset(template: bytes, inputs: dict[str, str]) -> bytes:
    """An accessible PDF of a template that reads its data from `sys.inputs`."""
    import typst  # loads with the first document, not with every web process

    try:
        made = typst.compile(
            template,
            format="pdf",
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs=inputs,
            pdf_standards="ua-1",
            timestamp=_TIMESTAMP,
        )
    except typst.TypstError as refusal:
        raise NotTypeset(str(refusal)) from refusal
    if not isinstance(made, bytes):
        raise NotTypeset("The typesetter made no single file.")
    return made


def picture(svg: bytes, pixels_per_inch: int) -> bytes:
    """An SVG drawing as PNG, a point of the drawing being a point of paper."""
    import typst

    made = typst.compile(
        b'#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), format: "svg")',
        format="png",
        ppi=float(pixels_per_inch),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"svg": svg.decode()},
    )
    if not isinstance(made, bytes):
        raise NotTypeset("The typesetter made no single picture.")
    return made


@cache
def _fonts() -> list[Any]:
    return [Path(str(files("fontpkg_roboto"))) / "files"]


def _plain(document: Document) -> dict[str, Any]:
    whole = asdict(document) | {"blocks": [_block(block) for block in document.blocks]}
    plain: dict[str, Any] = _drawable(whole)
    return plain


def _block(block: Block) -> dict[str, Any]:
    plain = {"block": type(block).__name__, **asdict(block)}
    if isinstance(block, Table) and block.breaks:
        plain["rows"] = [[cell.split("\n") for cell in row] for row in block.rows]
    return plain


def _drawable(value: Any) -> Any:
    """The same data with every text in letters of the typeface."""
    if isinstance(value, str):
        return drawable(value)
    if isinstance(value, dict):
        return {key: _drawable(one) for key, one in value.items()}
    if isinstance(value, Iterable):
        return [_drawable(one) for one in value]
    return value


def drawable(text: str) -> str:
    """The text with white space made plain, a letter unknown to the typeface as its base letter, or "?"."""
    composed = unicodedata.normalize("NFC", " ".join(text.replace("\u00a0", "\0").split()).replace("\0", "\u00a0"))
    if _LETTERS.issuperset(composed):
        return composed
    return "".join(one if one in _LETTERS else _nearest(one) for one in composed)


def _nearest(letter: str) -> str:
    if unicodedata.category(letter) in {"Cf", "Mn", "Cc"}:
        return ""
    plain = "".join(one for one in unicodedata.normalize("NFKD", letter) if one in _LETTERS)
    return plain or "?"
