"""What a provider's person sees first: their organisations, their cards and how each stands. Queries do not grow
with the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from portal.catalogue import rules as catalogue_rules
from portal.catalogue.models import Provider, Service

from . import rules
from .models import Proposal

State = Proposal.State


@dataclass(frozen=True, slots=True)
class Card:
    """A service with the newest of its proposals that is still of interest."""

    service: Service
    proposal: Proposal | None

    @property
    def waits(self) -> bool:
        return self.proposal is not None and self.proposal.is_waiting

    @property
    def returned(self) -> bool:
        return self.proposal is not None and self.proposal.state in (State.RETURNED, State.PARTLY)


@dataclass(frozen=True, slots=True)
class Organisation:
    provider: Provider
    heads: bool


def services(person: Any) -> QuerySet[Service]:
    return rules.kept_services(person).select_related("kind", "provider").order_by("provider__name", "name", "pk")


def cards(page: list[Service]) -> list[Card]:
    """One query for the newest proposals of the services of a page."""
    alive = Proposal.objects.exclude(state__in=(State.WITHDRAWN, State.SUPERSEDED))
    newest = alive.filter(service=OuterRef("service")).order_by("-pk").values("pk")[:1]
    rows = alive.filter(service__in=page).filter(pk=Subquery(newest)).select_related("decided_by")
    by_service = {row.service_id: row for row in rows}
    return [Card(one, by_service.get(one.pk)) for one in page]


def organisations(person: Any) -> list[Organisation]:
    """Whom the person acts for. Two queries."""
    heads = set(rules.provider_heads(person).values_list("pk", flat=True))
    return [Organisation(one, one.pk in heads) for one in catalogue_rules.providers_of(person).order_by("name")]


def new_services(person: Any) -> QuerySet[Proposal]:
    """New services that wait or came back."""
    asked = Proposal.objects.of_person(person).filter(sort=Proposal.Sort.NEW, state__in=(State.WAITING, State.RETURNED))
    return asked.with_names().order_by("-pk")
