"""Indicators in answers and in reports: what whoever answers may type, and the path from the baseline over the targets
to what really was, as words and as a small drawing.

A line of a report keeps numbers as text ("2.5"), so that what was approved stays as it was said:
{"name", "unit", "computed", "more_is_better", "baseline", "baseline_year", "path": [[year, target, actual], …]}.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import quoteattr

from portal.editions.content import written
from portal.indicators.models import Indicator
from portal.plan.models import Node

Line = dict[str, Any]
COMPUTED = "spočítal systém z katalogu"
UNKNOWN = "neznámo"


def asked(node: Node) -> list[Indicator]:
    """Indicators of a measure, those that the system counts among them."""
    return list(Indicator.objects.filter(node=node).whole())


def lines(nodes: Collection[int], years: Iterable[int], until: int) -> dict[int, list[Line]]:
    """Indicators of the nodes with their targets in the years and what is known up to `until`. Three queries."""
    held: dict[int, list[Line]] = {}
    for one in Indicator.objects.filter(node__in=list(nodes)).whole():
        held.setdefault(one.node_id, []).append(line(one, years, until))
    return held


def line(indicator: Indicator, years: Iterable[int], until: int) -> Line:
    of = indicator.definition
    targets = {row.year: written(row.value) for row in indicator.targets.all()}
    actuals = {row.year: written(row.value) for row in indicator.actuals.all() if row.year <= until}
    return {
        "name": of.name,
        "unit": of.unit,
        "computed": of.is_computed,
        "more_is_better": of.more_is_better,
        "baseline": None if indicator.baseline is None else written(indicator.baseline),
        "baseline_year": indicator.baseline_year,
        "path": [[year, targets.get(year), actuals.get(year)] for year in years],
    }


# --- in words ----------------------------------------------------------------------------------------------------


def number(value: str | None) -> str:
    """ "12 480,5" with a hard space; what nobody said is unknown."""
    if value is None:
        return UNKNOWN
    return f"{Decimal(value):,f}".replace(",", "\u00a0").replace(".", ",")


def at(of: Line, year: int) -> tuple[str | None, str | None]:
    """Target and actual of a year."""
    return next(((target, actual) for one, target, actual in of["path"] if one == year), (None, None))


def reached(of: Line, year: int) -> bool | None:
    """Whether the target of the year was met; None where either is unknown."""
    target, actual = at(of, year)
    if target is None or actual is None:
        return None
    gap = Decimal(actual) - Decimal(target)
    return gap >= 0 if of["more_is_better"] else gap <= 0


def sentence(of: Line, year: int) -> str:
    """ "437 (cíl 440, na začátku 412 v roce 2023), spočítal systém z katalogu"."""
    target, actual = at(of, year)
    beside = []
    if target is not None:
        beside.append(f"cíl {number(target)}")
    if of["baseline"] is not None:
        since = f" v roce {of['baseline_year']}" if of["baseline_year"] else ""
        beside.append(f"na začátku {number(of['baseline'])}{since}")
    return "".join(
        (
            f"{number(actual)} ({of['unit']})",
            f"; {', '.join(beside)}" if beside else "",
            f"; {COMPUTED}" if of["computed"] else "",
        )
    )


def told(of: Line) -> str:
    """The whole path in words, for those who do not see the drawing."""
    begun = f"na začátku {number(of['baseline'])}" if of["baseline"] is not None else "začátek neznámo"
    steps = [f"{year}: cíl {number(target)}, skutečnost {number(actual)}" for year, target, actual in of["path"]]
    return f"{of['name']}: {'; '.join((begun, *steps))}"


# --- as a drawing ------------------------------------------------------------------------------------------------

WIDTH, HEIGHT, SIDE, TOP, FOOT = 260, 84, 22, 20, 24
# Those of static/css/tokens.css on white; on a page the styles give them those of its theme.
TARGET, ACTUAL, INK = "#6b6b6b", "#254a9d", "#262626"


@dataclass(frozen=True, slots=True)
class Point:
    year: int
    x: int
    y: int
    value: str


def is_drawn(of: Line) -> bool:
    """One number alone makes no path."""
    return sum(1 for _ in _values(of)) > 1


def drawing(of: Line) -> str:
    """Targets as a broken line, what really was as a whole one with dots; where a year is unknown the line breaks."""
    years = [one[0] for one in of["path"]]
    start = [_year_of_baseline(of, years[0])] if of["baseline"] is not None else []
    step = (WIDTH - 2 * SIDE) // max(1, len(start + years) - 1)
    columns = {year: SIDE + step * at for at, year in enumerate(start + years)}
    low, high = min(_values(of)), max(_values(of))

    def point(year: int, value: str | None) -> Point | None:
        if value is None:
            return None
        share = (Decimal(value) - low) / (high - low) if high > low else Decimal("0.5")
        return Point(year, columns[year], HEIGHT - FOOT - round(share * (HEIGHT - FOOT - TOP)), value)

    begun = [point(year, of["baseline"]) for year in start]
    targets = begun + [point(year, target) for year, target, _ in of["path"]]
    actuals = begun + [point(year, actual) for year, _, actual in of["path"]]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="plan-path" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" aria-label={quoteattr(told(of))} font-family="Roboto, sans-serif" '
        f'font-size="12">{_lines(targets, "t", TARGET, 2)}{_lines(actuals, "a", ACTUAL, 3)}{_dots(actuals)}'
        f"{_words(columns, targets, actuals)}</svg>"
    )


def _year_of_baseline(of: Line, first: int) -> int:
    said: int | None = of["baseline_year"]
    return said if said is not None and said < first else first - 1


def _values(of: Line) -> Iterator[Decimal]:
    if of["baseline"] is not None:
        yield Decimal(of["baseline"])
    for _, target, actual in of["path"]:
        yield from (Decimal(one) for one in (target, actual) if one is not None)


def _lines(points: Sequence[Point | None], name: str, colour: str, width: int) -> str:
    dashes = ' stroke-dasharray="5 4"' if name == "t" else ""
    # A target holds on to the next one known; between two known values of the actual nothing may be guessed.
    known: Sequence[Point | None] = [one for one in points if one] if name == "t" else points
    parts = [f"M{a.x} {a.y}L{b.x} {b.y}" for a, b in pairwise(known) if a and b]
    path = "".join(parts)
    if not path:
        return ""
    return f'<path class="{name}" d="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{dashes}/>'


def _dots(points: Sequence[Point | None]) -> str:
    return "".join(f'<circle class="d" cx="{one.x}" cy="{one.y}" r="4" fill="{ACTUAL}"/>' for one in points if one)


def _words(columns: dict[int, int], targets: Sequence[Point | None], actuals: Sequence[Point | None]) -> str:
    """The years under, the last actual above its dot."""
    ends = [*dict.fromkeys((min(columns), max(columns)))]
    made = [f'<text x="{columns[one]}" y="{HEIGHT - 5}" text-anchor="middle" fill="{INK}">{one}</text>' for one in ends]
    last = next((one for one in reversed(actuals) if one), None)
    aim = next((one for one in reversed(targets) if one), None)
    if last:
        made.append(_value(last, "bold"))
    if aim and (last is None or aim.year != last.year):
        made.append(_value(aim, "normal"))
    return "".join(made)


def _value(of: Point, weight: str) -> str:
    return (
        f'<text x="{of.x}" y="{of.y - 8}" text-anchor="middle" font-weight="{weight}" fill="{INK}">'
        f"{number(of.value)}</text>"
    )
