"""Adding up what several plans say of one definition. Unknown stays unknown: a sum says of how many it is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.plan.models import Plan

from .models import Definition, Indicator


@dataclass(frozen=True, slots=True)
class Sum:
    """`value` of the `known` ones out of `all`; None when nobody knows."""

    value: Decimal | None
    known: int
    all: int

    @property
    def is_whole(self) -> bool:
        return self.known == self.all > 0


def add_up(values: Iterable[Decimal | None]) -> Sum:
    listed = list(values)
    known = [value for value in listed if value is not None]
    return Sum(sum(known, Decimal(0)) if known else None, len(known), len(listed))


type Years = Mapping[int, Decimal]


@dataclass(frozen=True, slots=True)
class Line:
    """What one plan says: sums over the points of its tree that use the definition."""

    plan: Plan
    baseline: Sum
    targets: dict[int, Sum]
    actuals: dict[int, Sum]


@dataclass(frozen=True, slots=True)
class Table:
    """Plans in lines, years in columns, and their sum; `total` is None where the definition does not add up."""

    years: Sequence[int]
    lines: tuple[Line, ...]
    total: Line | None

    @property
    def rows(self) -> list[tuple[Line, list[tuple[int, Sum | None, Sum | None]]]]:
        return [(line, self._cells(line)) for line in self.lines]

    @property
    def total_row(self) -> list[tuple[int, Sum | None, Sum | None]]:
        return self._cells(self.total) if self.total else []

    def _cells(self, line: Line) -> list[tuple[int, Sum | None, Sum | None]]:
        return [(year, line.targets.get(year), line.actuals.get(year)) for year in self.years]


def of_years(parts: Sequence[Years], years: Iterable[int]) -> dict[int, Sum]:
    return {year: add_up(part.get(year) for part in parts) for year in years}


def counting(plans: Iterable[Plan], year: int) -> list[Plan]:
    """Plans that count in a year: of each territory the newest one in force then, so that a generation that is being
    evaluated is not added to the one that follows it."""
    newest: dict[tuple[str, str], Plan] = {}
    for plan in sorted(plans, key=lambda one: (one.starts_on, one.pk)):
        if plan.state in Plan.BINDING and year in plan.years:
            newest[plan.span_kind, plan.span_code] = plan
    return list(newest.values())


def table(definition: Definition, plans: Iterable[Plan]) -> Table:
    """What the plans say of the definition. Three queries for any number of plans."""
    plans = list(plans)
    return _table(definition, plans, _used([definition], plans).get(definition.pk, []))


def under(above: Plan, definitions: Sequence[Definition]) -> list[tuple[Definition, Line | None, Table]]:
    """Each definition with what the plan above says itself, and what the public plans under it say. Four queries for
    any number of definitions and plans."""
    below = list(Plan.objects.public().filter(above=above).order_by("span_name", "starts_on"))
    used = _used(definitions, [above, *below])
    found = []
    for definition in definitions:
        all_of_it = used.get(definition.pk, [])
        mine = [one for one in all_of_it if one.node.plan_id == above.pk]
        theirs = [one for one in all_of_it if one.node.plan_id != above.pk]
        own = _line(above, mine, definition.adds_up) if mine else None
        found.append((definition, own, _table(definition, below, theirs)))
    return found


def _used(definitions: Iterable[Definition], plans: Iterable[Plan]) -> dict[int, list[Indicator]]:
    """Indicators by their definition. One that stands under a point with the same definition is a part of it and is
    not counted again."""
    rows = list(
        Indicator.objects.filter(definition__in=list(definitions), node__plan__in=list(plans))
        .standing()
        .whole()
        .select_related("node", "definition")
    )
    points = {(one.definition_id, one.node_id) for one in rows}
    found: dict[int, list[Indicator]] = {}
    for one in rows:
        if (one.definition_id, one.node.parent_id) not in points:
            found.setdefault(one.definition_id, []).append(one)
    return found


def _table(definition: Definition, plans: Sequence[Plan], used: Iterable[Indicator]) -> Table:
    by_plan: dict[int, list[Indicator]] = {}
    for one in used:
        by_plan.setdefault(one.node.plan_id, []).append(one)
    saying = [plan for plan in plans if plan.pk in by_plan]
    years = sorted({year for plan in saying for year in plan.years})
    lines = tuple(_line(plan, by_plan[plan.pk], definition.adds_up) for plan in saying)
    return Table(years, lines, _total(lines, years) if definition.adds_up and lines else None)


def _line(plan: Plan, indicators: list[Indicator], adds_up: bool) -> Line:
    """A share used once in a plan is told as it is; used more times, it has no one value."""
    if not adds_up and len(indicators) > 1:
        unknown = Sum(None, 0, len(indicators))
        return Line(plan, unknown, dict.fromkeys(plan.years, unknown), dict.fromkeys(plan.years, unknown))
    targets = [{row.year: row.value for row in one.targets.all()} for one in indicators]
    actuals = [{row.year: row.value for row in one.actuals.all()} for one in indicators]
    baseline = add_up(one.baseline for one in indicators)
    return Line(plan, baseline, of_years(targets, plan.years), of_years(actuals, plan.years))


def _total(lines: Sequence[Line], years: Iterable[int]) -> Line:
    targets, actuals = {}, {}
    plans = {line.plan.pk: line for line in lines}
    for year in years:
        here = [plans[plan.pk] for plan in counting((line.plan for line in lines), year)]
        targets[year] = together(line.targets.get(year) for line in here)
        actuals[year] = together(line.actuals.get(year) for line in here)
    return Line(lines[0].plan, together(line.baseline for line in lines), targets, actuals)


def together(sums: Iterable[Sum | None]) -> Sum:
    """Sums put together: the same as if all their values had been added up at once."""
    listed = [one for one in sums if one is not None]
    known = [one.value for one in listed if one.value is not None]
    value = sum(known, Decimal(0)) if known else None
    return Sum(value, sum(one.known for one in listed), sum(one.all for one in listed))
