"""Doors of pages: who may comes before how, so that whoever may not come in does not learn which methods an address
knows, nor whether there is anything behind it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

type View = Callable[..., HttpResponseBase]
type Door = Callable[[View], View]

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")


def at_desk(rule: Callable[[Any], bool], *methods: str) -> Door:
    """A page for people who pass the rule."""

    def decorate(view: View) -> View:
        by_method = require_http_methods(list(methods))(view)

        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not rule(request.user):
                raise PermissionDenied
            return by_method(request, *args, **kwargs)

        return checked

    return decorate


def of_thing[Thing](
    name: str,
    find: Callable[[Any], Thing],
    rule: Callable[[Any, Thing], bool],
    *methods: str,
    writing: Callable[[Any, Thing], bool] | None = None,
) -> Door:
    """A page of one thing: the view gets what `find` makes (or Http404) of the part `name` of the address in its
    place. Whoever passes the rule may come; `writing` is asked besides when something is sent."""

    def decorate(view: View) -> View:
        by_method = require_http_methods(list(methods))(view)

        @wraps(view)
        def checked(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            thing = find(kwargs.pop(name))
            sends = request.method not in READ
            if not rule(request.user, thing) or (sends and writing is not None and not writing(request.user, thing)):
                raise PermissionDenied
            return by_method(request, thing, **kwargs)

        return checked

    return decorate
