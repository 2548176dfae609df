"""A plan as one value: its levels and its nodes under one another, read in two queries for any size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

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
