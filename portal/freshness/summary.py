"""What cards say, in short: for the letter and the page on which the provider confirms them. The number of queries
does not grow with the services. A secret place is told only as being one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from portal.catalogue import opening
from portal.catalogue.models import Contact, Facility, OpeningHours, Service, Vacancy


@dataclass(slots=True)
class Summary:
    """One card in short; `lines` are pairs of a label and what the card says."""

    service: Service
    lines: list[tuple[str, str]] = field(default_factory=list)

    @property
    def pk(self) -> int:
        return self.service.pk


def summaries(services: Iterable[Service]) -> list[Summary]:
    """Four queries; the services have their `provider` and `kind` at hand."""
    services = list(services)
    contacts, places, vacancies = _contacts(services), _places(services), _vacancies(services)
    return [
        Summary(
            one,
            [
                (label, text)
                for label, text in (
                    ("Telefon", ", ".join(contacts[one.pk][Contact.Channel.PHONE])),
                    ("E-mail", ", ".join(contacts[one.pk][Contact.Channel.EMAIL])),
                    ("Web", ", ".join(contacts[one.pk][Contact.Channel.WEB])),
                    ("Kde a kdy", "; ".join(places[one.pk])),
                    ("Co služba dělá", " ".join(one.plain_text.split())),
                    ("Cena", ", ".join(filter(None, (one.get_cost_display(), " ".join(one.cost_note.split()))))),
                    ("Čekací doba", one.waiting),
                    ("Volná místa", ", ".join(vacancies[one.pk])),
                )
                if text
            ],
        )
        for one in services
    ]


def _contacts(services: list[Service]) -> dict[int, dict[str, list[str]]]:
    """By service and channel; the provider's where the service has none."""
    providers = {one.provider_id for one in services}
    own: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    shared: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    rows = Contact.objects.filter(service__in=services) | Contact.objects.filter(provider__in=providers)
    for row in rows.order_by("order", "pk"):
        side: Any = own[row.service_id] if row.service_id else shared[row.provider_id or 0]
        if row.value not in side[row.channel]:
            side[row.channel].append(row.value)
    return {
        one.pk: {
            channel: own[one.pk][channel] or shared[one.provider_id][channel] for channel in Contact.Channel.values
        }
        for one in services
    }


def _places(services: list[Service]) -> dict[int, list[str]]:
    hours: dict[int, list[opening.Stretch]] = defaultdict(list)
    rows = OpeningHours.objects.filter(facility__service__in=services, facility__secret=False)
    for facility, weekday, opens, closes, note in rows.values_list("facility_id", "weekday", "opens", "closes", "note"):
        hours[facility].append(opening.Stretch(weekday, opens, closes, note))
    now, found = timezone.localtime(), defaultdict(list)
    for place in Facility.objects.public().filter(service__in=services).order_by("pk"):
        if place.secret:
            found[place.service_id].append("utajená adresa")
            continue
        address = ", ".join(filter(None, (place.street, place.municipality_name))) or place.name
        week = ", ".join(f"{day.name} {day.text}" for day in opening.week(hours[place.pk], now))
        found[place.service_id].append(f"{address} ({week})" if week else address)
    return found


def _vacancies(services: list[Service]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for row in Vacancy.objects.filter(service__in=services).select_related("form"):
        said = f"{row.amount} ke dni {day_text(row.said_on)}"
        found[row.service_id].append(f"{row.form.name}: {said}" if row.form else said)
    return found


def day_text(day: date) -> str:
    """21. 11. 2026"""
    return f"{day.day}. {day.month}. {day.year}"
