"""What the ranges of roles are called, which lie in which, and which one somebody means.

Territory and providers stand above people in the staircase, so who knows them is named in settings.RANGES: for each
kind of range the dotted path of an object that answers as `Knower` says. The whole site needs nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Protocol, cast, runtime_checkable

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string

from .models import Grant, Held, Person

Range = Grant.Range
type Pair = tuple[str, str]  # kind and code of a range
SITE: Pair = (Range.SITE, "")


class Knower(Protocol):
    """Knows the ranges of one kind by their codes."""

    def names(self, codes: Collection[str]) -> dict[str, str]:
        """Code -> what people call it; one query."""
        ...

    def lying_in(self, held: Collection[Held], among: Collection[str] | None = None) -> set[str]:
        """Codes of the ranges (of those `among`) that lie in any of the held ones; a range lies in itself."""
        ...

    def named(self, text: str) -> dict[str, str]:
        """Code -> name of those that somebody may mean by the text, at most a few."""
        ...


@runtime_checkable
class Welcoming(Protocol):
    """A knower that has something to do when somebody takes up a role over some of its ranges."""

    def welcome(self, person: Person, codes: Collection[str]) -> None: ...


def welcome(person: Person, pairs: Iterable[Pair]) -> None:
    """The person has just taken up roles over the ranges."""
    for kind, codes in _by_kind(pairs).items():
        knows = knower(kind)
        if isinstance(knows, Welcoming):
            knows.welcome(person, codes)


def knower(kind: str) -> Knower:
    return cast(Knower, import_string(settings.RANGES[kind]))


def names(pairs: Iterable[Pair]) -> dict[Pair, str]:
    """What each range is called; one query a kind. A range that is gone is called by its code."""
    found: dict[Pair, str] = {SITE: str(Range.SITE.label)}
    for kind, codes in _by_kind(pairs).items():
        called = knower(kind).names(codes)
        found |= {(kind, code): called.get(code, f"{Range(kind).label} {code}") for code in codes}
    return found


def name(kind: str, code: str) -> str:
    return names([(kind, code)])[kind, code]


def lying_in(held: Collection[Held], pairs: Iterable[Pair]) -> set[Pair]:
    """Those of the ranges that lie in any of the held ones; at most one query a kind."""
    pairs = set(pairs)
    if any(one.kind == Range.SITE for one in held):
        return pairs
    if not held:
        return set()
    return {(kind, code) for kind, codes in _by_kind(pairs).items() for code in knower(kind).lying_in(held, codes)}


def all_in(held: Collection[Held]) -> dict[str, set[str]]:
    """Kind -> codes of everything that lies in any of the held ranges, none of which is the whole site."""
    return {kind: knower(kind).lying_in(held) for kind in settings.RANGES} if held else {}


def rows_in[Rows: QuerySet[Any]](
    rows: Rows, held: Collection[Held], kind: str = "span_kind", code: str = "span_code"
) -> Rows:
    """Those rows, each with a territory of its own, that lie in any of the held ranges; at most one query for each
    kind of range."""
    if any(one.kind == Range.SITE for one in held):
        return rows
    lying = lying_in(held, rows.order_by().values_list(kind, code).distinct()) if held else set()
    asked = Q(pk__in=[])
    for one in lying:
        asked |= Q(**{kind: one[0], code: one[1]})
    return rows.filter(asked)


def named(text: str, kinds: Iterable[str]) -> dict[Pair, str]:
    """Ranges of the kinds that somebody may mean: by name ("Svornov", "ORP Svornov"), by IČO, by official code."""
    return {
        (kind, code): called
        for kind in kinds
        if kind != Range.SITE
        for code, called in knower(kind).named(text).items()
    }


def _by_kind(pairs: Iterable[Pair]) -> dict[str, set[str]]:
    kinds: dict[str, set[str]] = {}
    for kind, code in pairs:
        if kind != Range.SITE:
            kinds.setdefault(kind, set()).add(code)
    return kinds
