"""Repair of typing errors against a vocabulary, with the errors that people make in Czech."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from words.fold import fold

# Shorter words are left alone: a repair of "byt" is a guess among dozens of words.
SHORTEST = 4
# From this length on two errors are repaired, below it one.
TWO_ERRORS_FROM, TWO_ERRORS = 8, 2
# Spellings that sound the same, in the order they are applied to a folded word.
_SOUNDS = (
    ("y", "i"), ("w", "v"), ("x", "ks"), ("qu", "kv"), ("q", "k"), ("ph", "f"), ("th", "t"), ("mne", "me"),
    ("dj", "d"), ("tj", "t"), ("nj", "n"), ("ie", "e"), ("z", "s"), ("j", "i"), ("dt", "t"), ("ds", "c"), ("ts", "c"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Repair:
    """The word of the vocabulary and how many errors lie between it and what was typed (0 = sounds the same)."""

    word: str
    errors: int


@lru_cache(maxsize=8_192)
def sound(word: str) -> str:
    """One spelling for words that sound alike: y/i, s/z, mně/mě, w/v, doubled letters."""
    heard = fold(word)
    for written, spoken in _SOUNDS:
        heard = heard.replace(written, spoken)
    return "".join(c for place, c in enumerate(heard) if place == 0 or heard[place - 1] != c)


class Speller:
    """Looks for the word that was meant.

    ``counts`` gives folded words and how often each is used: the more usual of two equally near words wins.
    """

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts = dict(counts)
        self._words = sorted(self._counts)
        self._by_sound: dict[str, str] = {}
        for word in self._words:
            heard = sound(word)
            known = self._by_sound.get(heard)
            if known is None or self._counts[known] < self._counts[word]:
                self._by_sound[heard] = word

    def __contains__(self, word: str) -> bool:
        return word in self._counts

    def repair(self, word: str) -> Repair | None:
        """The nearest word of the vocabulary, or None when the word is known, short or unlike any."""
        folded = fold(word)
        if folded in self._counts or len(folded) < SHORTEST or not folded.isalpha():
            return None
        alike = self._by_sound.get(sound(folded))
        if alike is not None and abs(len(alike) - len(folded)) <= TWO_ERRORS:
            return Repair(alike, 0)
        allowed = TWO_ERRORS if len(folded) >= TWO_ERRORS_FROM else 1
        near = process.extract(folded, self._words, scorer=OSA.distance, score_cutoff=allowed, limit=8)
        if not near:
            return None
        best, errors, _ = min(near, key=lambda one: (one[1], one[0][0] != folded[0], -self._counts[one[0]], one[0]))
        return Repair(best, int(errors))
