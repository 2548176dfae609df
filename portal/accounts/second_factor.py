"""The second factor: a code from an application on the telephone, or a passkey. Whose roles require one, and that
they set it up before they get to work."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac

from .models import Grant, Person
from .rules import has_role

# Recovery codes stand in for a lost second factor; they are none themselves.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# Where whoever has to set one up may go meanwhile (and everywhere where nobody has to sign in).
ON_THE_WAY = {"account_reauthenticate", "accounts:sign_out"}


def required(person: Any) -> bool:
    """Whether any role of the person is one that this installation lets in with a second factor only."""
    return bool(settings.SECOND_FACTOR_ROLES) and has_role(person, *settings.SECOND_FACTOR_ROLES)


def has_one(person: Person) -> bool:
    return bool(Authenticator.objects.filter(user=person, type__in=FACTORS).exists())


def may_be_removed(authenticator: Authenticator) -> bool:
    """The last one of somebody who must have one may not."""
    person = authenticator.user
    if authenticator.type not in FACTORS or not required(person):
        return True
    others = Authenticator.objects.filter(user=person, type__in=FACTORS).exclude(pk=authenticator.pk)
    return bool(others.exists())


def passed(request: HttpRequest) -> bool:
    """Whether this session came in with a second factor. Known from the session, without a query."""
    records = get_authentication_records(request, request.user)
    return any(one["method"] == "mfa" for one in records)


class SecondFactorMiddleware:
    """Sends whoever must have a second factor and has none to set it up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        unknown = set(settings.SECOND_FACTOR_ROLES) - set(Grant.Role.values)
        if unknown:
            raise ImproperlyConfigured(f"SECOND_FACTOR_ROLES: no such role as {', '.join(sorted(unknown))}.")
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], *_: Any
    ) -> HttpResponseBase | None:
        if not settings.SECOND_FACTOR_ROLES or not getattr(view, "login_required", True):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name.startswith("mfa_") or name in ON_THE_WAY or not isinstance(request.user, Person):
            return None
        if not required(request.user) or passed(request) or has_one(request.user):
            return None
        return redirect("mfa_index")


# --- secrets in the database ---------------------------------------------------------------------------------


def cipher() -> MultiFernet:
    """Keys made of SECRET_KEY; what was written under a former one (SECRET_KEY_FALLBACKS) can still be read."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [salted_hmac("accounts.second_factor", "key", one, algorithm="sha256").digest() for one in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
