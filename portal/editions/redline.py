"""What differs between two frozen contents, as changes that a person can read and a machine can carry out.

    apply(a, diff(a, b)) == b        and        diff(a, a) == ()

Things are known by their keys: a node by its code, a chapter and an indicator by their keys, the plan by "". A node
that went elsewhere is moved, whatever else changed on it; a text is compared word by word; money by year, sort and
source. Changes of one thing stand together; things in the order of the newer content, removed ones after the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from .content import (
    CardFacts,
    ChapterFacts,
    Content,
    CostLine,
    FundingLine,
    IndicatorFacts,
    Named,
    NeedFacts,
    NodeFacts,
    StepFacts,
    SwotFacts,
)


class Thing(StrEnum):
    PLAN = "plan"
    NODE = "node"
    CHAPTER = "chapter"
    SWOT = "swot"
    NEED = "need"
    INDICATOR = "indicator"


@dataclass(frozen=True, slots=True)
class Added:
    """A whole new thing: under `parent`, right after `after` ("" = first)."""

    thing: Thing
    key: str
    parent: str
    after: str
    value: Any


@dataclass(frozen=True, slots=True)
class Removed:
    thing: Thing
    key: str
    value: Any


@dataclass(frozen=True, slots=True)
class Moved:
    """The same thing elsewhere. `before` and `parent` are the parents then and now, equal when only the order is
    other."""

    thing: Thing
    key: str
    before: str
    parent: str
    after: str


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text: "=" stays, "-" went out, "+" came in."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Reworded:
    """`field` is a name of the thing's field; those of a card and a step begin with "card." and "step."."""

    thing: Thing
    key: str
    field: str
    runs: tuple[Run, ...]

    @property
    def before(self) -> str:
        return "".join(run.text for run in self.runs if run.mark != "+")

    @property
    def now(self) -> str:
        return "".join(run.text for run in self.runs if run.mark != "-")


@dataclass(frozen=True, slots=True)
class Repriced:
    """An amount in whole crowns, None where there is none. `year` is 0 and `sort` "" for the cost of an activity."""

    key: str
    field: str
    year: int
    sort: str
    source: Named | None
    before: int | None
    now: int | None
    thing: Thing = Thing.NODE


@dataclass(frozen=True, slots=True)
class Changed:
    """Any other field: what was there and what is."""

    thing: Thing
    key: str
    field: str
    before: Any
    now: Any


type Change = Added | Removed | Moved | Reworded | Repriced | Changed

# Fields of words; the rest is compared as a whole.
WORDS = frozenset(
    {"title", "text", "name", "note", "about", "card.reason", "card.impact", "card.responsible", "card.agreement"}
    | {"step.responsible"}
)
MONEY = frozenset({"card.costs", "card.funding", "step.cost"})
# Groups of fields on a node, each there or not.
PARTS: dict[str, type] = {"card": CardFacts, "step": StepFacts}
# Where things of each sort lie in a content, in the order in which a reader meets them.
ROWS = {
    Thing.CHAPTER: "chapters",
    Thing.SWOT: "swot",
    Thing.NEED: "needs",
    Thing.NODE: "nodes",
    Thing.INDICATOR: "indicators",
}
# What says which thing it is and where it stands, not what is on it.
PLACE = frozenset({"code", "key", "parent"})


class DoesNotFit(ValueError):
    """The changes were made from another content."""


# --- words -----------------------------------------------------------------------------------------------------

_TOKEN = re.compile(r"\s*\w+|\s*[^\w\s]|\s+")


def runs(before: str, now: str) -> tuple[Run, ...]:
    """Word by word; joined, the runs give both texts back letter by letter."""
    a, b = _TOKEN.findall(before), _TOKEN.findall(now)
    made: list[Run] = []
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            made.append(Run("=", "".join(a[a1:a2])))
            continue
        made += [Run(mark, text) for mark, text in (("-", "".join(a[a1:a2])), ("+", "".join(b[b1:b2]))) if text]
    return tuple(made)


# --- difference ------------------------------------------------------------------------------------------------


def diff(a: Content, b: Content) -> tuple[Change, ...]:
    found: list[Change] = list(_fields(Thing.PLAN, "", _flat(a.plan), _flat(b.plan)))
    if a.schema != b.schema:
        raise DoesNotFit("Contents of two schemas cannot be compared.")
    for thing, field in ROWS.items():
        found += _things(thing, _by_key(getattr(a, field)), _by_key(getattr(b, field)))
    return tuple(found)


