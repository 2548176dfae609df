"""Views that stand under a meeting: the meeting is found, whoever may not see inside (or record, when something is
sent) learns nothing, then the method is asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.meetings.models import Meeting

from . import rules

type Whole = Callable[..., HttpResponseBase]


def on_meeting[**More](
    rule: Callable[[Any, Meeting], bool], *methods: str
) -> Callable[[Callable[Concatenate[HttpRequest, Meeting, More], HttpResponseBase]], Whole]:
    """`view(request, meeting, …)` from `view(request, pk, …)`; who may comes before how."""

    def decorate(view: Callable[Concatenate[HttpRequest, Meeting, More], HttpResponseBase]) -> Whole:
        @wraps(view)
        def checked(request: HttpRequest, pk: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
            meeting = get_object_or_404(Meeting.objects.select_related("group"), pk=pk)
            writes = request.method not in {"GET", "HEAD"}
            if not rule(request.user, meeting) or (writes and not rules.may_record(request.user, meeting)):
                raise PermissionDenied
            return require_http_methods(list(methods))(lambda asked: view(asked, meeting, *args, **kwargs))(request)

        return never_cache(checked)

    return decorate


reading = on_meeting(rules.may_read, "GET", "HEAD")
form_for_readers = on_meeting(rules.may_read, "GET", "HEAD", "POST")
writing = on_meeting(rules.may_record, "GET", "HEAD", "POST")
deed = on_meeting(rules.may_record, "POST")
