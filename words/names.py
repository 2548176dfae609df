"""Names of people in Czech sentences: in any case, with diacritics or without them."""

from __future__ import annotations

import re
import unicodedata

# What stands before a name and goes out with it.
TITLES = r"(?:(?:Mgr|Bc|Ing|PhDr|MUDr|JUDr|RNDr|Dr|p)\.\s*|(?:pan[íaue]?m?|pana|panem|pí)\s+)*"
_VOWELS = "aáeéěiíoóuúůyý"
# How the last letter of a stem changes before an ending.
_SOFTENED = {"k": "kc", "h": "hzž", "g": "gz", "r": "rř", "c": "cč"}
_ENDING = r"[a-záéěíóúůýčňřšťž]{0,5}"


def parts(name: str) -> list[str]:
    """The words of a name without titles and initials, the first name first: "Mgr. Jana Malá" has two."""
    return [word for word in re.split(r"[\s,]+", name) if len(word) > 1 and not word.endswith(".")]


def whole(inside: str) -> re.Pattern[str]:
    """A pattern that stands in a sentence as a name does, with titles in front of it."""
    return re.compile(rf"\b{TITLES}(?<!\w){inside}(?!\w)", re.I)


def inflected(word: str) -> str:
    """A pattern of the word in all its cases, with or without diacritics."""
    letters = unicodedata.normalize("NFC", word).casefold()
    stem = letters.rstrip(_VOWELS) or letters
    stems = [stem]
    if len(stem) > 3 and stem[-2] in "eě" and stem[-1] not in _VOWELS and stem[-3] not in _VOWELS:
        stems.append(stem[:-2] + stem[-1])  # Dvořáček, Dvořáčka
    return "(?:" + "|".join(f"{_loose(one[:-1])}{_last(one[-1])}{_ENDING}" for one in stems) + ")"


def folded(word: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(one))


def _last(letter: str) -> str:
    softened = _SOFTENED.get(letter, "")
    return f"(?:[{softened}]|{_loose(letter)})" if softened else _loose(letter)


def _loose(letters: str) -> str:
    """Each letter with its diacritics or without them."""
    return "".join(f"[{one}{folded(one)}]" if folded(one) != one else re.escape(one) for one in letters)
