"""Where would one more help most: the wish, the computation in the background, the proposal."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.jobs.models import Job

from . import placement_actions, present, rules, wording
from . import placement_wording as telling
from .forms import StudyForm, stored_question
from .models import Proposal, UnitCost
from .placement import SECONDS, Answer, Wish
from .placement_forms import PlacementForm
from .question import Question
from .scenario_wording import costs_of, kinds_words
from .study import Land, data_version, land
from .study import study as study_of

LATEST = 10


def _allow(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied


def _kinds(question: Question, here: Land) -> str:
    return kinds_words(question, {kind.key: kind for kind in here.kinds})


@require_http_methods(["GET", "HEAD", "POST"])
def placement(request: HttpRequest) -> HttpResponse:
    """The question stands in the address, the wish is sent."""
    _allow(rules.may_read_scenarios(request.user))
    version = data_version()
    here = land(version)
    asked = StudyForm(request.GET, kinds=here.kinds, land=here, units=here.units)
    context: dict[str, Any] = {
        "asked_form": asked,
        "may_edit": rules.may_edit_scenarios(request.user),
        "latest": _latest(here),
        "seconds": int(SECONDS),
    }
    if not asked.is_valid():
        return render(request, "access/placement.html", context, status=422)
    question = asked.question()
    costs = costs_of(UnitCost.objects.select_related("kind", "unit").filter(kind__key__in=question.kinds))
    unit_key = study_of(question, version).material.unit_key
    form = PlacementForm(
        request.POST if request.method == "POST" else None,
        land=here,
        question=question,
        costs=costs,
        unit_key=unit_key,
    )
    if request.method == "POST":
        _allow(rules.may_edit_scenarios(request.user))
        if form.is_valid():
            title = _("Kam s novou službou: %s") % _kinds(question, here)
            try:
                made = placement_actions.proposal_ask(
                    question=question, wish=form.cleaned_data["wish"], title=title, actor=request.user
                )
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                return redirect("jobs:progress", made.job_key)
    context |= {
        "form": form,
        "question": question,
        "kinds": _kinds(question, here),
        "people_words": question.people_words.they,
        "where": wording.where(question, here),
        "limit_words": wording.limit_words(question, question.limit),
        "query": question.query(),
    }
    return render(request, "access/placement.html", context, status=422 if form.is_bound else 200)


def _latest(here: Land) -> list[tuple[Proposal, str]]:
    found = []
    for one in Proposal.objects.exclude(answer={})[:LATEST]:
        try:
            question = stored_question(one.query, here)
        except ValidationError:
            continue
        names = ", ".join(site["name"] for site in one.answer["sites"])
        found.append((one, f"{_kinds(question, here)}, {wording.where(question, here)}: {names}"))
    return found


@never_cache
@require_safe
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    _allow(rules.may_read_scenarios(request.user))
    one = get_object_or_404(Proposal.objects.select_related("author"), pk=pk)
    version = data_version()
    here = land(version)
    job = None if one.answer else Job.objects.filter(key=one.job_key).first()
    context: dict[str, Any] = {"proposal": one, "job": job, "may_edit": rules.may_edit_scenarios(request.user)}
    try:
        question = stored_question(one.query, here)
    except ValidationError as refusal:
        return render(request, "access/proposal.html", context | {"problem": " ".join(refusal.messages)})
    study = study_of(question, version)
    names = {area.code: area.name for area in here.areas["orp"]} | dict(zip(here.codes, here.names, strict=True))
    context |= {
        "kinds": _kinds(question, here),
        "people_words": question.people_words.they,
        "where": wording.where(question, here),
        "wish": telling.wish_words(question, Wish.of(one.wish), names),
        "again_url": f"{reverse('access:placement')}?{question.query()}",
        "study_url": f"{reverse('access:study')}?{question.query()}",
        "data": present.data_words(study),
        "limits": wording.limits(study),
        "seconds": int(SECONDS),
    }
    if one.answer:
        answer = Answer.of(one.answer)
        context |= {
            "answer": answer,
            "headline": telling.headline(question, answer),
            "certainty": telling.certainty(question, answer),
            "sites": telling.site_words(question, answer),
        }
    return render(request, "access/proposal.html", context)


@require_POST
def proposal_try(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the proposed places in a new scenario."""
    _allow(rules.may_edit_scenarios(request.user))
    one = get_object_or_404(Proposal, pk=pk)
    made = placement_actions.proposal_try(proposal=one, name=_("Návrh %d") % one.pk, actor=request.user)
    return redirect("access:scenario", made.pk)
