"""Who has which part of a plan open for writing. A soft lock: it warns and stops nobody, and it ends by itself when the
page falls silent. It lies in the shared cache: losing it loses no work, only a warning."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.core.cache import caches
from django.utils import timezone

from portal.accounts.models import Person

from .models import Plan

# A page says that it is open every 40 seconds (static/js/who-else.js).
LASTS = timedelta(seconds=100)
# number of the person -> when they came, when they were last heard of
type Held = dict[int, tuple[datetime, datetime]]


class Other(NamedTuple):
    name: str
    since: datetime


def opened(plan: Plan, part: str, person: Person) -> list[Other]:
    """The person has the part open; who else has, the first who came first."""
    held, now = _held(plan, part), timezone.now()
    others = {pk: times for pk, times in held.items() if pk != person.pk}
    since = held[person.pk][0] if person.pk in held else now
    _keep(plan, part, {**others, person.pk: (since, now)})
    names = dict(Person.objects.filter(pk__in=others).values_list("pk", "name")) if others else {}
    return sorted(
        (Other(names[pk], came) for pk, (came, _) in others.items() if pk in names), key=lambda one: one.since
    )


def closed(plan: Plan, part: str, person: Person) -> None:
    held = _held(plan, part)
    if held.pop(person.pk, None) is not None:
        _keep(plan, part, held)


def _held(plan: Plan, part: str) -> Held:
    now = timezone.now()
    kept: Held = caches["default"].get(_key(plan, part)) or {}
    return {pk: times for pk, times in kept.items() if now - times[1] < LASTS}


def _keep(plan: Plan, part: str, held: Held) -> None:
    caches["default"].set(_key(plan, part), held, LASTS.seconds)


def _key(plan: Plan, part: str) -> str:
    return f"plan-open:{plan.pk}:{part}"
