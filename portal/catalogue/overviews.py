"""Pages that gather many services: a provider, a municipality, all kinds. Queries do not grow with the rows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from portal.territory.models import Municipality, Orp, Statistic
from words.fold import fold
from words.places import distance_km

from .cards import Reaches, by_distance, distance_text, near, read_reaches
from .models import Contact, Facility, Kind, Provider, Report, Service

NEAR_KM = 20
LISTED = 12  # lines of one list of a municipality; the search shows the rest
INDEX_LISTED = 300
OTHER = "#"
NOTHING = "?"  # no slug has it: what to look for when a question holds no letter or digit

# --- lists of services, as providers' and municipalities' pages show them -------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A service in a list."""

    name: str
    slug: str
    provider: str
    kind: str
    gloss: str
    where: str = ""
    distance: str = ""


@dataclass(frozen=True, slots=True)
class KindGroup:
    kind: str
    gloss: str
    lines: list[Line]


def by_kind(lines: Iterable[Line]) -> list[KindGroup]:
    groups: dict[str, KindGroup] = {}
    for line in lines:
        groups.setdefault(line.kind, KindGroup(line.kind, line.gloss, [])).lines.append(line)
    return list(groups.values())


# --- a provider ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ProviderCard:
    provider: Provider
    reaches: Reaches
    groups: list[KindGroup]
    services: int


def find_provider(slug: str) -> Provider | None:
    return Provider.objects.public().select_related("municipality").filter(slug=slug).first()


def provider_card(provider: Provider, limit: int = 150) -> ProviderCard:
    """The provider with its services by kind; places of each in words. Three queries."""
    services = list(
        Service.objects.public()
        .filter(provider=provider)
        .order_by("kind__order", "kind__name", "name", "id")
        .values("id", "name", "slug", "kind__name", "kind__gloss")
    )
    places = _towns(row["id"] for row in services[:limit])
    lines = (
        Line(
            name=row["name"],
            slug=row["slug"],
            provider=provider.name,
            kind=row["kind__name"],
            gloss=row["kind__gloss"],
            where=places.get(row["id"], ""),
        )
        for row in services[:limit]
    )
    rows = list(Contact.objects.filter(provider=provider))
    return ProviderCard(provider, read_reaches(rows, fallback=False), by_kind(lines), len(services))


def _towns(services: Iterable[int]) -> dict[int, str]:
    """Municipalities where each service has a place, in words: "Jičín, Hořice a další"."""
    rows = (
        Facility.objects.public()
        .filter(service__in=list(services), secret=False, municipality__isnull=False)
        .order_by("service_id", "id")
        .values_list("service_id", "municipality__name")
    )
    names: dict[int, list[str]] = {}
    for service, name in rows:
        if name not in names.setdefault(service, []):
            names[service].append(name)
    return {
        service: ", ".join(towns[:3]) + (_(" a další") if len(towns) > 3 else "") for service, towns in names.items()
    }


@dataclass(frozen=True, slots=True)
class ProviderIndex:
    """Public providers by the Czech alphabet: keys of those asked for, and letters that lead to somebody."""

    keys: list[int]
    letters: list[str]


def provider_index(asked: str, letter: str) -> ProviderIndex:
    """`asked` is a part of the name (marks and case do not matter) or an IČO, `letter` one of `letters`. One query:
    names are compared here, because no two databases agree on what comes after Č."""
    rows = [
        (alphabet_key(name), key, ico) for key, name, ico in Provider.objects.public().values_list("pk", "name", "ico")
    ]
    part = fold(asked)
    chosen = (
        (name, key)
        for name, key, ico in rows
        if (not asked or part in name.replace(CH, "ch") or asked == ico) and (not letter or letter == letter_of(name))
    )
    letters = {letter_of(name) for name, _key, _ico in rows}
    return ProviderIndex(
        [key for _name, key in sorted(chosen)], sorted(letters, key=lambda one: (one == OTHER, alphabet_key(one)))
    )


def providers_of(keys: Sequence[int]) -> list[Provider]:
    """Rows of one page in the order of their keys, each with `services_count`. One query."""
    counts = _counted(Service.objects.public().filter(provider=OuterRef("pk")), "provider")
    rows = Provider.objects.select_related("municipality").annotate(services_count=counts).in_bulk(keys)
    return [rows[key] for key in keys if key in rows]


def alphabet_key(name: str) -> str:
    """For sorting: without marks, and CH after H."""
    return fold(name).replace("ch", CH)


def letter_of(key: str) -> str:
    """The first letter of an alphabet key as people say it; "#" for digits and the rest."""
    if key.startswith(CH):
        return "CH"
    return key[:1].upper() if key[:1].isalpha() else OTHER


CH = "h\uffff"


def _counted(rows: QuerySet[Any], by: str) -> Coalesce:
    """Count of rows for the outer row, as a subquery (joins would multiply)."""
    counts = rows.order_by().values(by).annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counts), 0)


