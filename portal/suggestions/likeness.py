"""Which texts say much the same: by stems of their words, those that few texts have weighing more. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Mapping

from words.stems import stems

# Below this the two share a topic at most.
ALIKE = 0.1
# Words of a title weigh more: there people say what it is about.
TITLE_WEIGHS = 3
SHORTEST = 3


def words_of(title: str, text: str) -> Counter[str]:
    """Stems with how much they weigh."""
    counted: Counter[str] = Counter()
    for said, weight in ((title, TITLE_WEIGHS), (text, 1)):
        for one in stems(said):
            if len(one) >= SHORTEST:
                counted[one] += weight
    return counted


def alike[Key: Hashable](
    asked: Counter[str], others: Mapping[Key, Counter[str]], most: int = 5
) -> list[tuple[Key, float]]:
    """Keys of the texts that are like the asked one, with how much (0 to 1), the most alike first."""
    among = len(others) + 1
    known = Counter(word for words in (asked, *others.values()) for word in words)
    weight = {word: math.log(1 + among / number) for word, number in known.items()}

    def vector(words: Counter[str]) -> dict[str, float]:
        found = {word: (1 + math.log(number)) * weight[word] for word, number in words.items()}
        length = math.sqrt(sum(one * one for one in found.values())) or 1
        return {word: value / length for word, value in found.items()}

    mine = vector(asked)
    found = []
    for key, words in others.items():
        theirs = vector(words)
        share = sum(value * theirs[word] for word, value in mine.items() if word in theirs)
        if share >= ALIKE:
            found.append((key, share))
    return sorted(found, key=lambda pair: -pair[1])[:most]
