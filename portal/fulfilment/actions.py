"""Every write of action plans: open a year, choose what is to be done, carry over, approve."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet

from portal.accounts.models import Person
from portal.audit.actions import record
from portal.audit.models import Deed
from portal.plan.models import Card, Cost, Funding, Level, MoneySort, MoneySource, Node, Plan, Step, whole

from . import papers, rules, year_plan
from .models import ActionItem, ActionPlan, Amount, ChainStep, PlannedMoney

Role = Level.Role
# Key of a sort of money and the number of its source.
Money = Mapping[tuple[str, int | None], Decimal]
# Amounts as the journal keeps them.
type MoneyRows = Sequence[dict[str, Any]]
APPROVED = "Akční plán je schválený. Už se nemění."

USUAL_CHAIN = (
    (ChainStep.Sort.GATHER, "garanti napíšou, co se stalo", False),
    (ChainStep.Sort.DISCUSS, "projednají pracovní skupiny", False),
    (ChainStep.Sort.APPROVE, "schválí řídicí skupina", False),
    (ChainStep.Sort.NOTE, "rada obce vezme na vědomí", True),
    (ChainStep.Sort.PUBLISH, "zveřejní se", False),
)


def _may_write(person: Any, plan: Plan) -> None:
    if not rules.may_write(person, plan):
        raise PermissionDenied


def _drafted(action_plan: ActionPlan) -> ActionPlan:
    """Its row, locked, if it may still change."""
    stored = ActionPlan.objects.select_for_update(of=("self",)).select_related("plan").get(pk=action_plan.pk)
    if stored.is_approved:
        raise ValidationError(APPROVED)
    return stored


@transaction.atomic
def action_plan_add(*, plan: Plan, year: int, actor: Any) -> ActionPlan:
    """Open the action plan of a year; the plan must be valid in it."""
    _may_write(actor, plan)
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if not Plan.objects.valid_in(year).filter(pk=plan.pk).exists():
        raise ValidationError(f"Plán v roce {year} neplatí. Akční plán může být jen pro rok, kdy plán platí.")
    if ActionPlan.objects.filter(plan=plan, year=year).exists():
        raise ValidationError(f"Akční plán na rok {year} už tu je.")
    made = ActionPlan.objects.create(plan=plan, year=year)
    if not ChainStep.objects.filter(plan=plan).exists():
        ChainStep.objects.bulk_create(
            ChainStep(plan=plan, order=order, sort=sort, name=name, needs_resolution=needs)
            for order, (sort, name, needs) in enumerate(USUAL_CHAIN, 1)
        )
    record(verb="action_plan_added", thing=made, actor=actor, after={"year": year})
    return made


# --- items -------------------------------------------------------------------------------------------------------


@transaction.atomic
def items_add(*, action_plan: ActionPlan, nodes: Collection[int], actor: Any) -> int:
    """Choose measures and activities for the year, with what their cards say of responsibility and of this year's
    money; an activity takes its measure with it. Returns how many were added."""
    _may_write(actor, action_plan.plan)
    action_plan = _drafted(action_plan)
    chosen = Node.objects.filter(plan=action_plan.plan).standing()
    chosen = chosen.filter(pk__in=list(nodes), level__role__in=(Role.MEASURE, Role.ACTIVITY))
    if chosen.count() != len(set(nodes)):
        raise ValidationError("Vybrat jde jen opatření a aktivity, které v plánu jsou. Načtěte stránku znovu.")
    made = put_in(action_plan, _with_measures(chosen), {})
    record(verb="action_items_added", thing=action_plan, actor=actor, after={"added": made})
    return made


def _with_measures(chosen: QuerySet[Node]) -> QuerySet[Node]:
    above = chosen.filter(level__role=Role.ACTIVITY, parent__level__role=Role.MEASURE).values("parent")
    return Node.objects.filter(Q(pk__in=chosen.values("pk")) | Q(pk__in=above))


def put_in(action_plan: ActionPlan, nodes: QuerySet[Node], carried: Mapping[int, ActionItem]) -> int:
    """Items for the nodes that have none yet; as many queries for two hundred as for one."""
    there = action_plan.items.values("node")
    new = list(nodes.exclude(pk__in=there).order_by("pk"))
    cards = {one.pk: one for one in Card.objects.filter(node__in=nodes).select_related("responsible_person")}
    steps = {one.pk: one for one in Step.objects.filter(node__in=nodes)}
    items = [_item(action_plan, one, cards.get(one.pk), steps.get(one.pk), carried.get(one.pk)) for one in new]
    ActionItem.objects.bulk_create(items)
    by_node = {one.node_id: one for one in action_plan.items.filter(node__in=[one.pk for one in new])}
    money = _money_of_cards(nodes, action_plan.year)
    PlannedMoney.objects.bulk_create(
        PlannedMoney(item=item, sort=sort, source_id=source, amount=amount)
        for pk, item in by_node.items()
        for (sort, source), amount in money.get(pk, {}).items()
    )
    return len(new)


def _item(
    action_plan: ActionPlan, node: Node, card: Card | None, step: Step | None, last: ActionItem | None
) -> ActionItem:
    """What last year's item says goes before what the card says."""
    made = ActionItem(action_plan=action_plan, node=node, carried_from=last)
    if last is not None:
        made.steps, made.responsible, made.email = last.steps, last.responsible, last.email
        made.responsible_person_id = last.responsible_person_id
    elif card is not None:
        made.responsible, made.responsible_person = card.responsible, card.responsible_person
    elif step is not None:
        made.responsible = step.responsible
    return made