# --- a municipality ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class People:
    """Inhabitants of a municipality in one year; a share is whole percent of the total, None when unknown."""

    year: int
    source: str
    total: int
    ages: list[tuple[str, int, int]]  # label, people, percent


@dataclass(frozen=True, slots=True)
class KindCount:
    key: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class MunicipalityCard:
    municipality: Municipality
    people: People | None
    here: list[Line]  # all of them, or none when there are more than LISTED
    here_kinds: list[KindCount]
    here_total: int
    serving: list[Line]
    serving_total: int
    near: list[Line]
    near_total: int
    neighbours: list[tuple[Municipality, str]]


def find_municipality(slug: str) -> Municipality | None:
    related = ("orp", "district", "region", "pou")
    return Municipality.objects.select_related(*related).filter(slug=slug).first()


def municipality_card(municipality: Municipality) -> MunicipalityCard:
    """What is in the municipality, what comes to it, what lies within NEAR_KM; seven queries at most.

    Lists stop at LISTED lines, totals count all. What is in a large town is told by kinds instead.
    """
    there = Facility.objects.public().filter(municipality=municipality, secret=False)
    here = Service.objects.public().filter(pk__in=there.values("service"))
    here_rows = list(here.order_by("kind__order", "kind__name", "name", "id").values_list(*LINE_FIELDS, "kind__key"))
    serving_rows = list(_serving_lines(_serving(municipality).exclude(pk__in=there.values("service"))))
    near = _within_reach(municipality)
    return MunicipalityCard(
        municipality=municipality,
        people=_people(municipality),
        here=[Line(*row) for *row, _key in here_rows] if len(here_rows) <= LISTED else [],
        here_kinds=_kinds_of((row[5], row[3]) for row in here_rows) if len(here_rows) > LISTED else [],
        here_total=len(here_rows),
        serving=serving_rows[:LISTED],
        serving_total=len(serving_rows),
        near=near[:LISTED],
        near_total=len(near),
        neighbours=_neighbours(municipality),
    )


def _kinds_of(kinds: Iterable[tuple[str, str]]) -> list[KindCount]:
    """Kinds (key, name) of services in the order in which they come, with how many there are."""
    return [KindCount(key, name, number) for (key, name), number in Counter(kinds).items()]


LINE_FIELDS = ("name", "slug", "provider__name", "kind__name", "kind__gloss")


def _serving(municipality: Municipality) -> QuerySet[Service]:
    """Services that come to people of the municipality, the closest commitment first (`reach` 1 to 3)."""
    through, through_orp = Service.served_municipalities.through.objects, Service.served_orps.through.objects
    through_region = Service.more_regions.through.objects
    named = Q(pk__in=through.filter(municipality=municipality.pk).values("service"))
    by_orp = Q(pk__in=through_orp.filter(orp=municipality.orp_id).values("service"))
    by_region = Q(whole_region=municipality.region_id) | Q(
        pk__in=through_region.filter(region=municipality.region_id).values("service")
    )
    reach = Case(When(named, then=Value(1)), When(by_orp, then=Value(2)), default=Value(3), output_field=IntegerField())
    return (
        Service.objects.public()
        .filter(named | by_orp | by_region)
        .annotate(reach=reach)
        .order_by("reach", "kind__order", "name", "id")
    )


def _serving_lines(services: QuerySet[Service, Any]) -> Iterator[Line]:
    words = {1: _("přímo do této obce"), 2: _("po celém ORP"), 3: _("po celém kraji")}
    rows: Iterable[tuple[Any, ...]] = services.values_list(*LINE_FIELDS, "reach")
    for name, slug, provider, kind, gloss, reach in rows:
        yield Line(name, slug, provider, kind, gloss, where=words[reach])


def _within_reach(municipality: Municipality) -> list[Line]:
    """Services with a place elsewhere at most NEAR_KM away as the crow flies, the nearest first."""
    lat, lon = municipality.lat, municipality.lon
    if lat is None or lon is None:
        return []
    north = NEAR_KM / 111.0
    east = north / max(0.2, math.cos(math.radians(lat)))
    rows = (
        Facility.objects.public()
        .filter(secret=False, lat__range=(lat - north, lat + north), lon__range=(lon - east, lon + east))
        .filter(service__in=Service.objects.public())
        .exclude(municipality=municipality)
    )
    return [
        Line(one.name, one.slug, one.provider, one.kind, "", one.municipality, one.distance)
        for one in near(by_distance(rows, lat, lon), lat, lon)
        if one.km is not None and one.km <= NEAR_KM
    ]


