"""The invented plans of demo/plan/: reading their files, writing them in a few statements, taking them away again.

`load` adds only the plans that are missing and needs the demo region and the code lists. indicators.toml holds the
shared definitions, every other file one plan; codes follow from the order in the file (1, 1.2, 1.2.3, 1.2.3.a).
Amounts in the files are thousands of crowns, by years from the first year of the plan.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction

from portal.accounts.models import Grant, Person
from portal.catalogue.models import CapacityUnit, Kind, Service, Source, TargetGroup
from portal.chapters.models import Chapter, Need, NeedEvidence, SwotPoint
from portal.chapters.provisions import TEMPLATE
from portal.indicators.models import Actual, Definition, Indicator, Target
from portal.plan.levels import LETTERS, TEMPLATES
from portal.plan.models import (
    Area,
    CapacityChange,
    Card,
    Cost,
    Evidence,
    ExtraField,
    Funding,
    Level,
    MeasureKind,
    MoneySort,
    MoneySource,
    Node,
    Plan,
    Resolution,
    Risk,
    Step,
)
from portal.territory.models import Municipality, Region

from . import demo_editions, demo_fulfilment, demo_groups

FOLDER: Path = settings.ROOT / "demo" / "plan"
DEFINITIONS = "indicators.toml"
THOUSAND = 1000
# Values of a year are told in the January after it.
TOLD_IN = 1


class NotDemoPlan(ValueError):
    """A file of demo/plan/ does not say what it should; the message says which and what."""


# --- reading ---------------------------------------------------------------------------------------------------


class Course(NamedTuple):
    """What an indicator says: where it stood, targets and values by year; None is unknown."""

    key: str
    baseline: Decimal | None
    targets: tuple[Decimal | None, ...]
    actuals: tuple[Decimal | None, ...]


def read_plans(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """Plans as they are written, by their slugs, in the order of the files (the older first)."""
    files = sorted(path for path in folder.glob("*.toml") if path.name != DEFINITIONS)
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in files}


def read_definitions(folder: Path = FOLDER) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads((folder / DEFINITIONS).read_text(encoding="utf-8"))["indicator"]
    return rows


def read_indicator(text: str) -> Course:
    """ "lide 120: 130, 140 = 128, -" as where it stood, targets and values by year."""
    head, _, path = text.partition(":")
    key, _, baseline = head.strip().partition(" ")
    targets, _, actuals = path.partition("=")
    try:
        return Course(key, _number(baseline), _numbers(targets), _numbers(actuals))
    except ArithmeticError as fault:
        raise NotDemoPlan(f"ukazatel {text!r} neříká čísla") from fault


def _numbers(text: str) -> tuple[Decimal | None, ...]:
    return tuple(_number(one) for one in text.split(",")) if text.strip() else ()


def _number(text: str) -> Decimal | None:
    text = text.strip()
    return None if text in {"", "-"} else Decimal(text)


def shares(amount: int, parts: dict[str, int]) -> dict[str, int]:
    """An amount split by per cents into whole crowns. When the per cents make a hundred, so do the crowns."""
    split = {name: amount * part // 100 for name, part in parts.items()}
    if sum(parts.values()) == 100 and split:
        first = next(iter(split))
        split[first] += amount - sum(split.values())
    return split


# --- writing ---------------------------------------------------------------------------------------------------


@transaction.atomic
def load(folder: Path = FOLDER) -> dict[str, Plan]:
    """Add the plans that are missing, with what became of them. Returns those that it added, by their slugs."""
    _load_definitions(folder)
    written = read_plans(folder)
    have = set(Plan.objects.filter(slug__in=written).values_list("slug", flat=True))
    lists = _Lists()
    added = {slug: _Writing(slug, said, lists).write() for slug, said in written.items() if slug not in have}
    for slug, plan in added.items():
        _stand_under(plan, written[slug].get("below", {}))
    demo_groups.look_after_areas()
    demo_editions.load(added)
    demo_fulfilment.load(added)
    return added


def _stand_under(above: Plan, below: dict[str, dict[str, str]]) -> None:
    """Put the plans of towns under the region's, and their measures under its points."""
    points = {node.code: node for node in above.nodes.all()}
    for slug, codes in below.items():
        Plan.objects.filter(slug=slug).update(above=above)
        cards = list(Card.objects.filter(node__plan__slug=slug, node__code__in=codes).select_related("node"))
        for card in cards:
            card.above = points[codes[card.node.code]]
        Card.objects.bulk_update(cards, ["above"])


