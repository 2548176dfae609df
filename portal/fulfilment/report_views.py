"""The desk: the report of a year and of the whole period, its way to the public, what goes into the next plan."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from portal.plan.models import Level, Node, Plan

from . import collecting_actions, report_actions, rules
from . import narrowed as narrowing
from . import report as reports
from .forms import CarryForm, ChainForm, IntroForm, PassForm
from .models import CarriedMeasure, ChainStep, FulfilmentReport
from .on_plan import deed, ordering, reading, writing
from .paper_views import paper


def _report(plan: Plan, year: int | None) -> FulfilmentReport:
    return get_object_or_404(FulfilmentReport.objects.select_related("plan"), plan=plan, year=year)


@deed
def report_open(request: HttpRequest, plan: Plan, period: int | None) -> HttpResponse:
    try:
        opened = collecting_actions.report_open(plan=plan, year=period, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("fulfilment:action_plans", plan.slug)
    return redirect("fulfilment:report", plan.slug, opened.key)


@reading
def report(request: HttpRequest, plan: Plan, period: int | None) -> HttpResponse:
    return _page(request, _report(plan, period))


def _page(
    request: HttpRequest, one: FulfilmentReport, form: PassForm | None = None, intro_form: IntroForm | None = None
) -> HttpResponse:
    waiting = report_actions.next_step(one)
    status = 422 if form or intro_form else 200
    content = reports.shown(one)
    context = {
        "plan": one.plan,
        "report": one,
        "content": content,
        "last": reports.last_year(content),
        "narrowed": narrowing.narrowed(content, request.GET),
        "chain": list(ChainStep.objects.filter(plan=one.plan)),
        "passed": list(one.passed.all()),
        "waiting": waiting,
        "form": form or (PassForm(waiting, **_said_by_link(request)) if waiting else None),
        "intro_form": intro_form or IntroForm(initial={"intro": one.intro}),
        "may_write": rules.may_write(request.user, one.plan),
        "public": rules.may_read_report(one),
    }
    return render(request, "fulfilment/report.html", context, status=status)


def _said_by_link(request: HttpRequest) -> dict[str, str]:
    """What a link from a meeting says of the step that it took."""
    return {"day": request.GET.get("den", ""), "body": request.GET.get("kdo", "")}


@deed
def step_pass(request: HttpRequest, plan: Plan, period: int | None) -> HttpResponse:
    one = _report(plan, period)
    waiting = report_actions.next_step(one)
    if waiting is None:
        messages.error(request, "Zpráva už je zveřejněná.")
        return redirect("fulfilment:report", plan.slug, one.key)
    form = PassForm(waiting, data=request.POST)
    if form.is_valid():
        try:
            report_actions.step_pass(report=one, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error("day" if "day" in getattr(refusal, "error_dict", {}) else None, refusal.messages)
        else:
            messages.success(request, f"Zapsáno: {waiting.name}.")
            return redirect("fulfilment:report", plan.slug, one.key)
    return _page(request, one, form)


@deed
def intro(request: HttpRequest, plan: Plan, period: int | None) -> HttpResponse:
    one, form = _report(plan, period), IntroForm(request.POST)
    if form.is_valid():
        try:
            report_actions.intro_set(report=one, intro=form.cleaned_data["intro"], actor=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, "Uloženo.")
            return redirect("fulfilment:report", plan.slug, one.key)
    return _page(request, one, None, form)


@ordering
def report_file(request: HttpRequest, plan: Plan, period: int | None, form: str) -> HttpResponseBase:
    """The report as it stands now, for a meeting; from approval on always the same."""
    one = _report(plan, period)
    return paper(request, one, form, reverse("fulfilment:report", args=[plan.slug, one.key]))


@writing
def chain(request: HttpRequest, plan: Plan) -> HttpResponse:
    """The way of the plan's reports to the public."""
    form = ChainForm(list(ChainStep.objects.filter(plan=plan)), *([request.POST] if request.method == "POST" else []))
    if form.is_bound and form.is_valid():
        steps = [report_actions.StepDraft(**one) for one in form.steps()]
        try:
            report_actions.chain_set(plan=plan, steps=steps, actor=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, "Uloženo.")
            return redirect("fulfilment:action_plans", plan.slug)
    return render(request, "fulfilment/chain.html", {"plan": plan, "form": form}, status=422 if form.is_bound else 200)


@writing
def carry_over(request: HttpRequest, plan: Plan) -> HttpResponse:
    """What the plan has not finished, and one click that writes it into the draft that follows."""
    draft = Plan.objects.filter(follows=plan, state__in=Plan.OPEN).order_by("-pk").first()
    whole = FulfilmentReport(plan=plan, year=None)
    left = [one for one in reports.content(whole)["items"] if one["is_measure"] and one["shape"] != reports.DONE]
    origins = Node.objects.filter(plan=plan, code__in=[one["code"] for one in left])
    parents = _parents(draft)
    wrong = None
    if request.method == "POST":
        if draft is None:
            raise Http404
        form = CarryForm(origins, parents, request.POST)
        if form.is_valid():
            try:
                copy = report_actions.measure_carry(actor=request.user, **form.cleaned_data)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                messages.success(request, f"V novém plánu je to {copy.code} {copy.title}.")
                return redirect("fulfilment:carry_over", plan.slug)
        wrong = form
    gone = CarriedMeasure.objects.filter(origin__plan=plan, copy__removed_at=None).select_related("copy")
    carried = {one.origin_id: one.copy for one in gone}
    ids = {one.code: one for one in origins}
    places = list(parents)
    rows = [(one, ids[one["code"]], carried.get(ids[one["code"]].pk)) for one in left if one["code"] in ids]
    context = {"plan": plan, "draft": draft, "rows": rows, "parents": places, "form": wrong}
    return render(request, "fulfilment/carry_over.html", context, status=422 if wrong else 200)


def _parents(draft: Plan | None) -> QuerySet[Node]:
    """Nodes of the draft that a measure may stand under."""
    if draft is None:
        return Node.objects.none()
    depth = Level.objects.filter(plan=draft, role=Level.Role.MEASURE).values_list("depth", flat=True).first() or 0
    return Node.objects.filter(plan=draft, level__depth=depth - 1).standing().order_by("code")
