"""What strangers write, without signs that nobody sees: those that turn the direction of letters, join them, or hide
between them. What is left reads the same to everybody, and no database refuses it."""

from __future__ import annotations

import re
import unicodedata

# Controls, formats (directions, joiners, soft hyphens), halves of pairs, private and unassigned signs.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_LINES = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
# No language piles up so many marks on a letter; what does runs over the lines around.
_MARK = "[\\u0300-\\u036f\\u0483-\\u0489\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe20-\\ufe2f]"
_PILES = re.compile(f"({_MARK}{{3}}){_MARK}+")
_EMPTY_LINES = re.compile(r"\n{3,}")


def visible(text: str) -> str:
    """A text of lines: at most one empty one in a row, no space at the ends of lines."""
    lines = _LINES.sub("\n", text).replace("\t", " ").split("\n")
    return _EMPTY_LINES.sub("\n\n", "\n".join(_seen(line).rstrip() for line in lines)).strip()


def visible_line(text: str) -> str:
    """A text of one line: a title, a name."""
    return " ".join(visible(text).split())


def _seen(line: str) -> str:
    seen = "".join(sign for sign in line if sign.isascii() or unicodedata.category(sign) not in _UNSEEN)
    seen = "".join(sign for sign in unicodedata.normalize("NFC", seen) if sign >= " " and sign != "\x7f")
    return _PILES.sub(r"\1", seen)
