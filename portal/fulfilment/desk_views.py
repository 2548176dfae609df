"""The desk: action plans of a plan, their items, approval, the timetable."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from portal.plan.models import Level, Plan

from . import actions, rules, year_plan
from . import narrowed as narrowing
from . import timetable as timetables
from .forms import ApproveForm, ItemForm, ReporterForm, YearForm
from .models import ActionItem, ActionPlan, FulfilmentReport
from .on_plan import deed, form_for_readers, ordering, reading, writing
from .paper_views import paper


@form_for_readers
def action_plans(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Years of the plan: their action plans and reports; opening another year."""
    made = list(ActionPlan.objects.filter(plan=plan))
    reports = {one.year: one for one in FulfilmentReport.objects.filter(plan=plan).defer("frozen")}
    free = [year for year in plan.years if year not in {one.year for one in made}]
    may_write = rules.may_write(request.user, plan)
    form = YearForm(request.POST if request.method == "POST" else None, years=free)
    if form.is_bound and form.is_valid():
        try:
            opened = actions.action_plan_add(plan=plan, year=form.cleaned_data["year"], actor=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"Akční plán na rok {opened.year} je založený. Vyberte do něj opatření.")
            return redirect("fulfilment:action_plan", plan.slug, opened.year)
    context = {
        "plan": plan,
        "years": [(one, reports.get(one.year)) for one in made],
        "whole": reports.get(None),
        "any_approved": any(one.is_approved for one in made),
        "form": form,
        "free": free,
        "binding": plan.state in Plan.BINDING,
        "may_write": may_write,
    }
    return render(request, "fulfilment/action_plans.html", context, status=422 if form.is_bound else 200)


def _year(plan: Plan, year: int) -> ActionPlan:
    return get_object_or_404(ActionPlan.objects.select_related("plan"), plan=plan, year=year)


@reading
def action_plan(request: HttpRequest, plan: Plan, year: int) -> HttpResponse:
    return _action_plan_page(request, _year(plan, year), ApproveForm())


def _action_plan_page(request: HttpRequest, one: ActionPlan, form: ApproveForm, status: int = 200) -> HttpResponse:
    may_write = rules.may_write(request.user, one.plan)
    content = year_plan.shown(one)
    context = {
        "plan": one.plan,
        "action_plan": one,
        "content": content,
        "narrowed": narrowing.narrowed(content, request.GET),
        "offered": list(actions.offered(one)) if may_write and not one.is_approved else [],
        "may_write": may_write,
        "may_change": may_write and not one.is_approved,
        "form": form,
        "public": rules.may_read_action_plan(one),
    }
    return render(request, "fulfilment/action_plan.html", context, status=status)


@ordering
def action_plan_file(request: HttpRequest, plan: Plan, year: int, form: str) -> HttpResponseBase:
    """The action plan as it stands now, for those who will approve it."""
    return paper(request, _year(plan, year), form, reverse("fulfilment:action_plan", args=[plan.slug, year]))


@writing
def items_add(request: HttpRequest, plan: Plan, year: int) -> HttpResponse:
    """Choose measures and activities from the tree."""
    one, refusal = _year(plan, year), ""
    if request.method == "POST":
        keys = [int(key) for key in request.POST.getlist("bod") if key.isascii() and key.isdigit() and len(key) < 18]
        try:
            added = actions.items_add(action_plan=one, nodes=keys, actor=request.user)
        except ValidationError as problem:
            refusal = " ".join(problem.messages)
        else:
            messages.success(request, f"Přidáno bodů: {added}.")
            return redirect("fulfilment:action_plan", plan.slug, year)
    tree = year_plan.Places(plan).tree
    chosen = set(one.items.values_list("node_id", flat=True))
    wanted = (Level.Role.MEASURE, Level.Role.ACTIVITY)
    rows = [(branch, branch.level.role in wanted, branch.node.pk in chosen) for branch in tree.walk()]
    context = {"plan": plan, "action_plan": one, "rows": rows, "refusal": refusal}
    return render(request, "fulfilment/items_add.html", context, status=422 if refusal else 200)


@deed
def items_carry(request: HttpRequest, plan: Plan, year: int) -> HttpResponse:
    try:
        added = actions.items_carry(action_plan=_year(plan, year), actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, f"Z minulého roku převzato bodů: {added}.")
    return redirect("fulfilment:action_plan", plan.slug, year)


def _item(plan: Plan, year: int, pk: int) -> ActionItem:
    rows = ActionItem.objects.select_related("action_plan__plan", "node", "responsible_person")
    return get_object_or_404(rows, action_plan__plan=plan, action_plan__year=year, pk=pk)


@writing
def item_change(request: HttpRequest, plan: Plan, year: int, pk: int) -> HttpResponse:
    """This year's steps, who answers for them and the money."""
    item = _item(plan, year, pk)
    form = ItemForm(item, *([request.POST] if request.method == "POST" else []))
    if form.is_bound and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("steps", "responsible", "money")}
        try:
            actions.item_change(item=item, actor=request.user, **values)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, "Uloženo.")
            return redirect("fulfilment:action_plan", plan.slug, year)
    return _item_page(request, item, form, _reporter_form(item))


def _reporter_form(item: ActionItem) -> ReporterForm:
    person = item.responsible_person
    return ReporterForm(initial={"email": item.email or (person.email if person else "")})


def _item_page(request: HttpRequest, item: ActionItem, form: ItemForm, reporter_form: ReporterForm) -> HttpResponse:
    context: dict[str, Any] = {
        "plan": item.action_plan.plan,
        "action_plan": item.action_plan,
        "item": item,
        "form": form,
        "reporter_form": reporter_form,
    }
    wrong = form.is_bound or reporter_form.is_bound
    return render(request, "fulfilment/item.html", context, status=422 if wrong else 200)


@deed
def reporter(request: HttpRequest, plan: Plan, year: int, pk: int) -> HttpResponse:
    """Who is asked what became of the item."""
    item, form = _item(plan, year, pk), ReporterForm(request.POST)
    if not form.is_valid():
        return _item_page(request, item, ItemForm(item), form)
    person, email = form.reporter()
    actions.reporter_set(item=item, person=person, email=email, actor=request.user)
    messages.success(request, "Uloženo.")
    return redirect("fulfilment:item_change", plan.slug, year, pk)


@deed
def item_remove(request: HttpRequest, plan: Plan, year: int, pk: int) -> HttpResponse:
    try:
        actions.item_remove(item=_item(plan, year, pk), actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, "Bod už v akčním plánu není. Kdykoli ho můžete vybrat znovu.")
    return redirect("fulfilment:action_plan", plan.slug, year)


@deed
def approve(request: HttpRequest, plan: Plan, year: int) -> HttpResponse:
    one, form = _year(plan, year), ApproveForm(request.POST)
    if form.is_valid():
        try:
            actions.action_plan_approve(action_plan=one, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"Akční plán na rok {year} je schválený a vidí ho každý.")
            return redirect("fulfilment:action_plan", plan.slug, year)
    return _action_plan_page(request, one, form, status=422)


@reading
def timetable(request: HttpRequest, plan: Plan) -> HttpResponse:
    drawn = timetables.timetable(plan, request.GET.get("priorita", ""))
    return render(request, "fulfilment/timetable.html", {"plan": plan, "timetable": drawn, "desk": True})


@ordering
def timetable_file(request: HttpRequest, plan: Plan, form: str) -> HttpResponseBase:
    return paper(request, plan, form, reverse("fulfilment:timetable", args=[plan.slug]))
