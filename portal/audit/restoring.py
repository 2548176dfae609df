"""Bringing back the values from before a deed: what would change against now, and who changed it since.

The page is one; what it writes belongs to the app that owns the thing. Its view finds the thing, says what stands
there now, and hands over the action.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from portal.web.doors import FORM, View, at_desk
from portal.web.refusals import refused

from . import rules, telling
from .actions import plain
from .models import Deed
from .verbs import RESTORED_AT
from .views import readable

MOVED = "Hodnoty se mezitím změnily. Podívejte se na ně znovu a potvrďte."
GONE = "Tahle věc už tu není. Co o ní stálo, zůstává v deníku, obnovit to ale není kam."


@dataclass(frozen=True, slots=True)
class Restoring:
    """`deed` whose former values are asked for; `now` the same values as they stand, in the journal's plain form
    (empty when the thing is gone); `names` of codes and keys in `now`."""

    deed: Deed
    now: dict[str, Any]
    names: dict[str, str]

    @property
    def fields(self) -> list[telling.Field]:
        """What would change: now on the left, the restored value on the right."""
        wanted = {name: self.deed.before[name] for name in self.deed.before if name in self.now or not self.now}
        held = {name: self.now[name] for name in wanted if name in self.now}
        return telling.compared(self.deed.thing, held, wanted, self.deed.names | self.names)

    @property
    def later(self) -> list[telling.Line]:
        """Deeds that changed any of these values since; what they wrote would be lost from the thing."""
        names = set(self.deed.before)
        since = Deed.objects.since(self.deed).order_by("pk")[:100]
        return [telling.line(one) for one in since if names & {*one.before, *one.after}]

    @property
    def seen(self) -> str:
        """Tells whether the thing changed between the look and the yes."""
        return hashlib.sha256(json.dumps(self.now, sort_keys=True).encode()).hexdigest()[:32]


def asked(request: HttpRequest, pk: int, address: str) -> Deed:
    """The deed that the person may read and that this address restores; for others there is no such page."""
    verbs = [verb for verb, where in RESTORED_AT.items() if where == address]
    deed = get_object_or_404(readable(request.user), pk=pk, verb__in=verbs)
    if not telling.restored_at(deed):
        raise Http404
    return deed


def page(
    request: HttpRequest,
    deed: Deed,
    *,
    now: dict[str, Any],
    names: dict[str, str],
    may: bool,
    act: Callable[[], object],
    back: str,
    obstacle: str = "",
    warnings: Sequence[str] = (),
    form: Form | None = None,
    stale: tuple[type[Exception], ...] = (),
) -> HttpResponse:
    """Show what would change (GET); bring it back after the person's yes (POST) and go to `back`.

    `obstacle` says why it can no longer be brought back, `warnings` what else happens with it; `form` asks for what
    the action needs besides. `stale` are exceptions of the action that say that somebody saved meanwhile.
    """
    restoring = Restoring(deed, plain(now), names)
    refusals: list[str] = []
    status = 200
    if request.method == "POST":
        if not may:
            raise PermissionDenied
        if obstacle:
            refusals, status = [obstacle], 422
        elif request.POST.get("seen") != restoring.seen:
            refusals, status = [MOVED], 409
        elif form is not None and not form.is_valid():
            refusals, status = [str(one) for errors in form.errors.values() for one in errors], 422
        else:
            try:
                act()
            except stale:
                refusals, status = [MOVED], 409
            except ValidationError as refusal:
                refusals, status = refusal.messages, 422
                if form is not None:
                    refused(form, refusal)
            else:
                messages.success(request, "Hodnoty jsou obnovené.")
                return redirect(back)
    context = {
        "deed": deed,
        "sentence": telling.told(deed),
        "fields": restoring.fields,
        "later": restoring.later,
        "seen": restoring.seen,
        "gone": not restoring.now,
        "may": may,
        "obstacle": obstacle,
        "warnings": warnings,
        "form": form,
        "refusals": refusals,
    }
    return render(request, "audit/restore.html", context, status=status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way[Thing]:
    """How an app brings back what deeds changed of its things.

    `find` gives the thing, or nothing where there is none to bring the values back to; `now` are the values of the
    deed as they stand, empty where the thing will be made anew; `act` is the app's own action and gets the thing, the
    deed, the person and what the form said. The rest is as in `page`.
    """

    find: Callable[[Deed], Thing | None]
    may_read: Callable[[Any, Thing], bool]
    may_write: Callable[[Any, Thing], bool]
    now: Callable[[Thing, Deed], dict[str, Any]]
    act: Callable[[Thing, Deed, Any, dict[str, Any]], object]
    back: Callable[[Thing], str]
    names: Callable[[Thing, Deed], dict[str, str]] = lambda *_: {}
    obstacle: Callable[[Thing, Deed], str] = lambda *_: ""
    warnings: Callable[[Thing, Deed], Sequence[str]] = lambda *_: ()
    form: Callable[[Thing, Deed, Any], Form | None] = lambda *_: None
    stale: tuple[type[Exception], ...] = ()


def view[Thing](address: str, way: Way[Thing]) -> View:
    """The page at `address` that brings back things of one kind."""

    @at_desk(rules.may_read_journal, *FORM)
    def restore(request: HttpRequest, deed: int) -> HttpResponse:
        told = asked(request, deed, address)
        thing = way.find(told)
        if thing is None:
            return page(request, told, now={}, names={}, may=True, act=lambda: None, back="", obstacle=GONE)
        if not way.may_read(request.user, thing):
            raise PermissionDenied
        form = way.form(thing, told, request.POST if request.method == "POST" else None)
        return page(
            request,
            told,
            now=way.now(thing, told),
            names=way.names(thing, told),
            may=way.may_write(request.user, thing),
            act=lambda: way.act(thing, told, request.user, form.cleaned_data if form else {}),
            back=way.back(thing),
            obstacle=way.obstacle(thing, told),
            warnings=way.warnings(thing, told),
            form=form,
            stale=way.stale,
        )

    return restore


def of_columns(model: type[Model], deed: Deed, names: Collection[str]) -> dict[str, Any]:
    """The values from before the deed, of these columns, as the model keeps them: days and moments no longer text."""

    columns = {one.name: one for one in model._meta.concrete_fields}
    return {name: columns[name].to_python(value) for name, value in former(deed, names).items()}


def former(deed: Deed, names: Collection[str]) -> dict[str, Any]:
    """The values from before the deed, of these fields only."""
    return {name: value for name, value in deed.before.items() if name in names}
