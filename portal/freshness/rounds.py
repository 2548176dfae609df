"""Reading about confirmations: which services are due, what a link leads to, what nobody has answered."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.catalogue.models import Report, Service, Vacancy
from portal.catalogue.rules import may_act_for
from portal.upkeep.models import Proposal

from .models import AskedService, ConfirmationLetter, ConfirmationRound

Topic = ConfirmationRound.Topic


def due_cards(today: date, every: int) -> QuerySet[Service]:
    """Public services whose last confirmation is `every` days old or never was, the oldest first, that nobody is
    being asked about and whose provider has not just told us of a change or proposed one."""
    told = Report.objects.filter(service=OuterRef("pk"), origin=Report.Origin.PROVIDER, state=Report.State.NEW)
    proposed = Proposal.objects.waiting().filter(service=OuterRef("pk"))
    return (
        Service.objects.public()
        .filter(Q(verified_on=None) | Q(verified_on__lte=today - timedelta(days=every)))
        .exclude(Exists(_being_asked(Topic.CARD)))
        .exclude(Exists(told))
        .exclude(Exists(proposed))
    )


def due_vacancies(today: date, limit: int) -> QuerySet[Service]:
    """Public services that say free places older than the limit, which nobody is being asked about."""
    stale = Vacancy.objects.filter(service=OuterRef("pk"), said_on__lt=today - timedelta(days=limit))
    return Service.objects.public().filter(Exists(stale)).exclude(Exists(_being_asked(Topic.VACANCY)))


def _being_asked(topic: str) -> QuerySet[AskedService]:
    return AskedService.objects.filter(service=OuterRef("pk"), round__closed_on=None, round__topic=topic)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def letter_of(token: str) -> ConfirmationLetter | None:
    """The letter whose link carries the token; None for a token that we have not made, or whose person no longer
    acts for the provider. An expired one is returned: its reader deserves to be told."""
    related = ("round", "round__provider", "person")
    letter = ConfirmationLetter.objects.select_related(*related).filter(token_hash=token_hash(token)).first()
    if letter is None or (letter.person is not None and not may_act_for(letter.person, letter.round.provider)):
        return None
    return letter


def services_of(letter: ConfirmationLetter) -> QuerySet[Service]:
    """Services that the letter asked about and that are still in the catalogue."""
    return Service.objects.public().filter(pk__in=letter.services.values("pk")).select_related("kind", "provider")