def _money_of_cards(nodes: QuerySet[Node], year: int) -> dict[int, dict[tuple[str, int | None], Decimal]]:
    costs: dict[int, dict[str, Decimal]] = {}
    for card, sort, amount in Cost.objects.filter(card__node__in=nodes, year=year).values_list(
        "card_id", "sort", "amount"
    ):
        costs.setdefault(card, {})[sort] = amount
    funding: dict[int, list[tuple[str, int, Decimal]]] = {}
    rows = Funding.objects.filter(card__node__in=nodes, year=year).values_list("card_id", "sort", "source_id", "amount")
    for card, sort, source, amount in rows:
        funding.setdefault(card, []).append((sort, source, amount))
    return {
        card: year_plan.of_card(costs.get(card, {}), funding.get(card, [])) for card in costs.keys() | funding.keys()
    }


def offered(action_plan: ActionPlan) -> QuerySet[ActionItem]:
    """What of the last year before stays undone and is not in this one: neither done nor called off."""
    last = ActionPlan.objects.filter(plan=action_plan.plan_id, year__lt=action_plan.year).order_by("-year")[:1]
    settled = Q(progress__state__weight=1) | Q(progress__state__key="zruseno")
    rows = ActionItem.objects.filter(action_plan__in=last.values("pk"), node__removed_at=None)
    return rows.exclude(settled).exclude(node__in=action_plan.items.values("node")).select_related("node")


@transaction.atomic
def items_carry(*, action_plan: ActionPlan, actor: Any) -> int:
    """Take over everything that the last year left undone; returns how many."""
    _may_write(actor, action_plan.plan)
    action_plan = _drafted(action_plan)
    carried = {one.node_id: one for one in offered(action_plan)}
    made = put_in(action_plan, _with_measures(Node.objects.filter(pk__in=list(carried))), carried)
    record(verb="action_items_carried", thing=action_plan, actor=actor, after={"added": made})
    return made


