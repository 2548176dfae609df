"""Many words as numbers and many texts as one, held without an object for each."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
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


class Packed[Item](Sequence[Item]):
    """A read-only list held as bytes and taken out one by one: no object for each item, so that processes forked
    from one another share it. Whoever derives says how an item is packed and unpacked."""

    def __init__(self, items: Iterable[Item]) -> None:
        packed = [self.pack(one) for one in items]
        self._bytes = np.frombuffer(b"".join(packed), np.uint8)
        self._ends = np.cumsum([0, *map(len, packed)])

    @staticmethod
    @abstractmethod
    def pack(item: Item) -> bytes: ...

    @staticmethod
    @abstractmethod
    def unpack(packed: bytes) -> Item: ...

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, number: int) -> Item: ...
    @overload
    def __getitem__(self, number: slice) -> list[Item]: ...
    def __getitem__(self, number: int | slice) -> Item | list[Item]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        if not 0 <= number < len(self):
            raise IndexError(number)
        return self.unpack(self._bytes[self._ends[number] : self._ends[number + 1]].tobytes())

    def __iter__(self) -> Iterator[Item]:
        return (self[number] for number in range(len(self)))


class Lines(Packed[str]):
    """Texts in the order given."""

    @staticmethod
    def pack(item: str) -> bytes:
        return item.encode()

    @staticmethod
    def unpack(packed: bytes) -> str:
        return packed.decode()


def _digests(words: Sequence[str]) -> NDArray[np.uint64]:
    each = (blake2b(word.encode(), digest_size=8).digest() for word in words)
    return np.frombuffer(b"".join(each), np.uint64)
