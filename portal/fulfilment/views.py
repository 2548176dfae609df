"""What everybody reads: approved action plans, the timetable, published reports."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.plan.models import Plan
from portal.web.doors import FORM

from . import narrowed as narrowing
from . import report as reports
from . import rules
from . import timetable as timetables
from .models import ActionPlan, FulfilmentReport
from .paper_views import paper


def _action_plan(slug: str, year: int) -> ActionPlan:
    one = get_object_or_404(ActionPlan.objects.public().select_related("plan"), plan__slug=slug, year=year)
    if not rules.may_read_action_plan(one):
        raise Http404
    return one


@login_not_required
@require_safe
def public_action_plan(request: HttpRequest, slug: str, year: int) -> HttpResponse:
    one = _action_plan(slug, year)
    content = one.frozen or {}
    narrowed = narrowing.narrowed(content, request.GET)
    context = {"plan": one.plan, "action_plan": one, "content": content, "narrowed": narrowed}
    return render(request, "fulfilment/public_action_plan.html", context)


@login_not_required
@require_http_methods(FORM)
def public_action_plan_file(request: HttpRequest, slug: str, year: int, form: str) -> HttpResponseBase:
    back = reverse("fulfilment:public_action_plan", args=[slug, year])
    return paper(request, _action_plan(slug, year), form, back)


@login_not_required
@require_safe
def public_years(request: HttpRequest, slug: str) -> HttpResponse:
    """Approved action plans and published reports of a plan, by year."""
    plan = get_object_or_404(Plan.objects.public(), slug=slug)
    reports = list(FulfilmentReport.objects.public().filter(plan=plan).defer("frozen"))
    context = {
        "plan": plan,
        "action_plans": ActionPlan.objects.public().filter(plan=plan).defer("frozen"),
        "reports": [one for one in reports if one.year],
        "whole": next((one for one in reports if one.year is None), None),
    }
    return render(request, "fulfilment/public_years.html", context)


@login_not_required
@require_safe
def public_timetable(request: HttpRequest, slug: str) -> HttpResponse:
    plan = get_object_or_404(Plan.objects.public(), slug=slug)
    drawn = timetables.timetable(plan, request.GET.get("priorita", ""))
    return render(request, "fulfilment/timetable.html", {"plan": plan, "timetable": drawn, "desk": False})


@login_not_required
@require_http_methods(FORM)
def public_timetable_file(request: HttpRequest, slug: str, form: str) -> HttpResponseBase:
    plan = get_object_or_404(Plan.objects.public(), slug=slug)
    return paper(request, plan, form, reverse("fulfilment:public_timetable", args=[slug]))


def _report(slug: str, year: int | None) -> FulfilmentReport:
    rows = FulfilmentReport.objects.public().select_related("plan")
    one = get_object_or_404(rows, plan__slug=slug, year=year)
    if not rules.may_read_report(one):
        raise Http404
    return one


@login_not_required
@require_safe
def public_report(request: HttpRequest, slug: str, period: int | None) -> HttpResponse:
    one = _report(slug, period)
    content = one.frozen or {}
    context = {
        "plan": one.plan,
        "report": one,
        "content": content,
        "last": reports.last_year(content),
        "narrowed": narrowing.narrowed(content, request.GET),
        "passed": list(one.passed.all()),
    }
    return render(request, "fulfilment/public_report.html", context)


@login_not_required
@require_http_methods(FORM)
def public_report_file(request: HttpRequest, slug: str, period: int | None, form: str) -> HttpResponseBase:
    one = _report(slug, period)
    return paper(request, one, form, reverse("fulfilment:public_report", args=[slug, one.key]))
