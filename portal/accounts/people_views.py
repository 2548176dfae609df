"""The people desk, and the page by which somebody invited comes in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.audit.rules import may_read_deeds_about_people
from portal.web.doors import at_desk

from . import actions, people, rules, second_factor
from .adapter import SignInAdapter
from .models import Invitation, Person
from .people_forms import InviteForm, PeopleFilter, RoleForm, WelcomeForm

A_PAGE = 50

reading = at_desk(rules.may_see_people, "GET", "HEAD")
inviting = at_desk(rules.may_invite, "GET", "HEAD", "POST")
deed = at_desk(rules.may_invite, "POST")


# --- the list ------------------------------------------------------------------------------------------------


@reading
def people_list(request: HttpRequest) -> HttpResponse:
    form = PeopleFilter(request.GET)
    found = people.people(request.user, form.asked())
    page = Paginator(found, A_PAGE).get_page(request.GET.get("strana"))
    context = {
        "form": form,
        "page": page,
        "rows": people.rows(request.user, page),
        "waiting": rules.seen_invitations(request.user).waiting().count(),
        "may_invite": rules.may_invite(request.user),
    }
    return render(request, "accounts/people.html", context)


@inviting
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody; `?role=` prefills the role and `?kde=` the range."""
    first = {"role": request.GET.get("role"), "where": request.GET.get("kde")}
    form = InviteForm(
        _person(request),
        request.POST if request.method == "POST" else None,
        initial={name: value for name, value in first.items() if value},
    )
    if form.is_bound and form.is_valid():
        kind, code = form.cleaned_data["range"]
        said = {name: form.cleaned_data[name] for name in ("email", "name", "role")}
        try:
            actions.invite(**said, range_kind=kind, range_code=code, actor=request.user)
        except ValidationError as refusal:
            form.add_error("email", refusal)
        else:
            messages.success(request, _("Pozvánka je na cestě na %(email)s.") % {"email": said["email"]})
            return redirect("accounts:invitations")
    return render(request, "accounts/invite.html", {"form": form}, status=422 if form.errors else 200)


@reading
def invitations(request: HttpRequest) -> HttpResponse:
    waiting = rules.seen_invitations(request.user).select_related("invited_by")
    if request.GET.get("vsechny") is None:
        waiting = waiting.waiting()
    page = Paginator(waiting, A_PAGE).get_page(request.GET.get("strana"))
    context = {
        "page": page,
        "rows": people.offers(request.user, page),
        "all": request.GET.get("vsechny") is not None,
        "may_invite": rules.may_invite(request.user),
    }
    return render(request, "accounts/invitations.html", context)


