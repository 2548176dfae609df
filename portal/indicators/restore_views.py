"""Bringing back from the journal what an indicator, or a shared definition, said before a deed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.audit import restoring
from portal.audit.models import Deed
from portal.catalogue.models import CapacityUnit, Form, Kind
from portal.plan import actions as plan_actions
from portal.plan import rules as plan_rules
from portal.plan.models import Node
from portal.web.doors import FORM

from . import actions, rules
from .models import Definition, Indicator

KEYED = {"kind": Kind, "form": Form, "capacity_unit": CapacityUnit}


@require_http_methods(FORM)
def indicator_restore(request: HttpRequest, deed: int) -> HttpResponse:
    """Where it stood and where it should get; years that the plan no longer has stay as they are."""
    told = restoring.asked(request, deed, "indicators:indicator_restore")
    rows = Indicator.objects.standing().select_related("node__plan", "definition")
    found = get_object_or_404(rows, pk=told.thing_id)
    plan = found.node.plan
    if not plan_rules.may_read_draft(request.user, plan):
        raise Http404

    def act() -> object:
        former: dict[str, Any] = told.before
        wanted = former["targets"]
        return actions.indicator_change(
            indicator=found,
            baseline=_number(former["baseline"]),
            baseline_year=former["baseline_year"],
            note=former["note"],
            targets={year: _number(wanted.get(str(year))) for year in plan.years},
            seen=found.version,
            actor=request.user,
            restores=told,
        )

    return restoring.page(
        request,
        told,
        now=actions.indicator_told(found),
        names={},
        may=plan_rules.may_edit_plan(request.user, plan),
        act=act,
        back=reverse("indicators:indicator", args=[plan.slug, found.pk]),
    )


@require_http_methods(FORM)
def actual_restore(request: HttpRequest, deed: int) -> HttpResponse:
    """What was said of one year; it may have been nothing."""
    told = restoring.asked(request, deed, "indicators:actual_restore")
    rows = Indicator.objects.standing().select_related("node__plan", "node__card", "definition")
    found = get_object_or_404(rows, pk=told.thing_id)
    plan, former = found.node.plan, dict(told.before)
    if not plan_rules.may_read_draft(request.user, plan):
        raise Http404

    def act() -> object:
        value = _number(former["value"])
        return actions.actual_say(
            indicator=found, year=former["year"], value=value, note=former["note"], actor=request.user, restores=told
        )

    return restoring.page(
        request,
        told,
        now=actions.actual_told(found, former["year"]),
        names={},
        may=rules.may_say_actual(request.user, found),
        act=act,
        back=reverse("indicators:indicator", args=[plan.slug, found.pk]),
    )


@require_http_methods(FORM)
def definition_restore(request: HttpRequest, deed: int) -> HttpResponse:
    told = restoring.asked(request, deed, "indicators:definition_restore")
    if not rules.may_read_definitions(request.user):
        raise PermissionDenied
    found = get_object_or_404(Definition.objects.select_related(*KEYED), pk=told.thing_id)

    def act() -> object:
        values = {
            name: model._default_manager.filter(key=told.before[name]).first()
            for name, model in KEYED.items()  # a key that is gone from its list is nothing
        }
        return actions.definition_save(
            values={**told.before, **values}, definition=found, actor=request.user, restores=told
        )

    return restoring.page(
        request,
        told,
        now=actions.definition_told(found),
        names={},
        may=rules.may_edit_definitions(request.user),
        act=act,
        back=reverse("indicators:definition", args=[found.pk]),
    )


def _node(deed: Deed) -> Node | None:
    """The point from which the deed took the indicator."""
    slug, _, code = deed.before["node"].partition("/")
    return Node.objects.select_related("plan", "level").filter(plan__slug=slug, code=code).first()


def _returned(node: Node, deed: Deed) -> dict[str, Any]:
    """What the indicator says when it is back already."""
    rows = Indicator.objects.select_related("definition", "node__plan")
    found = rows.filter(node=node, definition__key=deed.before["definition"]).first()
    return actions.removed_told(found) if found else {}


def _shut(node: Node, _deed: Deed) -> str:
    if not node.plan.is_open:
        return plan_actions.APPROVED
    return plan_actions.REMOVED if node.removed_at is not None else ""


indicator_return = restoring.view(
    "indicators:indicator_return",
    restoring.Way(
        find=_node,
        may_read=lambda person, node: plan_rules.may_read_draft(person, node.plan),
        may_write=lambda person, node: plan_rules.may_edit_plan(person, node.plan),
        now=_returned,
        act=lambda node, deed, person, _: actions.indicator_return(node=node, deed=deed, actor=person),
        back=lambda node: reverse("indicators:node_indicators", args=[node.plan.slug, node.code]),
        obstacle=_shut,
    ),
)


def _number(text: Any) -> Decimal | None:
    return None if text is None else Decimal(str(text))
