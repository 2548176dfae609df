"""The whole document with its changes in place: what stays reads as before, what went out is crossed out, what came in
is underlined. Accepting every change gives the newer document, refusing every change the older one.

Blocks are matched by what they are about (a heading by its anchor, a table by its title and heads), then compared
inside: facts by their names, rows of a table by their first cell, texts word by word.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from paper.blocks import (
    Block,
    Bullets,
    Contents,
    Fact,
    Facts,
    Heading,
    Index,
    Marked,
    MarkedRow,
    MarkedTable,
    Note,
    Paragraph,
    Run,
    Table,
)

from . import redline

# The list of measures is made anew from the headings; its changes would tell everything twice.
LIST_OF_MEASURES = "prehled-opatreni"
OUT, IN = "-", "+"


def marked(older: Iterable[Block], newer: Iterable[Block]) -> Iterator[Block]:
    """Blocks of one document from those of the two."""
    a, b = _compared(older), _compared(newer)
    for tag, a1, a2, b1, b2 in _matched([_about(one) for one in a], [_about(one) for one in b]):
        if tag == "equal":
            for one, other in zip(a[a1:a2], b[b1:b2], strict=True):
                yield from _pair(one, other)
        else:
            yield from _replaced(a[a1:a2], b[b1:b2])


def _compared(blocks: Iterable[Block]) -> list[Block]:
    return [
        one
        for one in blocks
        if not isinstance(one, Contents | Index) and not (isinstance(one, Heading) and one.label == LIST_OF_MEASURES)
    ]


def _about(block: Block) -> Hashable:
    match block:
        case Heading():
            return ("heading", block.label or block.text)
        case Table():
            return ("table", block.title, block.head)
        case Paragraph():
            return ("paragraph", block.lead, "" if block.lead else block.text)
        case Facts() | Bullets():
            return type(block).__name__
    return block


def _matched(a: Sequence[Hashable], b: Sequence[Hashable]) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(None, a, b, autojunk=False).get_opcodes()


def _replaced(a: Sequence[Block], b: Sequence[Block]) -> Iterator[Block]:
    """Texts that stand in each other's place are compared word by word; the rest went out and came in."""
    if len(a) == len(b) and all(_alike(one, other) for one, other in zip(a, b, strict=True)):
        for one, other in zip(a, b, strict=True):
            yield from _pair(one, other)
        return
    for one in a:
        yield from _whole(one, OUT)
    for one in b:
        yield from _whole(one, IN)


def _alike(one: Block, other: Block) -> bool:
    if isinstance(one, Paragraph) and isinstance(other, Paragraph):
        return not one.lead and not other.lead and _close(one.text, other.text)
    return isinstance(one, Note) and isinstance(other, Note) and _close(one.text, other.text)


def _close(a: str, b: str) -> bool:
    return SequenceMatcher(None, a, b, autojunk=False).quick_ratio() > 0.5


def _pair(one: Block, other: Block) -> Iterator[Block]:
    if one == other:
        yield other
        return
    match one, other:
        case Heading(), Heading():
            yield Marked(words(one.text, other.text), other.level)
        case Paragraph(), Paragraph():
            yield Marked((*_lead(other.lead), *words(one.text, other.text)))
        case Note(), Note():
            yield Marked(words(one.text, other.text))
        case Facts(), Facts():
            yield from _facts(one, other)
        case Bullets(), Bullets():
            yield from _bullets(one, other)
        case Table(), Table():
            yield _table(one, other)
        case _:
            yield from (*_whole(one, OUT), *_whole(other, IN))


def words(before: str, now: str) -> tuple[Run, ...]:
    """Word by word, marked as paper marks them."""
    return tuple(Run(one.text, one.mark.replace("=", "")) for one in redline.runs(before, now))


def _lead(lead: str) -> tuple[Run, ...]:
    return (Run(f"{lead}: "),) if lead else ()


def _facts(a: Facts, b: Facts) -> Iterator[Block]:
    for tag, a1, a2, b1, b2 in _matched([one.name for one in a.facts], [one.name for one in b.facts]):
        if tag == "equal":
            for one, other in zip(a.facts[a1:a2], b.facts[b1:b2], strict=True):
                same = one.value == other.value
                yield Facts((other,)) if same else Marked((Run(f"{one.name}: "), *words(one.value, other.value)))
        else:
            yield from (_line(_of_fact(one), OUT) for one in a.facts[a1:a2])
            yield from (_line(_of_fact(one), IN) for one in b.facts[b1:b2])


def _of_fact(fact: Fact) -> str:
    return f"{fact.name}: {fact.value}"


def _bullets(a: Bullets, b: Bullets) -> Iterator[Block]:
    for tag, a1, a2, b1, b2 in _matched(a.items, b.items):
        if tag == "equal":
            yield Bullets(b.items[b1:b2])
        else:
            yield from (_line(one, OUT) for one in a.items[a1:a2])
            yield from (_line(one, IN) for one in b.items[b1:b2])


def _table(a: Table, b: Table) -> MarkedTable:
    rows: list[MarkedRow] = []
    for tag, a1, a2, b1, b2 in _matched([row[0] for row in a.rows], [row[0] for row in b.rows]):
        if tag == "equal":
            rows += [
                MarkedRow(tuple(words(before, now) for before, now in zip(one, other, strict=True)))
                for one, other in zip(a.rows[a1:a2], b.rows[b1:b2], strict=True)
            ]
        else:
            rows += [_row(one, OUT) for one in a.rows[a1:a2]]
            rows += [_row(one, IN) for one in b.rows[b1:b2]]
    return MarkedTable(b.head, tuple(rows), b.numbers, b.title)


def _row(cells: Sequence[str], mark: str) -> MarkedRow:
    return MarkedRow(tuple((Run(cell, mark),) if cell else () for cell in cells), mark)


def _line(text: str, mark: str) -> Marked:
    return Marked((Run(text, mark),))


def _whole(block: Block, mark: str) -> Iterator[Block]:
    """A block that went out or came in."""
    match block:
        case Heading():
            yield Marked((Run(block.text, mark),), block.level)
        case Paragraph():
            yield _line(f"{block.lead}: {block.text}" if block.lead else block.text, mark)
        case Note():
            yield _line(block.text, mark)
        case Facts():
            yield from (_line(_of_fact(one), mark) for one in block.facts)
        case Bullets():
            yield from (_line(one, mark) for one in block.items)
        case Table():
            yield MarkedTable(
                block.head, tuple(_row(one, mark) for one in block.rows), block.numbers, block.title, mark
            )
        case _:
            yield block
