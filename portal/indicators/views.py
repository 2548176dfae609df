"""The desk: shared definitions with their sums over plans, indicators of a plan and of one point of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from portal.plan import rules as plan_rules
from portal.plan import tree
from portal.plan.models import Node, Plan
from portal.plan.views import deed, form, reading
from portal.web.refusals import refused

from . import actions, computed, rules, sums
from .forms import ActualsForm, ChooseForm, DefinitionForm, TargetsForm
from .models import Definition, Indicator

# --- shared definitions ------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD"])
def definitions(request: HttpRequest) -> HttpResponse:
    if not rules.may_read_definitions(request.user):
        raise PermissionDenied
    used = Count("uses__node__plan", distinct=True, filter=Q(uses__node__removed_at=None))
    context = {
        "definitions": Definition.objects.annotate(plans=used).select_related("kind"),
        "may_edit": rules.may_edit_definitions(request.user),
    }
    return render(request, "indicators/definitions.html", context)


@require_http_methods(["GET", "HEAD"])
def definition(request: HttpRequest, pk: int) -> HttpResponse:
    """One definition: what it means and what plans say of it. `?pod=<slug>` keeps the plans under one plan, so that
    a region sees the sum of its towns."""
    if not rules.may_read_definitions(request.user):
        raise PermissionDenied
    found = get_object_or_404(Definition.objects.select_related("kind", "form", "capacity_unit"), pk=pk)
    readable = plan_rules.readable_plans(request.user) | Plan.objects.public()
    above = readable.filter(slug=request.GET.get("pod", "")).first()
    plans = readable.filter(above=above) if above else readable
    context = {
        "definition": found,
        "table": sums.table(found, plans.order_by("span_name", "starts_on")),
        "above": above,
        "aboves": Plan.objects.filter(pk__in=readable.filter(below__nodes__indicators__definition=found).values("pk")),
        "may_edit": rules.may_edit_definitions(request.user),
    }
    return render(request, "indicators/definition.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def definition_add(request: HttpRequest) -> HttpResponse:
    return _definition_form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def definition_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _definition_form(request, pk)


def _definition_form(request: HttpRequest, pk: int | None) -> HttpResponse:
    if not rules.may_edit_definitions(request.user):
        raise PermissionDenied
    found = get_object_or_404(Definition, pk=pk) if pk else None
    # The form writes into a row of its own; what is stored is read anew by the action.
    bound = DefinitionForm(
        request.POST if request.method == "POST" else None, instance=Definition.objects.get(pk=pk) if pk else None
    )
    if request.method == "POST" and bound.is_valid():
        try:
            kept = actions.definition_save(values=bound.values(), definition=found, actor=request.user)
        except ValidationError as refusal:
            bound.add_error(None, refusal)
        else:
            messages.success(request, "Ukazatel je uložený.")
            return redirect("indicators:definition", kept.pk)
    context = {"form": bound, "definition": found}
    status = 422 if request.method == "POST" else 200
    return render(request, "indicators/definition_form.html", context, status=status)


# --- indicators of a plan ----------------------------------------------------------------------------------------


@reading
def plan_indicators(request: HttpRequest, plan: Plan) -> HttpResponse:
    """All indicators of the plan, and measures that have none."""
    rows = Indicator.objects.filter(node__plan=plan).standing().whole().select_related("node")
    place = {branch.node.pk: at for at, branch in enumerate(tree.read(plan).walk())}
    in_tree = sorted((one for one in rows if one.node_id in place), key=lambda one: (place[one.node_id], one.order))
    bare = Node.objects.filter(plan=plan).measures().filter(indicators=None)
    year = timezone.localdate().year
    context = {
        "plan": plan,
        "rows": [(one, _latest(one, year)) for one in in_tree],
        "bare": sorted((one for one in bare if one.pk in place), key=lambda one: place[one.pk]),
        "may_write": plan_rules.may_write(request.user, plan),
    }
    return render(request, "indicators/plan_indicators.html", context)


def _latest(one: Indicator, year: int) -> dict[str, Any]:
    """The target of this year (or the nearest later one) and the last known value."""
    targets = sorted(one.targets.all(), key=lambda row: row.year)
    actuals = sorted(one.actuals.all(), key=lambda row: row.year)
    return {
        "target": next((row for row in targets if row.year >= year), targets[-1] if targets else None),
        "actual": actuals[-1] if actuals else None,
    }


@form
def node_indicators(request: HttpRequest, plan: Plan, code: str) -> HttpResponse:
    """Indicators of one point; a new one is chosen from the shared definitions."""
    node = get_object_or_404(Node.objects.standing().select_related("plan", "level"), plan=plan, code=code)
    bound = ChooseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and bound.is_valid():
        try:
            added = actions.indicator_add(node=node, definition=bound.cleaned_data["definition"], actor=request.user)
        except ValidationError as refusal:
            refused(bound, refusal)
        else:
            messages.success(request, "Ukazatel je přidaný. Doplňte, kam se má dostat.")
            return redirect("indicators:indicator", plan.slug, added.pk)
    context = {
        "plan": plan,
        "node": node,
        "indicators": Indicator.objects.filter(node=node).whole(),
        "may_have": node.level.role in Indicator.ON,
        "form": bound,
        "may_write": plan_rules.may_write(request.user, plan),
        "may_define": rules.may_edit_definitions(request.user),
    }
    return render(request, "indicators/node_indicators.html", context, status=422 if bound.errors else 200)


@form
def indicator(request: HttpRequest, plan: Plan, pk: int) -> HttpResponse:
    """One indicator: targets by year while the plan is being written, values by year at any time."""
    rows = Indicator.objects.standing().select_related("node__plan", "definition")
    found = get_object_or_404(rows, node__plan=plan, pk=pk)
    which = request.POST.get("co", "") if request.method == "POST" else ""
    past = [year for year in plan.years if year <= timezone.localdate().year]
    targets = TargetsForm(found, plan.years, request.POST if which == "cile" else None)
    actuals = ActualsForm(found, past, request.POST if which == "skutecnost" else None)
    status = 200
    if request.method == "POST":
        status = _saved(request, found, targets if which == "cile" else actuals)
        if status == 302:
            messages.success(request, "Uloženo.")
            return redirect("indicators:indicator", plan.slug, pk)
    found = rows.get(pk=pk)
    said = computed.figure(found.definition, plan) if found.definition.is_computed else None
    context = {
        "plan": plan,
        "indicator": found,
        "today": said,
        "targets": targets,
        "actuals": actuals,
        "target_fields": [targets[f"cil-{year}"] for year in plan.years],
        "actual_fields": [(actuals[f"skutecnost-{year}"], actuals[f"poznamka-{year}"]) for year in past],
        "said": found.actuals.select_related("said_by"),
        "stored_targets": found.targets.all(),
        "stale": status == 409,
        "seen": found.version if status != 422 else request.POST.get("seen", found.version),
        "may_write": plan_rules.may_write(request.user, plan),
        "may_say": not found.definition.is_computed and rules.may_say_actual(request.user, found),
    }
    return render(request, "indicators/indicator.html", context, status=status)


def _saved(request: HttpRequest, found: Indicator, bound: TargetsForm | ActualsForm) -> int:
    """302 saved, 409 somebody else was faster, 422 refused with the reason in the form."""
    if not bound.is_valid():
        return 422
    try:
        if isinstance(bound, TargetsForm):
            said, typed = bound.cleaned_data, request.POST.get("seen", "")
            values = {name: said[name] for name in ("baseline", "baseline_year", "note")}
            actions.indicator_change(
                indicator=found,
                targets=bound.targets(),
                seen=int(typed) if typed.isdigit() else 0,
                actor=request.user,
                **values,
            )
        else:
            with transaction.atomic():
                for year, (value, note) in bound.said().items():
                    actions.actual_say(indicator=found, year=year, value=value, note=note, actor=request.user)
    except actions.Stale:
        return 409
    except ValidationError as refusal:
        refused(bound, refusal)
        return 422
    return 302


@deed
def indicator_remove(request: HttpRequest, plan: Plan, pk: int) -> HttpResponse:
    found = get_object_or_404(Indicator.objects.select_related("node__plan", "definition"), node__plan=plan, pk=pk)
    code = found.node.code
    try:
        actions.indicator_remove(indicator=found, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, "Ukazatel je odebraný.")
    return redirect("indicators:node_indicators", plan.slug, code)
