"""Collecting: the page behind the link of a letter, and the coordinator's view of who has answered."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from portal.plan.models import Plan
from portal.web.pace import HOUR, within

from . import asking, collecting_actions, rules
from .collecting_actions import Answer
from .forms import DeadlineForm, ProgressForm
from .models import ActionItem, FulfilmentReport, Progress, ProgressFile, Request
from .on_plan import deed, form_for_readers, writing


@sensitive_variables("token")
def _request(token: str) -> Request:
    request = asking.request_of(token)
    if request is None:
        raise Http404
    return request


def _over(request: HttpRequest, letter: Request) -> HttpResponse | None:
    """A page instead of the form where the link has ended or the report is closed."""
    if letter.expires_on < timezone.localdate() or letter.report.is_frozen:
        return render(request, "fulfilment/told_over.html", {"letter": letter}, status=410)
    return None


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD"])
def told(request: HttpRequest, token: str) -> HttpResponse:
    """What the reader of the letter answers for, and what they have answered."""
    letter = _request(token)
    if over := _over(request, letter):
        return over
    items = asking.items_of(letter).select_related("node", "progress__state").order_by("node__code")
    rows = [(one, getattr(one, "progress", None)) for one in items]
    context = {"letter": letter, "token": token, "rows": rows, "left": sum(said is None for _, said in rows)}
    return render(request, "fulfilment/told.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def told_item(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """The two or three fields of one item. Looking changes nothing, the button does."""
    letter = _request(token)
    if over := _over(request, letter):
        return over
    item = get_object_or_404(asking.items_of(letter).select_related("node", "action_plan"), pk=pk)
    stored = _stored(item)
    form = _form(request, item, stored)
    status = 200
    if form.is_bound:
        status = 422
        if not within(request, "progress", 120, HOUR):
            status = 429
        elif form.is_valid():
            try:
                collecting_actions.answer_by_link(
                    request=letter, item=item, today=timezone.localdate(), **_answered(request, form)
                )
            except ValidationError as refusal:
                form.add_error(None if "explanation" not in _fields(refusal) else "explanation", _plain(refusal))
            except collecting_actions.Stale as news:
                stored, status = news.stored, 409
            else:
                messages.success(request, f"Děkujeme, {item.node.code} máme zapsané.")
                return redirect("fulfilment:told", token)
    context = _item_context(item, stored, form, status) | {"letter": letter, "token": token}
    return render(request, "fulfilment/told_item.html", context, status=status)


def _stored(item: ActionItem) -> Progress | None:
    return Progress.objects.select_related("state").filter(item=item).first()


def _form(request: HttpRequest, item: ActionItem, stored: Progress | None) -> ProgressForm:
    return ProgressForm(item, stored, *((request.POST, request.FILES) if request.method == "POST" else ()))


def _answered(request: HttpRequest, form: ProgressForm) -> dict[str, Any]:
    """What the actions take: the answer, the version it began from, the attachment."""
    held, seen = form.cleaned_data, request.POST.get("seen", "")
    names = ("state", "text", "explanation", "share", "money", "values")
    answer = Answer(**{name: held[name] for name in names})
    return {
        "answer": answer,
        "seen": int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0,
        "uploads": [held["file"]] if held["file"] else [],
    }


def _fields(refusal: ValidationError) -> set[str]:
    return set(getattr(refusal, "error_dict", {}))


def _plain(refusal: ValidationError) -> ValidationError:
    return ValidationError(refusal.messages)


def _item_context(item: ActionItem, stored: Progress | None, form: ProgressForm, status: int) -> dict[str, Any]:
    return {
        "item": item,
        "stored": stored,
        "files": list(stored.files.select_related("file")) if stored and stored.pk else [],
        "form": form,
        "seen": stored.version if stored and stored.pk else 0,
        "last": asking.last_year([item], item.action_plan.year).get(item.node_id),
        "slow": status == 429,
        "stale": status == 409,
    }


# --- the coordinator ---------------------------------------------------------------------------------------------


def _report(plan: Plan, year: int | None) -> FulfilmentReport:
    return get_object_or_404(FulfilmentReport.objects.select_related("plan"), plan=plan, year=year)


@form_for_readers
def collecting(request: HttpRequest, plan: Plan, period: int | None) -> HttpResponse:
    """Who has answered, who has not, and the button that writes to them."""
    report = _report(plan, period)
    if period is None:
        raise Http404
    may_write = rules.may_write(request.user, plan)
    form = DeadlineForm(request.POST if request.method == "POST" else None, initial={"deadline": report.deadline})
    if form.is_bound and form.is_valid():
        deadline = form.cleaned_data["deadline"]
        try:
            written = collecting_actions.ask(
                report=report, deadline=deadline, actor=request.user, today=timezone.localdate()
            )
        except ValidationError as refusal:
            form.add_error("deadline" if "deadline" in _fields(refusal) else None, _plain(refusal))
        else:
            messages.success(request, f"Odeslaných dopisů: {written}. Kdo mlčí, tomu se sami připomeneme.")
            return redirect("fulfilment:collecting", plan.slug, period)
    reporters = asking.reporters(report)
    context = {
        "plan": plan,
        "report": report,
        "reporters": reporters,
        "asked": sum(len(one.items) for one in reporters),
        "missing": sum(len(one.missing) for one in reporters),
        "form": form,
        "may_write": may_write,
    }
    return render(request, "fulfilment/collecting.html", context, status=422 if form.is_bound else 200)


@writing
def progress(request: HttpRequest, plan: Plan, period: int | None, pk: int) -> HttpResponse:
    """The same form for the coordinator, who writes down what somebody said by telephone."""
    report = _report(plan, period)
    item = get_object_or_404(asking.items_of_year(report).select_related("node", "action_plan__plan"), pk=pk)
    stored = _stored(item)
    form, status = _form(request, item, stored), 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                collecting_actions.answer_at_desk(
                    report=report, item=item, actor=request.user, **_answered(request, form)
                )
            except ValidationError as refusal:
                form.add_error(None, _plain(refusal))
            except collecting_actions.Stale as news:
                stored, status = news.stored, 409
            else:
                messages.success(request, "Uloženo.")
                return redirect("fulfilment:collecting", plan.slug, report.key)
    context = _item_context(item, stored, form, status) | {"plan": plan, "report": report}
    return render(request, "fulfilment/progress.html", context, status=status)


@deed
def file_remove(request: HttpRequest, plan: Plan, period: int | None, pk: int, file: int) -> HttpResponse:
    """Take an attachment off an answer, as long as the report is not approved."""
    report = _report(plan, period)
    rows = ProgressFile.objects.select_related("file", "progress__item__action_plan__plan")
    one = get_object_or_404(rows, pk=file, progress__item__in=asking.items_of_year(report).filter(pk=pk))
    try:
        collecting_actions.file_remove(file=one, report=report, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, "Příloha je odebraná.")
    return redirect("fulfilment:progress", plan.slug, report.key, pk)
