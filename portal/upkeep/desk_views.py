"""Pages of approvers: the queue, one proposal side by side with the card, what waits at all."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from portal.catalogue import cards, drafts
from portal.catalogue.actions import Stale
from portal.catalogue.desk_forms import ServiceEdit
from portal.catalogue.drafts import Draft
from portal.web.doors import at_desk
from words.plural import counted

from . import actions, difference, letters, proposed, rules
from .forms import DecisionForm, ManyForm, QueueFilter, RulesForm
from .models import Proposal, Standing

A_PAGE = 50

form_for_readers = at_desk(rules.may_see_queue, "GET", "HEAD", "POST")
form_for_deciders = at_desk(rules.may_decide_some, "GET", "HEAD", "POST")
form_for_rules = at_desk(rules.may_set_rules, "GET", "HEAD", "POST")


@form_for_readers
def proposals(request: HttpRequest) -> HttpResponse:
    """The queue; ticked proposals are approved at once."""
    if request.method == "POST":
        return _approve_many(request)
    form = QueueFilter(request.GET)
    asked = Proposal.objects.read_by_person(request.user).asked(form.asked())
    page = Paginator(asked, A_PAGE).get_page(request.GET.get("strana"))
    lines = [(one, ", ".join(letters.labels(one.fields)) if one.sort == "change" else "") for one in page]
    context = {
        "form": form,
        "page": page,
        "lines": lines,
        "waiting": form.asked().get("stav") != "vyrizene",
        "may_decide": rules.may_decide_some(request.user),
    }
    return render(request, "upkeep/proposals.html", context)


def _approve_many(request: HttpRequest) -> HttpResponse:
    if not rules.may_decide_some(request.user):
        raise PermissionDenied
    form = ManyForm(request.POST, Proposal.objects.decided_by_person(request.user))
    if not form.is_valid():
        messages.error(request, "Zaškrtněte aspoň jeden návrh, který můžete schválit.")
        return redirect("upkeep:proposals")
    bulk = actions.approve_many(proposals=form.cleaned_data["proposals"].with_names(), actor=request.user)
    if bulk.approved:
        messages.success(request, f"Schváleno: {counted(len(bulk.approved), 'návrh', 'návrhy', 'návrhů')}.")
    for one, why in bulk.refused:
        messages.warning(request, f"{one}: {why}")
    return redirect("upkeep:proposals")


@form_for_readers
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Old and new side by side; approve all or some of it, or return it."""
    one = get_object_or_404(Proposal.objects.read_by_person(request.user).with_names(), pk=pk)
    form = DecisionForm(one, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _proposal_page(request, one, form)
    if not rules.may_decide(request.user, one):
        raise PermissionDenied
    try:
        if not form.is_valid():
            raise ValidationError("Vyberte údaje, které chcete schválit.")
        return _decide(request, one, form)
    except Stale:
        text = "Kartu mezitím změnil někdo jiný. Podívejte se, co na ní teď je, a rozhodněte znovu."
        return _proposal_page(request, one, form, problem=text, status=409)
    except actions.Decided as refusal:
        one.refresh_from_db()
        return _proposal_page(request, one, form, problem=" ".join(refusal.messages), status=409)
    except ValidationError as refusal:
        return _proposal_page(request, one, form, problem=" ".join(refusal.messages), status=422)


def _decide(request: HttpRequest, one: Proposal, form: DecisionForm) -> HttpResponse:
    said = form.cleaned_data
    if "return" in request.POST:
        actions.return_(proposal=one, reason=said["reason"], actor=request.user)
        messages.success(request, "Návrh je vrácený. Autor dostane dopis s důvodem.")
        return redirect("upkeep:proposals")
    seen = request.POST.get("seen", "") if one.sort == Proposal.Sort.CHANGE else ""
    names = said["names"] if one.sort == Proposal.Sort.CHANGE else None
    actions.approve(proposal=one, names=names, reason=said["reason"], seen=seen or "-", actor=request.user)
    messages.success(request, "Schváleno. Autor dostane dopis.")
    return redirect("upkeep:proposals")


def _proposal_page(
    request: HttpRequest, one: Proposal, form: DecisionForm, *, problem: str = "", status: int = 200
) -> HttpResponse:
    stored = _stored(one)
    if one.sort == Proposal.Sort.NEW:
        rows = difference.of_new(one)
    elif one.sort == Proposal.Sort.CHANGE:
        rows = difference.of_change(one, stored)
    else:
        rows = []
    chosen = set(form.data.getlist("names")) if form.is_bound and hasattr(form.data, "getlist") else set(one.fields)
    context = {
        "proposal": one,
        "rows": rows,
        "chosen": chosen,
        "conflicts": [row for row in rows if row.conflict],
        "form": form,
        "seen": stored.fingerprint,
        "problem": problem,
        "end_day": _end_day(one),
        "may_decide": one.is_waiting and rules.may_decide(request.user, one),
    }
    return render(request, "upkeep/proposal.html", context, status=status)


def _stored(one: Proposal) -> Draft:
    if one.service is not None:
        return drafts.read(one.service)
    return Draft(provider=one.provider.name, ico=one.provider.ico or "")


def _end_day(one: Proposal) -> str:
    return drafts.day_text(date.fromisoformat(one.after["ended_on"])) if one.sort == Proposal.Sort.END else ""


@form_for_deciders
def proposal_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole form with what is proposed in it: mend it and publish."""
    one = get_object_or_404(Proposal.objects.decided_by_person(request.user).with_names(), pk=pk)
    stored = _stored(one)
    start = proposed.laid_over(stored, one.after)
    posted = request.method == "POST"
    data, sent = (request.POST, request.FILES) if posted else (None, None)
    edit = ServiceEdit(one.service, start, data, sent, person=request.user, also=proposed.files(stored, one))
    problem, status = "", 422 if posted else 200
    if one.sort == Proposal.Sort.END or not one.is_waiting:
        return redirect("upkeep:proposal", pk)
    if posted and edit.is_valid():
        try:
            seen = request.POST.get("seen", "") or "-"
            actions.approve(proposal=one, corrected=edit.draft(), seen=seen, actor=request.user)
        except Stale:
            status, problem = (
                409,
                "Kartu mezitím změnil někdo jiný. Podívejte se, jestli to sedí, a uložte znovu.",
            )
        except ValidationError as refusal:
            problem = " ".join(refusal.messages)
        else:
            messages.success(request, "Opravené a schválené. Autor dostane dopis.")
            return redirect("upkeep:proposals")
    seen = stored.fingerprint if status != 422 else request.POST.get("seen", "")
    given = cards.service_card(one.service, timezone.localtime()) if one.service and edit.form.imported else None
    context = {
        "proposal": one,
        "service": one.service,
        "edit": edit,
        "seen": seen,
        "given": given,
        "problem": problem,
    }
    return render(request, "upkeep/proposal_correct.html", context, status=status)


@form_for_rules
def publish_rules(request: HttpRequest) -> HttpResponse:
    form = RulesForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        number = actions.set_rules(waits=form.waits(), actor=request.user)
        changed = counted(number, "pravidlo se změnilo", "pravidla se změnila", "pravidel se změnilo")
        messages.success(request, f"Uloženo, {changed}." if number else "Nic se nezměnilo.")
        return redirect("upkeep:publish_rules")
    return render(request, "upkeep/publish_rules.html", {"form": form, "levels": Standing.Level.labels})
