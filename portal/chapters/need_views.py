"""The desk: SWOT and needs of a plan, each with the measures that answer it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from portal.plan import rules
from portal.plan.models import Plan
from portal.plan.views import deed, form, reading, writers_form
from portal.web.refusals import refused

from . import actions
from . import reading as texts
from .forms import NeedForm, SwotForm
from .models import Need, SwotPoint


@reading
def swot(request: HttpRequest, plan: Plan) -> HttpResponse:
    context = {
        "plan": plan,
        "lists": texts.swot(plan),
        "removed": SwotPoint.objects.filter(plan=plan).exclude(removed_at=None),
        "may_write": rules.may_write(request.user, plan),
    }
    return render(request, "chapters/swot.html", context)


@writers_form
def swot_add(request: HttpRequest, plan: Plan) -> HttpResponse:
    return _swot_form(request, plan, None, {"sort": request.GET.get("kam", "")})


@form
def swot_edit(request: HttpRequest, plan: Plan, pk: int) -> HttpResponse:
    point = get_object_or_404(SwotPoint.objects.standing(), plan=plan, pk=pk)
    return _swot_form(request, plan, point, SwotForm.of(point))


def _swot_form(request: HttpRequest, plan: Plan, point: SwotPoint | None, initial: dict[str, Any]) -> HttpResponse:
    bound = SwotForm(request.POST if request.method == "POST" else None, plan=plan, initial=initial)

    def save(seen: int) -> object:
        return actions.swot_save(plan=plan, point=point, seen=seen, actor=request.user, **bound.cleaned_data)

    return _saved(request, plan, point, bound, save)


@reading
def needs(request: HttpRequest, plan: Plan) -> HttpResponse:
    rows = texts.needs(plan)
    context = {
        "plan": plan,
        "needs": rows,
        "unanswered": sum(1 for one in rows if not one.measures.all()),
        "removed": Need.objects.filter(plan=plan).exclude(removed_at=None),
        "may_write": rules.may_write(request.user, plan),
    }
    return render(request, "chapters/needs.html", context)


@writers_form
def need_add(request: HttpRequest, plan: Plan) -> HttpResponse:
    return _need_form(request, plan, None, {})


@form
def need_edit(request: HttpRequest, plan: Plan, pk: int) -> HttpResponse:
    need = get_object_or_404(Need.objects.standing(), plan=plan, pk=pk)
    return _need_form(request, plan, need, NeedForm.of(need))


def _need_form(request: HttpRequest, plan: Plan, need: Need | None, initial: dict[str, Any]) -> HttpResponse:
    bound = NeedForm(request.POST if request.method == "POST" else None, plan=plan, initial=initial)

    def save(seen: int) -> object:
        return actions.need_save(plan=plan, need=need, seen=seen, actor=request.user, **bound.cleaned_data)

    return _saved(request, plan, need, bound, save)


def _saved(request: HttpRequest, plan: Plan, part: SwotPoint | Need | None, bound: Any, save: Any) -> HttpResponse:
    """The form of a point or a need: shown, saved, refused (422), or somebody else was faster (409)."""
    status, back = 200, "chapters:needs" if isinstance(bound, NeedForm) else "chapters:swot"
    if request.method == "POST":
        status = 422
        if bound.is_valid():
            typed = request.POST.get("seen", "")
            try:
                save(int(typed) if typed.isdigit() else 0)
            except actions.Stale as news:
                part, status = news.stored, 409  # type: ignore[assignment]
            except ValidationError as refusal:
                refused(bound, refusal)
            else:
                messages.success(request, "Uloženo.")
                return redirect(back, plan.slug)
    context = {
        "plan": plan,
        "part": part,
        "form": bound,
        "stale": status == 409,
        "seen": part.version if part and status in {200, 409} else request.POST.get("seen", "0"),
        "back": back,
        "is_need": isinstance(bound, NeedForm),
        "may_write": rules.may_write(request.user, plan),
    }
    return render(request, "chapters/part.html", context, status=status)


@deed
def swot_remove(request: HttpRequest, plan: Plan, pk: int) -> HttpResponse:
    return _moved(request, plan, get_object_or_404(SwotPoint, plan=plan, pk=pk), "chapters:swot")


@deed
def need_remove(request: HttpRequest, plan: Plan, pk: int) -> HttpResponse:
    return _moved(request, plan, get_object_or_404(Need, plan=plan, pk=pk), "chapters:needs")


def _moved(request: HttpRequest, plan: Plan, part: SwotPoint | Need, back: str) -> HttpResponse:
    """Out of the plan, or back into it when it is out."""
    act = actions.part_remove if part.removed_at is None else actions.part_return
    try:
        act(part=part, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, "Je to zpátky v plánu." if part.removed_at is None else "Vyřazeno. Vrátíte to dole.")
    return redirect(back, plan.slug)
