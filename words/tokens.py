"""Words of a text with their positions, and a text made safe to work with."""

import re
import unicodedata
from dataclasses import dataclass

from words.fold import fold

# Letters and digits of any script; an apostrophe or a hyphen ends a word.
_WORD = re.compile(r"[^\W_]+")
# No Czech word is longer; a longer run of letters is noise that only costs time.
LONGEST_WORD = 40


@dataclass(frozen=True, slots=True)
class Token:
    """One word: as written, folded, and where it stands in the text."""

    text: str
    folded: str
    start: int
    end: int


def clean(text: str) -> str:
    """The text in NFC with every control character and run of white space turned into one space."""
    composed = unicodedata.normalize("NFC", text)
    visible = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in composed)
    return " ".join(visible.split())


def shorten(text: str, limit: int) -> tuple[str, bool]:
    """At most ``limit`` characters, cut at the end of a word where there is one; and whether it was cut."""
    if len(text) <= limit:
        return text, False
    kept = text[:limit]
    if not text[limit].isspace() and " " in kept:
        kept = kept[: kept.rindex(" ")]
    return kept.rstrip(), True


def tokens(text: str) -> list[Token]:
    """Words of the text in order."""
    return [
        Token(match.group()[:LONGEST_WORD], fold(match.group()[:LONGEST_WORD]), match.start(), match.end())
        for match in _WORD.finditer(text)
    ]


def folded_words(text: str) -> list[str]:
    """Folded words of the text, for those who need no positions."""
    return [token.folded for token in tokens(text)]
