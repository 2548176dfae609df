"""Codes that our lists do not know: told once each with how often they come, never guessed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from words.plural import plural

from ..codes import CodeList
from ..records import Problem, Weight


class Unknown:
    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], tuple[int, str]] = {}

    def note(self, what: str, code: str, place: str) -> None:
        count, first = self._seen.get((what, code), (0, place))
        self._seen[what, code] = (count + 1, first)

    def keys(self, codes: CodeList, what: str, written: Iterable[str], place: str) -> tuple[str, ...]:
        """Our keys of what is written, each once, in the order of the list; the rest is noted."""
        keys = set()
        for code in written:
            if key := codes.key(code):
                keys.add(key)
            else:
                self.note(what, code or "(prázdné)", place)
        return tuple(key for key in codes if key in keys)

    def problems(self) -> Iterator[Problem]:
        for (what, code), (count, first) in sorted(self._seen.items()):
            times = f"{count} {plural(count, 'výskyt', 'výskyty', 'výskytů')}"
            yield Problem(Weight.WARNING, first, f"{what} {code}", f"není v našem číselníku ({times})")
