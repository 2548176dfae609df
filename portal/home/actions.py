"""Writes that reach across all apps: erasing a person, and forgetting what has been kept long enough."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.accounts import actions as accounts
from portal.accounts.models import Person
from portal.audit import actions as audit
from portal.catalogue.models import Report
from portal.consult.authors import forget_authors as forget_comment_authors
from portal.finding.models import EmptySearch
from portal.freshness.models import ConfirmationLetter
from portal.groups.application_actions import forget_applications
from portal.jobs.models import Job
from portal.meetings.answer_actions import forget_excuses
from portal.newsletter.models import Subscriber
from portal.plan.outcome_actions import forget_followers
from portal.plan.outcome_models import Follower
from portal.suggestions.desk_actions import forget_authors
from portal.tables.models import TableImport

from .privacy import NO_ADDRESS, RECORDS

logger = logging.getLogger("portal.home")


@transaction.atomic
def erase(*, person: Person, actor: Any) -> Person:
    """The account and every trace by name or e-mail elsewhere, as the table of privacy says."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    for record in RECORDS:
        if record.left:
            record.rows(person).update(**record.left)
    Follower.objects.filter(email__iexact=person.email).delete()
    Subscriber.objects.filter(email__iexact=person.email).delete()
    return accounts.erase(person=person, actor=actor)


# --- what has been kept long enough (settings.RETENTION, in days) --------------------------------------------


def forget() -> dict[str, int]:
    """Everything whose time is over; run by the clock every night. How many rows of each kind."""
    done = {kind: _ACTS[kind](settings.RETENTION[kind]) for kind in _ACTS}
    logger.info("retention: %s", ", ".join(f"{kind} {count}" for kind, count in done.items()))
    return done


def _forget_jobs(days: int) -> int:
    old = Job.objects.filter(finished_at__lt=_before(days))
    for job in old.exclude(result=""):
        job.result.delete(save=False)
    return old.delete()[0]


def _forget_report_emails(days: int) -> int:
    return Report.objects.filter(created_at__lt=_before(days)).exclude(email="").update(email="")


def _forget_empty_searches(days: int) -> int:
    return EmptySearch.objects.filter(day__lt=timezone.localdate() - timedelta(days=days)).delete()[0]


def _forget_journal_values(days: int) -> int:
    return audit.thin(_before(days))


def _forget_confirmation_letters(days: int) -> int:
    old = ConfirmationLetter.objects.filter(written_at__lt=_before(days))
    return old.exclude(email__endswith="@pospolu.invalid").update(email=NO_ADDRESS)


def _forget_table_imports(days: int) -> int:
    old = TableImport.objects.filter(created_at__lt=_before(days))
    for one in old.exclude(file=""):
        one.file.delete(save=False)
    return old.delete()[0]


def _before(days: int) -> Any:
    return timezone.now() - timedelta(days=days)


_ACTS = {
    "jobs": _forget_jobs,
    "report_emails": _forget_report_emails,
    "empty_searches": _forget_empty_searches,
    "invitations": accounts.forget_invitations,
    "journal_values": _forget_journal_values,
    "confirmation_letters": _forget_confirmation_letters,
    "table_imports": _forget_table_imports,
    "plan_followers": forget_followers,
    "applications": forget_applications,
    "excuses": forget_excuses,
    "comment_authors": forget_comment_authors,
    "suggestion_emails": forget_authors,
}
