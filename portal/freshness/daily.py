"""What the clock runs: the walk and the letter of the day, the look of the minute. All may run again without harm."""

from __future__ import annotations

from django.utils import timezone

from portal.register.models import ImportRun

from . import actions, conflict_actions, digest_actions, quality_actions
from .models import Watch


def walk() -> None:
    """Once a day, before people come to work."""
    today = timezone.localdate()
    actions.ask(today=today)
    conflict_actions.compare()
    conflict_actions.tell_providers()
    quality_actions.measure(today=today)
    quality_actions.snapshot(day=today)


def tell() -> None:
    """Once a day, after the walk: one letter to everybody who looks after a territory."""
    digest_actions.digest(today=timezone.localdate())


def look() -> None:
    """Every minute: compare both sides after an import, take edits for answers, score what was written."""
    _look_at_imports()
    actions.take_edits()
    quality_actions.measure_changed(today=timezone.localdate())


def _look_at_imports() -> None:
    newest = (
        ImportRun.objects.filter(state=ImportRun.State.DONE, applied_at__isnull=False)
        .order_by("-applied_at", "-pk")
        .values_list("pk", "applied_at")
        .first()
    )
    if newest is None:
        return
    number, applied_at = newest
    watch, _ = Watch.objects.get_or_create(key="imports")
    if (watch.number, watch.at) == (number, applied_at):
        return
    conflict_actions.compare()
    conflict_actions.tell_providers()
    Watch.objects.filter(key="imports").update(number=number, at=applied_at)
