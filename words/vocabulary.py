"""Many words as numbers and many texts as one, held without an object for each."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import overload

import numpy as np
from numpy.typing import NDArray


class Vocabulary:
    """Distinct words, numbered from zero in the order given. Read only.

    A word is held as eight bytes of its digest, not as an object: forty thousand words take half a megabyte, and
    processes forked from one share it (looking at an object copies its page, looking into an array does not).
    Two words of a vocabulary of a hundred thousand meet in one digest with probability below 1e-9.
    """

    def __init__(self, words: Sequence[str]) -> None:
        digests = _digests(words)
        order = np.argsort(digests)
        self._numbers = order.astype(np.int32)
        self._digests = digests[order]

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self.number(word) >= 0

    def number(self, word: str) -> int:
        """The number of a word, -1 for an unknown one."""
        return int(self.numbers([word])[0])

    def numbers(self, words: Sequence[str]) -> NDArray[np.int32]:
        """Numbers of many words, -1 for each unknown one."""
        if not len(self) or not words:
            return np.full(len(words), -1, np.int32)
        asked = _digests(words)
        places = np.minimum(np.searchsorted(self._digests, asked), len(self) - 1)
        found: NDArray[np.int32] = np.where(self._digests[places] == asked, self._numbers[places], np.int32(-1))
        return found


class Lines(Sequence[str]):
    """Texts in the order given, packed into bytes and taken out one by one. Read only."""

    def __init__(self, texts: Sequence[str]) -> None:
        packed = [one.encode() for one in texts]
        self._bytes = np.frombuffer(b"".join(packed), np.uint8)
        self._ends = np.cumsum([0, *map(len, packed)])

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, number: int) -> str: ...
    @overload
    def __getitem__(self, number: slice) -> list[str]: ...
    def __getitem__(self, number: int | slice) -> str | list[str]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        if not 0 <= number < len(self):
            raise IndexError(number)
        return self._bytes[self._ends[number] : self._ends[number + 1]].tobytes().decode()


def _digests(words: Sequence[str]) -> NDArray[np.uint64]:
    each = (blake2b(word.encode(), digest_size=8).digest() for word in words)
    return np.frombuffer(b"".join(each), np.uint64)
