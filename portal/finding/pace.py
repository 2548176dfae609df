"""A gentle limit for endpoints that a script could ask without end. Nobody typing by hand ever meets it.

The address of the visitor is kept only as a keyed hash for one minute in the cache, never in the database.
"""

from collections.abc import Callable
from functools import wraps
from time import time

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from portal.catalogue.throttle import visitor

PER_MINUTE = 240

type View = Callable[..., HttpResponse]


def gentle(view: View) -> View:
    """Answer 429 to an address that has asked more than PER_MINUTE times within this minute."""

    @wraps(view)
    def paced(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        minute = int(time() // 60)
        who = salted_hmac("finding.pace", visitor(request), algorithm="sha256").hexdigest()[:16]
        key = f"pace:{minute}:{who}"
        cache.add(key, 0, timeout=90)
        try:
            asked = cache.incr(key)
        except ValueError:  # the cache let go of the key in between
            asked = 1
        if asked > PER_MINUTE:
            refusal = JsonResponse({"items": [], "error": _("Příliš mnoho dotazů. Zkuste to za minutu.")}, status=429)
            refusal["Retry-After"] = "60"
            return refusal
        return view(request, *args, **kwargs)

    return paced
