"""Editions of the invented plans: each plan lives through its states by the ordinary actions and leaves its texts kept.

A file of demo/editions/ is named by a plan and says how its text for the consultation differed from the text of
demo/plan/; a plan approved by a body gets the approved text whether it has a file or not. `demo_plan.load` calls `load`
for plans that it added, before anything is told of their fulfilment, and `remove` before it takes plans away.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from portal.accounts.models import Grant, Held, Person
from portal.editions import actions as editions
from portal.editions import guard
from portal.editions.models import Edition, EditionFile
from portal.plan import actions, card_actions, cards
from portal.plan.cards import CardDraft, CostDraft, FundingDraft
from portal.plan.models import Level, MoneySort, Node, Plan, Resolution

FOLDER: Path = settings.ROOT / "demo" / "editions"
# Who is said to have made them; a real account may be there or not.
WRITER = "koordinátorka plánování"
# A plan in one of these went through the ones before it.
LIFE = (
    Plan.State.DRAFTING,
    Plan.State.CONSULTED,
    Plan.State.APPROVED,
    Plan.State.IN_FORCE,
    Plan.State.CLOSED,
    Plan.State.EVALUATED,
)
NAMES = {Edition.Sort.CONSULTATION: "Návrh k připomínkám", Edition.Sort.APPROVED: "Schválené znění"}
THOUSAND = 1000


def read(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """By slugs of plans."""
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.toml"))}


def load(plans: Mapping[str, Plan], folder: Path = FOLDER) -> int:
    """Editions of the plans that have just been added; how many. Plans come out in the state they came in."""
    told, actor = read(folder), _writer()
    for slug, plan in plans.items():
        _Life(plan, told.get(slug, {}), actor).live()
    return Edition.objects.filter(plan__in=plans.values()).count()


def remove(slugs: QuerySet[Plan]) -> None:
    """Take away the editions that `load` made of the plans, with their documents; those that people made stay and
    protect the plans."""
    rows = Edition.objects.filter(plan__in=slugs, made_by=WRITER)
    for file in EditionFile.objects.filter(edition__in=rows):
        file.content.delete(save=False)
    with guard.lifted():
        # The queryset of editions refuses to delete what a body approved; nobody approved these.
        QuerySet.delete(rows)


def _writer() -> Person:
    """The coordinator of the demo region, who need not have an account: people come only with DEBUG."""
    writer = Person(name=WRITER)
    writer.__dict__["_held"] = frozenset({Held(Grant.Role.COORDINATOR, Grant.Range.SITE, "")})
    return writer


@dataclass(slots=True)
class _Life:
    plan: Plan
    told: dict[str, Any]
    actor: Person

    def live(self) -> None:
        """From drafting to where the plan stands now. What was written otherwise is put back after the consultation."""
        now = LIFE.index(Plan.State(self.plan.state))
        approval = self.plan.resolutions.filter(sort=Resolution.Sort.APPROVAL).first()
        Plan.objects.filter(pk=self.plan.pk).update(state=Plan.State.DRAFTING)
        self.plan.state = Plan.State.DRAFTING
        if self.told:
            self.consulted()
        if self.plan.state == Plan.State.CONSULTED and not now:
            self.move(Plan.State.DRAFTING)
        for state in LIFE[2 : now + 1]:
            self.move(state, approval if state == Plan.State.APPROVED else None)
            if state == Plan.State.APPROVED and approval is not None:
                self.freeze(Edition.Sort.APPROVED, approval.day, approval)

    def move(self, to: Plan.State, resolution: Resolution | None = None) -> None:
        moved = actions.plan_move(plan=self.plan, to=to, actor=self.actor, resolution=resolution)
        self.plan.state = moved.state

    def freeze(self, sort: Edition.Sort, day: date, resolution: Resolution | None = None) -> None:
        edition = editions.freeze(
            plan=self.plan,
            sort=sort,
            name=NAMES[sort],
            resolution=resolution,
            actor=self.actor,
            publicity=self.told.get("publicity", ""),
            made_at=timezone.make_aware(datetime.combine(day, time(9))),
        )
        editions.publish(edition=edition, actor=self.actor)

    def consulted(self) -> None:
        """Write the text for the consultation, keep it, and write the text that came of it."""
        final = self.write_otherwise()
        added = [self.node(code) for code in self.told.get("added", [])]
        for node in added:
            actions.node_remove(node=node, actor=self.actor)
        dropped = [self.put_in(said) for said in self.told.get("dropped", [])]
        self.move(Plan.State.CONSULTED)
        days = self.told.get("days_ago")
        self.freeze(
            Edition.Sort.CONSULTATION,
            self.told["consulted"] if days is None else timezone.localdate() - timedelta(days=days),
        )
        for code, draft in final.items():
            self.save(self.node(code), draft)
        for node in added:
            actions.node_return(node=self.node(node.code), actor=self.actor)
        for node in dropped:
            actions.node_remove(node=self.node(node.code), actor=self.actor)
        for said in self.told.get("moved", []):
            parent = self.node(said["to"])
            last = parent.children.standing().order_by("order").last()
            actions.node_move(node=self.node(said["code"]), parent=parent, after=last, actor=self.actor)

    def write_otherwise(self) -> dict[str, CardDraft]:
        """Cards as they were for the consultation; returns what stood on them, by codes."""
        final = {}
        for said in self.told.get("otherwise", []):
            node = self.node(said["code"])
            final[node.code] = cards.read(node)
            self.save(node, otherwise(final[node.code], said))
        return final

    def put_in(self, said: dict[str, Any]) -> Node:
        level = self.plan.levels.get(role=Level.Role.MEASURE)
        above = self.node(said["under"])
        node = actions.node_add(plan=self.plan, parent=above, level=level, title=said["title"], actor=self.actor)
        draft = replace(
            cards.read(node),
            kind=said["kind"],
            responsible=said["who"],
            reason=said["why"],
            costs=tuple(
                CostDraft(year, MoneySort.OPERATION, Decimal(thousands * THOUSAND))
                for year, thousands in zip(self.plan.years, said["cost"], strict=True)
                if thousands
            ),
            funding=tuple(
                FundingDraft(year, MoneySort.OPERATION, source, Decimal(thousands * THOUSAND * share // 100))
                for year, thousands in zip(self.plan.years, said["cost"], strict=True)
                for source, share in said["pay"].items()
                if thousands
            ),
        )
        self.save(node, draft)
        return node

    def node(self, code: str) -> Node:
        return Node.objects.select_related("plan", "level", "parent__level").get(plan=self.plan, code=code)

    def save(self, node: Node, draft: CardDraft) -> None:
        card_actions.card_save(node=node, draft=draft, seen=node.version, actor=self.actor)


def otherwise(draft: CardDraft, said: dict[str, Any]) -> CardDraft:
    """The card with what the file says of it. `cost` is of the years in which the measure costs something to run; who
    pays how much follows it."""
    names = {"title": "title", "why": "reason", "impact": "impact", "who": "responsible"}
    words: dict[str, Any] = {names[one]: value for one, value in said.items() if one in names}
    steps = said.get("steps", {})
    made = replace(
        draft,
        **words,
        steps=tuple(replace(one, title=steps.get(one.code.rpartition(".")[2], one.title)) for one in draft.steps),
    )
    if "cost" not in said:
        return made
    before = {one.year: one.amount for one in draft.costs if one.sort == MoneySort.OPERATION}
    after = dict(zip(before, (Decimal(one * THOUSAND) for one in said["cost"]), strict=True))

    def scaled(row: FundingDraft) -> FundingDraft:
        if row.sort != MoneySort.OPERATION:
            return row
        return replace(row, amount=row.amount * after[row.year] // before[row.year])

    return replace(
        made,
        costs=tuple(
            replace(one, amount=after[one.year]) if one.sort == MoneySort.OPERATION else one for one in draft.costs
        ),
        funding=tuple(scaled(one) for one in draft.funding),
    )
