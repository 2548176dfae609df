"""Whom to write to about a service: people who act for its provider, else the e-mails that its card shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from portal.accounts.models import Grant, Person

from .models import Contact, Provider, Service


class Recipient(NamedTuple):
    """Where a letter goes. `person` is None for an address that only stands on a card."""

    email: str
    name: str = ""
    person: Person | None = None


def of_provider(provider: Provider, services: Iterable[Service]) -> dict[Recipient, list[Service]]:
    """Who hears about which of the provider's `services`. Its people hear about all; where nobody has an account,
    each service is told to its own e-mail, else to the provider's. Two queries at most."""
    services = list(services)
    people = Person.objects.filter(
        is_active=True,
        grants__role__in=(Grant.Role.PROVIDER_EDITOR, Grant.Role.PROVIDER_HEAD),
        grants__range_kind=Grant.Range.PROVIDER,
        grants__range_code=str(provider.pk),
    ).distinct()
    found = {Recipient(one.email, one.name, one): services for one in people.order_by("pk")}
    return found or _by_public_email(provider, services)


def _by_public_email(provider: Provider, services: list[Service]) -> dict[Recipient, list[Service]]:
    emails = Contact.objects.filter(channel=Contact.Channel.EMAIL)
    rows = emails.filter(service__in=services) | emails.filter(provider=provider)
    own: dict[int, str] = {}
    shared = ""
    for contact in rows.order_by("order", "pk"):
        if contact.service_id is None:
            shared = shared or contact.value.lower()
        else:
            own.setdefault(contact.service_id, contact.value.lower())
    found: dict[Recipient, list[Service]] = defaultdict(list)
    for service in services:
        if email := own.get(service.pk, shared):
            found[Recipient(email)].append(service)
    return dict(found)
