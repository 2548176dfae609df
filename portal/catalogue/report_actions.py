"""Every write about reports: somebody says that a card is wrong, the provider answers, staff close it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from portal.audit.actions import record
from portal.mail.actions import write

from . import recipients, rules
from .models import Report, Service


def stamp(moment: datetime | None) -> str:
    """What a page that shows an answer remembers it by; empty where there was none."""
    return moment.isoformat() if moment else ""


class Answered(ValidationError):
    """Somebody else was first; the message holds their words. Nothing was written."""

    def __init__(self, answer: str) -> None:
        super().__init__(f"Mezitím to uložil někdo jiný: „{answer}“ Když má platit váš text, uložte ho ještě jednou.")


@transaction.atomic
def report(*, service: Service, text: str, email: str = "", origin: str = Report.Origin.PUBLIC) -> Report:
    """Somebody says that a card is wrong. No permission, nobody's name, no journal: the row is the record.
    The provider hears at once what was said, never by whom; staff hear by their daily letter."""
    if not service.is_public:
        raise ValidationError("Služba už není v katalogu.")
    made = Report.objects.create(service=service, text=text, email=email, origin=origin)
    if origin == Report.Origin.PUBLIC:
        for one in recipients.of_provider(service.provider, [service]):
            page = reverse("catalogue:own_report", args=[made.pk])
            write(
                template="catalogue/letters/report_to_provider.txt",
                to=one.email,
                name=one.name,
                context={
                    "service": service.name,
                    "lines": _lines(text),
                    "card": settings.SITE_URL + reverse("catalogue:service", args=[service.slug]),
                    "answer": settings.SITE_URL + page if one.person else "",
                },
                about=service,
            )
    return made


@transaction.atomic
def report_answer(*, report: Report, answer: str, actor: Any, seen: str | None = None) -> Report:
    """The provider says how it is. Staff decide whether that closes the report. `seen` is the stamp of the answer
    that the person began from."""
    if not rules.may_answer_report(actor, report):
        raise PermissionDenied
    report = _locked(report)
    if report.state == Report.State.SETTLED:
        raise ValidationError("Hlášení už mezitím někdo vyřídil.")
    if seen is not None and seen != stamp(report.proposed_at):
        raise Answered(report.proposed_answer)
    report.proposed_answer, report.proposed_by = answer.strip(), str(actor)
    report.proposed_at = timezone.now()
    report.save()
    record(verb="report_answered", thing=report.service, actor=actor, after={"report": report.pk, "answer": answer})
    return report


@transaction.atomic
def report_settle(*, report: Report, answer: str, actor: Any, seen: str | None = None) -> Report:
    """Settled, with what came of it. Whoever left an e-mail gets the answer; then the e-mail is forgotten. `seen` is
    the stamp of when the report was settled, as the person saw it."""
    if not rules.may_settle_report(actor, report):
        raise PermissionDenied
    report = _locked(report)
    if seen is not None and seen != stamp(report.settled_at):
        raise Answered(report.answer)
    before = {"state": report.state, "answer": report.answer}
    if report.email:
        write(
            template="catalogue/letters/report_settled.txt",
            to=report.email,
            context={
                "service": report.service.name,
                "lines": _lines(report.text),
                "answer_lines": _lines(answer),
                "card": settings.SITE_URL + reverse("catalogue:service", args=[report.service.slug]),
            },
            about=report.service,
        )
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
    if not rules.may_settle_report(actor, report):
        raise PermissionDenied
    report = _locked(report)
    if report.state != Report.State.SETTLED:
        raise ValidationError("Tohle hlášení ještě vyřízené není.")
    report.state, report.settled_at = Report.State.NEW, None
    report.save()
    record(verb="report_reopened", thing=report.service, actor=actor, after={"report": report.pk})
    return report


def _locked(report: Report) -> Report:
    related = Report.objects.select_for_update(of=("self",)).select_related("service", "service__provider")
    return related.get(pk=report.pk)


def _lines(text: str) -> list[str]:
    """What somebody wrote, for a letter that quotes it line by line."""
    return [line for line in text.strip().splitlines() if line.strip()]
