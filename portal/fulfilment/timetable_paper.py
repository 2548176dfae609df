"""The implementation plan on paper: for each priority its drawing, a page at most high, and the same in a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from html import escape
from itertools import batched

from django.conf import settings

from paper.blocks import Block, Contents, Cover, Document, Figure, Heading, Paragraph, Sheet, Table
from portal.editions.exports import Cell
from portal.plan.models import Plan

from .measured import ACTUAL as ACCENT
from .measured import INK
from .timetable import HEAD, LABEL, ROW, WIDTH, Bar, Tick, Timetable, timetable

LINE, QUIET, PALE = "#c8c8c8", "#4a4a4a", "#dfe6f5"
# Lines of one drawing: with its heading it fits on a sheet laid on its side.
MOST = 15
UNKNOWN = "neznáme"
LEGEND = (
    "Plný pruh má začátek a konec, čárkovaný se dělá průběžně. "
    "Tečka znamená, že je opatření v akčním plánu toho roku. Totéž je v tabulce pod obrázkem."
)
HEADS = ("Opatření", "Od", "Do", "Kdo odpovídá", "V akčních plánech")


def document(plan: Plan) -> Document:
    drawn = timetable(plan, whole=True)
    return Document(
        title=f"Harmonogram: {plan.title}",
        author=settings.SITE_NAME,
        language="cs",
        cover=Cover("Harmonogram", plan.title, (plan.span_name, f"{plan.years[0]}–{plan.years[-1]}")),
        blocks=(Contents("Obsah", 1), *_blocks(drawn)),
        sheet=Sheet.WIDE,
        foot=f"{plan.title}, harmonogram",
        keywords=("komunitní plán", "harmonogram"),
    )


def _blocks(drawn: Timetable) -> Iterator[Block]:
    for at, priority in enumerate(drawn.priorities):
        bars = [one for one in drawn.bars if one.priority == priority]
        yield Heading(1, priority, f"priorita-{at}")
        if not at:
            yield Paragraph(LEGEND)
        for few in batched(bars, MOST):
            yield Figure(drawing(few, drawn.ticks), f"Od kdy do kdy se dělá {few[0].code} až {few[-1].code}.")
        yield Table(HEADS, tuple(row(one) for one in bars), widths=(38, 12, 12, 24, 14))


def row(bar: Bar) -> tuple[str, ...]:
    return (
        f"{bar.code} {bar.title}",
        _day(bar.starts_on, bar),
        _day(bar.ends_on, bar),
        bar.responsible,
        ", ".join(map(str, bar.years)),
    )


def _day(day: date | None, bar: Bar) -> str:
    if day is not None:
        return f"{day.day}. {day.month}. {day.year}"
    return "průběžně" if bar.ongoing else UNKNOWN


def drawing(bars: Sequence[Bar], ticks: Sequence[Tick]) -> str:
    """The bars as SVG, one under another from the top."""
    height = HEAD + ROW * len(bars) + 6
    placed = [replace(bar, y=HEAD + ROW * at) for at, bar in enumerate(bars)]
    inside = "".join((*(_tick(one, height) for one in ticks), *(_bar(one) for one in placed)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'font-family="Roboto, sans-serif" font-size="14">{inside}</svg>'
    )


def _tick(tick: Tick, height: int) -> str:
    return (
        f'<line x1="{tick.x}" y1="24" x2="{tick.x}" y2="{height}" stroke="{LINE}"/>'
        f'<text x="{tick.middle}" y="18" text-anchor="middle" fill="{QUIET}">{tick.year}</text>'
    )


def _bar(bar: Bar) -> str:
    dashed = f'fill="{PALE}" stroke="{ACCENT}" stroke-width="1.5" stroke-dasharray="6 4"'
    look = dashed if bar.ongoing else f'fill="{ACCENT}"'
    when = (
        f'<rect x="{bar.x}" y="{bar.y + 7}" width="{bar.width}" height="16" rx="3" {look}/>'
        if bar.width
        else f'<text x="{LABEL + 6}" y="{bar.base}" fill="{QUIET}" font-style="italic">termín {UNKNOWN}</text>'
    )
    dots = "".join(
        f'<circle cx="{x}" cy="{bar.middle}" r="4" fill="#ffffff" stroke="{INK}" stroke-width="2"/>' for x in bar.dots
    )
    return f'<text x="0" y="{bar.base}" fill="{INK}">{escape(bar.short)}</text>{when}{dots}'


def rows(plan: Plan) -> tuple[tuple[str, ...], list[tuple[Cell, ...]], tuple[int, ...]]:
    """Heads, rows and widths of the columns of a workbook; a column for each year."""
    heads = ("kód", "název", "priorita", "od", "do", "průběžně", "kdo odpovídá", *map(str, plan.years))
    lines: list[tuple[Cell, ...]] = [
        (
            *(one.code, one.title, one.priority, one.starts_on, one.ends_on),
            *("ano" if one.ongoing else "", one.responsible),
            *("ano" if year in one.years else "" for year in plan.years),
        )
        for one in timetable(plan, whole=True).bars
    ]
    return heads, lines, (9, 45, 28, 12, 12, 10, 28, *(8 for _ in plan.years))