@transaction.atomic
def item_change(
    *, item: ActionItem, steps: str, responsible: str, money: Money, actor: Any, restores: Deed | None = None
) -> ActionItem:
    """This year's steps, who answers for them and the money; the amounts replace those that are there."""
    _may_write(actor, item.action_plan.plan)
    _drafted(item.action_plan)
    item = ActionItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    before = item_told(item)
    _fill(item, steps, responsible, money)
    after = item_told(item)
    if before != after:
        names = money_named(before["money"], after["money"])
        record(
            verb="action_item_changed",
            thing=item,
            actor=actor,
            before=before,
            after=after,
            names=names,
            restores=restores,
        )
    return item


def _fill(item: ActionItem, steps: str, responsible: str, money: Money) -> None:
    item.steps, item.responsible = steps.strip(), responsible.strip()
    item.save(update_fields=["steps", "responsible"])
    item.money.all().delete()
    PlannedMoney.objects.bulk_create(
        PlannedMoney(item=item, sort=sort, source_id=source, amount=whole_crowns(amount))
        for (sort, source), amount in money.items()
    )


def item_told(item: ActionItem) -> dict[str, Any]:
    """What the item says, as the journal keeps it."""
    return {"steps": item.steps, "responsible": item.responsible, "money": money_told(item.money.all())}


def item_restore(*, item: ActionItem, deed: Deed, actor: Any) -> ActionItem:
    """The values from before the deed."""
    former = deed.before
    return item_change(
        item=item,
        steps=former["steps"],
        responsible=former["responsible"],
        money=money_meant(former["money"], deed.names),
        actor=actor,
        restores=deed,
    )


def whole_crowns(amount: Decimal) -> Decimal:
    try:
        return whole(amount)
    except ValueError as refusal:
        raise ValidationError(str(refusal)) from refusal


def money_told(rows: QuerySet[Any]) -> MoneyRows:
    """Amounts as the journal keeps them: sort, key of the source, whole crowns."""
    amounts: Iterable[Amount] = rows.select_related("source")
    return [
        {"sort": one.sort, "source": one.source.key if one.source else None, "amount": int(one.amount)}
        for one in amounts
    ]


def money_named(*told: MoneyRows) -> dict[str, str]:
    """What the keys in amounts of the journal are called."""
    keys = {row["source"] for rows in told for row in rows if row["source"]}
    sources = dict(MoneySource.objects.filter(key__in=keys).values_list("key", "name"))
    return {value: str(label) for value, label in MoneySort.choices} | sources if any(told) else {}


def money_meant(told: MoneyRows, names: Mapping[str, str]) -> Money:
    """Amounts of the journal as they are written; a source that is gone from its list is refused by its name."""
    known: dict[str | None, int | None] = {None: None, **dict(MoneySource.objects.values_list("key", "pk"))}
    for row in told:
        if row["source"] not in known:
            raise ValidationError(f"Zdroj peněz „{names.get(row['source'], row['source'])}“ už v číselníku není.")
    return {(row["sort"], known[row["source"]]): Decimal(row["amount"]) for row in told}


@transaction.atomic
def reporter_set(*, item: ActionItem, person: Person | None, email: str, actor: Any) -> ActionItem:
    """Who is asked what became of it. People change jobs, so this may change even in an approved action plan."""
    _may_write(actor, item.action_plan.plan)
    if (item.responsible_person_id, item.email) == (getattr(person, "pk", None), email):
        return item
    item.responsible_person, item.email = person, email
    item.save(update_fields=["responsible_person", "email"])
    # Names and addresses of people stay out of the journal.
    record(verb="action_item_reporter", thing=item, actor=actor)
    return item


@transaction.atomic
def item_remove(*, item: ActionItem, actor: Any) -> None:
    """Out of the action plan; a measure with its activities."""
    _may_write(actor, item.action_plan.plan)
    action_plan = _drafted(item.action_plan)
    gone = action_plan.items.filter(Q(pk=item.pk) | Q(node__parent=item.node_id))
    before = items_told(action_plan, gone)
    names = items_named(action_plan, before)
    after = {"removed": gone.count()}
    record(verb="action_item_removed", thing=item, actor=actor, before=before, after=after, names=names)
    gone.delete()