def _key(one: Any) -> str:
    return str(one.code if isinstance(one, NodeFacts) else one.key)


def _by_key(things: Iterable[Any]) -> dict[str, Any]:
    return {_key(one): one for one in things}


def _parent(one: Any) -> str:
    return one.parent if isinstance(one, NodeFacts) else ""


def _things(thing: Thing, a: dict[str, Any], b: dict[str, Any]) -> Iterator[Change]:
    stays = _stays(a, b)
    under: dict[str, str] = {}  # parent -> the child last seen under it
    for key, one in b.items():
        parent = _parent(one)
        after, under[parent] = under.get(parent, ""), key
        if key not in a:
            yield Added(thing, key, parent, after, one)
            continue
        if key not in stays:
            yield Moved(thing, key, _parent(a[key]), parent, after)
        yield from _fields(thing, key, _flat(a[key]), _flat(one))
    for key, one in a.items():
        if key not in b:
            yield Removed(thing, key, one)


def _stays(a: dict[str, Any], b: dict[str, Any]) -> set[str]:
    """Keys that need not be moved: under the same parent, and among their siblings in the same order. As many as
    can be, so that one thing moved down does not read as all the others moved up."""
    rank = {key: at for at, key in enumerate(b)}
    rows: dict[str, list[str]] = {}
    for key, one in a.items():
        if key in b and _parent(b[key]) == _parent(one):
            rows.setdefault(_parent(one), []).append(key)
    return {key for row in rows.values() for key in _longest_rising(row, rank)}


def _longest_rising(row: Sequence[str], rank: dict[str, int]) -> list[str]:
    """The longest part of the row in which ranks rise."""
    best: list[list[str]] = []  # best[n]: a rising part of n + 1 keys with the lowest last rank
    for key in row:
        at = next((n for n, part in enumerate(best) if rank[part[-1]] > rank[key]), len(best))
        part = [*(best[at - 1] if at else []), key]
        best[at : at + 1] = [part]
    return best[-1] if best else []


def _flat(one: Any) -> dict[str, Any]:
    """Fields of a thing by name; those of a card or a step by "card.reason", and whether it has one by "card"."""
    flat: dict[str, Any] = {}
    for spec in fields(one):
        value = getattr(one, spec.name)
        if spec.name in PLACE:
            continue
        if spec.name in PARTS and isinstance(one, NodeFacts):
            flat[spec.name] = value is not None
            # What is not there is compared as if it were empty; `apply` puts back which it was.
            value = value if value is not None else PARTS[spec.name]()
            flat |= {f"{spec.name}.{inner.name}": getattr(value, inner.name) for inner in fields(value)}
        else:
            flat[spec.name] = value
    return flat


def _fields(thing: Thing, key: str, a: dict[str, Any], b: dict[str, Any]) -> Iterator[Change]:
    for field, before in a.items():
        now = b[field]
        if before == now:
            continue
        if field in MONEY:
            yield from _money(key, field, before, now)
        elif field in WORDS:
            yield Reworded(thing, key, field, runs(before, now))
        else:
            yield Changed(thing, key, field, before, now)


def inside(change: Added | Removed) -> list[Change]:
    """What came or went with a whole thing, field by field, as if it had been empty."""
    blank = _flat(_BLANK[change.thing])
    pair = (blank, _flat(change.value)) if isinstance(change, Added) else (_flat(change.value), blank)
    return list(_fields(change.thing, change.key, *pair))


_BLANK: dict[Thing, Any] = {
    Thing.NODE: NodeFacts("", "", 0, ""),
    Thing.CHAPTER: ChapterFacts("", ""),
    Thing.SWOT: SwotFacts("", "", ""),
    Thing.NEED: NeedFacts("", ""),
    Thing.INDICATOR: IndicatorFacts("", "", ""),
}


def _money(key: str, field: str, before: Any, now: Any) -> Iterator[Repriced]:
    a, b = _amounts(before), _amounts(now)
    for place in sorted(a.keys() | b.keys(), key=_place_order):
        if a.get(place) != b.get(place):
            year, sort, source = place
            yield Repriced(key, field, year, sort, source, a.get(place), b.get(place))


type _Place = tuple[int, str, Named | None]


def _amounts(lines: Any) -> dict[_Place, int]:
    """Amounts by year, sort and source, of costs, of funding, or of the one cost of an activity."""
    if lines is None or isinstance(lines, int):
        return {} if lines is None else {(0, "", None): lines}
    return {(line.year, line.sort, getattr(line, "source", None)): line.amount for line in lines}


