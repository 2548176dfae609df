"""What people report about cards: at the desk it is settled, on the provider's own pages answered."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from portal.web.doors import at_desk

from . import overviews, report_actions, rules
from .desk_views import A_PAGE, deed, form_for_readers, reading
from .forms import AnswerForm, SettleForm
from .models import Report

UNPROCESSABLE = 422

of_provider = at_desk(rules.may_come_for_provider, "GET", "HEAD")
form_of_provider = at_desk(rules.may_come_for_provider, "GET", "HEAD", "POST")


# --- at the desk -------------------------------------------------------------------------------------------------


@reading
def reports(request: HttpRequest) -> HttpResponse:
    settled = request.GET.get("stav") == "vyrizene"
    rows = overviews.desk_reports(rules.readable_services(request.user), settled)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("strana"))
    return render(request, "catalogue/desk_reports.html", {"page": page, "settled": settled})


@form_for_readers
def report_settle(request: HttpRequest, pk: int) -> HttpResponse:
    readable = Report.objects.filter(service__in=rules.readable_services(request.user))
    report = get_object_or_404(readable.select_related("service", "service__provider"), pk=pk)
    may_edit = rules.may_settle_report(request.user, report)
    form = SettleForm(
        request.POST if request.method == "POST" else None,
        initial={"answer": report.answer or report.proposed_answer},
    )
    if request.method == "POST":
        if not may_edit:
            raise PermissionDenied
        if form.is_valid():
            told, said = bool(report.email), {"answer": form.cleaned_data["answer"], "seen": request.POST.get("seen")}
            try:
                report_actions.report_settle(report=report, actor=request.user, **said)
            except report_actions.Answered as news:
                form.add_error("answer", news)
                report.refresh_from_db()
            else:
                messages.success(
                    request, "Hlášení je vyřízené." + (" Odpověď posíláme tomu, kdo ho napsal." if told else "")
                )
                return redirect("catalogue:desk_reports")
    context = {"report": report, "form": form, "may_edit": may_edit, "seen": _seen(request, form, report.settled_at)}
    return render(request, "catalogue/report_settle.html", context, status=_status(form))


def _seen(request: HttpRequest, form: SettleForm | AnswerForm, moment: datetime | None) -> str:
    """A form that comes back for a mend still stands on what its person saw."""
    return request.POST.get("seen", "") if _status(form) == UNPROCESSABLE else report_actions.stamp(moment)


def _status(form: SettleForm | AnswerForm) -> int:
    """409 where somebody else was first, 422 for what is wrong in the form."""
    first = any(isinstance(one, report_actions.Answered) for one in form.errors.as_data().get("answer", []))
    return 409 if first else UNPROCESSABLE if form.errors else 200


@deed
def report_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    report = get_object_or_404(Report, pk=pk)
    try:
        report_actions.report_reopen(report=report, actor=request.user)
        messages.success(request, "Hlášení je zase mezi novými.")
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("catalogue:report_settle", pk)


# --- on the provider's own pages ---------------------------------------------------------------------------------


@of_provider
def own_reports(request: HttpRequest) -> HttpResponse:
    settled = request.GET.get("stav") == "vyrizene"
    rows = overviews.desk_reports(rules.services_of(request.user), settled)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("strana"))
    return render(request, "catalogue/own_reports.html", {"page": page, "settled": settled})


@form_of_provider
def own_report(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody reported, and what the provider says to it. Who reported it is not told."""
    mine = Report.objects.filter(service__in=rules.services_of(request.user))
    report = get_object_or_404(mine.select_related("service", "service__provider"), pk=pk)
    form = AnswerForm(request.POST if request.method == "POST" else None, initial={"answer": report.proposed_answer})
    if request.method == "POST" and form.is_valid():
        said = {"answer": form.cleaned_data["answer"], "seen": request.POST.get("seen")}
        try:
            report_actions.report_answer(report=report, actor=request.user, **said)
        except report_actions.Answered as news:
            form.add_error("answer", news)
            report.refresh_from_db()
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, "Odpověď je uložená. Koordinátor ji zkontroluje a hlášení uzavře.")
            return redirect("catalogue:own_reports")
    context = {"report": report, "form": form, "seen": _seen(request, form, report.proposed_at)}
    return render(request, "catalogue/own_report.html", context, status=_status(form))
