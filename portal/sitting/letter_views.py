"""Votes outside a meeting: the desk of the body, and the page behind the link of a letter."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from portal.groups.models import Group
from portal.web.doors import FORM, READ, of_thing
from portal.web.pace import HOUR, within

from . import letter_actions, rules, voting
from .forms import AskForm, BallotForm
from .models import Ballot, Motion
from .presence_views import told
from .voting_actions import Moved

PAGE = 20


def _group(slug: str) -> Group:
    return get_object_or_404(Group, slug=slug)


@of_thing("slug", _group, rules.may_read_votes, *FORM, writing=rules.may_ask)
def letters(request: HttpRequest, group: Group) -> HttpResponse:
    """Votes of the body outside meetings, and the form to call one where its rules allow it."""
    today = timezone.localdate()
    first = letter_actions.shortest_term(group, today)
    form = AskForm(request.POST if request.method == "POST" else None, initial={"until": first})
    if form.is_bound and form.is_valid():
        try:
            put = letter_actions.ask(group=group, actor=request.user, today=today, **form.cleaned_data)
        except ValidationError as refusal:
            said: dict[str, Any] = getattr(refusal, "error_dict", {})
            form.add_error("until" if "until" in said else None, told(refusal))
        else:
            messages.success(request, "Hlasování začalo. Lístky jsou na cestě.")
            return redirect("sitting:letter", group.slug, put.pk)
    rows = Motion.objects.by_letter().filter(group=group).order_by("-opened_at", "-pk")
    context = {
        "group": group,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("strana")),
        "form": form,
        "first": first,
        "allowed": letter_actions.may_be_called(group),
        "may_ask": rules.may_ask(request.user, group),
    }
    return render(request, "sitting/letters.html", context, status=422 if form.is_bound else 200)


def _letter(group: Group, pk: int) -> Motion:
    return get_object_or_404(Motion.objects.by_letter().select_related("group"), group=group, pk=pk)


@of_thing("slug", _group, rules.may_read_votes, *READ)
def letter(request: HttpRequest, group: Group, pk: int) -> HttpResponse:
    """One vote: who has answered; how they voted only after the end."""
    one = _letter(group, pk)
    rows = list(one.ballots.select_related("membership").order_by("membership__name"))
    context = {
        "group": group,
        "motion": one,
        "rows": rows,
        "cast": sum(row.cast_at is not None for row in rows),
        "result": voting.result_of(one),
        "until": letter_actions.last_day(one),
        "may_ask": rules.may_ask(request.user, group),
    }
    return render(request, "sitting/letter.html", context)


@of_thing("slug", _group, rules.may_ask, "POST")
def letter_withdraw(request: HttpRequest, group: Group, pk: int) -> HttpResponse:
    try:
        letter_actions.withdraw(motion=_letter(group, pk), actor=request.user)
    except Moved:
        messages.warning(request, "Hlasování už skončilo.")
    else:
        messages.success(request, "Hlasování je zrušené. Členům jsme to napsali.")
    return redirect("sitting:letter", group.slug, pk)


# --- the link of a letter ----------------------------------------------------------------------------------------


@sensitive_variables("token")
def _ballot(token: str) -> Ballot:
    found = letter_actions.ballot_of(token)
    if found is None:
        raise Http404
    return found


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ballot(request: HttpRequest, token: str) -> HttpResponse:
    """The ballot of one member. Looking changes nothing, the button does."""
    one = _ballot(token)
    form = BallotForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = 422
        if not within(request, "ballot", 60, HOUR):
            form.add_error(None, "Zkoušíte to moc často. Zkuste to prosím za chvíli.")
            status = 429
        elif form.is_valid():
            try:
                letter_actions.cast(ballot=one, choice=form.cleaned_data["choice"], now=timezone.now())
            except ValidationError as refusal:
                form.add_error(None, told(refusal))
                one = _ballot(token)
            else:
                return redirect("sitting:ballot", token)
    context = {
        "ballot": one,
        "motion": one.motion,
        "form": form,
        "until": letter_actions.last_day(one.motion),
        "over": not one.motion.is_open or (one.motion.deadline or timezone.now()) <= timezone.now(),
    }
    return render(request, "sitting/ballot.html", context, status=status)
