"""Pages of one meeting at the desk: who may come before how."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from . import rules
from .models import Meeting

type View = Callable[..., HttpResponse]
READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")


def of_meeting(rule: Callable[[Any, Meeting], bool], *methods: str) -> Callable[[View], View]:
    """The view gets the meeting in place of its number. A person whom the rule refuses learns nothing, not even that
    the meeting is there."""

    def decorate(view: View) -> View:
        by_method = require_http_methods(list(methods))(view)

        @wraps(view)
        def checked(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
            meeting = get_object_or_404(Meeting.objects.select_related("group__procedure"), pk=pk)
            if not rule(request.user, meeting):
                raise PermissionDenied
            return by_method(request, meeting, **kwargs)

        return checked

    return decorate


reading = of_meeting(rules.may_read_inside, *READ)
running = of_meeting(rules.may_run, *FORM)
deed = of_meeting(rules.may_run, "POST")
proposing = of_meeting(rules.may_propose_item, *FORM)
