"""A scenario becomes a measure, an item of an agenda, or a letter to a group; the app it goes to says who may."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.actions import record
from portal.groups.models import Group
from portal.groups.rules import may_lead
from portal.mail.actions import write
from portal.meetings.agenda_actions import item_propose
from portal.meetings.models import AgendaItem, Meeting
from portal.plan.actions import node_add
from portal.plan.card_actions import card_save
from portal.plan.cards import CardDraft
from portal.plan.models import Level, Node

from . import rules, scenario_actions
from .models import Scenario
from .onward import address_of, readers


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


@transaction.atomic
def group_send(*, scenario: Scenario, seen: int, group: Group, text: str, actor: Any) -> int:
    """Letters with the link to members of a group, whose readers it opens for; how many there were.

    Raises ValidationError where nobody in the group has an e-mail, or where the scenario has changed meanwhile."""
    if not (rules.may_edit_scenarios(actor) and may_lead(actor, group)):
        raise PermissionDenied
    members = readers(group)
    if not members:
        raise ValidationError(_("Nikdo ze skupiny tu nemá e-mail. Odkaz můžete zkopírovat a poslat jinak."))
    if not scenario.shared:
        scenario = scenario_actions.scenario_save(
            one=scenario, seen=seen, name=scenario.name, note=scenario.note, shared=True, actor=actor
        )
    context = {
        "scenario": scenario,
        "group": group,
        "sender": actor.name or actor.email,
        "lines": [line for line in text.splitlines() if line.strip()],
        "page": settings.SITE_URL + address_of(scenario),
    }
    for email, name in members.items():
        write(template="access/letters/scenario.txt", to=email, name=name, context=context, about=scenario)
    record(verb="scenario_to_group", thing=scenario, actor=actor, after={"group": str(group), "letters": len(members)})
    return len(members)
