"""Bringing back what services and code lists said before a deed of the journal."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.audit import restoring
from portal.audit.models import Deed

from . import lists_actions, naming, provider_actions, restore_actions, rules
from .lists_views import LISTS
from .models import CodeListItem

by_form = require_http_methods(["GET", "HEAD", "POST"])


@by_form
def service_restore(request: HttpRequest, deed: int) -> HttpResponse:
    told = restoring.asked(request, deed, "catalogue:service_restore")
    readable = rules.journalled_services(request.user).select_related("kind", "provider")
    service = get_object_or_404(readable, pk=told.thing_id)
    now = restore_actions.service_now(service, told)
    return restoring.page(
        request,
        told,
        now=now,
        names=naming.names(now),
        may=rules.may_edit_service(request.user, service),
        act=lambda: restore_actions.service_restore(service=service, deed=told, actor=request.user),
        back=reverse("catalogue:service_edit", args=[service.pk]),
    )


@by_form
def provider_restore(request: HttpRequest, deed: int) -> HttpResponse:
    told = restoring.asked(request, deed, "catalogue:provider_restore")
    provider = get_object_or_404(rules.journalled_providers(request.user), pk=told.thing_id)
    now = provider_actions.provider_now(provider, told)
    return restoring.page(
        request,
        told,
        now=now,
        names=provider_actions.NAMES,
        may=provider_actions.may_save(request.user, provider),
        act=lambda: provider_actions.provider_restore(provider=provider, deed=told, actor=request.user),
        back=reverse("catalogue:provider", args=[provider.slug]),
    )


@by_form
def list_item_restore(request: HttpRequest, deed: int) -> HttpResponse:
    told = restoring.asked(request, deed, "catalogue:list_item_restore")
    name, model = _list_of(told)
    item = get_object_or_404(model._default_manager.all(), pk=told.thing_id)
    return restoring.page(
        request,
        told,
        now={column: getattr(item, column) for column in told.before},
        names={},
        may=rules.may_edit_lists(request.user),
        act=lambda: lists_actions.change_item(
            person=request.user, item=item, values=_typed(model, told.before), restores=told
        ),
        back=reverse("catalogue:list_item_edit", args=[name, item.key]),
    )


def _list_of(deed: Deed) -> tuple[str, type[CodeListItem]]:
    for one in LISTS.values():
        if one.model._meta.label_lower == deed.thing:
            return one.slug, one.model
    raise Http404


def _typed(model: type[CodeListItem], values: dict[str, Any]) -> dict[str, Any]:
    """Values of the journal as the columns hold them: days and numbers from their texts."""
    columns = {field.name: field for field in model._meta.fields}
    return {name: columns[name].to_python(value) for name, value in values.items()}
