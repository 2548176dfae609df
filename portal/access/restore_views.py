"""Bringing back what reference values, unit costs and scenarios said before a deed of the journal."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.audit import restoring

from . import actions, rules, scenario_actions
from .models import ReferenceValue, Scenario, UnitCost

by_form = require_http_methods(["GET", "HEAD", "POST"])


@by_form
def reference_restore(request: HttpRequest, deed: int) -> HttpResponse:
    told = restoring.asked(request, deed, "access:reference_restore")
    reference = ReferenceValue.objects.filter(pk=told.thing_id).first()
    now = actions.reference_told(reference) if reference else {}
    return restoring.page(
        request,
        told,
        now=now,
        names=actions.reference_names(now),
        may=rules.may_edit_references(request.user),
        act=lambda: actions.reference_restore(deed=told, actor=request.user),
        back=reverse("access:references"),
    )


@by_form
def unit_cost_restore(request: HttpRequest, deed: int) -> HttpResponse:
    told = restoring.asked(request, deed, "access:unit_cost_restore")
    cost = UnitCost.objects.filter(pk=told.thing_id).first()
    now = scenario_actions.unit_cost_told(cost) if cost else {}
    return restoring.page(
        request,
        told,
        now=now,
        names=actions.reference_names(now),
        may=rules.may_edit_scenarios(request.user),
        act=lambda: scenario_actions.unit_cost_restore(deed=told, actor=request.user),
        back=reverse("access:unit_costs"),
    )


@by_form
def scenario_restore(request: HttpRequest, deed: int) -> HttpResponse:
    told = restoring.asked(request, deed, "access:scenario_restore")
    one = get_object_or_404(Scenario, pk=told.thing_id)

    def act() -> object:
        return scenario_actions.scenario_save(
            one=one, seen=one.version, actor=request.user, restores=told, **told.before
        )

    return restoring.page(
        request,
        told,
        now=scenario_actions.scenario_told(one),
        names={},
        may=rules.may_edit_scenarios(request.user),
        act=act,
        back=reverse("access:scenario", args=[one.pk]),
    )
