"""The implementation plan: measures of several years as bars in time, and the same in a table.

Drawn in whole units of a drawing 1000 wide, so that a template can write it down as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from portal.plan.models import Card, Level, Node, Plan

from .models import ActionItem
from .year_plan import Places

WIDTH, LABEL, ROW, HEAD = 1000, 330, 30, 34
# A drawing of more lines is read by one priority at a time.
MOST = 60
TITLE = 44  # letters that fit before the bars


@dataclass(frozen=True, slots=True)
class Bar:
    code: str
    title: str
    priority: str
    responsible: str
    starts_on: date | None
    ends_on: date | None
    ongoing: bool
    years: tuple[int, ...]  # in whose action plans it is
    y: int
    x: int
    width: int  # 0 where nobody said when
    dots: tuple[int, ...]

    @property
    def short(self) -> str:
        whole = f"{self.code} {self.title}"
        return whole if len(whole) <= TITLE else f"{whole[: TITLE - 1].rstrip()}…"

    @property
    def middle(self) -> int:
        return self.y + ROW // 2

    @property
    def base(self) -> int:
        """Where letters stand."""
        return self.y + ROW // 2 + 5


@dataclass(frozen=True, slots=True)
class Tick:
    year: int
    x: int
    middle: int


@dataclass(frozen=True, slots=True)
class Timetable:
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    height: int
    priorities: tuple[str, ...]
    chosen: str  # the priority it is narrowed to; empty for the whole plan
    width: int = WIDTH
    label: int = LABEL


def timetable(plan: Plan, priority: str = "", *, whole: bool = False) -> Timetable:
    """Measures of the plan (of one priority) from its first year to its last. Five queries for any plan. A large plan
    is narrowed to its first priority unless `whole`, which is for paper."""
    places = Places(plan)
    cards = {one.pk: one for one in Card.objects.filter(node__plan=plan)}
    years: dict[int, list[int]] = {}
    chosen = ActionItem.objects.filter(action_plan__plan=plan, node__level__role=Level.Role.MEASURE)
    for key, year in chosen.values_list("node_id", "action_plan__year").order_by("action_plan__year"):
        years.setdefault(key, []).append(year)
    measures = [branch.node for branch in places.tree.measures()]
    names = list(dict.fromkeys(places.priority(node) for node in measures))
    if priority not in names:
        priority = names[0] if len(measures) > MOST and not whole else ""
    scale = Scale(plan)
    bars: list[Bar] = []
    for node in measures:
        under = places.priority(node)
        if priority in ("", under):
            held = tuple(years.get(node.pk, ()))
            bars.append(replace(_bar(len(bars), node, cards.get(node.pk), held, scale), priority=under))
    return Timetable(tuple(bars), scale.ticks(), HEAD + ROW * len(bars) + 6, tuple(names), priority)


class Scale:
    """Days of the plan's years onto the width of the drawing."""

    def __init__(self, plan: Plan) -> None:
        self.first = date(plan.years[0], 1, 1)
        self.last = date(plan.years[-1], 12, 31)
        self.years: Sequence[int] = plan.years

    def at(self, day: date) -> int:
        """Where the day begins; days outside stand at the edge."""
        inside = min(max(day, self.first), self.last)
        return LABEL + (WIDTH - LABEL) * (inside - self.first).days // ((self.last - self.first).days + 1)

    def ticks(self) -> tuple[Tick, ...]:
        made = []
        for year in self.years:
            x = self.at(date(year, 1, 1))
            made.append(Tick(year, x, (x + self.at(date(year, 12, 31))) // 2))
        return tuple(made)


def _bar(at: int, node: Node, card: Card | None, years: tuple[int, ...], scale: Scale) -> Bar:
    starts_on, ends_on = (card.starts_on, card.ends_on) if card else (None, None)
    ongoing = bool(card and card.ongoing)
    x, width = 0, 0
    if ongoing or starts_on or ends_on:
        x = scale.at(starts_on or scale.first)
        width = max(scale.at(ends_on or scale.last) - x, 6)
        width = min(width, WIDTH - x)
    dots = tuple(tick.middle for tick in scale.ticks() if tick.year in years)
    responsible = card.responsible if card else ""
    y = HEAD + ROW * at
    return Bar(node.code, node.title, "", responsible, starts_on, ends_on, ongoing, years, y, x, width, dots)
