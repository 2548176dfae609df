"""Cards for machines: JSON-LD by schema.org for search engines, and our own plain JSON of a service."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.urls import reverse

from portal.territory.models import Municipality

from .cards import Place, Reaches, ServiceCard
from .models import Kind, Provider
from .overviews import ProviderCard

type Json = dict[str, Any]

SCHEMA_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
RUIAN_MUNICIPALITY = "https://linked.cuzk.cz/resource/ruian/obec/"


def service_linked(card: ServiceCard, site: str) -> Json:
    service = card.service
    url = site + reverse("catalogue:service", args=[service.slug])
    kind = service.kind
    return _without_empty(
        {
            "@context": "https://schema.org",
            "@type": "GovernmentService" if kind.registered else "Service",
            "@id": url,
            "url": url,
            "name": service.name,
            "description": service.plain_text or kind.gloss,
            "serviceType": kind.name,
            "identifier": service.register_number,
            "provider": provider_short(service.provider, site),
            "audience": [{"@type": "Audience", "audienceType": group} for group in card.target_groups],
            "areaServed": [
                {"@type": "AdministrativeArea", "name": name}
                for name in (*card.coverage.regions, *card.coverage.orps, *card.coverage.municipalities)
            ],
            "offers": {"@type": "Offer", "price": 0, "priceCurrency": "CZK"} if service.cost == "free" else None,
            "availableChannel": [
                {
                    "@type": "ServiceChannel",
                    "servicePhone": _points(card.reaches),
                    "serviceUrl": card.reaches.webs[0].link if card.reaches.webs else None,
                    "serviceLocation": place_linked(place),
                }
                for place in card.places_in_full
            ]
            or [{"@type": "ServiceChannel", "servicePhone": _points(card.reaches)}],
            "termsOfService": service.cost_note,
            "image": [
                {
                    "@type": "ImageObject",
                    "contentUrl": site + photo.file.url,
                    "caption": photo.words,
                    "width": photo.file.width,
                    "height": photo.file.height,
                }
                for photo in card.photos
            ],
            "subjectOf": [
                {"@type": "DigitalDocument", "name": one.words, "url": site + one.file.url} for one in card.documents
            ],
        }
    )


def place_linked(place: Place) -> Json:
    return {
        "@type": "Place",
        "name": place.name or place.address,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": place.street,
            "postalCode": place.postal_code,
            "addressLocality": place.municipality,
            "addressCountry": "CZ",
        },
        "geo": {"@type": "GeoCoordinates", "latitude": place.lat, "longitude": place.lon}
        if place.lat is not None
        else None,
        "openingHoursSpecification": [
            _hours_linked(stretch.opens, stretch.closes) | {"dayOfWeek": SCHEMA_DAYS[stretch.weekday - 1]}
            for stretch in place.stretches
        ],
        "specialOpeningHoursSpecification": [
            _hours_linked(opens, closes) | {"validFrom": one.first.isoformat(), "validThrough": one.last.isoformat()}
            for one in place.calendar.special
            for opens, closes in one.hours or [(time(0), None)]
        ],
        "amenityFeature": [
            {"@type": "LocationFeatureSpecification", "name": label, "value": answer}
            for label, answer in place.access
            if answer is not None
        ],
    }


def _hours_linked(opens: time, closes: time | None) -> Json:
    """A stretch of a day; closed the whole day (no end) is by schema.org from midnight to the same midnight."""
    if closes is None:
        return {"@type": "OpeningHoursSpecification", "opens": "00:00", "closes": "00:00"}
    # schema.org has no 24:00: the last minute of the day stands for it.
    end = "23:59" if closes == time(0) else f"{closes:%H:%M}"
    return {"@type": "OpeningHoursSpecification", "opens": f"{opens:%H:%M}", "closes": end}


def provider_short(provider: Provider, site: str) -> Json:
    return {
        "@type": "Organization",
        "name": provider.name,
        "url": site + reverse("catalogue:provider", args=[provider.slug]),
        "taxID": provider.ico,
    }


def provider_linked(card: ProviderCard, site: str) -> Json:
    provider = card.provider
    town = provider.municipality.name if provider.municipality else ""
    return _without_empty(
        {
            "@context": "https://schema.org",
            **provider_short(provider, site),
            "description": provider.about,
            "telephone": [one.link.removeprefix("tel:") for one in card.reaches.phones],
            "email": [one.value for one in card.reaches.emails],
            "sameAs": [one.link for one in card.reaches.webs],
            "address": {
                "@type": "PostalAddress",
                "streetAddress": provider.street,
                "postalCode": provider.postal_code,
                "addressLocality": town,
                "addressCountry": "CZ",
            }
            if town or provider.street
            else None,
        }
    )


def municipality_linked(municipality: Municipality, site: str) -> Json:
    return _without_empty(
        {
            "@context": "https://schema.org",
            "@type": "Place",
            "name": municipality.name,
            "url": site + reverse("catalogue:municipality", args=[municipality.slug]),
            "identifier": municipality.code,
            "sameAs": "" if municipality.region.demo else RUIAN_MUNICIPALITY + municipality.code,
            "containedInPlace": {"@type": "AdministrativeArea", "name": municipality.region.name},
            "geo": {"@type": "GeoCoordinates", "latitude": municipality.lat, "longitude": municipality.lon}
            if municipality.lat is not None
            else None,
        }
    )


def service_json(card: ServiceCard, site: str) -> Json:
    """The card as plain JSON; unknown is null, a secret place is only counted."""
    service, kind, provider = card.service, card.service.kind, card.service.provider
    return {
        "url": site + reverse("catalogue:service", args=[service.slug]),
        "name": service.name,
        "kind": {"key": kind.key, "name": kind.name, "group": Kind.Group(kind.group).label, "gloss": kind.gloss},
        "provider": {
            "name": provider.name,
            "ico": provider.ico,
            "url": site + reverse("catalogue:provider", args=[provider.slug]),
        },
        "plain_text": service.plain_text or None,
        "how_to_get": card.steps,
        "phones": [one.link.removeprefix("tel:") for one in card.reaches.phones],
        "emails": [one.value for one in card.reaches.emails],
        "web": [one.link for one in card.reaches.webs],
        "target_groups": card.target_groups,
        "age_groups": card.age_groups,
        "features": card.features,
        "cost": service.cost or None,
        "cost_note": service.cost_note or None,
        "waiting": service.waiting or None,
        "forms": [
            {
                "key": form.key,
                "name": form.name,
                "nonstop": form.nonstop,
                "hours_note": form.hours_note or None,
                "registered_capacity": form.amounts,
            }
            for form in card.forms
        ],
        "serves": {
            "regions": card.coverage.regions,
            "orps": card.coverage.orps,
            "municipalities": card.coverage.municipalities,
        },
        "easy_read": card.easy_lines,
        "vacancies": [
            {
                "amount": one.amount,
                "unit": one.unit or None,
                "form": one.form or None,
                "note": one.note or None,
                "said_on": one.said_on,
                "stale": one.stale,
            }
            for one in card.vacancies
        ],
        "photos": [
            {"url": site + one.file.url, "small_url": site + one.file.small_url, "alt": one.words}
            for one in card.photos
        ],
        "documents": [
            {"url": site + one.file.url, "title": one.words, "sort": one.sort, "bytes": one.file.size}
            for one in card.documents
        ],
        "places": [_place_json(place) for place in card.places],
        "has_secret_place": card.has_secret_place,
        "started_on": service.started_on,
        "ended_on": service.ended_on,
        "verified_on": service.verified_on,
        "verified_by": service.verified_by or None,
        "register_number": service.register_number or None,
        "source": service.get_source_display(),
    }


def _place_json(place: Place) -> Json:
    return {
        "name": place.name or None,
        "street": place.street or None,
        "postal_code": place.postal_code or None,
        "municipality": place.municipality or None,
        "address_point": place.address_point,
        "lat": place.lat,
        "lon": place.lon,
        "hours": [
            {"weekday": row.weekday, "opens": f"{row.opens:%H:%M}", "closes": f"{row.closes:%H:%M}"}
            for row in place.stretches
        ]
        or None,
        "special_days": [
            {
                "first": one.first,
                "last": one.last,
                "hours": [{"opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"} for opens, closes in one.hours],
                "note": one.note or None,
            }
            for one in place.calendar.special
        ],
        "holidays": place.calendar.holidays or None,
        "access": dict(place.access),
        "access_grade": place.grade or None,
        "access_checked_on": place.access_checked_on,
        # By names of the open formal norm "bezbariérovost"; what is not known is not there.
        "bezbariérovost": place.access_norm,
        "access_note": place.access_note or None,
    }


def _points(reaches: Reaches) -> list[Json]:
    return [
        {"@type": "ContactPoint", "telephone": one.link.removeprefix("tel:")}
        | ({"description": one.note} if one.note else {})
        for one in reaches.phones
    ]


def _without_empty(data: Json) -> Json:
    """Say nothing rather than an empty something."""

    def clean(value: Any) -> Any:
        if isinstance(value, dict):
            kept = {key: clean(one) for key, one in value.items()}
            return {key: one for key, one in kept.items() if one not in (None, "", [], {})}
        return [clean(one) for one in value] if isinstance(value, list) else value

    cleaned: Json = clean(data)
    return cleaned
