"""Who may do what with plans. A plan belongs to a territory; a role held over it or over the whole site counts."""

from typing import Any

from portal.accounts.rules import Range, Role, has_role, holds_over
from portal.territory.models import Municipality, Orp

from .models import Plan

STAFF = (Role.COORDINATOR, Role.REGION)


def _over(plan: Plan) -> list[tuple[str, Any]]:
    """The plan's territory and what it lies in."""
    ranges: list[tuple[str, Any]] = [(plan.span_kind, plan.span_code)]
    if plan.span_kind == Range.MUNICIPALITY:
        town = Municipality.objects.filter(pk=plan.span_code).values_list("orp_id", "region_id").first()
        ranges += [(Range.ORP, town[0]), (Range.REGION, town[1])] if town else []
    elif plan.span_kind == Range.ORP:
        region = Orp.objects.filter(pk=plan.span_code).values_list("region_id", flat=True).first()
        ranges += [(Range.REGION, region)]
    return ranges


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
