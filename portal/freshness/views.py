"""What a provider does: confirms by the link from a letter or signed in, says what changed, disputes the register.

The link is safe against machines that open every link in a letter: looking at it changes nothing, one button does.
"""

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

from portal.catalogue.models import Service
from portal.catalogue.rules import services_of as services_of_person
from portal.web.doors import at_desk
from portal.web.pace import HOUR, within

from . import actions, conflict_actions, limits, queues, rounds, rules
from .conflicts import TOPICS
from .forms import ChangeForm, DisputeForm
from .models import ConfirmationLetter, ConfirmationRound, Conflict, Dispute
from .summary import summaries

A_PAGE = 200


@sensitive_variables("token")
def _letter(token: str) -> ConfirmationLetter:
    letter = rounds.letter_of(token)
    if letter is None:
        raise Http404
    return letter


def _chosen(request: HttpRequest) -> list[int]:
    return [int(one) for one in request.POST.getlist("sluzba") if one.isascii() and one.isdigit() and len(one) < 18]


def _expired(request: HttpRequest, letter: ConfirmationLetter) -> HttpResponse:
    return render(request, "freshness/expired.html", {"letter": letter}, status=410)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The page with one button behind the link of a letter."""
    letter, today = _letter(token), timezone.localdate()
    if letter.expires_on < today:
        return _expired(request, letter)
    refusal = ""
    if request.method == "POST":
        try:
            chosen = actions.confirm(letter=letter, services=_chosen(request), today=today)
        except ValidationError as problem:
            refusal = " ".join(problem.messages)
        else:
            context = {"confirmed": chosen, "letter": letter, "token": token}
            left = [one for one in rounds.services_of(letter) if one not in chosen]
            return render(request, "freshness/confirmed.html", context | {"left": left})
    services = list(rounds.services_of(letter).order_by("name", "pk")[:A_PAGE])
    context = {
        "letter": letter,
        "token": token,
        "cards": summaries(services),
        "today": today,
        "refusal": refusal,
        "vacancies_only": letter.round.topic == ConfirmationRound.Topic.VACANCY,
    }
    return render(request, "freshness/confirm.html", context, status=422 if refusal else 200)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """ "Něco se změnilo" without an account; whoever has one goes to the form of the card."""
    letter, today = _letter(token), timezone.localdate()
    if letter.expires_on < today:
        return _expired(request, letter)
    service = rounds.services_of(letter).filter(pk=pk).first()
    if service is None:
        raise Http404
    if letter.person is not None:
        return redirect("upkeep:service_edit", pk)
    form, status = ChangeForm(request.POST if request.method == "POST" else None), 200
    if form.is_bound:
        status = 422
        if form.is_valid() and not within(request, "change", 30, HOUR):
            status = 429
        elif form.is_valid():
            actions.change_told(letter=letter, service=service, text=form.cleaned_data["text"], today=today)
            return render(request, "freshness/change_told.html", {"service": service, "token": token})
    context = {"letter": letter, "service": service, "form": form, "token": token, "slow": status == 429}
    return render(request, "freshness/change.html", context, status=status)


# --- signed in ---------------------------------------------------------------------------------------------------


own = at_desk(rules.acts_for_provider, "GET", "HEAD")
own_form = at_desk(rules.acts_for_provider, "GET", "HEAD", "POST")
own_deed = at_desk(rules.acts_for_provider, "POST")


@never_cache
@own_form
def own_confirm(request: HttpRequest) -> HttpResponse:
    """All public cards of the person's providers, the longest unconfirmed first, with the same button."""
    refusal = ""
    if request.method == "POST":
        try:
            actions.confirm_own(services=_chosen(request), actor=request.user, today=timezone.localdate())
        except ValidationError as problem:
            refusal = " ".join(problem.messages)
        else:
            messages.success(request, "Děkujeme. Na kartě je dnešní datum ověření.")
            return redirect("freshness:own_confirm")
    context: dict[str, Any] = {
        "cards": summaries(_own_services(request.user)[:A_PAGE]),
        "refusal": refusal,
        "limit": limits.days()["ask_every"],
        "today": timezone.localdate(),
    }
    return render(request, "freshness/own_confirm.html", context, status=422 if refusal else 200)


def _own_services(person: Any) -> list[Service]:
    mine = services_of_person(person) & Service.objects.public()
    rows = mine.select_related("kind", "provider")
    return sorted(rows, key=lambda one: (one.verified_on is not None, one.verified_on, one.name))


# --- the register ------------------------------------------------------------------------------------------------


@own
def own_conflicts(request: HttpRequest) -> HttpResponse:
    """Where the register says something else than the provider, and what the provider disputes."""
    mine = services_of_person(request.user)
    page = Paginator(queues.conflicts(mine, Conflict.State.OPEN), 50).get_page(request.GET.get("strana"))
    said = Dispute.objects.filter(service__in=mine.values("pk"), withdrawn_at=None).select_related("service")
    context = {"page": page, "topics": TOPICS, "disputes": said, "services": mine.order_by("name", "pk")[:A_PAGE]}
    return render(request, "freshness/own_conflicts.html", context)


@own_form
def dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """ "Údaj v registru je špatně", for what the provider cannot change on the card."""
    service = get_object_or_404(services_of_person(request.user).select_related("kind", "provider"), pk=pk)
    form = DisputeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        conflict_actions.dispute(service=service, actor=request.user, **form.cleaned_data)
        messages.success(request, "Děkujeme, koordinátor o tom ví. Změnu prosím nahlaste i krajskému úřadu.")
        return redirect("freshness:own_conflicts")
    context = {"service": service, "form": form}
    return render(request, "freshness/dispute.html", context, status=422 if form.is_bound else 200)


@own_deed
def dispute_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    mine = Dispute.objects.filter(service__in=services_of_person(request.user).values("pk"))
    conflict_actions.dispute_withdraw(dispute=get_object_or_404(mine, pk=pk), actor=request.user)
    messages.success(request, "Výhrada je vzatá zpět.")
    return redirect("freshness:own_conflicts")
