"""Bridge: what the tables say about public services -> facts that `quality` scores. A dozen queries for any number
of services."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import batched
from typing import Any

from django.db.models import Q

from portal.catalogue.models import (
    Contact,
    Facility,
    OpeningHours,
    Report,
    Service,
    ServiceForm,
    ServiceTargetGroup,
    Vacancy,
)
from portal.territory.models import Boundary

from .models import Conflict
from .quality import Facts

# So many numbers at once fit into a query of every database.
BATCH = 5000


def read(pks: Iterable[int] | None = None) -> dict[int, Facts]:
    """Facts of all public services, or of those of them with the numbers."""
    if pks is None:
        return _read(Q(), lambda _path: Q())
    found: dict[int, Facts] = {}
    for some in batched(sorted(set(pks)), BATCH):
        found |= _read(Q(pk__in=some), lambda path, some=some: Q(**{f"{path}__in": some}))
    return found


def _read(only: Q, among: Any) -> dict[int, Facts]:
    """`only` picks services, `among("service")` the rows that lead to them by that path."""
    services = (
        Service.objects.public()
        .filter(only)
        .values_list(
            "pk",
            "provider_id",
            "plain_text",
            "how_to_get",
            "easy_read",
            "cost",
            "cost_note",
            "verified_on",
            "whole_region_id",
        )
    )
    own, shared = _channels(among)
    places, outside, access = _places(among("service"))
    hours = _hours(among)
    targets = set(ServiceTargetGroup.objects.filter(among("service")).values_list("service_id", flat=True))
    goes = _served(among)
    vacancies = _oldest(Vacancy.objects.filter(among("service")).values_list("service_id", "said_on"))
    reported = Report.objects.filter(among("service"), state=Report.State.NEW)
    conflicting = Conflict.objects.filter(among("service"), state=Conflict.State.OPEN)
    waiting = set(reported.values_list("service_id", flat=True))
    differing = set(conflicting.values_list("service_id", flat=True))
    return {
        pk: Facts(
            phone=Contact.Channel.PHONE in (reach := own[pk] | shared[provider]),
            email=Contact.Channel.EMAIL in reach,
            web=Contact.Channel.WEB in reach,
            plain_text=bool(plain_text.strip()),
            how_to_get=bool(how_to_get.strip()),
            easy_read=bool(easy_read.strip()),
            hours=pk in hours,
            cost=bool(cost or cost_note.strip()),
            target_group=pk in targets,
            place=pk in places or pk in goes or bool(whole_region),
            # A service without a place of its own has no barriers to tell of.
            access=pk in access or pk not in places,
            outside_municipality=pk in outside,
            verified_on=verified_on,
            vacancy_on=vacancies.get(pk),
            reported=pk in waiting,
            conflicting=pk in differing,
        )
        for pk, provider, plain_text, how_to_get, easy_read, cost, cost_note, verified_on, whole_region in services
    }


def _channels(among: Any) -> tuple[dict[int, set[str]], dict[int, set[str]]]:
    """Channels by service, and by provider (its contacts stand in for those of its services)."""
    own: dict[int, set[str]] = defaultdict(set)
    for pk, channel in (
        Contact.objects.filter(among("service")).exclude(service=None).values_list("service_id", "channel")
    ):
        own[pk or 0].add(channel)
    shared: dict[int, set[str]] = defaultdict(set)
    for pk, channel in (
        Contact.objects.filter(among("provider__services")).exclude(provider=None).values_list("provider_id", "channel")
    ):
        shared[pk or 0].add(channel)
    return own, shared


def _hours(among: Any) -> set[int]:
    """Services that say when: by the week of a place, by words or by never closing."""
    said = set(OpeningHours.objects.filter(among("facility__service")).values_list("facility__service_id", flat=True))
    words = ServiceForm.objects.filter(among("service")).filter(Q(nonstop=True) | ~Q(hours_note=""))
    return said | set(words.values_list("service_id", flat=True))


def _served(among: Any) -> set[int]:
    """Services that go to people somewhere."""
    found: set[int] = set()
    for table in (
        Service.served_municipalities.through,
        Service.served_orps.through,
        Service.more_regions.through,
    ):
        found |= set(table.objects.filter(among("service")).values_list("service_id", flat=True))
    return found


def _oldest(pairs: Iterable[tuple[int, date]]) -> dict[int, date]:
    found: dict[int, date] = {}
    for pk, day in pairs:
        found[pk] = min(day, found.get(pk, day))
    return found


# --- places ------------------------------------------------------------------------------------------------------


def _places(among: Q) -> tuple[set[int], set[int], set[int]]:
    """Services that have a place, those with a place outside the municipality of its address, those that say
    something of barriers. A secret place is a place and says nothing more."""
    rows = Facility.objects.public().filter(among)
    has = set(rows.values_list("service_id", flat=True))
    known = (
        ~Q(step_free=None)
        | ~Q(lift=None)
        | ~Q(accessible_toilet=None)
        | ~Q(access_grade="")
        | ~Q(access_note="")
        | Q(access_details__isnull=False)
        | Q(secret=True)
    )
    access = set(rows.filter(known).values_list("service_id", flat=True))
    points: dict[str, list[tuple[int, float, float]]] = defaultdict(list)
    measured = rows.filter(secret=False, lat__isnull=False, lon__isnull=False, municipality__isnull=False)
    # A place without its own address point stands in the middle of its municipality: nothing to check.
    for pk, town, lat, lon in measured.exclude(address_point=None, source="local").values_list(
        "service_id", "municipality_id", "lat", "lon"
    ):
        points[town or ""].append((pk, lat or 0.0, lon or 0.0))
    return has, _outside(points), access


def _outside(points: dict[str, list[tuple[int, float, float]]]) -> set[int]:
    """Services with a point that lies out of the boundary of its municipality; without a boundary nobody knows."""
    found: set[int] = set()
    for codes in batched(sorted(points), 200):
        areas = Boundary.objects.filter(level=Boundary.Level.MUNICIPALITY, code__in=codes)
        for code, geometry in areas.values_list("code", "geometry").iterator(chunk_size=50):
            found |= {pk for pk, lat, lon in points[code] if not inside(geometry, lon, lat)}
    return found


# Boundaries are simplified: a point so near to one (degrees, about 100 m) is not said to be out.
SLACK = 0.001


def inside(geometry: dict[str, Any], lon: float, lat: float) -> bool:
    """Whether the point lies in the GeoJSON Polygon or MultiPolygon, or at most SLACK from its outline."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for polygon in polygons:
        if sum(_crossings(ring, lon, lat) for ring in polygon) % 2:
            return True
    return any(_near(ring, lon, lat) for polygon in polygons for ring in polygon)


def _crossings(ring: list[list[float]], lon: float, lat: float) -> int:
    """How many edges of the ring a ray from the point to the east meets."""
    count = 0
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
            count += 1
    return count


def _near(ring: list[list[float]], lon: float, lat: float) -> bool:
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        dx, dy = x2 - x1, y2 - y1
        length = dx * dx + dy * dy
        along = 0.0 if not length else max(0.0, min(1.0, ((lon - x1) * dx + (lat - y1) * dy) / length))
        if (lon - x1 - along * dx) ** 2 + (lat - y1 - along * dy) ** 2 <= SLACK * SLACK:
            return True
    return False
