"""What a person typed is kept in the browser until it is saved (static/js/keep-typed.js); here is the server's half.

* A kept form carries the number of its record. An answer without an error has taken what was sent: a cookie
  confirms the number for a minute, and the browser forgets the record.
* Whoever sends a form after the session ended is asked to sign in and then comes back to the page with the form, not
  to an address that only takes forms.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

FIELD, COOKIE = "psano", "ulozeno"
# Long enough for a slow page, short enough to tell nobody anything.
CONFIRMED_SECONDS = 60
REACHED = "portal.web.typed.reached"
_NUMBER = re.compile(r"[0-9a-f]{16}")


class KeepTypedMiddleware:
    """The innermost one: whatever sends a person elsewhere before the view (to sign in, to the second factor) keeps
    `process_view` from being called, and what was typed is not taken for saved."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method != "POST" or response.status_code >= 400:
            return response
        if urlsplit(response.get("Location", "")).path == resolve_url(settings.LOGIN_URL):
            _come_back(request, response)
        elif REACHED in request.META and _NUMBER.fullmatch(number := request.POST.get(FIELD, "")):
            secure = bool(settings.SESSION_COOKIE_SECURE)
            response.set_cookie(COOKIE, number, CONFIRMED_SECONDS, secure=secure, samesite="Lax")
        return response

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        request.META[REACHED] = True


def _come_back(request: HttpRequest, response: HttpResponse) -> None:
    """After signing in, the page from which the form was sent; only one of ours."""
    referrer = request.headers.get("Referer", "")
    place = urlsplit(response["Location"])
    if REDIRECT_FIELD_NAME not in parse_qs(place.query):
        return
    if url_has_allowed_host_and_scheme(referrer, {request.get_host()}, require_https=request.is_secure()):
        page = urlsplit(referrer)
        path = f"{page.path}?{page.query}" if page.query else page.path
        response["Location"] = f"{place.path}?{urlencode({REDIRECT_FIELD_NAME: path}, safe='/')}"
