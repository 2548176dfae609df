"""Keys of providers: the desk finds a provider and invites its people, the provider's head looks after them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from portal.accounts import actions as accounts
from portal.accounts.models import Grant, Invitation
from portal.catalogue.models import Provider, Service
from portal.web.doors import at_desk
from words.plural import counted

from . import actions, keys, keys_actions, policy, rules
from .forms import InviteForm, ProviderSearch, StandingForm, TableForm

A_PAGE = 50

desk = at_desk(rules.may_decide_some, "GET", "HEAD")
desk_form = at_desk(rules.may_decide_some, "GET", "HEAD", "POST")
desk_deed = at_desk(rules.may_decide_some, "POST")
own_form = at_desk(rules.may_come, "GET", "HEAD", "POST")
own_deed = at_desk(rules.may_come, "POST")


# --- at the desk -----------------------------------------------------------------------------------------------


@desk
def providers(request: HttpRequest) -> HttpResponse:
    form = ProviderSearch(request.GET)
    page = Paginator(keys.providers(request.user, form.words()), A_PAGE).get_page(request.GET.get("strana"))
    return render(request, "upkeep/providers.html", {"form": form, "page": page, "lines": keys.lines(list(page))})


def _looked_after(request: HttpRequest, pk: int) -> Provider:
    return get_object_or_404(rules.looked_after(request.user).select_related("municipality"), pk=pk)


@desk_form
def provider_keys(request: HttpRequest, pk: int) -> HttpResponse:
    """One provider: its services, who has keys, a form to invite somebody, its standing."""
    provider = _looked_after(request, pk)
    form = InviteForm(request.POST if request.method == "POST" else None, roles=keys.ROLES)
    if request.method == "POST" and form.is_valid() and _invite(request, provider, form):
        return redirect("upkeep:provider_keys", pk)
    context = {
        "provider": provider,
        "services": Service.objects.filter(provider=provider, vanished_at=None).select_related("kind")[:200],
        "keys": keys.of_provider(provider),
        "form": form,
        "standing_form": StandingForm(initial={"level": policy.level_of(provider)}),
    }
    return render(request, "upkeep/provider_keys.html", context, status=422 if form.errors else 200)


def _invite(request: HttpRequest, provider: Provider, form: InviteForm) -> bool:
    """Whether the letter is on its way; if not, the form says why."""
    said = form.cleaned_data
    try:
        accounts.invite(**said, range_kind=Grant.Range.PROVIDER, range_code=str(provider.pk), actor=request.user)
    except ValidationError as refusal:
        form.add_error("email", refusal)
        return False
    messages.success(request, f"Pozvánka odešla na {said['email']}.")
    return True


@desk_deed
def standing(request: HttpRequest, pk: int) -> HttpResponse:
    provider = _looked_after(request, pk)
    form = StandingForm(request.POST)
    if form.is_valid():
        actions.set_standing(provider=provider, level=form.cleaned_data["level"], actor=request.user)
        messages.success(request, "Postavení je uložené.")
    else:
        messages.error(request, "Vyberte postavení.")
    return redirect("upkeep:provider_keys", pk)


@desk_form
def invite_many(request: HttpRequest) -> HttpResponse:
    """A table goes in, a preview comes out; the second step sends the letters."""
    if request.method == "POST" and "rows" in request.POST:
        return _send_many(request)
    form = TableForm(request.POST, request.FILES) if request.method == "POST" else TableForm()
    wishes: list[keys.Wish] = []
    if request.method == "POST" and form.is_valid():
        try:
            wishes = keys.plan(keys.read(form.cleaned_data["file"].read()), request.user)
            if not wishes:
                raise ValidationError("V tabulce není žádný řádek.")
        except ValidationError as refusal:
            form.add_error("file", refusal)
    ready = sum(wish.ready for wish in wishes)
    context = {
        "form": form,
        "wishes": wishes,
        "ready": ready,
        "wrong": sum(bool(wish.problem) for wish in wishes),
        "rows": keys.as_text(wishes) if ready else "",
        "sample": keys.SAMPLE,
    }
    return render(request, "upkeep/invite_many.html", context, status=422 if form.errors else 200)


def _send_many(request: HttpRequest) -> HttpResponse:
    try:
        wishes = keys.read(request.POST["rows"].encode())
        done = keys_actions.invite_many(wishes=wishes, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("upkeep:invite_many")
    messages.success(request, f"Odešlo: {counted(done.sent, 'pozvánka', 'pozvánky', 'pozvánek')}.")
    for wish, why in done.refused:
        messages.warning(request, f"{wish.email}: {why}")
    return redirect("upkeep:providers")


# --- the provider's head ---------------------------------------------------------------------------------------


def _headed(request: HttpRequest, pk: int) -> Provider:
    provider = get_object_or_404(Provider, pk=pk)
    if not rules.may_head(request.user, provider):
        raise PermissionDenied
    return provider


@own_form
def people(request: HttpRequest, pk: int) -> HttpResponse:
    provider = _headed(request, pk)
    form = InviteForm(request.POST if request.method == "POST" else None, roles=[Grant.Role.PROVIDER_EDITOR])
    if request.method == "POST" and form.is_valid() and _invite(request, provider, form):
        return redirect("upkeep:people", pk)
    context = {"provider": provider, "keys": keys.of_provider(provider), "form": form}
    return render(request, "upkeep/people.html", context, status=422 if form.errors else 200)


@own_deed
def people_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the key from an editor, or take an invitation back."""
    provider = _headed(request, pk)
    mine: dict[str, Any] = {
        "range_kind": Grant.Range.PROVIDER,
        "range_code": str(provider.pk),
        "role": Grant.Role.PROVIDER_EDITOR,
    }
    try:
        if (number := request.POST.get("invitation", "")).isdigit():
            invitation = get_object_or_404(Invitation.objects.waiting().filter(**mine), pk=number)
            accounts.withdraw(invitation=invitation, actor=request.user)
            messages.success(request, "Pozvánka už neplatí.")
        else:
            number = request.POST.get("grant", "")
            grant = get_object_or_404(Grant.objects.filter(**mine), pk=number if number.isdigit() else 0)
            accounts.take_role(grant=grant, actor=request.user)
            messages.success(request, f"{grant.person} už karty neupraví.")
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("upkeep:people", pk)
