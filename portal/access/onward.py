"""Where a scenario goes once it is worth more than a try: to the members of a group, to a meeting, into a plan.

draft = measure_draft(outcome, …)    # what the scenario says, as the card of a measure
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.groups.models import Group
from portal.groups.rules import may_lead, readable_groups
from portal.meetings.invitations import email_of
from portal.meetings.models import Meeting, MeetingQuerySet
from portal.meetings.rules import may_propose_item
from portal.plan.cards import CapacityDraft, CardDraft, EvidenceDraft
from portal.plan.models import Level, Node, Plan
from portal.plan.rules import may_write, readable_plans

from . import scenario_wording as telling
from .models import Scenario, ScenarioChange
from .scenario import NEW, Applied, Outcome
from .times import NOWHERE

Deed = ScenarioChange.Deed


# --- where it may go --------------------------------------------------------------------------------------------


def plans_for(person: object) -> list[Plan]:
    """Plans that the person may write in now."""
    return [plan for plan in readable_plans(person).filter(state__in=Plan.OPEN) if may_write(person, plan)]


def parents_in(plans: Iterable[Plan]) -> QuerySet[Node]:
    """Points under which a measure of their plan may stand, plan by plan in the order of the tree."""
    above = [(one.plan_id, one.depth - 1) for one in Level.objects.filter(plan__in=plans, role=Level.Role.MEASURE)]
    chosen = Node.objects.none()
    for plan, depth in above:
        chosen = chosen | Node.objects.filter(plan=plan, level__depth=depth)
    return chosen.filter(removed_at=None).select_related("plan").order_by("plan__title", "plan_id", "order", "id")


def meetings_for(person: object) -> list[Meeting]:
    """Meetings to come to whose agenda the person may propose."""
    coming: MeetingQuerySet = Meeting.objects.standing().filter(starts_at__gt=timezone.now())
    return [one for one in coming.select_related("group") if may_propose_item(person, one)]


def groups_for(person: object) -> list[Group]:
    """Groups at work that the person leads: a scenario goes only to people whom the sender may write to."""
    return [one for one in readable_groups(person).working_now().order_by("name", "id") if may_lead(person, one)]


def readers(group: Group) -> dict[str, str]:
    """Members of today by e-mail, each address once; whoever has none is left out."""
    members = group.memberships.current().select_related("person")
    found = {email_of(one).strip().lower(): one.name for one in members}
    return {email: name for email, name in found.items() if email}


# --- what it says -----------------------------------------------------------------------------------------------


def sentences(outcome: Outcome, costs: telling.Costs) -> list[str]:
    """The effects of the scenario and what it costs, for a text without a map."""
    told = []
    for one in telling.effects(outcome):
        places = ", ".join(place.name for place in one.places)
        more = _(" a dalších %d") % one.more if one.more else ""
        told.append(f"{one.sentence} {places}{more}.".replace(":.", ".") if places else one.sentence)
    cost = telling.cost_sentence(outcome, costs)
    return [*told, cost] if cost else told


def measure_draft(scenario: Scenario, outcome: Outcome, unit_key: str, told: list[str]) -> CardDraft:
    """The scenario as the card of a measure: services, municipalities, changes of capacity where they are known, and
    the study as evidence. A change that has no effect is left out."""
    counted = [one for one in outcome.applied if not one.problem]
    codes = outcome.before.land.codes
    evidence = _("Scénář dostupnosti „%(name)s“, %(day)s: odhad podle vzdálenosti, ne předpověď.") % {
        "name": scenario.name,
        "day": date_format(timezone.localdate(), "j. n. Y"),
    }
    return CardDraft(
        title=scenario.name,
        text=scenario.note,
        reason="\n".join(told),
        municipalities=tuple(
            sorted(
                {codes[one.to] for one in counted if one.to != NOWHERE and one.change.deed in (Deed.OPEN, Deed.MOVE)}
            )
        ),
        services=tuple(sorted({one.slug for one in counted if one.slug})),
        capacities=tuple(
            CapacityDraft(
                amount=change,
                unit=unit_key,
                service=one.slug,
                kind="" if one.slug else one.kind,
                note=_note(outcome, one),
            )
            for one in counted
            if unit_key and (change := _change(one)) is not None
        ),
        evidence=(EvidenceDraft(evidence, address_of(scenario)),),
    )


def address_of(scenario: Scenario) -> str:
    """Where the scenario is read: by everybody who has the link if it is shared, else at the desk."""
    if scenario.shared:
        return reverse("access:scenario_shared", args=[scenario.key])
    return reverse("access:scenario", args=[scenario.pk])


def _change(one: Applied) -> Decimal | None:
    """By how many units the change alters what there is; None where it does not or nobody knows."""
    if one.change.deed == Deed.CLOSE:
        return None if math.isnan(one.capacity) or not one.capacity else -Decimal(str(round(one.capacity, 2)))
    if one.change.deed in (Deed.GROW, Deed.OPEN):
        return Decimal(one.change.amount) if one.change.amount else None
    return None


def _note(outcome: Outcome, one: Applied) -> str:
    if one.change.sort == NEW and one.to != NOWHERE:
        return str(_("nová služba: %s") % outcome.before.land.names[one.to])
    return str(_("zavření")) if one.change.deed == Deed.CLOSE else ""
