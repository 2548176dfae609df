"""Registers of tasks and decisions across all meetings, and a person's own tasks."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from portal.accounts.models import Person
from portal.groups import rules as group_rules
from portal.web.doors import FORM, READ, at_desk
from portal.web.refusals import refused

from . import listing, register_actions, rules
from .forms import DecisionFilter, EvidenceForm, ReasonForm, TaskFilter, TaskForm
from .models import Decision, Task

A_PAGE = 40


@at_desk(rules.may_come, *READ)
def tasks(request: HttpRequest) -> HttpResponse:
    form = TaskFilter(group_rules.readable_groups(request.user).order_by("order", "name"), request.GET or None)
    asked = form.asked() if form.is_bound else {}
    readable = rules.readable_tasks(request.user)
    context = {
        "form": form,
        "page": Paginator(listing.tasks(request.user, asked), A_PAGE).get_page(request.GET.get("strana")),
        "late_count": readable.late(timezone.localdate()).count(),
        "mine": False,
    }
    return render(request, "minutes/tasks.html", context)


@require_http_methods(list(READ))
def own_tasks(request: HttpRequest) -> HttpResponse:
    """Tasks of whoever is signed in, the open ones first."""
    rows = (
        Task.objects.given()
        .of_person(cast("Person", request.user))
        .select_related("group", "membership", "minutes__meeting__group")
    )
    rows = rows.defer("minutes__public_version", "minutes__prepared")
    context = {
        "open": rows.open(),
        "page": Paginator(rows.exclude(state=Task.State.OPEN).order_by("-closed_at"), A_PAGE).get_page(
            request.GET.get("strana")
        ),
    }
    return render(request, "minutes/own_tasks.html", context)


def _task(request: HttpRequest, pk: int) -> Task:
    """A task that the person may read, or that is theirs; for others it is not there."""
    rows = Task.objects.given().select_related("group", "membership", "minutes__meeting__group", "section")
    task = rows.filter(pk=pk).first()
    if task is None or not (rules.may_read(request.user, task.minutes.meeting) or rules.is_theirs(request.user, task)):
        raise Http404
    return task


@require_http_methods(list(FORM))
def task(request: HttpRequest, pk: int) -> HttpResponse:
    found = _task(request, pk)
    may_change = rules.may_write(request.user, found.minutes.meeting)
    form, status = TaskForm(found), 200
    if request.method == "POST":
        if not may_change:
            raise Http404
        form, status = TaskForm(found, request.POST), 422
        if form.is_valid():
            try:
                register_actions.task_change(task=found, seen=_seen(request), actor=request.user, **form.cleaned_data)
            except register_actions.Stale as news:
                form.add_error(None, f"{news} Teď tam stojí: {news.stored.what}")
                found.version, status = news.stored.version, 409
            except ValidationError as refusal:
                refused(form, refusal)
            else:
                messages.success(request, "Úkol je uložený.")
                return redirect("minutes:task", pk)
    return _task_page(request, found, status, form=form)


def _task_page(request: HttpRequest, task: Task, status: int, **forms: Any) -> HttpResponse:
    may_change = rules.may_write(request.user, task.minutes.meeting)
    context = {
        "task": task,
        "may_change": may_change,
        "may_keep": rules.may_keep_task(request.user, task),
        "may_read": rules.may_read(request.user, task.minutes.meeting),
        "form": forms.get("form") or TaskForm(task),
        "evidence_form": forms.get("evidence") or EvidenceForm(),
        "wrong": next((one for one in forms.values() if one.is_bound), None),
    }
    return render(request, "minutes/task.html", context, status=status)


def _seen(request: HttpRequest) -> int:
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 9 else 0


def task_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Done, cancelled or open again (`state`)."""
    found = _task(request, pk)
    if not rules.may_keep_task(request.user, found):
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    # Sent without a button the form closes the task: its first button does.
    state, form = request.POST.get("state") or Task.State.DONE, EvidenceForm(request.POST)
    form.fields["evidence"].required = state != Task.State.OPEN
    if state not in Task.State.values:
        raise Http404
    if form.is_valid():
        evidence = form.cleaned_data["evidence"]
        try:
            register_actions.task_close(task=found, state=state, evidence=evidence, actor=request.user)
        except ValidationError as refusal:
            refused(form, refusal)
        else:
            messages.success(
                request, f"Úkol je teď {Task.State(state).label}." if state != "open" else "Úkol trvá dál."
            )
            return redirect("minutes:task", pk)
    return _task_page(request, found, 422, evidence=form)


# --- decisions -----------------------------------------------------------------------------------------------------


@at_desk(rules.may_come, *READ)
def decisions(request: HttpRequest) -> HttpResponse:
    form = DecisionFilter(group_rules.readable_groups(request.user).order_by("order", "name"), request.GET or None)
    asked = form.asked() if form.is_bound else {}
    page = Paginator(listing.decisions(request.user, asked), A_PAGE).get_page(request.GET.get("strana"))
    return render(request, "minutes/decisions.html", {"form": form, "page": page})


@require_http_methods(list(FORM))
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """One decision; whoever leads the body may say that it no longer holds."""
    rows = Decision.objects.filter(number__isnull=False).select_related("group", "minutes__meeting__group")
    found = get_object_or_404(rows, pk=pk)
    if not rules.may_read(request.user, found.minutes.meeting):
        raise Http404
    may_withdraw = rules.may_withdraw_decision(request.user, found.group) and found.withdrawn_at is None
    form, status = ReasonForm(), 200
    if request.method == "POST":
        if not rules.may_withdraw_decision(request.user, found.group):
            raise Http404
        form, status = ReasonForm(request.POST), 422
        if form.is_valid():
            try:
                register_actions.decision_withdraw(decision=found, actor=request.user, **form.cleaned_data)
            except ValidationError as refusal:
                refused(form, refusal)
            else:
                messages.success(request, "Usnesení je zrušené. Jeho číslo mu zůstává.")
                return redirect("minutes:decision", pk)
    context = {"decision": found, "form": form, "may_withdraw": may_withdraw}
    return render(request, "minutes/decision.html", context, status=status)
