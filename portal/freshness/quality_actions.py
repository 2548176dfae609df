"""Every write about quality: measure, keep the day, and change limits and weights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from portal.audit.actions import record
from portal.audit.models import Deed
from portal.catalogue.models import Facility, Report, Service

from . import facts, limits, rules
from .models import Conflict, Limit, QualityRule, QualitySnapshot, ServiceQuality, Watch
from .quality import Ages, score

Over = QualitySnapshot.Over
BATCH = 500


# --- measuring ---------------------------------------------------------------------------------------------------


@transaction.atomic
def measure(*, today: date, pks: Iterable[int] | None = None) -> int:
    """Score all public services, or those with the numbers; returns how many scores differ from the kept ones."""
    asked = None if pks is None else sorted(set(pks))
    now, ages, weights = timezone.now(), ages_now(), limits.rules()
    scored = {pk: score(one, weights, ages, today) for pk, one in facts.read(asked).items()}
    rows = ServiceQuality.objects.all() if asked is None else ServiceQuality.objects.filter(service__in=asked)
    kept = {row.service_id: row for row in rows}
    gone = set(kept) - set(scored)
    for pk in gone:
        kept.pop(pk)
    ServiceQuality.objects.filter(service__in=gone).delete()
    new, changed = [], []
    for pk, one in scored.items():
        reasons = f" {' '.join(one.reasons)} " if one.reasons else ""
        row = kept.get(pk)
        if row is None:
            new.append(ServiceQuality(service_id=pk, score=one.points, reasons=reasons, measured_at=now))
        elif (row.score, row.reasons) != (one.points, reasons):
            row.score, row.reasons, row.measured_at = one.points, reasons, now
            changed.append(row)
    ServiceQuality.objects.bulk_create(new, batch_size=BATCH)
    ServiceQuality.objects.bulk_update(changed, ["score", "reasons", "measured_at"], batch_size=BATCH)
    return len(new) + len(changed) + len(gone)


def ages_now() -> Ages:
    days = limits.days()
    return Ages(vacancy=days["vacancy"], contact=days["contact"], other=days["other"])


def measure_changed(*, today: date) -> int:
    """Score what was written since the last look. Runs every minute, so it does nothing when nothing happened."""
    now = timezone.now()
    watch, _ = Watch.objects.get_or_create(key="measured")
    if watch.at is None:
        changed = measure(today=today)
    else:
        pks = _written_since(watch.at)
        if not pks:
            return 0
        changed = measure(today=today, pks=pks)
    _seen("measured", now)
    return changed


def _written_since(moment: datetime) -> set[int]:
    """Services whose score may be other than at the moment: the card, a report of it, a conflict about it."""
    asked = (
        Service.objects.filter(changed_at__gte=moment).values_list("pk", flat=True),
        Report.objects.filter(Q(created_at__gte=moment) | Q(settled_at__gte=moment)).values_list("service", flat=True),
        Conflict.objects.filter(Q(opened_at__gte=moment) | Q(settled_at__gte=moment)).values_list("service", flat=True),
    )
    return {pk for rows in asked for pk in rows}


def _seen(key: str, at: datetime) -> None:
    Watch.objects.filter(key=key).update(at=at)


# --- keeping the day ---------------------------------------------------------------------------------------------


@transaction.atomic
def snapshot(*, day: date) -> int:
    """How good the records are today by provider and territory. Only what differs from the last kept day is
    written, so that quiet years stay small; the same day again overwrites itself."""
    found = _averages()
    kept = QualitySnapshot.objects.filter(day__lte=day).order_by("day")
    last = {(row.over, row.code): row for row in kept}
    new, changed = [], []
    for (over, code), (services, mean, overdue) in found.items():
        row = last.get((over, code))
        if row is not None and (row.services, row.score, row.overdue) == (services, mean, overdue):
            continue
        if row is not None and row.day == day:
            row.services, row.score, row.overdue = services, mean, overdue
            changed.append(row)
        else:
            new.append(QualitySnapshot(over=over, code=code, day=day, services=services, score=mean, overdue=overdue))
    QualitySnapshot.objects.bulk_create(new, batch_size=BATCH)
    QualitySnapshot.objects.bulk_update(changed, ["services", "score", "overdue"], batch_size=BATCH)
    return len(new) + len(changed)


def _averages() -> dict[tuple[str, str], tuple[int, float, int]]:
    """(over, code) -> (services, mean score, overdue). A service counts once in each ORP and region it has a place
    in. Two queries."""
    scores = {
        pk: (points, " unconfirmed " in reasons, provider)
        for pk, points, reasons, provider in ServiceQuality.objects.values_list(
            "service_id", "score", "reasons", "service__provider_id"
        )
    }
    groups: dict[tuple[str, str], set[int]] = defaultdict(set)
    for pk, (_points, _late, provider) in scores.items():
        groups[Over.ALL, ""].add(pk)
        groups[Over.PROVIDER, str(provider)].add(pk)
    places = Facility.objects.public().filter(municipality__isnull=False)
    for pk, orp, region in places.values_list(
        "service_id", "municipality__orp_id", "municipality__region_id"
    ).distinct():
        if pk in scores:
            groups[Over.ORP, orp].add(pk)
            groups[Over.REGION, region].add(pk)
    return {
        key: (
            len(pks),
            round(sum(scores[pk][0] for pk in pks) / len(pks), 1),
            sum(scores[pk][1] for pk in pks),
        )
        for key, pks in groups.items()
    }


# --- what people set ---------------------------------------------------------------------------------------------


@transaction.atomic
def limit_change(*, key: str, days: int, actor: Any, restores: Deed | None = None) -> None:
    if not rules.may_set_limits(actor):
        raise PermissionDenied
    known = limits.limits()[key]
    if key in {"vacancy", "contact", "other", "link_valid"} and days < 1:
        raise ValidationError("Aspoň jeden den.")
    row, _ = Limit.objects.update_or_create(key=key, defaults={"days": days, "name": known.name})
    if known.days != days:
        before, after = {"days": known.days}, {"days": days}
        record(verb="limit_changed", thing=row, actor=actor, before=before, after=after, restores=restores)
        _measure_anew()


@transaction.atomic
def quality_rule_change(*, key: str, weight: int, actor: Any, restores: Deed | None = None) -> None:
    if not rules.may_set_limits(actor):
        raise PermissionDenied
    known = limits.rules()[key]
    row, _ = QualityRule.objects.update_or_create(key=key, defaults={"weight": weight, "name": known.name})
    if known.weight != weight:
        before, after = {"weight": known.weight}, {"weight": weight}
        record(verb="quality_rule_changed", thing=row, actor=actor, before=before, after=after, restores=restores)
        _measure_anew()


def _measure_anew() -> None:
    """Everything is scored again at the next look, within a minute."""
    Watch.objects.filter(key="measured").update(at=None)
