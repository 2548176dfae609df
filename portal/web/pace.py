"""How often one visitor may ask or write. One way of counting for the whole portal.

The address of the visitor is kept only as a keyed hash, in a cache, never beside what they wrote. Two caches count:
the shared one (the database: every process and machine counts together) for what people write, and the one near at
hand (memory of the process: costs nothing, a visitor may get as many times more as there are processes) for what is
only read.
"""

from collections.abc import Callable
from functools import wraps
from time import time

from django.conf import settings
from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

MINUTE, HOUR = 60, 3600
SHARED, NEAR = DEFAULT_CACHE_ALIAS, "near"
# Questions of a script, never of somebody who types.
QUESTIONS_PER_MINUTE = 240

type View = Callable[..., HttpResponse]


def visitor(request: HttpRequest) -> str:
    """The address of the visitor: behind a balancer (the site is https) the last hop it wrote down, else the peer."""
    forwarded: str = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if forwarded and settings.SITE_URL.startswith("https://"):
        return forwarded.rsplit(",", 1)[-1].strip()
    peer: str = request.META.get("REMOTE_ADDR", "")
    return peer


def within(request: HttpRequest, what: str, limit: int, seconds: int, cache: str = SHARED) -> bool:
    """Count one more try of the visitor at `what` and say whether it is within the limit for this stretch of
    `seconds`. Two tries in the very same moment may count as one: a limit is for thousands, not for one."""
    who = salted_hmac("web.pace", visitor(request), algorithm="sha256").hexdigest()[:16]
    key = f"pace:{what}:{int(time()) // seconds}:{who}"
    tries = caches[cache].get(key, 0) + 1
    caches[cache].set(key, tries, seconds)
    return bool(tries <= limit)


def gentle(view: View) -> View:
    """A limit for addresses that a script could ask without end. Nobody typing by hand ever meets it."""

    @wraps(view)
    def paced(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if within(request, "ask", QUESTIONS_PER_MINUTE, MINUTE, NEAR):
            return view(request, *args, **kwargs)
        refusal = JsonResponse({"items": [], "error": _("Příliš mnoho dotazů. Zkuste to za minutu.")}, status=429)
        refusal["Retry-After"] = str(MINUTE)
        return refusal

    return paced
