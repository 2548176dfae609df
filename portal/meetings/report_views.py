"""The desk: a report on fulfilment put to meetings of groups, and read by those who are to discuss it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from portal.fulfilment import narrowed as narrowing
from portal.fulfilment import report as reports
from portal.fulfilment import rules as report_rules
from portal.fulfilment.models import FulfilmentReport
from portal.fulfilment.report_actions import next_step
from portal.web.doors import FORM, of_thing
from words.plural import counted

from . import report_actions, reported
from .doors import reading
from .forms import ReportForm, refused
from .models import Meeting


def _find(pk: Any) -> FulfilmentReport:
    return get_object_or_404(FulfilmentReport.objects.select_related("plan"), pk=pk)


def _may_read(person: Any, report: FulfilmentReport) -> bool:
    return report_rules.may_read_desk(person, report.plan)


@of_thing("report", _find, _may_read, *FORM)
def report_put(request: HttpRequest, report: FulfilmentReport) -> HttpResponse:
    """Where the report is discussed, and to which meetings it goes besides."""
    meetings = reported.meetings_for(report, request.user)
    there = reported.discussed(report)
    waiting = {one.meeting.group_id for one in there}
    nearest = reported.first_of_each(meetings, reported.groups_of(report.plan) - waiting)
    bound = ReportForm(meetings, nearest, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not meetings:
            raise PermissionDenied
        if bound.is_valid():
            try:
                put = report_actions.report_put(report=report, actor=request.user, **bound.wanted())
            except ValidationError as refusal:
                refused(bound, refusal)
            else:
                number = counted(len(put), "jednání", "jednání", "jednání")
                messages.success(request, f"Zpráva jde na {number}. Členové si ji přečtou u bodu programu.")
                return redirect("meetings:report_put", report.pk)
    context = {
        "plan": report.plan,
        "report": report,
        "discussed": there,
        "form": bound,
        "has_meetings": bool(meetings),
        "waiting": next_step(report) if report_rules.may_write(request.user, report.plan) else None,
    }
    return render(request, "meetings/report_put.html", context, status=422 if bound.is_bound else 200)


@reading
def report_of_meeting(request: HttpRequest, meeting: Meeting, report: int) -> HttpResponse:
    """The report for those who discuss it, narrowed to what their group looks after."""
    found = _find(report)
    if not reported.is_on(found, meeting):
        raise Http404
    content = reports.shown(found)
    areas = {one["area"] for one in content["items"]}
    own = next((name for name in reported.areas_of(meeting.group, found.plan) if name in areas), "")
    context = {
        "meeting": meeting,
        "plan": found.plan,
        "report": found,
        "content": content,
        "last": reports.last_year(content),
        "narrowed": narrowing.narrowed(content, request.GET, area=own),
        "own": own,
        "public": report_rules.may_read_report(found),
    }
    return render(request, "meetings/report_of_meeting.html", context)
