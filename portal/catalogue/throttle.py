"""How often one visitor may write to us. The address is kept only as a keyed hash, in the cache, for an hour."""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

AN_HOUR = 3600
LIMIT = 5


def allowed(request: HttpRequest, what: str, limit: int = LIMIT) -> bool:
    """Count one more try and say whether it is within the limit."""
    key = f"throttle:{what}:{salted_hmac('throttle', visitor(request), algorithm='sha256').hexdigest()}"
    cache.add(key, 0, AN_HOUR)
    try:
        return cache.incr(key) <= limit
    except ValueError:  # it expired between the two calls
        return True


def visitor(request: HttpRequest) -> str:
    """The address of the visitor: behind a balancer (the site is https) the last hop it wrote down, else the peer."""
    forwarded: str = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if forwarded and settings.SITE_URL.startswith("https://"):
        return forwarded.rsplit(",", 1)[-1].strip()
    peer: str = request.META.get("REMOTE_ADDR", "")
    return peer
