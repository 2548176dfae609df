"""Who may do what with editions. Public ones are everybody's; the others belong to those who write the plan."""

from typing import Any

from portal.plan.models import Plan
from portal.plan.rules import may_edit_plan, may_read_draft

from .models import Edition


def may_read_edition(person: Any, edition: Edition) -> bool:
    return edition.public or may_read_draft(person, edition.plan)


def may_see_editions(person: Any, plan: Plan) -> bool:
    """The desk page with all editions of the plan."""
    return may_read_draft(person, plan)


def may_make_editions(person: Any, plan: Plan) -> bool:
    """Freeze, publish, order documents."""
    return may_edit_plan(person, plan)


def may_order_documents(person: Any, edition: Edition) -> bool:
    """Of a public edition anybody, as of a public page; each document is made once and kept."""
    return edition.public or may_make_editions(person, edition.plan)
