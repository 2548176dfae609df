"""A scenario becomes a measure, or an item of an agenda; the app it goes to says who may."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction

from portal.audit.actions import record
from portal.meetings.agenda_actions import item_propose
from portal.meetings.models import AgendaItem, Meeting
from portal.plan.actions import node_add
from portal.plan.card_actions import card_save
from portal.plan.cards import CardDraft
from portal.plan.models import Level, Node

from .models import Scenario
from .onward import address_of


@transaction.atomic
def measure_add(*, scenario: Scenario, parent: Node, title: str, draft: CardDraft, actor: Any) -> Node:
    """A measure under the point, with what the scenario says on its card."""
    level = Level.objects.get(plan=parent.plan, role=Level.Role.MEASURE)
    node = node_add(plan=parent.plan, parent=parent, level=level, title=title, text=draft.text, actor=actor)
    card_save(node=node, draft=replace(draft, title=title), seen=node.version, actor=actor)
    record(verb="scenario_to_plan", thing=scenario, actor=actor, after={"measure": str(node)})
    return node


@transaction.atomic
def meeting_put(*, scenario: Scenario, meeting: Meeting, title: str, text: str, actor: Any) -> AgendaItem:
    """An item of the agenda about the scenario."""
    item = item_propose(
        meeting=meeting,
        title=title,
        text=text,
        about=scenario,
        words=f"Scénář dostupnosti: {scenario.name}",
        address=address_of(scenario),
        actor=actor,
    )
    record(verb="scenario_to_meeting", thing=scenario, actor=actor, after={"meeting": str(meeting)})
    return item