def items_told(action_plan: ActionPlan, items: QuerySet[ActionItem]) -> dict[str, Any]:
    """Items as the journal keeps them once their rows are gone; who was asked about them stays out of it."""
    rows = items.select_related("node").order_by("node__code")
    return {
        "plan": action_plan.plan.slug,
        "year": str(action_plan.year),
        "items": [
            {"code": one.node.code, **item_told(one), "carried": one.carried_from_id is not None} for one in rows
        ],
    }


def items_named(action_plan: ActionPlan, told: Mapping[str, Any]) -> dict[str, str]:
    """What the plan, its points and the keys of money are called."""
    nodes = Node.objects.filter(plan=action_plan.plan_id, code__in=[row["code"] for row in told["items"]])
    names = {one.code: str(one) for one in nodes} | {action_plan.plan.slug: action_plan.plan.title}
    return names | money_named(*(row["money"] for row in told["items"]))


@transaction.atomic
def items_return(*, action_plan: ActionPlan, deed: Deed, actor: Any) -> int:
    """Back into the action plan with what they said when the deed took them out. Returns how many were put in; an
    activity takes its measure with it, as whenever it is chosen."""
    _may_write(actor, action_plan.plan)
    action_plan = _drafted(action_plan)
    former = {row["code"]: row for row in deed.before["items"]}
    nodes = {one.code: one for one in Node.objects.filter(plan=action_plan.plan, code__in=former).standing()}
    for code in former:
        if code not in nodes:
            raise ValidationError(f"Bod {code} už v plánu není. Nejdřív ho vraťte do plánu.")
    if there := action_plan.items.filter(node__code__in=former).select_related("node").first():
        raise ValidationError(f"Bod {there.node.code} v akčním plánu zase je. Upravte ho tam.")
    carried = _last_year(action_plan, [nodes[code] for code, row in former.items() if row["carried"]])
    made = put_in(action_plan, _with_measures(Node.objects.filter(pk__in=[one.pk for one in nodes.values()])), carried)
    for item in action_plan.items.filter(node__code__in=former).select_related("node"):
        row = former[item.node.code]
        _fill(item, row["steps"], row["responsible"], money_meant(row["money"], deed.names))
    record(verb="action_items_added", thing=action_plan, actor=actor, after={"added": made}, restores=deed)
    return made


def _last_year(action_plan: ActionPlan, nodes: Collection[Node]) -> dict[int, ActionItem]:
    """Items of the last year before that carry on, by their node."""
    rows = ActionItem.objects.filter(action_plan__plan=action_plan.plan_id, action_plan__year__lt=action_plan.year)
    return {one.node_id: one for one in rows.filter(node__in=nodes).order_by("action_plan__year")}


@transaction.atomic
def action_plan_approve(*, action_plan: ActionPlan, resolution: str, body: str, day: date, actor: Any) -> ActionPlan:
    """A body approved it: from now on it stands as it is."""
    _may_write(actor, action_plan.plan)
    action_plan = _drafted(action_plan)
    if not (resolution.strip() and body.strip()):
        raise ValidationError("Napište číslo usnesení a kdo rozhodl.")
    if not Plan.objects.valid_in(action_plan.year).filter(pk=action_plan.plan_id).exists():
        raise ValidationError(f"Plán v roce {action_plan.year} neplatí.")
    if not action_plan.items.exists():
        raise ValidationError("V akčním plánu zatím nic není. Nejdřív vyberte opatření.")
    action_plan.resolution, action_plan.body, action_plan.day = resolution.strip(), body.strip(), day
    action_plan.state = ActionPlan.State.APPROVED
    action_plan.frozen = year_plan.content(action_plan)
    action_plan.save()
    after = {"resolution": action_plan.resolution, "body": action_plan.body, "day": day}
    papers.order_at_commit(action_plan)
    record(verb="action_plan_approved", thing=action_plan, actor=actor, after=after)
    return action_plan
