"""Who may do what with action plans and reports: whoever writes the plan writes them, whoever reads its draft reads
them, and the public reads what has been approved or published of a plan it sees."""

from typing import Any

from portal.plan import rules as plan_rules
from portal.plan.models import Plan

from .models import ActionPlan, FulfilmentReport


def may_write(person: Any, plan: Plan) -> bool:
    return plan_rules.may_edit_plan(person, plan)


def may_read_desk(person: Any, plan: Plan) -> bool:
    return plan_rules.may_read_draft(person, plan)


def may_read_action_plan(action_plan: ActionPlan) -> bool:
    """Whether the public may."""
    return action_plan.is_approved and action_plan.plan.is_public


def may_read_report(report: FulfilmentReport) -> bool:
    """Whether the public may."""
    return report.published_at is not None and report.plan.is_public