@deed
def invitation_again(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(rules.seen_invitations(request.user), pk=pk)
    return _done(
        request,
        lambda: actions.invite_again(invitation=invitation, actor=request.user),
        _("Nová pozvánka je na cestě, dřívější odkaz už neplatí."),
        "accounts:invitations",
    )


@deed
def invitation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(rules.seen_invitations(request.user), pk=pk)
    return _done(
        request,
        lambda: actions.withdraw(invitation=invitation, actor=request.user),
        _("Pozvánka je zrušená, odkaz z dopisu už neplatí."),
        "accounts:invitations",
    )


# --- one person ----------------------------------------------------------------------------------------------


@at_desk(rules.may_see_people, "GET", "HEAD", "POST")
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Account, roles and invitations of one person; a role is added here."""
    shown = get_object_or_404(rules.seen_people(request.user), pk=pk)
    may_give = rules.may_invite(request.user)
    if request.method == "POST" and not may_give:
        raise PermissionDenied
    form = RoleForm(_person(request), request.POST if request.method == "POST" else None) if may_give else None
    if form is not None and form.is_bound and form.is_valid():
        kind, code = form.cleaned_data["range"]
        try:
            actions.give_role(
                person=shown, role=form.cleaned_data["role"], range_kind=kind, range_code=code, actor=request.user
            )
        except ValidationError as refusal:
            form.add_error("role", refusal)
        else:
            messages.success(request, _("Role je přidaná."))
            return redirect("accounts:person", pk)
    offered = rules.seen_invitations(request.user).filter(email=shown.email)
    context = {
        "person": shown,
        "row": people.rows(request.user, [shown])[0],
        "offers": people.offers(request.user, offered),
        "form": form,
        "may_manage": rules.may_manage(request.user, shown),
        "second_factor": second_factor.has_one(shown),
        "may_erase": rules.may_erase(request.user, shown) and rules.has_role(request.user, rules.Role.TECHNICAL),
        "deeds": people.deeds(shown) if may_read_deeds_about_people(request.user) else [],
    }
    return render(request, "accounts/person.html", context, status=422 if form and form.errors else 200)


@deed
def role_take(request: HttpRequest, pk: int, grant: int) -> HttpResponse:
    held = get_object_or_404(rules.seen_grants(request.user), pk=grant, person=pk)
    return _done(
        request,
        lambda: actions.take_role(grant=held, actor=request.user),
        _("Role je odebraná."),
        *_home_of(request, pk),
    )


@deed
def person_off(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(rules.seen_people(request.user), pk=pk)
    return _done(
        request,
        lambda: actions.switch_off(person=shown, actor=request.user),
        _("Účet je vypnutý a nikdo se do něj nepřihlásí. Zapnutím ho vrátíte i s rolemi."),
        "accounts:person",
        pk,
    )


@deed
def second_factor_drop(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(rules.seen_people(request.user), pk=pk)
    return _done(
        request,
        lambda: actions.drop_second_factor(person=shown, actor=request.user),
        _("Druhý krok je zrušený. K přihlášení teď stačí heslo; napsali jsme o tom e-mail."),
        "accounts:person",
        pk,
    )


@deed
def person_on(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(rules.seen_people(request.user), pk=pk)
    return _done(
        request,
        lambda: actions.switch_on(person=shown, actor=request.user),
        _("Účet je zapnutý."),
        "accounts:person",
        pk,
    )


def _home_of(request: HttpRequest, pk: int) -> tuple[Any, ...]:
    """Where to go after a role was taken: who holds nothing more in the range is no more to be seen there."""
    return ("accounts:person", pk) if rules.sees_everybody(request.user) else ("accounts:people",)


def _done(request: HttpRequest, act: Callable[[], Any], said: str, *back: Any) -> HttpResponse:
    try:
        act()
        messages.success(request, said)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect(*back)


def _person(request: HttpRequest) -> Person:
    if not isinstance(request.user, Person):
        raise PermissionDenied
    return request.user


# --- coming in -----------------------------------------------------------------------------------------------


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites whom to what. Somebody known accepts signed in, somebody new sets a name and a password."""
    found = actions.invitation_of(token)
    if found is None or found.state != Invitation.State.OPEN:
        return render(request, "accounts/invitation_over.html", {"invitation": found}, status=410)
    if request.user.is_authenticated:
        return _accept_signed_in(request, found)
    if Person.objects.filter(email=found.email).exists():
        return _invitation_page(request, found, known=True)
    form = WelcomeForm(found.email, request.POST if request.method == "POST" else None, initial={"name": found.name})
    if form.is_bound and form.is_valid():
        name, password = form.cleaned_data["name"], form.cleaned_data["password"]
        try:
            new = actions.accept_as_new(invitation=found, name=name, password=password)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            SignInAdapter(request).login(request, new)
            messages.success(request, _("Vítejte. Účet je hotový a jste přihlášení."))
            return redirect("home:desk")
    return _invitation_page(request, found, form=form, status=422 if form.errors else 200)


def _accept_signed_in(request: HttpRequest, found: Invitation) -> HttpResponse:
    """An invitation to an e-mail that has its own account is only for that account."""
    mine = _person(request)
    others = found.email != mine.email and Person.objects.filter(email=found.email).exists()
    if request.method == "POST" and not others:
        try:
            actions.accept(invitation=found, person=mine)
        except ValidationError:
            return redirect(request.path)
        messages.success(request, _("Hotovo, novou roli už máte."))
        return redirect("home:desk")
    return _invitation_page(request, found, others=others)


def _invitation_page(request: HttpRequest, found: Invitation, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"invitation": found, "offered": people.offered(found), **more}
    return render(request, "accounts/invitation.html", context, status=status)
