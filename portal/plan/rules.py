"""Who may do what with plans. A plan belongs to a territory; a role held over it or over the whole site counts."""

from typing import Any

from portal.accounts import spans
from portal.accounts.rules import Role, has_role, held, holds_over
from portal.territory.rules import lies_in

from .models import Plan, PlanQuerySet

STAFF = (Role.COORDINATOR, Role.REGION)


def _over(plan: Plan) -> list[tuple[str, Any]]:
    """The plan's territory and what it lies in; asked once for a plan at hand, a page has more questions than one."""
    known: dict[str, list[tuple[str, Any]]] = plan.__dict__
    if "_lies_in" not in known:
        known["_lies_in"] = lies_in(plan.span_kind, plan.span_code)
    return known["_lies_in"]


def may_come_to_plans(person: Any) -> bool:
    """See the desk's list of plans."""
    return has_role(person, *STAFF, Role.AUDITOR, Role.MUNICIPALITY)


def may_add_plan(person: Any) -> bool:
    return has_role(person, *STAFF)


def may_edit_plan(person: Any, plan: Plan) -> bool:
    """Write the plan: its coordinator, or whoever is over the territory it lies in."""
    return holds_over(person, STAFF, *_over(plan))


def may_read_draft(person: Any, plan: Plan) -> bool:
    """Read a plan that the public does not see yet."""
    return has_role(person, Role.AUDITOR) or holds_over(person, (*STAFF, Role.MUNICIPALITY), *_over(plan))


def may_read(person: Any, plan: Plan) -> bool:
    return plan.is_public or may_read_draft(person, plan)


def readable_plans(person: Any) -> PlanQuerySet:
    """Plans that the person reads at the desk: an auditor all, the others those of their range. At most one query
    for each kind of territory."""
    if has_role(person, Role.AUDITOR):
        return Plan.objects.all()
    return spans.rows_in(Plan.objects.all(), held(person, *STAFF, Role.MUNICIPALITY))


def may_write(person: Any, plan: Plan) -> bool:
    """Whether the person may change the tree and its cards now."""
    return plan.is_open and may_edit_plan(person, plan)
