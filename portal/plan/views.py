"""The desk of plans: the list, the tree and its order, the settings. The page of a point is in node_views.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render

from portal.catalogue.models import Service
from portal.web.doors import FORM, READ, Door, at_desk, of_thing
from portal.web.refusals import refused

from . import actions, money, rules, setup_actions, tree
from .forms import AreaRows, FieldRows, LevelForm, PlanChange, PlanForm, area_choices, ordered_rows
from .models import MoneySource, Node, Plan
from .service_words import suggestions

SUGGESTED = 12


def plan_called(slug: str) -> Plan:
    return get_object_or_404(Plan, slug=slug)


def plan_desk(
    *methods: str,
    rule: Callable[[Any, Plan], bool] = rules.may_read_draft,
    writing: Callable[[Any, Plan], bool] = rules.may_edit_plan,
) -> Door:
    """A page of one plan, which the view gets in place of its slug. Whoever may only read never writes."""
    return of_thing("slug", plan_called, rule, *methods, writing=writing)


reading = plan_desk(*READ)
form = plan_desk(*FORM)
writers_form = plan_desk(*FORM, rule=rules.may_edit_plan)
deed = plan_desk("POST", rule=rules.may_edit_plan)


# --- plans -------------------------------------------------------------------------------------------------------


@at_desk(rules.may_come_to_plans, *READ)
def plans(request: HttpRequest) -> HttpResponse:
    context = {"plans": rules.readable_plans(request.user), "may_add": rules.may_add_plan(request.user)}
    return render(request, "plan/plans.html", context)


@at_desk(rules.may_add_plan, *FORM)
def plan_add(request: HttpRequest) -> HttpResponse:
    bound = PlanForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and bound.is_valid():
        try:
            plan = actions.plan_add(**bound.wanted(), actor=request.user)
        except ValidationError as refusal:
            refused(bound, refusal)
        else:
            messages.success(request, "Plán je založený. Přejmenujte si úrovně, jak jste zvyklí.")
            return redirect("plan:levels", plan.slug)
    return render(request, "plan/plan_add.html", {"form": bound}, status=422 if request.method == "POST" else 200)


# --- the tree ----------------------------------------------------------------------------------------------------


def _head(request: HttpRequest, plan: Plan) -> dict[str, Any]:
    """What every page of a plan shows on top."""
    may = rules.may_edit_plan(request.user, plan)
    return {"plan": plan, "may_edit": may, "may_write": may and plan.is_open}


@reading
def plan_tree(request: HttpRequest, plan: Plan) -> HttpResponse:
    outline = tree.outline(plan)
    return render(request, "plan/plan_tree.html", {**_head(request, plan), "outline": outline})


@writers_form
def order(request: HttpRequest, plan: Plan) -> HttpResponse:
    """The tree with buttons that move its lines: one up or down among the children of the same node, or anywhere
    (`node`, `parent`, `after`), as the script asks."""
    if request.method == "POST":
        return _moved(request, plan)
    return render(request, "plan/order.html", {**_head(request, plan), "outline": tree.outline(plan)})


def _moved(request: HttpRequest, plan: Plan) -> HttpResponse:
    said = request.POST
    standing = Node.objects.filter(plan=plan).standing()

    def named(name: str) -> Node | None:
        return get_object_or_404(standing, pk=said[name]) if said.get(name, "").isdigit() else None

    node = named("node") or named("up") or named("down")
    try:
        if node is None:
            raise ValidationError("Řekněte, který bod se má posunout.")
        if said.get("node"):
            actions.node_move(node=node, parent=named("parent"), after=named("after"), actor=request.user)
        else:
            actions.node_shift(node=node, by=-1 if said.get("up") else 1, actor=request.user)
    except ValidationError as refusal:
        if said.get("node"):
            return JsonResponse({"refused": refusal.messages}, status=422)
        messages.error(request, " ".join(refusal.messages))
    if said.get("node"):
        return JsonResponse({"moved": True})
    where = redirect("plan:order", plan.slug)
    if node is not None:
        where["Location"] += f"#bod-{node.pk}"
    return where


@reading
def removed(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Points that were taken out, the newest first; those that left along with one above them stand under it."""
    nodes = Node.objects.filter(plan=plan, removed_at__isnull=False).select_related("level", "parent")
    context = {**_head(request, plan), "nodes": nodes.order_by("-removed_at", "code")}
    return render(request, "plan/removed.html", context)


