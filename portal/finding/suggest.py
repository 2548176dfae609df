"""Suggestions while a person types: kinds, situations, lay phrases, providers, places.

Every suggestion leads to at least one result: kinds and phrases are kept only where the catalogue has a service for
them, and a place never empties a search.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from words.fold import fold
from words.places import Places
from words.tokens import tokens
from words.vocabulary import Lines

# One letter would match everything.
SHORTEST = 2
SHORTEST_PLACE = 3


class Sort(StrEnum):
    SITUATION = "situation"
    PHRASE = "phrase"
    KIND = "kind"
    PROVIDER = "provider"
    PLACE = "place"


_SORTS = tuple(Sort)
# How many of one sort come first, so that no sort hides the others.
MOST = {Sort.SITUATION: 2, Sort.PHRASE: 4, Sort.KIND: 3, Sort.PROVIDER: 2, Sort.PLACE: 3}
# A place may follow these; the label leaves them out, for the name stays uninflected.
_BEFORE_PLACE = frozenset("v ve u z ze do".split())


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to show and what it stands for: ``key`` is a situation's or kind's key, a municipality's code, or empty."""

    sort: Sort
    label: str
    key: str = ""


class Suggester:
    """Phrases found by the beginning of any of their words."""

    def __init__(self, suggestions: Iterable[Suggestion], places: Places) -> None:
        held = list(dict.fromkeys(suggestions))
        self._places = places
        # Texts and numbers without an object for each: there are tens of thousands, and a person is shown eight.
        self._labels, self._keys = Lines([one.label for one in held]), Lines([one.key for one in held])
        self._sorts = np.array([_SORTS.index(one.sort) for one in held], np.uint8)
        keys: list[tuple[str, int]] = []
        for number, suggestion in enumerate(held):
            words = [token.folded for token in tokens(suggestion.label)]
            keys += [(" ".join(words[start:]), number) for start in range(len(words))]
        keys.sort()
        self._beginnings = Lines([key for key, _ in keys])
        self._numbers = np.array([number for _, number in keys], np.int32)

    def _suggestion(self, number: int) -> Suggestion:
        return Suggestion(_SORTS[self._sorts[number]], self._labels[number], self._keys[number])

    def suggest(self, typed: str, limit: int = 8) -> list[Suggestion]:
        """Suggestions for what has been typed so far, at most ``limit``."""
        start = " ".join(token.folded for token in tokens(typed[:200]))
        if len(start) < SHORTEST:
            return []
        # A trailing space ends the word: "dluh " no longer begins "dluhopisy".
        if typed.endswith(" "):
            start += " "
        found = self._starting(start) + self._in_places(typed)
        return _mixed(found, limit)

    def _starting(self, start: str) -> list[Suggestion]:
        first = bisect_left(self._beginnings, start)
        ranked: dict[int, tuple[bool, int, int]] = {}
        for place in range(first, min(len(self._beginnings), first + 400)):
            beginning = self._beginnings[place]
            if not beginning.startswith(start.rstrip() if start.endswith(" ") else start):
                break
            if start.endswith(" ") and not f"{beginning} ".startswith(start):
                continue
            number = int(self._numbers[place])
            label = self._labels[number]
            rank = (not fold(label).startswith(start.strip()), len(label), number)
            ranked[number] = min(rank, ranked.get(number, rank))
        return [self._suggestion(number) for number in sorted(ranked, key=lambda one: ranked[one])]

    def _in_places(self, typed: str) -> list[Suggestion]:
        """Places that the text begins, or its last words where a place may follow; what stands before is kept."""
        words = tokens(typed)
        for first in range(max(0, len(words) - 4), len(words)):
            ending = typed[words[first].start :]
            before = [word.text for word in words[:first]]
            may_follow = not before or fold(before[-1]) in _BEFORE_PLACE or ending[0].isupper()
            if len(ending) < SHORTEST_PLACE or not may_follow:
                continue
            if before and fold(before[-1]) in _BEFORE_PLACE:
                before.pop()
            found = self._places.starting(ending, MOST[Sort.PLACE])
            if found:
                return [Suggestion(Sort.PLACE, " ".join([*before, place.name]), place.code) for place in found]
        return []


def _mixed(found: Sequence[Suggestion], limit: int) -> list[Suggestion]:
    """The best of each sort in the order of sorts; what is left of the limit goes to whatever else was found."""
    best = [one for sort in Sort for one in [other for other in found if other.sort is sort][: MOST[sort]]]
    rest = [one for one in found if one not in best]
    chosen = set(best[:limit]) | set(rest[: max(0, limit - len(best))])
    return [one for sort in Sort for one in found if one.sort is sort and one in chosen]
