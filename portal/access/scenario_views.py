"""The workshop of scenarios: try out a change of the network and see at once who loses and who gains."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.catalogue.models import CapacityUnit, Kind
from words.fold import fold

from . import maps, present, rules, scenario_actions, wording
from . import scenario_wording as telling
from .forms import StudyForm, stored_question
from .models import Scenario, UnitCost
from .scenario import PLACE, Change, Offered, Outcome, ground_of, play
from .scenario_forms import ChangeForm, CommentForm, ScenarioForm, ScenarioSettings, UnitCostForm
from .scenario_map import ChangeDrawing, change_classes
from .study import Mask, Study, data_version, land
from .study import study as study_of
from .views import MAP_POLICY
from .ways import times_of

PAGE = 12
MOST_COMPARED = 3


def _allow(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied


# --- from a stored scenario to its result -----------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """A scenario played over the data of today."""

    scenario: Scenario
    outcome: Outcome
    kinds: dict[str, Kind]
    unit: CapacityUnit | None
    costs: telling.Costs

    @property
    def study(self) -> Study:
        return self.outcome.before


def result_of(one: Scenario) -> Result:
    version = data_version()
    here = land(version)
    study = study_of(stored_question(one.query, here), version)
    outcome = play(study, [Change.of(row) for row in one.changes.all()])
    unit = next((unit for unit in here.units if unit.key == study.material.unit_key), None)
    costs = telling.costs_of(UnitCost.objects.select_related("kind", "unit").filter(kind__key__in=study.question.kinds))
    return Result(one, outcome, {kind.key: kind for kind in here.kinds}, unit, costs)


def _told(result: Result) -> dict[str, Any]:
    """What every page of a result shows."""
    outcome, question = result.outcome, result.study.question
    return {
        "scenario": result.scenario,
        "asked": wording.asked(question, result.study.land, result.kinds),
        "kinds_words": telling.kinds_words(question, result.kinds),
        "people_words": question.people_words.they,
        "limit_words": wording.limit_words(question, question.limit),
        "study_url": f"{reverse('access:study')}?{question.query()}",
        "effects": telling.effects(outcome),
        "figures": telling.figures(outcome, result.unit),
        "changes": telling.change_words(outcome, result.unit, result.costs),
        "cost": telling.cost_sentence(outcome, result.costs),
        "cost_sources": telling.cost_sources(outcome, result.costs),
        "legend": [(maps.swatch(one.fill), one) for one in change_classes(outcome).all],
        "limits": wording.limits(result.study),
        "by_table": times_of(question, result.study.land) is not None,
        "data": present.data_words(result.study),
    }


@dataclass(frozen=True)
class ServiceRow:
    """A service that a scenario can change."""

    target: str
    name: str
    town: str
    capacity: str
    is_closed: bool
    is_place: bool


@dataclass(frozen=True)
class Spot:
    """What somebody pointed at on the map: a municipality or an ORP. `inside` (n,): its municipalities; `town`: what to
    write for a new service there, "" for an ORP."""

    code: str
    name: str
    inside: Mask
    town: str = ""


def _spot(study: Study, code: str) -> Spot | None:
    here = study.land
    at = here.index.get(code)
    if at is not None:
        inside = np.zeros(len(here), dtype=bool)
        inside[at] = True
        name = here.names[at]
        return Spot(code, name, inside, name if here.names.count(name) == 1 else code)
    orp = here.area("orp", code)
    return Spot(code, f"ORP {orp.name}", here.members("orp", code)) if orp else None


def _found(study: Study, asked: str, spot: Spot | None) -> list[Offered]:
    """Services of the area; `asked` narrows them by name or town, `spot` to those that stand or come there."""
    wanted = fold(asked.strip())
    offered = [one for one in ground_of(study).offered if wanted in one.folded]
    if spot is None:
        return offered
    coming = study.material.field_services
    comes = set(coming.service[coming.targets[spot.inside[coming.origins]]].tolist())
    return [one for one in offered if (spot.inside[one.at] if one.sort == PLACE else one.number in comes)]


def _rows(result: Result, offered: Iterable[Offered]) -> list[ServiceRow]:
    closed = {
        (one.change.sort, one.change.number)
        for one in result.outcome.applied
        if one.change.deed == "close" and not one.problem
    }
    return [
        ServiceRow(
            target=f"{one.sort}-{one.number}",
            name=one.name,
            town=one.town or str(_("přijede za lidmi")),
            capacity=str(_("kapacitu neznáme")) if math.isnan(one.amount) else telling.units(one.amount, result.unit),
            is_closed=(one.sort, one.number) in closed,
            is_place=one.sort == PLACE,
        )
        for one in offered
    ]


# --- the workshop ---------------------------------------------------------------------------------------------------


@require_safe
def scenarios(request: HttpRequest) -> HttpResponse:
    _allow(rules.may_read_scenarios(request.user))
    page = Paginator(Scenario.objects.listed(), 25).get_page(request.GET.get("strana"))
    context = {"page": page, "may_edit": rules.may_edit_scenarios(request.user), "most": MOST_COMPARED}
    return render(request, "access/scenarios.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def scenario_add(request: HttpRequest) -> HttpResponse:
    """A new scenario over the question in the address (from a study), or the one filled in."""
    _allow(rules.may_edit_scenarios(request.user))
    here = land(data_version())
    is_sent = request.method == "POST"
    asked = StudyForm(request.POST if is_sent else request.GET, kinds=here.kinds, land=here, units=here.units)
    form = ScenarioForm(request.POST if is_sent else None)
    if is_sent and all([asked.is_valid(), form.is_valid()]):
        made = scenario_actions.scenario_add(
            name=form.cleaned_data["name"],
            note=form.cleaned_data["note"],
            question=asked.question(),
            actor=request.user,
        )
        return redirect("access:scenario", made.pk)
    context = {"form": form, "asked_form": asked, "is_wrong": is_sent}
    return render(request, "access/scenario_add.html", context, status=422 if is_sent else 200)


def _scenario(request: HttpRequest, pk: int) -> Scenario:
    _allow(rules.may_read_scenarios(request.user))
    return get_object_or_404(Scenario.objects.select_related("author"), pk=pk)


@never_cache
@require_safe
def scenario(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _scenario(request, pk))


def _page(
    request: HttpRequest,
    one: Scenario,
    *,
    form: ChangeForm | None = None,
    problem: str = "",
    comment: CommentForm | None = None,
    settings: ScenarioSettings | None = None,
    status: int = 200,
) -> HttpResponse:
    """The workshop; after a refused change with the reason and what was typed."""
    try:
        result = result_of(one)
    except ValidationError as refusal:
        context = {"scenario": one, "problem": " ".join(refusal.messages)}
        return render(request, "access/scenario_lost.html", context, status=status)
    asked = request.GET.get("hledat", "")[:100]
    spot = _spot(result.study, request.GET.get("kde", ""))
    page = Paginator(_found(result.study, asked, spot), PAGE).get_page(request.GET.get("strana"))
    stored = {"name": one.name, "note": one.note, "shared": one.shared, "seen": one.version}
    context = _told(result) | {
        "may_edit": rules.may_edit_scenarios(request.user),
        "page": page,
        "rows": _rows(result, page.object_list),
        "query": asked,
        "spot": spot,
        "form": form or ChangeForm(),
        "problem": problem,
        "comment": comment or CommentForm(),
        "comment_url": reverse("access:scenario_comment", args=[one.pk]),
        "comments": one.comments.select_related("author"),
        "settings": settings or ScenarioSettings(initial=stored, prefix="nastaveni"),
        "settings_open": settings is not None,
        "share_url": request.build_absolute_uri(reverse("access:scenario_shared", args=[one.key])),
        "map_url": map_url(result),
        "open_form": form if form is not None and form.data.get("deed") == "open" else ChangeForm(),
    }
    return render(request, "access/scenario.html", context, status=status)


def map_url(result: Result) -> str:
    """The map for those who may read scenarios; another address after every change."""
    one = result.scenario
    return f"{reverse('access:scenario_map', args=[one.pk])}?verze={one.version}.{data_stamp(result)}"


def data_stamp(result: Result) -> str:
    """Changes whenever the map may: the day, the number of places, the table of times."""
    times = times_of(result.study.question, result.study.land)
    stamp = f"{result.study.material.day:%y%m%d}.{len(result.study.material.places)}"
    return f"{stamp}.{times.digest[:8]}" if times else stamp


@require_POST
def scenario_change(request: HttpRequest, pk: int) -> HttpResponse:
    _allow(rules.may_edit_scenarios(request.user))
    one = _scenario(request, pk)
    form = ChangeForm(request.POST)
    if not form.is_valid():
        problem = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return _page(request, one, form=form, problem=problem, status=422)
    try:
        question = stored_question(one.query, land(data_version()))
        scenario_actions.change_add(
            one=one, seen=form.cleaned_data["seen"], question=question, change=form.change(), actor=request.user
        )
    except ValidationError as refusal:
        status = 409 if isinstance(refusal, scenario_actions.Stale) else 422
        return _page(request, _scenario(request, pk), form=form, problem=" ".join(refusal.messages), status=status)
    return redirect(f"{reverse('access:scenario', args=[pk])}#vysledek")


@require_POST
def scenario_undo(request: HttpRequest, pk: int) -> HttpResponse:
    _allow(rules.may_edit_scenarios(request.user))
    seen = request.POST.get("seen", "")
    try:
        scenario_actions.change_undo(
            one=_scenario(request, pk), seen=int(seen) if seen.isdecimal() else 0, actor=request.user
        )
    except ValidationError as refusal:
        status = 409 if isinstance(refusal, scenario_actions.Stale) else 422
        return _page(request, _scenario(request, pk), problem=" ".join(refusal.messages), status=status)
    return redirect(f"{reverse('access:scenario', args=[pk])}#vysledek")


@require_POST
def scenario_save(request: HttpRequest, pk: int) -> HttpResponse:
    _allow(rules.may_edit_scenarios(request.user))
    form = ScenarioSettings(request.POST, prefix="nastaveni")
    if not form.is_valid():
        problem = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return _page(request, _scenario(request, pk), problem=problem, settings=form, status=422)
    said = form.cleaned_data
    try:
        scenario_actions.scenario_save(one=_scenario(request, pk), actor=request.user, **said)
    except scenario_actions.Stale as news:
        # What was typed stays, over the present state: saving again is a decision made with it in sight.
        present = _scenario(request, pk)
        again = ScenarioSettings(initial=said | {"seen": present.version}, prefix="nastaveni")
        return _page(request, present, problem=" ".join(news.messages), settings=again, status=409)
    messages.success(request, _("Uloženo."))
    return redirect("access:scenario", pk)


@require_POST
def scenario_comment(request: HttpRequest, pk: int) -> HttpResponse:
    _allow(rules.may_edit_scenarios(request.user))
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _page(request, _scenario(request, pk), comment=form, problem=_("Napište komentář."), status=422)
    scenario_actions.comment_add(one=_scenario(request, pk), text=form.cleaned_data["text"], actor=request.user)
    return redirect(f"{reverse('access:scenario', args=[pk])}#komentare")


@require_POST
def scenario_remove(request: HttpRequest, pk: int) -> HttpResponse:
    _allow(rules.may_edit_scenarios(request.user))
    one = _scenario(request, pk)
    scenario_actions.scenario_remove(one=one, actor=request.user)
    messages.success(request, _("Scénář „%s“ je smazaný.") % one.name)
    return redirect("access:scenarios")


def _map(one: Scenario, workshop: str = "") -> HttpResponse:
    try:
        outcome = result_of(one).outcome
    except ValidationError as refusal:
        raise Http404 from refusal
    drawing = ChangeDrawing(outcome.after, outcome=outcome, workshop=workshop)
    return HttpResponse(drawing.svg(), content_type="image/svg+xml")


@never_cache
@xframe_options_sameorigin
@csp_override(MAP_POLICY)
@require_safe
def scenario_map(request: HttpRequest, pk: int) -> HttpResponse:
    may_edit = rules.may_edit_scenarios(request.user)
    return _map(_scenario(request, pk), reverse("access:scenario", args=[pk]) if may_edit else "")


# --- side by side, and for those who have the link --------------------------------------------------------------------


@require_safe
def scenario_compare(request: HttpRequest) -> HttpResponse:
    """Up to three scenarios beside today; each keeps its own question."""
    _allow(rules.may_read_scenarios(request.user))
    wanted = list(dict.fromkeys(int(one) for one in request.GET.getlist("s") if one.isdecimal() and len(one) < 10))
    found = Scenario.objects.select_related("author").prefetch_related("changes").in_bulk(wanted[:MOST_COMPARED])
    results, problem = [], ""
    try:
        results = [result_of(found[pk]) for pk in wanted if pk in found]
    except ValidationError as refusal:
        problem = " ".join(refusal.messages)
    if len(wanted) > MOST_COMPARED:
        problem = _("Vedle sebe se vejdou nejvýš tři scénáře. Ukazujeme první tři.")
    columns = [_told(one) | {"map_url": map_url(one)} for one in results]
    context = {
        "columns": columns,
        "rows": list(zip(*(column["figures"] for column in columns), strict=True)) if columns else [],
        "problem": problem,
        "is_same_question": len({one.scenario.query for one in results}) <= 1,
    }
    return render(request, "access/scenario_compare.html", context)


def _shared(key: str) -> Scenario:
    return get_object_or_404(Scenario, key=key, shared=True)


@login_not_required
@never_cache
@require_safe
def scenario_shared(request: HttpRequest, key: str) -> HttpResponse:
    """The result for whoever has the link. Those who plan together also read and write comments; others see none."""
    return _shared_page(request, _shared(key))


def _shared_page(
    request: HttpRequest, one: Scenario, *, comment: CommentForm | None = None, status: int = 200
) -> HttpResponse:
    try:
        result = result_of(one)
    except ValidationError as refusal:
        raise Http404 from refusal
    url = f"{reverse('access:scenario_shared_map', args=[one.key])}?verze={one.version}.{data_stamp(result)}"
    context = _told(result) | {"map_url": url, "may_comment": rules.may_comment_scenarios(request.user)}
    if context["may_comment"]:
        context |= {
            "comments": one.comments.select_related("author"),
            "comment": comment or CommentForm(),
            "comment_url": reverse("access:scenario_shared_comment", args=[one.key]),
        }
    return render(request, "access/scenario_shared.html", context, status=status)


@require_POST
def scenario_shared_comment(request: HttpRequest, key: str) -> HttpResponse:
    _allow(rules.may_comment_scenarios(request.user))
    one, form = _shared(key), CommentForm(request.POST)
    if not form.is_valid():
        return _shared_page(request, one, comment=form, status=422)
    scenario_actions.comment_add(one=one, text=form.cleaned_data["text"], actor=request.user)
    return redirect(f"{reverse('access:scenario_shared', args=[key])}#komentare")


@login_not_required
@never_cache
@xframe_options_sameorigin
@csp_override(MAP_POLICY)
@require_safe
def scenario_shared_map(_request: HttpRequest, key: str) -> HttpResponse:
    return _map(_shared(key))


# --- unit costs -----------------------------------------------------------------------------------------------------


@require_safe
def unit_costs(request: HttpRequest) -> HttpResponse:
    _allow(rules.may_read_scenarios(request.user))
    rows = UnitCost.objects.select_related("kind", "unit")
    context = {"rows": rows, "may_edit": rules.may_edit_scenarios(request.user)}
    return render(request, "access/unit_costs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def unit_cost_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    _allow(rules.may_edit_scenarios(request.user))
    cost = get_object_or_404(UnitCost, pk=pk) if pk else None
    form = UnitCostForm(request.POST if request.method == "POST" else None, instance=cost)
    if request.method == "POST" and form.is_valid():
        scenario_actions.unit_cost_save(values=form.cleaned_data, cost=cost, actor=request.user)
        messages.success(request, _("Uloženo."))
        return redirect("access:unit_costs")
    context = {"form": form, "cost": cost}
    return render(request, "access/unit_cost_edit.html", context, status=422 if form.is_bound else 200)


@require_POST
def unit_cost_remove(request: HttpRequest, pk: int) -> HttpResponse:
    _allow(rules.may_edit_scenarios(request.user))
    scenario_actions.unit_cost_remove(cost=get_object_or_404(UnitCost, pk=pk), actor=request.user)
    messages.success(request, _("Smazáno."))
    return redirect("access:unit_costs")
