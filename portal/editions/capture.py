"""Bridge: a plan in the database -> its frozen content. As many queries as there are kinds of rows, for any size.

What an app between the plan and editions adds (a chapter, an indicator) comes here: a shape in content.py with a line
in redline.ROWS, its reading here, its words in wording.py and its place in document.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from portal.catalogue.models import CodeListItem, Provider, Service
from portal.chapters.models import Chapter, Need, SwotPoint
from portal.indicators.models import Indicator
from portal.plan import tree
from portal.plan.models import CapacityChange, Card, Evidence, ExtraValue, Node, Plan, Step

from .content import (
    CapacityLine,
    CardFacts,
    ChapterFacts,
    Content,
    CostLine,
    EvidenceLine,
    ExtraLine,
    FundingLine,
    IndicatorFacts,
    LevelFacts,
    Named,
    NeedFacts,
    NodeFacts,
    PlanFacts,
    RiskLine,
    StepFacts,
    SwotFacts,
    written,
)


def captured(plan: Plan) -> Content:
    read = tree.read(plan)
    branches = list(read.walk())
    cards = _cards(plan)
    steps = {step.pk: _step(step) for step in Step.objects.filter(node__plan=plan)}
    evidence = defaultdict(list)
    for one in Evidence.objects.filter(node__plan=plan):
        evidence[one.node_id].append(EvidenceLine(one.text, one.url))
    nodes = tuple(
        NodeFacts(
            code=branch.node.code,
            parent=branch.path[-1].code if branch.path else "",
            depth=branch.level.depth,
            title=branch.node.title,
            text=_lines(branch.node.text),
            evidence=tuple(evidence[branch.node.pk]),
            card=cards.get(branch.node.pk),
            step=steps.get(branch.node.pk),
        )
        for branch in branches
    )
    return Content(
        plan=_plan(plan, read),
        nodes=nodes,
        chapters=tuple(
            ChapterFacts(str(one.pk), one.title, _lines(one.text), one.place)
            for one in Chapter.objects.filter(plan=plan).standing()
        ),
        swot=_swot(plan),
        needs=_needs(plan),
        indicators=_indicators(branches),
    )


def _plan(plan: Plan, read: tree.Tree) -> PlanFacts:
    return PlanFacts(
        slug=plan.slug,
        title=plan.title,
        span_kind=plan.span_kind,
        span_code=plan.span_code,
        span_name=plan.span_name,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        prolonged_until=plan.prolonged_until,
        state=plan.state,
        organiser=plan.organiser,
        about=_lines(plan.about),
        above=Named(plan.above.slug, plan.above.title) if plan.above else None,
        follows=Named(plan.follows.slug, plan.follows.title) if plan.follows else None,
        levels=tuple(LevelFacts(one.depth, one.role, one.name, one.many) for one in read.levels),
        areas=tuple(area.name for area in plan.areas.all()),
    )


def _cards(plan: Plan) -> dict[int, CardFacts]:
    rows = (
        Card.objects.filter(node__plan=plan)
        .select_related("kind", "area", "above")
        .prefetch_related(
            "partner_providers", "target_groups", "municipalities", "orps", "services", "costs", "risks",
            "funding__source",
        )
    )  # fmt: skip
    capacities = defaultdict(list)
    changes = CapacityChange.objects.filter(card__node__plan=plan)
    for change in changes.select_related("service", "kind", "form", "unit"):
        capacities[change.card_id].append(_capacity(change))
    extra = defaultdict(list)
    values = ExtraValue.objects.filter(card__node__plan=plan).select_related("field")
    for value in values.order_by("field__order", "field_id"):
        extra[value.card_id].append(ExtraLine(value.field.name, _lines(value.value)))
    return {card.pk: _card(card, capacities[card.pk], extra[card.pk]) for card in rows}


def _card(card: Card, capacities: list[CapacityLine], extra: list[ExtraLine]) -> CardFacts:
    return CardFacts(
        kind=_item(card.kind),
        area=card.area.name if card.area else "",
        reason=_lines(card.reason),
        impact=_lines(card.impact),
        responsible=card.responsible,
        partners=tuple(line.strip() for line in card.partners.splitlines() if line.strip()),
        providers=_named(map(_provider, card.partner_providers.all())),
        starts_on=card.starts_on,
        ends_on=card.ends_on,
        ongoing=card.ongoing,
        agreement=_lines(card.agreement),
        above=_node(card.above),
        importance=card.importance,
        target_groups=tuple(Named(one.key, one.name) for one in card.target_groups.all()),
        municipalities=_named(Named(one.code, one.name) for one in card.municipalities.all()),
        orps=_named(Named(one.code, one.name) for one in card.orps.all()),
        services=_named(map(_service, card.services.all())),
        costs=_ordered(CostLine(one.year, one.sort, int(one.amount)) for one in card.costs.all()),
        funding=_ordered(
            FundingLine(one.year, one.sort, Named(one.source.key, one.source.name), int(one.amount))
            for one in card.funding.all()
        ),
        capacities=tuple(capacities),
        risks=tuple(RiskLine(one.text, one.likelihood, one.severity, one.response) for one in card.risks.all()),
        extra=tuple(extra),
    )


def _step(step: Step) -> StepFacts:
    return StepFacts(step.responsible, step.starts_on, step.ends_on, None if step.cost is None else int(step.cost))


def _capacity(change: CapacityChange) -> CapacityLine:
    return CapacityLine(
        service=_service(change.service) if change.service else None,
        kind=Named(change.kind.key, change.kind.name),
        form=_item(change.form),
        unit=Named(change.unit.key, change.unit.name),
        amount=_number(change.amount),
        since=change.since,
        baseline=None if change.baseline is None else _number(change.baseline),
        note=change.note,
    )


# --- from the apps between the plan and editions ---------------------------------------------------------------


def _swot(plan: Plan) -> tuple[SwotFacts, ...]:
    return tuple(
        SwotFacts(
            str(one.pk),
            one.sort,
            one.text,
            _codes(one.measures.all()),
            (EvidenceLine(one.evidence, one.evidence_url),) if one.evidence or one.evidence_url else (),
        )
        for one in SwotPoint.objects.filter(plan=plan).standing().prefetch_related("measures")
    )


def _needs(plan: Plan) -> tuple[NeedFacts, ...]:
    rows = Need.objects.filter(plan=plan).standing().prefetch_related("measures", "target_groups", "evidence")
    return tuple(
        NeedFacts(
            str(one.pk),
            one.title,
            _lines(one.text),
            tuple(Named(group.key, group.name) for group in one.target_groups.all()),
            _codes(one.measures.all()),
            tuple(EvidenceLine(line.text, line.url) for line in one.evidence.all()),
        )
        for one in rows
    )


def _indicators(branches: list[tree.Branch]) -> tuple[IndicatorFacts, ...]:
    """In the order of the tree. Values reached are not here: they are told by reports on fulfilment."""
    codes = {branch.node.pk: branch.node.code for branch in branches}
    place = {code: at for at, code in enumerate(codes.values())}
    rows = Indicator.objects.filter(node__in=codes).select_related("definition").prefetch_related("targets")
    made = [
        IndicatorFacts(
            key=f"{codes[one.node_id]}/{one.definition.key}",
            node=codes[one.node_id],
            name=one.definition.name,
            unit=one.definition.unit,
            baseline=None if one.baseline is None else _number(one.baseline),
            baseline_year=one.baseline_year,
            targets=tuple((target.year, _number(target.value)) for target in one.targets.all()),
            supplier=one.definition.supplier,
            often=one.definition.often,
            source=one.definition.source,
            note=one.note,
        )
        for one in rows
    ]
    return tuple(sorted(made, key=lambda one: place[one.node]))


# --- small things ----------------------------------------------------------------------------------------------


def _item(one: CodeListItem | None) -> Named | None:
    return Named(one.key, one.name) if one else None


def _service(service: Service) -> Named:
    return Named(service.slug, service.name)


def _provider(provider: Provider) -> Named:
    return Named(provider.ico or provider.slug, provider.name)


def _node(node: Node | None) -> Named | None:
    return Named(node.code, node.title) if node else None


def _codes(nodes: Iterable[Node]) -> tuple[str, ...]:
    """Of those that are in the plan now."""
    return tuple(sorted(node.code for node in nodes if node.removed_at is None))


def _named(many: Iterable[Named]) -> tuple[Named, ...]:
    """In order of names, because a set in the database has none."""
    return tuple(sorted(many, key=lambda one: (one.name, one.key)))


def _ordered(lines: Iterable[Any]) -> tuple[Any, ...]:
    """By year, sort and source, as the redline puts them."""

    def place(line: Any) -> tuple[int, str, str]:
        return line.year, line.sort, line.source.key if isinstance(line, FundingLine) else ""

    return tuple(sorted(lines, key=place))


def _number(value: Decimal) -> Decimal:
    """2.50 of a column of two places is 2.5."""
    return Decimal(written(value))


def _lines(text: str) -> str:
    """Browsers send ends of lines in one way, files in another; the frozen text has one."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
