"""What changed between two editions, told: changes of each thing as lines a person reads, for a page and for DOCX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from paper.blocks import Block, Cover, Document, Heading, Marked, Paragraph, Sheet
from paper.blocks import Run as Piece

from . import redline, wording
from .content import Content, Named, NodeFacts
from .redline import Added, Change, Changed, Moved, Removed, Repriced, Reworded, Thing


class Sort(StrEnum):
    """By what a reader chooses; the values stand in addresses."""

    ADDED = "pridane"
    REMOVED = "odebrane"
    MOVED = "presunute"
    WORDS = "text"
    MONEY = "penize"
    OTHER = "ostatni"


NAMES = {
    Sort.ADDED: "přidané",
    Sort.REMOVED: "odebrané",
    Sort.MOVED: "přesunuté",
    Sort.WORDS: "jiný text",
    Sort.MONEY: "jiné peníze",
    Sort.OTHER: "jiné údaje",
}
# What tells nothing to a reader when a whole thing comes or goes.
_SILENT = frozenset({"depth", "card", "step", "sort", "place", "node"})


@dataclass(frozen=True, slots=True)
class Line:
    """One change: what it is about, and the runs of it ("-" out, "+" in)."""

    sort: Sort
    label: str
    runs: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """All changes of one thing. `code` is the node's code where the newer edition has it."""

    title: str
    code: str
    lines: tuple[Line, ...]

    @property
    def sorts(self) -> set[Sort]:
        return {line.sort for line in self.lines}


def sections(a: Content, b: Content) -> list[Section]:
    """In the order of the newer content."""
    teller = _Teller(a, b)
    return [teller.section(*one) for one in redline.touched(redline.diff(a, b)).items()]


def of_sorts(told: list[Section], sorts: set[Sort]) -> list[Section]:
    """Only lines of the sorts; all of them where none is asked for."""
    if not sorts:
        return told
    kept = (Section(one.title, one.code, tuple(line for line in one.lines if line.sort in sorts)) for one in told)
    return [one for one in kept if one.lines]


def counts(told: list[Section]) -> dict[Sort, int]:
    return {sort: sum(sort in section.sorts for section in told) for sort in Sort}


class _Teller:
    def __init__(self, a: Content, b: Content) -> None:
        self.levels = wording.levels(a) | wording.levels(b)
        self.nodes = {node.code: node for node in (*a.nodes, *b.nodes)}
        self.standing = {node.code for node in b.nodes}
        self.titles = {
            (thing, one.key): getattr(one, "title", "") or getattr(one, "name", "") or getattr(one, "text", "")
            for thing in (Thing.CHAPTER, Thing.SWOT, Thing.NEED, Thing.INDICATOR)
            for content in (a, b)
            for one in getattr(content, redline.ROWS[thing])
        }

    def section(self, of: tuple[Thing, str], changes: list[Change]) -> Section:
        thing, key = of
        lines = tuple(line for change in changes for line in self.lines(change))
        return Section(self.title(thing, key), key if thing == Thing.NODE and key in self.standing else "", lines)

    def title(self, thing: Thing, key: str) -> str:
        if thing == Thing.PLAN:
            return "Plán jako celek"
        if thing == Thing.NODE:
            return self.node(self.nodes[key])
        if thing == Thing.INDICATOR:
            return f"Ukazatel {key.partition('/')[0]}: {self.titles[thing, key]}"
        word = {Thing.CHAPTER: "Kapitola", Thing.SWOT: "SWOT", Thing.NEED: "Potřeba"}[thing]
        return f"{word}: {self.titles[thing, key]}"

    def node(self, node: NodeFacts) -> str:
        return wording.titled(node, self.levels.get(node.depth))

    def lines(self, change: Change) -> Iterator[Line]:
        match change:
            case Added() | Removed():
                sort = Sort.ADDED if isinstance(change, Added) else Sort.REMOVED
                yield Line(sort, "", (Piece("Nově v plánu." if sort == Sort.ADDED else "V plánu už není."),))
                for one in redline.inside(change):
                    if getattr(one, "field", "") not in _SILENT:
                        yield from (Line(sort, line.label, line.runs) for line in self.lines(one))
            case Moved():
                yield Line(Sort.MOVED, "", (Piece(self.move(change)),))
            case Reworded():
                runs = tuple(Piece(run.text, run.mark.replace("=", "")) for run in change.runs)
                yield Line(Sort.WORDS, wording.field(change.field), runs)
            case Repriced():
                runs = _replaced(wording.money(change.before), wording.money(change.now))
                yield Line(Sort.MONEY, _of_money(change), runs)
            case Changed(field="card" | "step"):
                return
            case Changed():
                yield Line(
                    Sort.OTHER,
                    wording.field(change.field),
                    _values(*(wording.keyed(change.field, one) for one in (change.before, change.now))),
                )

    def move(self, change: Moved) -> str:
        after = f"za {self.place(change, change.after)}" if change.after else "na začátku"
        if change.before == change.parent:
            return f"Jiné pořadí: teď {after}."
        return (
            f"Přesunuto. Dřív pod: {self.place(change, change.before)}. Teď pod: {self.place(change, change.parent)}."
        )

    def place(self, change: Moved, key: str) -> str:
        if not key:
            return "vrchol plánu"
        return f"„{self.node(self.nodes[key]) if change.thing == Thing.NODE else self.titles[change.thing, key]}“"


def _of_money(change: Repriced) -> str:
    parts = [
        wording.field(change.field),
        str(change.year) if change.year else "",
        wording.SORTS.get(change.sort, change.sort),
        change.source.name if change.source else "",
    ]
    return ", ".join(part for part in parts if part)


def _values(before: Any, now: Any) -> tuple[Piece, ...]:
    """Of lists only what went and what came; of anything else the former value and the new one."""
    if isinstance(before, tuple) and isinstance(now, tuple):
        gone = [wording.said(one) for one in before if one not in now]
        come = [wording.said(one) for one in now if one not in before]
        if gone or come:
            out = tuple(Piece(f"{text}; ", "-") for text in gone)
            return out + tuple(Piece(f"{text}; ", "+") for text in come)
    return _replaced(_told(before), _told(now))


def _told(value: Any) -> str:
    return f"{value.name} ({value.key})" if isinstance(value, Named) else wording.said(value)


def _replaced(before: str, now: str) -> tuple[Piece, ...]:
    pieces = (Piece(f"{before} ", "-") if before != wording.NOTHING else None,
              Piece(now, "+") if now != wording.NOTHING else None)  # fmt: skip
    return tuple(piece for piece in pieces if piece)


# --- as a document ---------------------------------------------------------------------------------------------


def marked(line: Line) -> Block:
    if not line.label:
        return Paragraph("".join(run.text for run in line.runs))
    return Marked((Piece(f"{line.label}: "), *line.runs))


def document(told: list[Section], title: str, older: str, newer: str, whole: Sequence[Block] = ()) -> Document:
    """Words that went out and came in are tracked changes there: first change after change, then the `whole` text."""
    blocks: list[Block] = []
    for number, section in enumerate(told):
        blocks.append(Heading(2, section.title, f"zmena-{number}"))
        blocks += [marked(line) for line in section.lines]
    if told:
        blocks.insert(0, Heading(1, "Změny", "zmeny"))
    else:
        blocks.append(Paragraph("Obě vydání jsou stejná."))
    blocks += whole
    cover = Cover(title, "Co se změnilo", (f"Starší znění: {older}", f"Novější znění: {newer}"))
    return Document(title, "", "cs", cover, tuple(blocks), Sheet.PLAN, title)
