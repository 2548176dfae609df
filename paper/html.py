"""Blocks as HTML that stands inside a page: the accessible form of a document. Nothing in it can become markup."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from itertools import count

from .blocks import (
    Block,
    Bullets,
    Contents,
    Entry,
    Fact,
    Facts,
    Figure,
    Heading,
    Index,
    Marked,
    MarkedTable,
    Note,
    Paragraph,
    Pointer,
    Run,
    Table,
)

# Addresses that a value may open.
_SAFE = ("https://", "http://", "mailto:", "tel:", "/", "#")
DELETED, INSERTED = "odebráno: ", "přidáno: "


def html(blocks: Iterable[Block], under: int = 1) -> str:
    """The blocks one after another; a heading of level 1 becomes one below `under` (h2 in a page that has its h1)."""
    return _Page(under).render(tuple(blocks))


def html_parts(parts: Iterable[Iterable[Block]], under: int = 1) -> list[str]:
    """As `html`, for more parts that stand in one page: tables are counted through all of them."""
    page = _Page(under)
    return [page.render(tuple(blocks)) for blocks in parts]


class _Page:
    def __init__(self, under: int) -> None:
        self.under = under
        self.tables = count(1)

    def render(self, blocks: tuple[Block, ...]) -> str:
        return "\n".join(self.block(block, blocks) for block in blocks)

    def block(self, block: Block, every: tuple[Block, ...]) -> str:  # noqa: PLR0911 - one a block
        match block:
            case Heading():
                return self.heading(block.level, block.text, block.label) + (
                    f'<p class="soft">{escape(block.under)}</p>' if block.under else ""
                )
            case Paragraph():
                lead = f"<strong>{escape(block.lead)}:</strong> " if block.lead else ""
                return f"<p>{lead}{_text(block.text)}</p>"
            case Note():
                return f'<p class="note">{_text(block.text)}</p>'
            case Bullets():
                return "<ul>" + "".join(f"<li>{_text(item)}</li>" for item in block.items) + "</ul>"
            case Facts():
                return _facts(block.facts)
            case Marked():
                return f'<p class="diff">{"".join(map(_run, block.runs))}</p>'
            case MarkedTable():
                return self.marked_table(block)
            case Entry():
                return self.entry(block)
            case Index():
                return "".join(self.group(block, at) for at in range(len(block.groups)))
            case Contents():
                return self.contents(block, every)
            case Table():
                return self.table(block)
            case Figure():
                return _figure(block)

    def heading(self, level: int, text: str, label: str = "") -> str:
        number = min(6, level + self.under)
        anchor = f' id="{escape(label)}"' if label else ""
        return f"<h{number}{anchor}>{escape(text)}</h{number}>"

    def entry(self, entry: Entry) -> str:
        under = f'<p class="soft">{escape(entry.under)}</p>' if entry.under else ""
        text = f"<p>{_text(entry.text)}</p>" if entry.text else ""
        return self.heading(entry.level, entry.title, entry.label) + under + text + _facts(entry.facts)

    def group(self, index: Index, at: int) -> str:
        group = index.groups[at]
        under = f'<p class="soft">{escape(group.under)}</p>' if group.under else ""
        return self.heading(index.level, group.title) + under + _links(group.pointers)

    def contents(self, block: Contents, every: tuple[Block, ...]) -> str:
        """Links to the headings that have an anchor."""
        found = [one for one in every if isinstance(one, Heading) and one.label and one.level <= block.depth]
        links = _links(tuple(Pointer(one.text, one.label) for one in found))
        return self.heading(1, block.title) + f'<nav aria-label="{escape(block.title)}">{links}</nav>' if found else ""

    def table(self, table: Table) -> str:
        number = next(self.tables)
        name = f"tabulka-{number}"
        caption = f'<caption id="{name}">{escape(table.title)}</caption>' if table.title else ""
        labelled = f'aria-labelledby="{name}"' if table.title else f'aria-label="tabulka {number}"'
        head = "".join(_header("col", escape(word), _number(table, at)) for at, word in enumerate(table.head))
        rows = "".join(f"<tr>{self.cells(table, row)}</tr>" for row in table.rows)
        return (
            f'<div class="table-scroll" role="region" tabindex="0" {labelled}><table class="dense">{caption}'
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        )

    def marked_table(self, block: MarkedTable) -> str:
        title = f"<p><strong>{escape(block.title)}</strong></p>" if block.title else ""
        head = "".join(_header("col", escape(word)) for word in block.head)
        rows = "".join(
            "<tr>" + "".join(f"<td>{''.join(map(_run, cell))}</td>" for cell in row.cells) + "</tr>"
            for row in block.rows
        )
        number = next(self.tables)
        return (
            f'{title}<div class="table-scroll" role="region" tabindex="0" aria-label="tabulka {number}">'
            f'<table class="dense diff"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
        )

    def cells(self, table: Table, row: tuple[str, ...]) -> str:
        first, *rest = row
        cells = "".join(f"<td{_number(table, at)}>{_text(cell)}</td>" for at, cell in enumerate(rest, 1))
        return _header("row", _text(first), _number(table, 0)) + cells


def _header(scope: str, words: str, sort: str = "") -> str:
    """A head of a row or a column; one without words would be read out as nothing, so it is a plain cell."""
    return f'<th scope="{scope}"{sort}>{words}</th>' if words else f"<td{sort}></td>"


def _number(table: Table, at: int) -> str:
    return ' class="number"' if at in table.numbers else ""


def _text(text: str) -> str:
    return re.sub(r"\s*\n\s*", "<br>", escape(text.strip()))


def _facts(facts: Iterable[Fact]) -> str:
    rows = "".join(f"<div><dt>{escape(one.name)}</dt><dd>{_value(one)}</dd></div>" for one in facts)
    return f'<dl class="facts">{rows}</dl>' if rows else ""


def _value(fact: Fact) -> str:
    if fact.link.startswith(_SAFE):
        return f'<a href="{escape(fact.link)}">{_text(fact.value)}</a>'
    return _text(fact.value)


def _links(pointers: Iterable[Pointer]) -> str:
    rows = "".join(f'<li><a href="#{escape(one.label)}">{escape(one.text)}</a></li>' for one in pointers)
    return f"<ul>{rows}</ul>"


def _run(run: Run) -> str:
    """Whoever does not see the line and the colour hears the word."""
    if not run.mark:
        return escape(run.text)
    tag, said = ("del", DELETED) if run.mark == "-" else ("ins", INSERTED)
    return f'<{tag}><span class="visually-hidden">{said}</span>{escape(run.text)}</{tag}>'


def _figure(figure: Figure) -> str:
    if figure.address:
        return f'<p><img src="{escape(figure.address)}" alt="{escape(figure.alt)}" loading="lazy"></p>'
    return f'<div class="figure" role="img" aria-label="{escape(figure.alt)}">{figure.svg}</div>'
