"""What became of the invented plans: action plans of their years, what people said of them, reports on the way out.

Files of demo/fulfilment/ are named by the plan they speak of; `demo_plan.load` calls `load` for plans that it added and
`remove` before it takes plans away. Only rows of years that the files name are taken away.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Q

from portal.fulfilment import actions, year_plan
from portal.fulfilment import report as reports
from portal.fulfilment.models import (
    ActionItem,
    ActionPlan,
    ChainStep,
    FulfilmentReport,
    PassedStep,
    PlannedMoney,
    Progress,
    SpentMoney,
)
from portal.plan.models import Card, FulfilmentState, Level, Node, Plan, Step
from portal.plan.outcome_models import Outcome

FOLDER: Path = settings.ROOT / "demo" / "fulfilment"
SAID = re.compile(r"(?P<state>[a-z-]+) (?P<spent>\d+|-) (?P<ended>[a-z]+|\.): (?P<text>[^|]+?)(?: \| (?P<why>.+))?")
# Who said it where nobody is known by name, and what an activity is like by the state of its measure.
SAID_BY = "garant opatření"
DONE, RUNNING, NOT_BEGUN = "splneno", "plni-se", "nezahajeno"


class NotDemoFulfilment(ValueError):
    """A line of demo/fulfilment/ does not say what it should."""


class Said(NamedTuple):
    """What a line tells of a measure: `spent` in per cents of the planned money (None: nobody knows), `ended` letters
    of the activities that ended that year."""

    state: str
    spent: int | None
    ended: str
    text: str
    why: str


def read(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """By slugs of plans."""
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.toml"))}


def read_said(line: str) -> Said:
    """ "castecne 64 a: Tlačítko má 58 lidí. | Lidé se ho báli." """
    found = SAID.fullmatch(line)
    if found is None:
        raise NotDemoFulfilment(f"Řádek {line!r} neříká stav, útratu, kroky a text.")
    spent = None if found["spent"] == "-" else int(found["spent"])
    return Said(found["state"], spent, found["ended"].strip("."), found["text"], found["why"] or "")


# --- writing -----------------------------------------------------------------------------------------------------


def load(plans: Mapping[str, Plan], folder: Path = FOLDER) -> None:
    """Years of the plans that have just been added."""
    states = FulfilmentState.objects.in_bulk(field_name="key")
    for slug, told in read(folder).items():
        if slug in plans:
            _Writing(plans[slug], told, states).write()


@dataclass(slots=True)
class _Writing:
    plan: Plan
    told: dict[str, Any]
    states: dict[str, FulfilmentState]

    def write(self) -> None:
        """Chain, years one after another (each takes over what the last one left), the report on the whole period."""
        ChainStep.objects.bulk_create(
            ChainStep(plan=self.plan, order=order, sort=sort, name=name, needs_resolution=needs)
            for order, (sort, name, needs) in enumerate(actions.USUAL_CHAIN, 1)
        )
        for year in self.told["year"]:
            action_plan = self._action_plan(year)
            if "told" in year:
                self._progress(action_plan, year["told"])
            if "passed" in year:
                self._report(action_plan.year, year)
        if "whole" in self.told:
            self._report(None, self.told["whole"])

    def _action_plan(self, said: dict[str, Any]) -> ActionPlan:
        made = ActionPlan.objects.create(plan=self.plan, year=said["year"])
        carried = {one.node_id: one for one in actions.offered(made)}
        actions.put_in(made, self._chosen(made.year, carried), carried)
        self._reporters(made)
        made.resolution, made.body, made.day = said["resolution"], said["body"], said["day"]
        made.state = ActionPlan.State.APPROVED
        made.frozen = year_plan.content(made)
        made.save()
        return made

    def _chosen(self, year: int, carried: Iterable[int]) -> Any:
        """Measures that run in the year with their activities of the year, and what was left undone before."""
        nodes = Node.objects.filter(plan=self.plan).standing()
        begun, ended = date(year, 12, 31), date(year, 1, 1)
        unknown = Q(starts_on=None) | Q(ends_on=None)
        running = unknown | Q(starts_on__lte=begun, ends_on__gte=ended)
        cards = Card.objects.filter(running, node__plan=self.plan).values("node")
        steps = Step.objects.filter(running, node__plan=self.plan).values("node")
        measures = Q(level__role=Level.Role.MEASURE, pk__in=cards)
        activities = Q(level__role=Level.Role.ACTIVITY) & (Q(pk__in=steps) | Q(pk__in=list(carried)))
        return nodes.filter(measures | activities & Q(parent__in=cards))

    def _reporters(self, action_plan: ActionPlan) -> None:
        items = [one for one in action_plan.items.all() if one.responsible in self.told.get("reporters", {})]
        for one in items:
            one.email = self.told["reporters"][one.responsible]
        ActionItem.objects.bulk_update(items, ["email"], batch_size=500)

    def _progress(self, action_plan: ActionPlan, lines: Mapping[str, str]) -> None:
        said = {code: read_said(line) for code, line in lines.items()}
        items = list(action_plan.items.select_related("node__level"))
        codes = {one.node.code for one in items if one.node.level.role == Level.Role.MEASURE}
        if codes != set(said):
            raise NotDemoFulfilment(f"{action_plan}: nesedí {', '.join(sorted(codes ^ set(said)))}.")
        made = Progress.objects.bulk_create(self._told(item, said) for item in items)
        at = datetime.combine(date(action_plan.year + 1, 1, 20), time(9), UTC)
        for one in made:
            one.said_at = at
        Progress.objects.bulk_update(made, ["said_at"], batch_size=500)
        self._spend(action_plan, {one.item_id: one for one in made}, said)

    def _told(self, item: ActionItem, said: Mapping[str, Said]) -> Progress:
        """A measure has its words; an activity has ended, runs on, or waits with its measure."""
        code, _, letter = item.node.code.rpartition(".")
        if item.node.code in said:
            one = said[item.node.code]
            state, text, why = one.state, one.text, one.why
        else:
            of = said[code]
            state = DONE if letter in of.ended else NOT_BEGUN if of.state == NOT_BEGUN else RUNNING
            text = why = ""
        return Progress(item=item, state=self.states[state], text=text, explanation=why, said_by=SAID_BY)

    def _spend(self, action_plan: ActionPlan, told: Mapping[int, Progress], said: Mapping[str, Said]) -> None:
        """A share of the planned money of each measure, in whole hundreds where it is not all of it."""
        rows = []
        planned = PlannedMoney.objects.filter(item__action_plan=action_plan).select_related("item__node")
        for one in planned:
            share = said[one.item.node.code].spent
            if share is not None:
                amount = one.amount if share == 100 else one.amount * share // 10000 * 100
                progress = told[one.item_id]
                rows.append(SpentMoney(progress=progress, sort=one.sort, source_id=one.source_id, amount=amount))
        SpentMoney.objects.bulk_create(rows)

    def _report(self, year: int | None, said: dict[str, Any]) -> None:
        """A report that has passed its whole way. Texts are those of the day when it was approved."""
        report = FulfilmentReport.objects.create(plan=self.plan, year=year, intro=said["intro"].strip())
        report.frozen = reports.content(report)
        steps = {one.order: one for one in ChainStep.objects.filter(plan=self.plan)}
        PassedStep.objects.bulk_create(
            PassedStep(report=report, sort=steps[one["order"]].sort, name=steps[one["order"]].name, **one)
            for one in said["passed"]
        )
        out = said["passed"][-1]["day"]
        report.published_at = datetime.combine(out, time(8), UTC)
        report.save()
        Outcome.objects.bulk_create(
            Outcome(node_id=one.node, year=one.year, state_id=one.state, note=one.note, told_on=out)
            for one in reports.outcomes(report)
        )


# --- taking away -------------------------------------------------------------------------------------------------


def remove(folder: Path = FOLDER) -> None:
    """Take away the years that the files name; what somebody added to the plans stays and protects them."""
    for slug, told in read(folder).items():
        years = [one["year"] for one in told["year"]]
        of_plan = FulfilmentReport.objects.filter(plan__slug=slug)
        of_plan.filter(year__in=years).delete()
        if "whole" in told:
            of_plan.filter(year=None).delete()
        ActionPlan.objects.filter(plan__slug=slug, year__in=years).delete()
