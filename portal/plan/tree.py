"""A plan as one value: its levels and its nodes under one another, read in two queries for any size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .models import Level, Node, Plan


@dataclass(slots=True)
class Branch:
    """A node with what stands under it, in order. `path` leads from the top to the node above it."""

    node: Node
    level: Level
    path: tuple[Node, ...] = ()
    children: list[Branch] = field(default_factory=list)

    def walk(self) -> Iterator[Branch]:
        """The branch and all below it, from the top, in order."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def is_measure(self) -> bool:
        return self.level.role == Level.Role.MEASURE


@dataclass(slots=True)
class Tree:
    plan: Plan
    levels: tuple[Level, ...]
    top: list[Branch]

    def walk(self) -> Iterator[Branch]:
        for branch in self.top:
            yield from branch.walk()

    def measures(self) -> list[Branch]:
        return [one for one in self.walk() if one.is_measure]


def read(plan: Plan) -> Tree:
    """The plan's standing nodes. A node whose parent has been removed is not in the tree."""
    levels = tuple(plan.levels.all())
    by_key = {level.pk: level for level in levels}
    nodes = list(Node.objects.filter(plan=plan).standing().order_by("order", "id"))
    branches = {node.pk: Branch(node, by_key[node.level_id]) for node in nodes}
    top: list[Branch] = []
    for node in nodes:
        branch = branches[node.pk]
        if node.parent_id is None:
            top.append(branch)
        elif node.parent_id in branches:
            branches[node.parent_id].children.append(branch)
    for branch in top:
        _set_paths(branch, ())
    return Tree(plan, levels, top)


def _set_paths(branch: Branch, path: tuple[Node, ...]) -> None:
    branch.path = path
    for child in branch.children:
        _set_paths(child, (*path, branch.node))


# --- the tree as lines to look at ------------------------------------------------------------------------------


@dataclass(slots=True)
class Line:
    """A line of the tree as the desk shows it: no rows behind it, so that a thousand of them are read at once.

    `down`: it is the first under the line before it; `ups`: how many levels end between the line before and it.
    """

    key: int
    parent: int | None
    code: str
    title: str
    level: Level
    responsible: str
    area: str
    starts_on: date | None
    ends_on: date | None
    ongoing: bool
    children: list[Line] = field(default_factory=list)
    depth: int = 0
    down: bool = False
    ups: range = range(0)
    is_first: bool = True
    is_last: bool = True

    @property
    def tag(self) -> str:
        """The key for attributes of a page, where numbers are not told in thousands."""
        return str(self.key)

    @property
    def when(self) -> str:
        """ "průběžně", "2026–2027", "od 2026"."""
        if self.ongoing:
            return "průběžně"
        first, last = self.starts_on and self.starts_on.year, self.ends_on and self.ends_on.year
        if first and last:
            return str(first) if first == last else f"{first}–{last}"
        return f"od {first}" if first else f"do {last}" if last else ""

    @property
    def said(self) -> str:
        """Who answers for it and when, in one string; empty where nobody wrote it."""
        return " · ".join(filter(None, (self.responsible or self.area, self.when)))


_LINE = ("pk", "parent_id", "code", "title", "level_id", "card__area__name")
_OF_CARD = ("responsible", "starts_on", "ends_on")


@dataclass(slots=True)
class Outline:
    """All standing lines from the top, in order; `ends` levels are open after the last one."""

    levels: tuple[Level, ...]
    lines: list[Line]
    ends: range


def outline(plan: Plan) -> Outline:
    """The tree for the desk in two queries."""
    levels = tuple(plan.levels.all())
    by_key = {level.pk: level for level in levels}
    columns = [*_LINE, *(f"card__{one}" for one in _OF_CARD), *(f"step__{one}" for one in _OF_CARD), "card__ongoing"]
    rows = Node.objects.filter(plan=plan).standing().order_by("order", "id").values_list(*columns)
    found = {row[0]: _line(row, by_key) for row in rows}
    top = []
    for line in found.values():
        if line.parent is None:
            top.append(line)
        elif line.parent in found:
            found[line.parent].children.append(line)
    lines: list[Line] = []
    _laid(top, 0, lines)
    depth = 0
    for line in lines:
        line.down, line.ups = line.depth > depth, range(depth - line.depth)
        depth = line.depth
    return Outline(levels, lines, range(depth))


def _line(row: tuple[Any, ...], levels: dict[int, Level]) -> Line:
    key, parent, code, title, level, area, *said, ongoing = row
    responsible, starts_on, ends_on = (mine or below for mine, below in zip(said[:3], said[3:], strict=True))
    return Line(
        key, parent, code, title, levels[level], responsible or "", area or "", starts_on, ends_on, bool(ongoing)
    )


def _laid(branch: list[Line], depth: int, into: list[Line]) -> None:
    for at, line in enumerate(branch):
        line.depth, line.is_first, line.is_last = depth, at == 0, at == len(branch) - 1
        into.append(line)
        _laid(line.children, depth + 1, into)
