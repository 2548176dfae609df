"""Bringing back limits and weights as they were before a deed of the journal."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.audit import restoring

from . import quality_actions, rules
from .models import Limit, QualityRule

by_form = require_http_methods(["GET", "HEAD", "POST"])


@by_form
def limit_restore(request: HttpRequest, deed: int) -> HttpResponse:
    told = restoring.asked(request, deed, "freshness:limit_restore")
    row = get_object_or_404(Limit, pk=told.thing_id)
    return restoring.page(
        request,
        told,
        now={"days": row.days},
        names={},
        may=rules.may_set_limits(request.user),
        act=lambda: quality_actions.limit_change(
            key=row.key, days=told.before["days"], actor=request.user, restores=told
        ),
        back=reverse("freshness:limits"),
    )


@by_form
def weight_restore(request: HttpRequest, deed: int) -> HttpResponse:
    told = restoring.asked(request, deed, "freshness:weight_restore")
    row = get_object_or_404(QualityRule, pk=told.thing_id)
    return restoring.page(
        request,
        told,
        now={"weight": row.weight},
        names={},
        may=rules.may_set_limits(request.user),
        act=lambda: quality_actions.quality_rule_change(
            key=row.key, weight=told.before["weight"], actor=request.user, restores=told
        ),
        back=reverse("freshness:limits"),
    )
