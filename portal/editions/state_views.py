"""The desk: the state of a plan and the resolutions about it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from portal.plan.forms import StateForm
from portal.plan.models import Plan
from portal.plan.rules import may_edit_plan
from portal.plan.views import form
from portal.web.refusals import refused

from . import actions


@form
def plan_state(request: HttpRequest, plan: Plan) -> HttpResponse:
    bound = StateForm(plan, request.POST if request.method == "POST" else None)
    if request.method == "POST" and bound.is_valid():
        try:
            moved, edition = actions.plan_decide(
                plan=plan,
                to=bound.cleaned_data["to"],
                actor=request.user,
                resolution=bound.resolution(),
                prolonged_until=bound.cleaned_data.get("prolonged_until"),
            )
        except ValidationError as refusal:
            refused(bound, refusal)
        else:
            kept = f" Jeho znění je uložené jako vydání {edition.number}." if edition else ""
            messages.success(request, f"Plán je teď {moved.get_state_display()}.{kept}")
            return redirect("editions:plan_state", plan.slug)
    may = may_edit_plan(request.user, plan)
    context = {
        "plan": plan,
        "may_edit": may,
        "may_write": may and plan.is_open,
        "form": bound,
        "resolutions": plan.resolutions.all(),
    }
    return render(request, "editions/plan_state.html", context, status=422 if request.method == "POST" else 200)
