"""The page of the completeness check, and its switches."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render

from portal.plan.models import Plan
from portal.plan.rules import may_edit_plan, may_read_draft

from . import check_actions
from .check import BY_KEY, check, counts

# More findings of one rule than this have a page of their own.
SHOWN = 25


def plan_check(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that is to be mended; with `?pravidlo=` all findings of one rule."""
    plan = get_object_or_404(Plan, slug=slug)
    if not may_read_draft(request.user, plan):
        raise PermissionDenied
    if request.method not in {"GET", "HEAD"}:  # who may comes before how
        return HttpResponseNotAllowed(["GET", "HEAD"])
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


def rule_off(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    return _switch(request, slug, key, on=False)


def rule_on(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    return _switch(request, slug, key, on=True)


def _switch(request: HttpRequest, slug: str, key: str, *, on: bool) -> HttpResponse:
    plan = get_object_or_404(Plan, slug=slug)
    if not may_edit_plan(request.user, plan):
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        check_actions.rule_switch(plan=plan, key=key, on=on, actor=request.user)
    except ValidationError as refusal:
        raise Http404 from refusal
    said = "Pravidlo zase platí" if on else "Pravidlo je pro tenhle plán vypnuté"
    messages.success(request, f"{said}: {BY_KEY[key].title}.")
    return redirect("editions:plan_check", plan.slug)
