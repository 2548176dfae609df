"""The daily letter to those who look after a territory: what waits for their decision and what is new there. Whoever
has nothing new gets no letter."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import Person
from portal.catalogue.models import Report
from portal.catalogue.rules import STAFF, editable_services
from portal.mail.actions import write
from portal.upkeep import letters
from portal.upkeep.actions import proposals_told
from portal.upkeep.models import Proposal

from .conflicts import TOPICS
from .models import AskedService, Conflict, Digest

TOPIC = "digest"
# More rows than this are told by their number only; the pages hold them all.
LISTED = 20


def digest(*, today: date) -> int:
    """A letter to everyone who has something new; returns how many. At most one a day to a person: what is new in
    the queue of whoever has had theirs waits for tomorrow."""
    queues = letters.queues()
    people = Person.objects.filter(is_active=True, grants__role__in=STAFF).distinct().order_by("pk")
    written, told, waits = 0, set[int](), set[int]()
    for person in people:
        queue = queues.get(person, [])
        if _had_one(person, today):
            waits.update(one.pk for one in queue)
            continue
        written += _digest_of(person, queue, today)
        told.update(one.pk for one in queue)
    proposals_told(but=waits - told)
    return written


def _had_one(person: Person, today: date) -> bool:
    return Digest.objects.filter(person=person, day__gte=today).exists()


@transaction.atomic
def _digest_of(person: Person, queue: list[Proposal], today: date) -> int:
    last = Digest.objects.filter(person=person).order_by("-day").first()
    now = timezone.now()
    since = last.written_at if last is not None else now - timedelta(days=1)
    since_day = last.day if last is not None else today - timedelta(days=1)
    news = _news(person, since, since_day, today) | _waiting(queue)
    if not any(news.values()):
        return 0
    Digest.objects.create(person=person, day=today, written_at=now)
    write(
        template="freshness/letters/digest.txt",
        to=person.email,
        name=person.name,
        context=news
        | {
            "queue_page": settings.SITE_URL + reverse("upkeep:proposals"),
            "reports_page": settings.SITE_URL + reverse("catalogue:desk_reports"),
            "conflicts_page": settings.SITE_URL + reverse("freshness:conflicts"),
            "overdue_page": settings.SITE_URL + reverse("freshness:overdue"),
        },
        duty=False,
        topic=TOPIC,
    )
    return 1


def _waiting(queue: list[Proposal]) -> dict[str, Any]:
    """All that waits for the person's decision, when something of it is new."""
    return {
        "proposals": queue[:LISTED],
        "proposals_count": len(queue),
        "proposals_more": max(0, len(queue) - LISTED),
        "oldest": timezone.localtime(queue[0].created_at).date() if queue else None,
    }


def _news(person: Person, since: datetime, since_day: date, today: date) -> dict[str, Any]:
    """Reports and conflicts since the last letter, and who has not answered; each with its number."""
    mine = editable_services(person).values("pk")
    reports = Report.objects.filter(service__in=mine, state=Report.State.NEW, created_at__gt=since)
    conflicts = Conflict.objects.filter(service__in=mine, state=Conflict.State.OPEN, opened_at__gt=since)
    silent = AskedService.objects.filter(
        service__in=mine,
        outcome="",
        round__coordinator_told_on__gt=since_day,
        round__coordinator_told_on__lte=today,
    )
    return {
        "reports": [
            (one.service.name, " ".join(one.text.split())[:200])
            for one in reports.select_related("service").order_by("pk")[:LISTED]
        ],
        "reports_count": reports.count(),
        "conflicts": [
            (one.service.name, TOPICS.get(one.topic, one.topic))
            for one in conflicts.select_related("service").order_by("pk")[:LISTED]
        ],
        "conflicts_count": conflicts.count(),
        "silent": [
            (one.service.name, one.service.provider.name)
            for one in silent.select_related("service__provider").order_by("service__provider__name", "pk")[:LISTED]
        ],
        "silent_count": silent.count(),
    }
