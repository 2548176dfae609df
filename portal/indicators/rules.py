"""Who may do what with indicators. Definitions are shared: whoever writes plans writes them; what stands on a point
of a plan belongs to the plan."""

from typing import Any

from portal.plan import rules as plans

from .models import Indicator


def may_read_definitions(person: Any) -> bool:
    return plans.may_come_to_plans(person)


def may_edit_definitions(person: Any) -> bool:
    return plans.may_add_plan(person)


def may_say_actual(person: Any, indicator: Indicator) -> bool:
    """Type what really is: who writes the plan, or who reports on the measure."""
    card = getattr(indicator.node, "card", None)
    reports = card is not None and person.pk is not None and card.responsible_person_id == person.pk
    return reports or plans.may_edit_plan(person, indicator.node.plan)
