"""My account: who I am here, how I sign in, and where I am signed in."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from . import second_factor, session_actions, spans
from .models import Grant, Person, Session


@never_cache
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    person = cast(Person, request.user)
    held = sorted(person.held())
    called = spans.names((one.kind, one.code) for one in held)
    context = {
        "person": person,
        "roles": [(Grant.Role(one.role).label, called[one.kind, one.code]) for one in held],
        "second_factor": second_factor.has_one(person),
        "second_factor_required": second_factor.required(person),
        "sessions": Session.objects.open_for(person),
        "here": request.session.session_key,
    }
    return render(request, "accounts/account.html", context)


@require_POST
def session_end(request: HttpRequest) -> HttpResponse:
    person = cast(Person, request.user)
    if session_actions.end_session(person=person, public_key=request.POST.get("zarizeni", "")):
        messages.success(request, _("Na tom zařízení už přihlášení nejste."))
    return redirect("accounts:account")


@require_POST
def sessions_end(request: HttpRequest) -> HttpResponse:
    person = cast(Person, request.user)
    ended = session_actions.end_sessions(person=person, but=request.session.session_key or "")
    if ended:
        messages.success(request, _("Zůstali jste přihlášení jen tady."))
    return redirect("accounts:account")
