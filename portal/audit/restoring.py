"""Bringing back the values from before a deed: what would change against now, and who changed it since.

The page is one; what it writes belongs to the app that owns the thing. Its view finds the thing, says what stands
there now, and hands over the action.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from . import telling
from .actions import plain
from .models import Deed
from .verbs import RESTORED_AT
from .views import readable


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
) -> HttpResponse:
    """Show what would change (GET); bring it back after the person's yes (POST) and go to `back`."""
    restoring = Restoring(deed, plain(now), names)
    refusals: list[str] = []
    status = 200
    if request.method == "POST":
        if not may:
            raise PermissionDenied
        if request.POST.get("seen") != restoring.seen:
            refusals, status = ["Hodnoty se mezitím změnily. Podívejte se na ně znovu a potvrďte."], 409
        else:
            try:
                act()
            except ValidationError as refusal:
                refusals, status = refusal.messages, 422
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
        "refusals": refusals,
    }
    return render(request, "audit/restore.html", context, status=status)


def former(deed: Deed, names: Collection[str]) -> dict[str, Any]:
    """The values from before the deed, of these fields only."""
    return {name: value for name, value in deed.before.items() if name in names}
