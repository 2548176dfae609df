"""Views that stand under a plan: the plan is found, whoever may not see it (or write, when something is sent) learns
nothing, then the method is asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from portal.plan.models import Plan

from . import rules

type Whole = Callable[..., HttpResponseBase]


def on_plan[**More](
    rule: Callable[[Any, Plan], bool], *methods: str
) -> Callable[[Callable[Concatenate[HttpRequest, Plan, More], HttpResponseBase]], Whole]:
    """`view(request, plan, …)` from `view(request, slug, …)`; who may comes before how."""

    def decorate(view: Callable[Concatenate[HttpRequest, Plan, More], HttpResponseBase]) -> Whole:
        @wraps(view)
        def checked(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            plan = get_object_or_404(Plan, slug=slug)
            writes = request.method not in {"GET", "HEAD"}
            if not rule(request.user, plan) or (writes and not rules.may_write(request.user, plan)):
                raise PermissionDenied
            return require_http_methods(list(methods))(lambda asked: view(asked, plan, *args, **kwargs))(request)

        return checked

    return decorate


reading = on_plan(rules.may_read_desk, "GET", "HEAD")
form_for_readers = on_plan(rules.may_read_desk, "GET", "HEAD", "POST")
writing = on_plan(rules.may_write, "GET", "HEAD", "POST")
deed = on_plan(rules.may_write, "POST")