def _people(municipality: Municipality) -> People | None:
    rows = list(municipality.statistics.values("measure", "year", "value", "source"))
    totals = [row for row in rows if row["measure"] == Statistic.Measure.PEOPLE]
    if not totals:
        return None
    total = max(totals, key=itemgetter("year"))
    year, people = total["year"], round(total["value"])
    values = {row["measure"]: round(row["value"]) for row in rows if row["year"] == year}
    labels = (
        (Statistic.Measure.AGE_0_14, _("do 14 let")),
        (Statistic.Measure.AGE_15_64, _("15 až 64 let")),
        (Statistic.Measure.AGE_65_PLUS, _("65 let a víc")),
    )
    ages = [
        (label, values[measure], round(100 * values[measure] / people) if people else 0)
        for measure, label in labels
        if measure in values
    ]
    return People(year, total["source"], people, ages)


def _neighbours(municipality: Municipality, limit: int = 8) -> list[tuple[Municipality, str]]:
    """The nearest municipalities by the distance of their points."""
    lat, lon = municipality.lat, municipality.lon
    if lat is None or lon is None:
        return []
    box = Municipality.objects.filter(lat__range=(lat - 0.2, lat + 0.2), lon__range=(lon - 0.3, lon + 0.3))
    rows = [
        (distance_km(lat, lon, one.lat, one.lon), one)
        for one in box.exclude(pk=municipality.pk).only("name", "slug", "lat", "lon")
        if one.lat is not None and one.lon is not None
    ]
    rows.sort(key=lambda row: row[0])
    return [(one, distance_text(km)) for km, one in rows[:limit]]


# --- overviews -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GroupOfKinds:
    name: str
    kinds: list[Kind]  # each with `services_count`


def kinds_with_counts() -> list[GroupOfKinds]:
    """All valid kinds by group, each with the number of its public services. One query."""
    rows = (
        Kind.objects.filter(Q(valid_to=None) | Q(valid_to__gte=timezone.localdate()))
        .annotate(services_count=_counted(Service.objects.public().filter(kind=OuterRef("pk")), "kind"))
        .order_by("order", "name")
    )
    groups = {group: GroupOfKinds(str(Kind.Group(group).label), []) for group in Kind.Group.values}
    for kind in rows:
        groups[kind.group].kinds.append(kind)
    return [group for group in groups.values() if group.kinds]


@dataclass(frozen=True, slots=True)
class MunicipalityIndex:
    """Either ORPs by region (`regions`), or municipalities: those of one ORP, or those that answer a question."""

    regions: list[tuple[str, list[Orp]]]
    orp: Orp | None
    found: list[Municipality]


def municipality_index(asked: str, orp_slug: str) -> MunicipalityIndex:
    """At most two queries; a whole country is never listed on one page."""
    ordered = Municipality.objects.select_related("district").order_by("slug")
    if asked:
        found = ordered.filter(slug__contains=slugify(asked) or NOTHING)[:INDEX_LISTED]
        return MunicipalityIndex([], None, list(found))
    if orp_slug:
        orp = Orp.objects.select_related("region").filter(slug=slugify(orp_slug)).first()
        if orp is not None:
            return MunicipalityIndex([], orp, list(ordered.filter(orp=orp)))
    counts = _counted(Municipality.objects.filter(orp=OuterRef("pk")), "orp")
    orps = Orp.objects.select_related("region").annotate(places_count=counts).order_by("region__name", "slug")
    return MunicipalityIndex(
        [(name, list(rows)) for name, rows in groupby(orps, key=lambda orp: orp.region.name)], None, []
    )


# --- the desk ------------------------------------------------------------------------------------------------


def desk_services(services: QuerySet[Service], asked: dict[str, Any]) -> QuerySet[Service]:
    """Of the services, in any state, the ones that await something first: with an open report, then by name."""
    open_reports = Report.objects.filter(service=OuterRef("pk"), state=Report.State.NEW)
    rows = services.select_related("provider", "kind").annotate(reported=Exists(open_reports))
    if text := asked.get("q"):
        part = slugify(text) or NOTHING
        named = Q(slug__contains=part) | Q(provider__slug__contains=part) | Q(register_number=part)
        rows = rows.filter(named | Q(name__icontains=text) | Q(provider__name__icontains=text))
    if asked.get("stav") == "public":
        rows = rows.filter(pk__in=Service.objects.public().values("pk"))
    elif asked.get("stav") == "hidden":
        rows = rows.filter(published=False)
    elif asked.get("stav") == "ended":
        rows = rows.filter(Q(ended_on__lt=timezone.localdate()) | Q(vanished_at__isnull=False))
    if source := asked.get("zdroj"):
        rows = rows.filter(source=source)
    if kind := asked.get("druh"):
        rows = rows.filter(kind=kind)
    return rows.order_by("-reported", "name", "pk")


def desk_reports(services: QuerySet[Service], settled: bool) -> QuerySet[Report]:
    state = Report.State.SETTLED if settled else Report.State.NEW
    rows = Report.objects.filter(service__in=services, state=state).select_related("service", "service__provider")
    return rows.order_by("-settled_at" if settled else "created_at", "pk")
