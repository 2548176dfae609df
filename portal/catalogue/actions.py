"""Every write of the catalogue."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from portal.audit.actions import record

from . import rules
from .models import DataVersion, Report, Service


def touch() -> None:
    """Say that public data changed: search indexes and caches built from the former version are stale."""
    now = timezone.now()
    if not DataVersion.objects.filter(pk=1).update(number=F("number") + 1, changed_at=now):
        DataVersion.objects.create(pk=1)


def _may_edit(person: Any) -> None:
    if not rules.may_edit_catalogue(person):
        raise PermissionDenied


# --- what visitors report ------------------------------------------------------------------------------------


def report(*, service: Service, text: str, email: str = "") -> Report:
    """A visitor says that a card is wrong. No permission, nobody's name, no journal: the row is the record."""
    if not service.is_public:
        raise ValidationError("Služba už není v katalogu.")
    return Report.objects.create(service=service, text=text, email=email)


@transaction.atomic
def report_settle(*, report: Report, answer: str, actor: Any) -> Report:
    """Settled, with what came of it. The visitor's e-mail has done its duty and is forgotten."""
    _may_edit(actor)
    report = Report.objects.select_for_update().select_related("service").get(pk=report.pk)
    before = {"state": report.state, "answer": report.answer}
    report.state, report.answer, report.settled_at = Report.State.SETTLED, answer.strip(), timezone.now()
    report.email = ""
    report.save()
    after = {"report": report.pk, "state": report.state, "answer": report.answer}
    # The journal names the service: what the visitor wrote must not outlive the report itself.
    record(verb="report_settled", thing=report.service, actor=actor, before=before, after=after)
    return report


@transaction.atomic
def report_reopen(*, report: Report, actor: Any) -> Report:
    """Back among the new ones: it was not settled after all. The former answer stays to be corrected."""
    _may_edit(actor)
    report = Report.objects.select_for_update().select_related("service").get(pk=report.pk)
    if report.state != Report.State.SETTLED:
        raise ValidationError("Tohle hlášení ještě vyřízené není.")
    report.state, report.settled_at = Report.State.NEW, None
    report.save()
    record(verb="report_reopened", thing=report.service, actor=actor, after={"report": report.pk})
    return report
