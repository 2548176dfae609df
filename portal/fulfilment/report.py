"""The content of a report as one value: pages, PDF and DOCX are made from it, and it is kept once approved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from portal.plan.models import CapacityChange, FulfilmentState, Level, Step
from portal.plan.outcome_actions import Told
from portal.plan.public import look_of

from . import measured, progress
from .models import ActionItem, FulfilmentReport, PlannedMoney, Progress, ProgressFile, SpentMoney
from .year_plan import Content, Places, amounts_by, put_together, total

NO_REPORT = "zatím bez zprávy"
# Shapes of the component `state`, by how much of it is done.
DONE, NOT_KNOWN = "done", "unknown"
MEASURE = Level.Role.MEASURE


def content(report: FulfilmentReport) -> Content:
    """Counts, money and texts of a year, or of all approved years. The same number of queries for any plan."""
    places = Places(report.plan)
    chosen = list(items(report))
    years = sorted({one.action_plan.year for one in chosen} | ({report.year} if report.year else set()))
    said = {one.item_id: one for one in Progress.objects.filter(item__in=chosen).select_related("state")}
    planned = amounts_by(PlannedMoney.objects.filter(item__in=chosen), "item_id")
    spent = amounts_by(SpentMoney.objects.filter(progress__item__in=chosen), "progress__item_id")
    files = _files(chosen)
    by_node: dict[int, list[ActionItem]] = {}
    for one in chosen:
        by_node.setdefault(one.node_id, []).append(one)
    latest = {pk: _latest(rows, said) for pk, rows in by_node.items()}
    capacities = _capacities(by_node)
    goals = [branch.node for branch in places.tree.walk() if branch.level.role == Level.Role.GOAL]
    indicators = measured.lines(
        [*by_node, *(one.pk for one in goals)], report.plan.years, years[-1] if years else report.plan.years[-1]
    )
    parts = _parts(by_node, latest, places)
    lines: list[Content] = []
    for rows in sorted(by_node.values(), key=lambda rows: places.at(rows[0].node)):
        node, now = rows[0].node, latest[rows[0].node_id]
        state = now.state if now else None
        plans = [row for one in rows for row in planned.get(one.pk, [])]
        costs = [row for one in rows for row in spent.get(one.pk, [])]
        counted = progress.share(now.share if now else None, parts.get(node.pk, []))
        lines.append(
            {
                "pk": rows[-1].pk,
                "code": node.code,
                "title": node.title,
                "level": node.level.name,
                "is_measure": node.level.role == MEASURE,
                "parent": places.parent(node),
                "priority": places.priority(node),
                "area": places.area(node),
                "responsible": rows[-1].responsible,
                "state": state.name if state else NO_REPORT,
                "shape": shape(state),
                "told": [_told(one, said[one.pk], files) for one in rows if one.pk in said],
                "planned": total(plans),
                "spent": total(costs),
                "planned_money": plans,
                "spent_money": costs,
                "share": {
                    "percent": counted.percent,
                    "how": counted.how,
                    "known": counted.known,
                    "parts": counted.parts,
                    "by_money": counted.by_money,
                },
                "capacities": capacities.get(node.pk, []),
                "indicators": indicators.get(node.pk, []),
            }
        )
    return {
        "title": str(report),
        "plan": report.plan.title,
        "territory": report.plan.span_name,
        "years": years,
        "intro": report.intro,
        **summed(lines, list(FulfilmentState.objects.order_by("order", "pk").values_list("name", flat=True))),
        "goals": [
            {"code": one.code, "title": one.title, "indicators": indicators[one.pk]}
            for one in goals
            if one.pk in indicators
        ],
        "items": lines,
    }


def shown(report: FulfilmentReport) -> Content:
    """The approved words, or what people have said so far."""
    return report.frozen or content(report)


def last_year(content: Content) -> int:
    """The year whose values of indicators the report speaks of; 0 in one that has none."""
    return int(content["years"][-1]) if content["years"] else 0


def shape(state: FulfilmentState | None) -> str:
    """The component `state` of a page; the same of a state as on the public pages of the plan."""
    return look_of(state.weight, state.explained) if state else NOT_KNOWN


def outcomes(report: FulfilmentReport) -> list[Told]:
    """What the public pages of the plan may say of measures once the report is out: of a year, its own words."""
    if report.year is None or report.frozen is None:
        return []
    rows = Progress.objects.filter(item__in=items(report), item__node__level__role=MEASURE).select_related("item")
    return [Told(one.item.node_id, report.year, one.state_id, one.explanation or one.text) for one in rows]


def items(report: FulfilmentReport) -> QuerySet[ActionItem]:
    """Items of the approved action plans that the report speaks of, from the oldest year."""
    rows = ActionItem.objects.filter(action_plan__plan=report.plan_id, action_plan__frozen__isnull=False)
    if report.year:
        rows = rows.filter(action_plan__year=report.year)
    return rows.select_related("node__level", "action_plan").order_by("action_plan__year", "pk")


def _latest(rows: Sequence[ActionItem], said: Mapping[int, Progress]) -> Progress | None:
    """What was said last of a thing in its years."""
    return next((said[one.pk] for one in reversed(rows) if one.pk in said), None)


def _told(item: ActionItem, one: Progress, files: Mapping[int, list[dict[str, str]]]) -> dict[str, Any]:
    return {
        "year": item.action_plan.year,
        "state": one.state.name,
        "text": one.text,
        "explanation": one.explanation,
        "files": files.get(one.pk, []),
    }


def _files(chosen: Sequence[ActionItem]) -> dict[int, list[dict[str, str]]]:
    held: dict[int, list[dict[str, str]]] = {}
    for one in ProgressFile.objects.filter(progress__item__in=chosen).select_related("file"):
        held.setdefault(one.progress_id, []).append({"title": str(one), "url": one.file.url})
    return held


def _parts(
    by_node: Mapping[int, list[ActionItem]], latest: Mapping[int, Progress | None], places: Places
) -> dict[int, list[progress.Part]]:
    """Activities of each measure that were chosen, with what is done of them."""
    costs = dict(Step.objects.filter(node__in=list(by_node), cost__isnull=False).values_list("node_id", "cost"))
    held: dict[int, list[progress.Part]] = {}
    for pk, rows in by_node.items():
        node = rows[0].node
        measure = places.measure(node)
        if measure.pk != pk:
            now = latest[pk]
            held.setdefault(measure.pk, []).append(progress.Part(now.state.weight if now else None, costs.get(pk)))
    return held


def _capacities(nodes: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    rows = list(CapacityChange.objects.filter(card__in=list(nodes)).select_related("service", "kind", "form", "unit"))
    there = progress.reached(rows)
    held: dict[int, list[dict[str, Any]]] = {}
    for one in rows:
        held.setdefault(one.card_id, []).append(
            {
                "what": one.service.name if one.service else one.kind.name,
                "form": one.form.name if one.form else "",
                "unit": one.unit.many,
                "promised": number(one.amount),
                "change": number(there[one.pk].change) if there[one.pk].change is not None else None,
                "percent": there[one.pk].percent,
            }
        )
    return held


def number(amount: Any) -> str:
    """ "+2,5": a change as people read it, the same in JSON and on paper."""
    plain = f"{amount:+f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return plain.replace("-", "\u2212").replace(".", ",") if plain not in {"+0", "-0", "+", "-"} else "0"


# --- counts ------------------------------------------------------------------------------------------------------


def summed(lines: Sequence[Mapping[str, Any]], states: Sequence[str]) -> Content:
    """Measures by state, priority and working group; money of all items together. Each measure is counted once."""
    measures = [one for one in lines if one["is_measure"]]
    heads = [*states, NO_REPORT]
    used = [state for state in heads if any(one["state"] == state for one in measures)]
    shapes = {one["state"]: one["shape"] for one in lines}
    return {
        "total": len(measures),
        "activities": len(lines) - len(measures),
        "states": used,
        "counts": [{"state": state, "shape": shapes[state], **_count(measures, state)} for state in used],
        "by_priority": _crossed(measures, "priority", used),
        "by_area": _crossed(measures, "area", used),
        "money": _money(lines),
        "planned": total(row for one in lines for row in one["planned_money"]),
        "spent": total(row for one in lines for row in one["spent_money"]),
        "spent_unknown": sum(one["planned"] is not None and one["spent"] is None for one in lines),
    }


def _count(measures: Sequence[Mapping[str, Any]], state: str) -> dict[str, int]:
    count = sum(one["state"] == state for one in measures)
    return {"count": count, "percent": round(100 * count / len(measures)) if measures else 0}


def _crossed(measures: Sequence[Mapping[str, Any]], key: str, states: Sequence[str]) -> list[dict[str, Any]]:
    names = list(dict.fromkeys(one[key] for one in measures))
    return [
        {
            "name": name,
            "counts": [sum(one[key] == name and one["state"] == state for one in measures) for state in states],
            "total": sum(one[key] == name for one in measures),
        }
        for name in names
    ]


def _money(lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    planned = [row for one in lines for row in one["planned_money"]]
    return beside(planned, [row for one in lines for row in one["spent_money"]])


def beside(planned: Iterable[Mapping[str, Any]], spent: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Planned beside spent for each sort and source that either of them names."""
    planned, spent = put_together(planned), put_together(spent)
    left = {(one["sort"], one["source"]): one["amount"] for one in planned}
    right = {(one["sort"], one["source"]): one["amount"] for one in spent}
    keys = [*left, *(key for key in right if key not in left)]
    return [{"sort": s, "source": o, "planned": left.get((s, o)), "spent": right.get((s, o))} for s, o in keys]
