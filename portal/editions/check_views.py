"""The page of the completeness check, and its switches."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from portal.plan.models import Plan
from portal.plan.rules import may_edit_plan
from portal.plan.views import deed, reading

from . import check_actions
from .check import BY_KEY, check, counts

# More findings of one rule than this have a page of their own.
SHOWN = 25


@reading
def plan_check(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Everything that is to be mended; with `?pravidlo=` all findings of one rule."""
    chosen = request.GET.get("pravidlo", "")
    if chosen and chosen not in BY_KEY:
        raise Http404
    found = check(plan)
    context = {
        "plan": plan,
        "check": found,
        "counts": list(counts(found)),
        "only": next((one for one in found.verdicts if one.rule.key == chosen), None),
        "shown": SHOWN,
        "may_edit": may_edit_plan(request.user, plan),
    }
    return render(request, "editions/plan_check.html", context)


@deed
def rule_off(request: HttpRequest, plan: Plan, key: str) -> HttpResponse:
    return _switch(request, plan, key, on=False)


@deed
def rule_on(request: HttpRequest, plan: Plan, key: str) -> HttpResponse:
    return _switch(request, plan, key, on=True)


def _switch(request: HttpRequest, plan: Plan, key: str, *, on: bool) -> HttpResponse:
    try:
        check_actions.rule_switch(plan=plan, key=key, on=on, actor=request.user)
    except ValidationError as refusal:
        raise Http404 from refusal
    said = "Pravidlo zase platí" if on else "Pravidlo je pro tenhle plán vypnuté"
    messages.success(request, f"{said}: {BY_KEY[key].title}.")
    return redirect("editions:plan_check", plan.slug)