def _place_order(place: _Place) -> tuple[int, str, str, str]:
    year, sort, source = place
    return (year, sort, source.key, source.name) if source else (year, sort, "", "")


# --- carrying out ----------------------------------------------------------------------------------------------


def apply(a: Content, changes: Iterable[Change]) -> Content:
    """The content after the changes; `DoesNotFit` where they were not made from this one."""
    every = list(changes)

    def of(thing: Thing) -> list[Change]:
        return [one for one in every if one.thing == thing]

    rows: dict[str, Any] = {field: _with_things(getattr(a, field), of(thing)) for thing, field in ROWS.items()}
    return replace(a, plan=_with_fields(a.plan, of(Thing.PLAN)), **rows)


def _with_things(things: tuple[Any, ...], changes: list[Change]) -> tuple[Any, ...]:
    rows: dict[str, list[str]] = {}
    by_key = _by_key(things)
    for key, one in by_key.items():
        rows.setdefault(_parent(one), []).append(key)
    own: dict[str, list[Change]] = {}
    for change in changes:
        if isinstance(change, Removed | Moved):
            if change.key not in by_key:
                raise DoesNotFit(f"{change.key} is not there.")
            rows[_parent(by_key[change.key])].remove(change.key)
        if isinstance(change, Removed):
            del by_key[change.key]
        elif not isinstance(change, Added | Moved):
            own.setdefault(change.key, []).append(change)
    # In the order of the newer content: whatever a thing stands after is in its place already.
    for change in changes:
        if isinstance(change, Added):
            by_key[change.key] = change.value
        elif isinstance(change, Moved) and change.before != change.parent:
            by_key[change.key] = replace(by_key[change.key], parent=change.parent)
        if isinstance(change, Added | Moved):
            row = rows.setdefault(change.parent, [])
            row.insert(row.index(change.after) + 1 if change.after else 0, change.key)
    for key, few in own.items():
        if key not in by_key:
            raise DoesNotFit(f"{key} is not there.")
        by_key[key] = _with_fields(by_key[key], few)
    return tuple(by_key[key] for key in _walk(rows, ""))


def _walk(rows: dict[str, list[str]], parent: str) -> Iterator[str]:
    for key in rows.get(parent, []):
        yield key
        # Of things without a tree every parent is "", and only the top row exists.
        if key:
            yield from _walk(rows, key)


def _with_fields(one: Any, changes: list[Change]) -> Any:
    if not changes:
        return one
    flat = _flat(one)
    money: dict[str, dict[_Place, int]] = {}
    for change in changes:
        if isinstance(change, Repriced):
            amounts = money.setdefault(change.field, _amounts(flat[change.field]))
            place = (change.year, change.sort, change.source)
            if amounts.get(place) != change.before:
                raise DoesNotFit(f"{change.key}: {change.field} is not what it was.")
            amounts.pop(place, None)
            if change.now is not None:
                amounts[place] = change.now
        elif isinstance(change, Reworded | Changed):
            if flat[change.field] != change.before:
                raise DoesNotFit(f"{change.key}: {change.field} is not what it was.")
            flat[change.field] = change.now
    for field, amounts in money.items():
        flat[field] = _lines(field, amounts)
    return _unflat(one, flat)


def _lines(field: str, amounts: dict[_Place, int]) -> Any:
    if field == "step.cost":
        return amounts.get((0, "", None))
    made: list[CostLine | FundingLine] = []
    for year, sort, source in sorted(amounts, key=_place_order):
        amount = amounts[year, sort, source]
        made.append(FundingLine(year, sort, source, amount) if source else CostLine(year, sort, amount))
    return tuple(made)


def _unflat(one: Any, flat: dict[str, Any]) -> Any:
    values = {name: value for name, value in flat.items() if "." not in name}
    if isinstance(one, NodeFacts):
        for part, shape in PARTS.items():
            inner = {name.partition(".")[2]: value for name, value in flat.items() if name.startswith(f"{part}.")}
            values[part] = shape(**inner) if flat[part] else None
    return replace(one, **values)


def touched(changes: Iterable[Change]) -> dict[tuple[Thing, str], list[Change]]:
    """Changes by the thing they are about, in order."""
    by: dict[tuple[Thing, str], list[Change]] = {}
    for change in changes:
        by.setdefault((change.thing, change.key), []).append(change)
    return by