def _load_definitions(folder: Path) -> None:
    have = set(Definition.objects.values_list("key", flat=True))
    missing = [said for said in read_definitions(folder) if said["key"] not in have]
    kinds, units = Kind.objects.in_bulk(field_name="key"), CapacityUnit.objects.in_bulk(field_name="key")
    Definition.objects.bulk_create(
        (
            Definition(
                key=said["key"],
                name=said["name"],
                unit=said["unit"],
                description=said["description"],
                source=said.get("source", ""),
                supplier=said.get("supplier", ""),
                formula=said.get("formula", ""),
                adds_up=said.get("adds_up", said.get("formula") != Definition.Formula.CONFIRMED),
                more_is_better=said.get("better") != "less",
                kind=kinds[said["kind"]] if "kind" in said else None,
                capacity_unit=units[said["capacity_unit"]] if "capacity_unit" in said else None,
            )
            for said in missing
        ),
        ignore_conflicts=True,
    )


class _Lists:
    """Code lists and what the plans point to, by the keys that the files name them by."""

    def __init__(self) -> None:
        self.kinds = MeasureKind.objects.in_bulk(field_name="key")
        self.sources = MoneySource.objects.in_bulk(field_name="key")
        self.groups = TargetGroup.objects.in_bulk(field_name="key")
        self.units = CapacityUnit.objects.in_bulk(field_name="key")
        self.definitions = Definition.objects.in_bulk(field_name="key")
        rows = Service.objects.filter(source=Source.DEMO).select_related("kind")
        self.services = {one.source_id: one for one in rows}
        if not (self.kinds and self.sources):
            raise NotDemoPlan("Číselníky plánů jsou prázdné. Nejdřív spusťte manage.py load_lists.")


class Measure(NamedTuple):
    """A measure with what the file says of it and of the priority it belongs to."""

    node: Node
    said: dict[str, Any]
    priority: dict[str, Any]


