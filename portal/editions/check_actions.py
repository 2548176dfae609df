"""Switching rules of the completeness check off and on."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from portal.audit.actions import record
from portal.plan.models import Plan
from portal.plan.rules import may_edit_plan

from .check import BY_KEY, RULES


@transaction.atomic
def rule_switch(*, plan: Plan, key: str, on: bool, actor: Any) -> bool:
    """Whether the plan wants the rule; False when it is so already. A switch changes no word of the plan, so an
    approved one may be switched too."""
    if not may_edit_plan(actor, plan):
        raise PermissionDenied
    if key not in BY_KEY:
        raise ValidationError("Takové pravidlo kontrola nemá.")
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    off = set(plan.silenced)
    before = _ordered(off)
    after = _ordered(off - {key} if on else off | {key})
    if before == after:
        return False
    plan.silenced = after
    plan.save(update_fields=["silenced"])
    names = {one: BY_KEY[one].title for one in {*before, *after}}
    record(
        verb="check_rule_switched",
        thing=plan,
        actor=actor,
        before={"silenced": before},
        after={"silenced": after},
        names=names,
    )
    return True


def _ordered(keys: set[str]) -> list[str]:
    """The keys that are still rules, in their order."""
    return [rule.key for rule in RULES if rule.key in keys]