# --- settings ----------------------------------------------------------------------------------------------------


@form
def plan_change(request: HttpRequest, plan: Plan) -> HttpResponse:
    bound = PlanChange(request.user, request.POST if request.method == "POST" else None, plan=plan)
    if request.method == "POST" and bound.is_valid():
        try:
            setup_actions.plan_change(plan=plan, actor=request.user, **bound.cleaned_data)
        except ValidationError as refusal:
            refused(bound, refusal)
        else:
            messages.success(request, "Uloženo.")
            return redirect("plan:plan_change", plan.slug)
    context = {**_head(request, plan), "form": bound}
    return render(request, "plan/plan_change.html", context, status=422 if request.method == "POST" else 200)


@form
def levels(request: HttpRequest, plan: Plan) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    held = [LevelForm(data, level=level, prefix=f"uroven-{level.depth}") for level in plan.levels.all()]
    right = [one.is_valid() for one in held]
    if data is not None and all(right):
        names = {
            depth: (one.cleaned_data["name"], one.cleaned_data["many"])
            for depth, one in zip(plan.levels.values_list("depth", flat=True), held, strict=True)
        }
        setup_actions.levels_name(plan=plan, names=names, actor=request.user)
        messages.success(request, "Uloženo.")
        return redirect("plan:tree", plan.slug)
    context = {**_head(request, plan), "forms": held, "wrong": data is not None}
    return render(request, "plan/levels.html", context, status=200 if data is None else 422)


@form
def areas(request: HttpRequest, plan: Plan) -> HttpResponse:
    stored = [{"id": one.pk, "name": one.name, "group": one.group_id} for one in plan.areas.all()]
    rows = AreaRows(
        request.POST if request.method == "POST" else None,
        initial=stored,
        prefix="oblast",
        form_kwargs={"choices": area_choices(request.user, plan)},
    )
    return _rows_page(request, plan, rows, "plan/areas.html", setup_actions.areas_save)


@form
def fields(request: HttpRequest, plan: Plan) -> HttpResponse:
    stored = [
        {"id": one.pk, "name": one.name, "sort": one.sort, "choices": one.choices} for one in plan.extra_fields.all()
    ]
    rows = FieldRows(request.POST if request.method == "POST" else None, initial=stored, prefix="pole")
    return _rows_page(request, plan, rows, "plan/fields.html", setup_actions.fields_save)


def _rows_page(request: HttpRequest, plan: Plan, rows: Any, template: str, save: Callable[..., None]) -> HttpResponse:
    """A page that is one list of rows; what the action refuses stands above it."""
    errors: list[str] = []
    if request.method == "POST" and rows.is_valid():
        try:
            save(plan=plan, actor=request.user, wanted=ordered_rows(rows))
        except ValidationError as refusal:
            errors = refusal.messages
        else:
            messages.success(request, "Uloženo.")
            return redirect(request.path)
    context = {**_head(request, plan), "rows": rows, "errors": errors, "wrong": request.method == "POST"}
    return render(request, template, context, status=422 if request.method == "POST" else 200)


@reading
def plan_money(request: HttpRequest, plan: Plan) -> HttpResponse:
    """What the plan costs and who pays it: by year, by source, by branch of the tree."""
    grown = tree.read(plan)
    held = money.of_plan(plan)
    whole, by_node = held.of_tree(grown), held.by_node(grown)
    names = dict(MoneySource.objects.filter(key__in=whole.sources).order_by("order").values_list("key", "name"))
    context = {
        **_head(request, plan),
        "whole": whole,
        "years": money.year_lines(whole),
        "sources": [(name, whole.paid(source=key)) for key, name in names.items()],
        "branches": [
            (branch, len(branch.path), by_node[branch.node.pk])
            for branch in grown.walk()
            if branch.node.pk in by_node and not branch.is_measure
        ],
    }
    return render(request, "plan/plan_money.html", context)


# --- suggestions -------------------------------------------------------------------------------------------------


@at_desk(rules.may_add_plan, *READ)
def service_suggest(request: HttpRequest) -> HttpResponse:
    """Services of the catalogue whose name or provider holds the text."""
    return JsonResponse({"items": suggestions(Service.objects.public(), request.GET.get("q", "")[:100], SUGGESTED)})