@dataclass(slots=True)
class _Writing:
    """One plan on its way from the file to the tables, one statement a table."""

    slug: str
    said: dict[str, Any]
    lists: _Lists
    plan: Plan = field(init=False)
    levels: dict[str, Level] = field(init=False)
    areas: dict[str, Area] = field(init=False)
    measures: list[Measure] = field(init=False, default_factory=list)
    goals: list[tuple[Node, dict[str, Any]]] = field(init=False, default_factory=list)

    def write(self) -> Plan:
        self._plan()
        self._tree()
        cards = self._cards()
        self._money(cards)
        self._joins(cards)
        self._indicators()
        self._texts()
        return self.plan

    def _plan(self) -> None:
        said = self.said
        where: Municipality | Region
        if "region" in said:
            where, span = Region.objects.get(demo=True), Grant.Range.REGION
        else:
            where = Municipality.objects.filter(region__demo=True).get(name=said["town"])
            span = Grant.Range.MUNICIPALITY
        self.plan = Plan.objects.create(
            slug=self.slug,
            title=said["title"],
            span_kind=span,
            span_code=where.pk,
            span_name=where.name,
            starts_on=said["starts_on"],
            ends_on=said["ends_on"],
            state=said["state"],
            organiser=said["organiser"],
            about=said["about"],
            follows=Plan.objects.get(slug=said["follows"]) if "follows" in said else self._before(where.pk),
        )
        Resolution.objects.bulk_create(Resolution(plan=self.plan, **one) for one in said.get("resolution", []))
        ExtraField.objects.bulk_create(
            ExtraField(plan=self.plan, order=at, **one) for at, one in enumerate(said.get("field", []))
        )
        levels = enumerate(TEMPLATES[said.get("template", "mesto")].levels, 1)
        rows = (Level(plan=self.plan, depth=at, role=one.role, name=one.name, many=one.many) for at, one in levels)
        self.levels = {one.role: one for one in Level.objects.bulk_create(rows)}
        areas = (Area(plan=self.plan, name=name, order=at) for at, name in enumerate(said["areas"]))
        self.areas = {one.name: one for one in Area.objects.bulk_create(areas)}

    def _before(self, town: str) -> Plan | None:
        """The plan of the town that ended when this one begins."""
        ended = Plan.objects.filter(span_code=town, ends_on__lt=self.said["starts_on"]).order_by("-ends_on")
        return ended.first()

    def _tree(self) -> None:
        """Level by level, so that every parent has its number before its children."""
        vision = self._nodes("vision", [(None, "V", {"title": self.said["vision"]})])[0][0]
        priorities = self._nodes("priority", _under([(vision, self.said)], "priority", top=True))
        self.goals = self._nodes("goal", _under(priorities, "goal"))
        measures = self._nodes("measure", _under(self.goals, "measure"))
        of_code = {node.code: said for node, said in priorities}
        self.measures = [Measure(node, said, of_code[node.code.partition(".")[0]]) for node, said in measures]
        steps: list[tuple[Node | None, str, dict[str, Any]]] = [
            (node, f"{node.code}.{LETTERS[at]}", {"title": title, "at": at, "of": said})
            for node, said in measures
            for at, title in enumerate(said.get("steps", []))
        ]
        made = self._nodes("activity", steps)
        Step.objects.bulk_create(self._step(node, said) for node, said in made)

    def _nodes(self, role: str, rows: list[tuple[Node | None, str, dict[str, Any]]]) -> list[tuple[Node, Any]]:
        nodes = Node.objects.bulk_create(
            Node(plan=self.plan, level=self.levels[role], parent=parent, code=code, title=said["title"], order=order)
            for order, (parent, code, said) in enumerate(rows, 1)
        )
        return [(node, said) for node, (_, _, said) in zip(nodes, rows, strict=True)]

    def _step(self, node: Node, said: dict[str, Any]) -> Step:
        """Activities of a measure go one after another through the years in which it costs something."""
        years = self._years(said["of"]) or list(self.plan.years)
        first = years[min(said["at"], len(years) - 1)]
        return Step(
            node=node,
            responsible=said["of"].get("who", ""),
            starts_on=date(first, 1, 1),
            ends_on=date(min(first + said["at"] // 2, self.plan.years[-1]), 12, 31),
        )

    def _years(self, said: dict[str, Any]) -> list[int]:
        """Years in which a measure costs something."""
        rows = [said.get(name, []) for name in ("cost", "invest")]
        return [year for at, year in enumerate(self.plan.years) if any(at < len(row) and row[at] for row in rows)]

    def _cards(self) -> list[Card]:
        reporting = Person.objects.filter(email="koordinatorka@svornov.example").first()
        cards = []
        for node, said, priority in self.measures:
            years = self._years(said)
            cards.append(
                Card(
                    node=node,
                    kind=self.lists.kinds[said["kind"]],
                    area=self.areas.get(priority.get("area", "")),
                    reason=said.get("why", ""),
                    impact=said.get("impact", ""),
                    responsible=said.get("who", ""),
                    responsible_person=reporting if said["kind"] == "system" else None,
                    starts_on=date(years[0], 1, 1) if years else None,
                    ends_on=date(years[-1], 12, 31) if years else None,
                    ongoing=said["kind"] == "udrzeni",
                )
            )
        return Card.objects.bulk_create(cards)

    def _money(self, cards: list[Card]) -> None:
        costs, funding = [], []
        for card, one in zip(cards, self.measures, strict=True):
            for name, sort in (("cost", MoneySort.OPERATION), ("invest", MoneySort.INVESTMENT)):
                for year, thousands in zip(self.plan.years, one.said.get(name, []), strict=False):
                    if not thousands:
                        continue
                    amount = thousands * THOUSAND
                    costs.append(Cost(card=card, year=year, sort=sort, amount=amount))
                    funding += [
                        Funding(card=card, year=year, sort=sort, source=self.lists.sources[key], amount=paid)
                        for key, paid in shares(amount, one.said.get("pay", {})).items()
                    ]
        Cost.objects.bulk_create(costs)
        Funding.objects.bulk_create(funding)

    def _joins(self, cards: list[Card]) -> None:
        """Services with what changes of them, whom the measures are for, evidence and risks."""
        changes, evidence, risks, groups, services = [], [], [], [], []
        to_group, to_service = Card.target_groups.through, Card.services.through
        for card, (node, said, priority) in zip(cards, self.measures, strict=True):
            wanted = said.get("groups") or priority.get("groups", [])
            groups += [to_group(card_id=node.pk, targetgroup_id=self.lists.groups[key].pk) for key in wanted]
            if "evidence" in said:
                evidence.append(Evidence(node=node, text=said["evidence"]))
            if "risk" in said:
                risks.append(Risk(card=card, text=said["risk"], likelihood=2, severity=2, response=said["response"]))
            if "service" in said:
                change = said["service"]
                service = self.lists.services[change["key"]]
                services.append(to_service(card_id=node.pk, service_id=service.pk))
                changes.append(
                    CapacityChange(
                        card=card,
                        service=service,
                        kind=service.kind,
                        unit=self.lists.units[change["unit"]],
                        amount=Decimal(change["amount"]),
                        since=change["since"],
                        baseline=change.get("baseline"),
                    )
                )
        CapacityChange.objects.bulk_create(changes)
        Evidence.objects.bulk_create(evidence)
        Risk.objects.bulk_create(risks)
        to_group.objects.bulk_create(groups)
        to_service.objects.bulk_create(services)

    def _indicators(self) -> None:
        paths: list[Course] = []
        rows: list[Indicator] = []
        for node, said in [*self.goals, *((one.node, one.said) for one in self.measures)]:
            for at, text in enumerate(said.get("indicator", [])):
                path = read_indicator(text)
                paths.append(path)
                rows.append(
                    Indicator(
                        node=node,
                        definition=self.lists.definitions[path.key],
                        baseline=path.baseline,
                        baseline_year=self.plan.starts_on.year - 1 if path.baseline is not None else None,
                        order=at,
                    )
                )
        targets, actuals = [], []
        for indicator, path in zip(Indicator.objects.bulk_create(rows), paths, strict=True):
            for year, target, value in zip(self.plan.years, _padded(path.targets), _padded(path.actuals), strict=False):
                if target is not None:
                    targets.append(Target(indicator=indicator, year=year, value=target))
                if value is not None:
                    actuals.append(Actual(indicator=indicator, year=year, value=value))
        Target.objects.bulk_create(targets)
        for one in (made := Actual.objects.bulk_create(actuals)):
            one.said_at = datetime(one.year + 1, TOLD_IN, 20, 9, tzinfo=UTC)
        Actual.objects.bulk_update(made, ["said_at"])

    def _texts(self) -> None:
        written = self.said.get("chapters", {})
        Chapter.objects.bulk_create(
            Chapter(
                plan=self.plan,
                key=one.key,
                title=one.title,
                text=written[one.key].strip(),
                place=one.place,
                order=order,
                demanded=list(one.demanded),
            )
            for order, one in enumerate(TEMPLATE, 1)
            if one.key in written
        )
        by_code = {one.node.code: one.node for one in self.measures}
        said = self.said.get("need", [])
        needs = Need.objects.bulk_create(
            Need(plan=self.plan, title=one["title"], text=one.get("text", ""), order=order)
            for order, one in enumerate(said, 1)
        )
        rows = list(zip(needs, said, strict=True))
        NeedEvidence.objects.bulk_create(
            NeedEvidence(need=need, text=text) for need, one in rows for text in one["evidence"]
        )
        to_group, to_measure = Need.target_groups.through, Need.measures.through
        to_group.objects.bulk_create(
            to_group(need_id=need.pk, targetgroup_id=self.lists.groups[key].pk)
            for need, one in rows
            for key in one["groups"]
        )
        to_measure.objects.bulk_create(
            to_measure(need_id=need.pk, node_id=by_code[code].pk) for need, one in rows for code in one["measures"]
        )
        listed = self.said.get("swot", [])
        points = SwotPoint.objects.bulk_create(
            SwotPoint(plan=self.plan, sort=one["sort"], text=one["text"], evidence=one.get("evidence", ""), order=order)
            for order, one in enumerate(listed, 1)
        )
        to_point = SwotPoint.measures.through
        to_point.objects.bulk_create(
            to_point(swotpoint_id=point.pk, node_id=by_code[code].pk)
            for point, one in zip(points, listed, strict=True)
            for code in one["measures"]
        )


def _under(
    above: list[tuple[Node, dict[str, Any]]], name: str, *, top: bool = False
) -> list[tuple[Node | None, str, dict[str, Any]]]:
    """What the file has under each of the nodes, with its code; right under the vision codes begin with 1."""
    return [
        (node, str(at) if top else f"{node.code}.{at}", said)
        for node, told in above
        for at, said in enumerate(told[name], 1)
    ]


def _padded(values: tuple[Decimal | None, ...]) -> Iterator[Decimal | None]:
    """The values, and unknown for ever after."""
    yield from values
    while True:
        yield None


# --- taking away -----------------------------------------------------------------------------------------------


@transaction.atomic
def remove(folder: Path = FOLDER) -> int:
    """Take the plans of the demo away with all that hangs on them. Returns how many there were.

    Raises ProtectedError, and leaves everything as it was, when something that was not loaded stands on them (an
    edition that somebody made, an action plan, a plan that follows).
    """
    demo_fulfilment.remove()
    plans = Plan.objects.filter(slug__in=read_plans(folder)).order_by("-starts_on")
    count = plans.count()
    demo_editions.remove(plans)
    plans.update(above=None)
    for plan in plans:
        for level in plan.levels.order_by("-depth"):
            Node.objects.filter(level=level).delete()
        plan.delete()
    keys = [one["key"] for one in read_definitions(folder)]
    Definition.objects.filter(key__in=keys, uses=None).delete()
    return count
