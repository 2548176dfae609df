"""Bringing back the standing of a provider and what waits for approval, as they were before a deed of the journal."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.audit import restoring
from portal.catalogue.rules import journalled_providers

from . import actions, policy, rules
from .models import PublishRule

by_form = require_http_methods(["GET", "HEAD", "POST"])


@by_form
def standing_restore(request: HttpRequest, deed: int) -> HttpResponse:
    told = restoring.asked(request, deed, "upkeep:standing_restore")
    provider = get_object_or_404(journalled_providers(request.user), pk=told.thing_id)
    return restoring.page(
        request,
        told,
        now={"level": policy.level_of(provider)},
        names=actions.LEVELS,
        may=rules.may_look_after(request.user, provider),
        act=lambda: actions.set_standing(
            provider=provider, level=told.before["level"], actor=request.user, restores=told
        ),
        back=reverse("upkeep:provider_keys", args=[provider.pk]),
    )


@by_form
def publish_rule_restore(request: HttpRequest, deed: int) -> HttpResponse:
    told = restoring.asked(request, deed, "upkeep:publish_rule_restore")
    rule = get_object_or_404(PublishRule, pk=told.thing_id)
    waits = {(rule.level, rule.field): told.before["waits"]}
    return restoring.page(
        request,
        told,
        now={"waits": rule.waits},
        names={},
        may=rules.may_set_rules(request.user),
        act=lambda: actions.set_rules(waits=waits, actor=request.user, restores=told),
        back=reverse("upkeep:publish_rules"),
    )
