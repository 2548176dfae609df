"""In which language a page speaks.

A visitor chooses; nobody is guessed at, because offices have browsers in English and people in need may sit at
somebody else's computer. Only pages that are whole in another language change it: a page half in Czech would be read
aloud wrong. On the others the choice is remembered and a line says that the page is in Czech.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers

# The public frame and the ways to help.
TRANSLATED = {
    "home:landing",
    "home:contact",
    "home:help",
    "finding:search",
    "finding:suggest",
    "finding:missing",
    "finding:map",
    "finding:situations",
    "finding:situation",
    "finding:crisis",
    "finding:selection",
    "catalogue:service",
    "catalogue:report",
    "catalogue:report_thanks",
    "catalogue:providers",
    "catalogue:provider",
    "catalogue:municipalities",
    "catalogue:municipality",
    "catalogue:kinds",
}


class LanguageMiddleware:
    """Activates the chosen language on translated pages, Czech on all others; `request.wants` is the choice."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wants = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        wants = wants if wants in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        request.wants_language = wants  # type: ignore[attr-defined]
        spoken = (
            wants if wants != settings.LANGUAGE_CODE and _is_translated(request.path_info) else settings.LANGUAGE_CODE
        )
        with translation.override(spoken):
            request.LANGUAGE_CODE = spoken
            response = self.get_response(request)
        patch_vary_headers(response, ("Cookie",))
        response.headers.setdefault("Content-Language", spoken)
        return response


def _is_translated(path: str) -> bool:
    try:
        return resolve(path).view_name in TRANSLATED
    except Resolver404:
        return False
