"""The desk: SWOT and needs of a plan, each with the measures that answer it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.audit import restoring
from portal.audit.models import Deed
from portal.catalogue.models import TargetGroup
from portal.plan import rules
from portal.plan.models import Plan
from portal.plan.views import deed, form, reading, writers_form
from portal.web.doors import FORM
from portal.web.refusals import refused

from . import actions
from . import reading as texts
from .forms import NeedForm, SwotForm, evidence_line
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


# --- back from the journal -----------------------------------------------------------------------------------------


@require_http_methods(FORM)
def swot_restore(request: HttpRequest, deed: int) -> HttpResponse:
    told = restoring.asked(request, deed, "chapters:swot_restore")
    point = get_object_or_404(SwotPoint.objects.select_related("plan"), pk=told.thing_id)

    def act() -> object:
        values = {**told.before, "measures": _measures(point.plan, told)}
        return actions.swot_save(
            plan=point.plan, point=point, seen=point.version, actor=request.user, restores=told, **values
        )

    names = {key: str(word) for key, word in SwotPoint.Sort.choices}
    return _restored(request, told, point, now=actions.swot_told(point), names=names, act=act)


@require_http_methods(FORM)
def need_restore(request: HttpRequest, deed: int) -> HttpResponse:
    told = restoring.asked(request, deed, "chapters:need_restore")
    need = get_object_or_404(Need.objects.select_related("plan"), pk=told.thing_id)

    def act() -> object:
        values = {
            **told.before,
            "measures": _measures(need.plan, told),
            "target_groups": TargetGroup.objects.filter(key__in=told.before["target_groups"]),
            "evidence": [evidence_line(line) for line in told.before["evidence"]],
        }
        return actions.need_save(
            plan=need.plan, need=need, seen=need.version, actor=request.user, restores=told, **values
        )

    names = dict(TargetGroup.objects.values_list("key", "name"))
    return _restored(request, told, need, now=actions.need_told(need), names=names, act=act)


def _restored(
    request: HttpRequest,
    told: Deed,
    part: SwotPoint | Need,
    *,
    now: dict[str, Any],
    names: dict[str, str],
    act: Callable[[], object],
) -> HttpResponse:
    if not rules.may_read_draft(request.user, part.plan):
        raise PermissionDenied
    may = rules.may_edit_plan(request.user, part.plan)
    page = "chapters:need_edit" if isinstance(part, Need) else "chapters:swot_edit"
    back = reverse(page, args=[part.plan.slug, part.pk])
    return restoring.page(request, told, now=now, names=names, may=may, act=act, back=back)


def _measures(plan: Plan, told: Deed) -> list[Any]:
    """Measures that answered it then; those taken out of the plan since are not tied again."""
    return list(texts.measures(plan).filter(code__in=told.before["measures"]))
