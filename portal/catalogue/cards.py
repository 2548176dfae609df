"""Reading the card of a service whole, with everything its page says, in a number of queries that does not grow
with the rows. (Providers and municipalities: overviews.py.)

A secret facility leaves here only as the fact that it exists: no name, no note, no place.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import (
    CharField,
    Exists,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from portal.territory.models import Municipality, Orp, Region
from words.places import distance_km
from words.plural import counted

from . import offers, opening
from .models import (
    AccessGrade,
    AgeGroup,
    Contact,
    Cost,
    Facility,
    Feature,
    OpeningHours,
    Service,
    ServiceForm,
    TargetGroup,
)
from .offers import FreePlaces, Offer, Shown

SIMILAR = 5
FIELD = "ter"
# Whoever reads about these may have to leave the page in a hurry.
VIOLENCE_KINDS, VIOLENCE_GROUPS = {"ic"}, {"obeti-nasili", "obeti-obchodu"}
# Places told in full (hours, access); a service with more of them lists the rest by address only, up to a limit.
PLACES_IN_FULL, PLACES_LISTED = 6, 100


# --- parts of a card -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reach:
    """One way to get in touch. `of_provider` says that it is not the service's own."""

    value: str
    link: str
    note: str
    of_provider: bool


@dataclass(frozen=True, slots=True)
class Reaches:
    phones: list[Reach] = field(default_factory=list)
    emails: list[Reach] = field(default_factory=list)
    webs: list[Reach] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.phones or self.emails or self.webs)


@dataclass(frozen=True, slots=True)
class FormLine:
    key: str
    name: str
    gloss: str
    nonstop: bool | None
    hours_note: str
    capacities: list[str]
    amounts: list[dict[str, Any]]  # the same for machines: unit, amount (None = unknown), note


@dataclass(frozen=True, slots=True)
class Place:
    """A facility the public may see; `secret` ones carry nothing else."""

    secret: bool
    name: str = ""
    street: str = ""
    postal_code: str = ""
    municipality: str = ""
    municipality_slug: str = ""
    address_point: int | None = None
    lat: float | None = None
    lon: float | None = None
    access: list[tuple[str, bool | None]] = field(default_factory=list)
    access_note: str = ""
    hours: list[opening.Day] = field(default_factory=list)
    stretches: list[opening.Stretch] = field(default_factory=list)
    calendar: opening.Calendar = field(default_factory=opening.Calendar)
    coming: list[str] = field(default_factory=list)  # exceptions of the next weeks and holidays, in words
    opening: opening.Opening | None = None
    grade: str = ""  # how far somebody in a wheelchair gets, in words
    steps: list[str] = field(default_factory=list)
    access_checked_on: date | None = None
    # The same by names of the open formal norm "bezbariérovost".
    access_norm: dict[str, bool | int] = field(default_factory=dict)

    @property
    def access_known(self) -> bool:
        told = any(answer is not None for _label, answer in self.access)
        return bool(self.access_note or self.grade or self.steps) or told

    @property
    def postal(self) -> str:
        code = self.postal_code
        return f"{code[:3]} {code[3:]}" if len(code) == 5 else code

    @property
    def address(self) -> str:
        """On one line: "Dlouhá 5, 507 01 Lhota"."""
        town = " ".join(part for part in (self.postal, self.municipality) if part)
        return ", ".join(part for part in (self.street, town) if part)


@dataclass(frozen=True, slots=True)
class Near:
    name: str
    slug: str
    provider: str
    municipality: str
    km: float | None  # None: not to be measured
    kind: str = ""

    @property
    def distance(self) -> str:
        return "" if self.km is None else distance_text(self.km)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Where the service goes to people."""

    regions: list[str]
    orps: list[str]
    municipalities: list[str]

    def __bool__(self) -> bool:
        return bool(self.regions or self.orps or self.municipalities)


@dataclass(frozen=True, slots=True)
class ServiceCard:
    service: Service
    forms: list[FormLine]
    places: list[Place]
    has_secret_place: bool
    reaches: Reaches
    opening: opening.Opening | None
    target_groups: list[str]
    age_groups: list[str]
    features: list[str]
    coverage: Coverage
    similar: list[Near]
    about_violence: bool
    vacancies: list[FreePlaces] = field(default_factory=list)
    photos: list[Shown] = field(default_factory=list)
    documents: list[Shown] = field(default_factory=list)

    @property
    def places_in_full(self) -> list[Place]:
        return self.places[:PLACES_IN_FULL]

    @property
    def other_places(self) -> list[Place]:
        return self.places[PLACES_IN_FULL:PLACES_LISTED]

    @property
    def more_places(self) -> int:
        return max(0, len(self.places) - PLACES_IN_FULL)

    @property
    def unlisted_places(self) -> int:
        return max(0, len(self.places) - PLACES_LISTED)

    @property
    def comes_to_people(self) -> bool:
        """Its hours then are those of a place, not of the help itself."""
        return any(form.key == FIELD for form in self.forms)

    @property
    def has_capacity(self) -> bool:
        return any(form.capacities for form in self.forms)

    @property
    def access_known(self) -> bool:
        return any(place.access_known for place in self.places)

    @property
    def steps(self) -> list[str]:
        return _lines(self.service.how_to_get)

    @property
    def easy_lines(self) -> list[str]:
        return _lines(self.service.easy_read)

    @property
    def usual_cost(self) -> str:
        """What services of this kind usually cost, where this one says nothing."""
        return "" if self.service.cost else dict(Cost.choices).get(self.service.kind.usual_cost, "")


# --- a service -----------------------------------------------------------------------------------------------


def find_service(slug: str) -> Service | None:
    """The service of an address, public or not (the page itself says which)."""
    related = ("provider", "provider__municipality", "kind", "whole_region")
    return Service.objects.select_related(*related).filter(slug=slug).first()


def service_card(service: Service, now: datetime) -> ServiceCard:
    """Everything the page of a service says; `now` is local time, for "open now". Eight queries."""
    facilities = list(service.facilities.public().select_related("municipality").order_by("id"))
    hours = _hours(service)
    offer = offers.read(service, now.date())
    forms = _forms(service)
    labels = _labels(service)
    access = _access_labels()
    places = [_place(one, hours.get(one.pk, []), offer, now, access) for one in facilities if not one.secret]
    regions = sorted({name for _key, name in labels["region"]} | _whole_region(service))
    return ServiceCard(
        service=service,
        forms=forms,
        places=places,
        has_secret_place=any(one.secret for one in facilities),
        reaches=reaches_of(service),
        opening=_opening(forms, places),
        target_groups=[name for _key, name in labels["target"]],
        age_groups=[name for _key, name in labels["age"]],
        features=[name for _key, name in labels["feature"]],
        coverage=Coverage(
            regions=regions,
            orps=[name for _key, name in labels["orp"]],
            municipalities=[name for _key, name in labels["municipality"]],
        ),
        similar=similar_nearby(service, facilities),
        about_violence=any(one.secret for one in facilities)
        or service.kind.key in VIOLENCE_KINDS
        or any(key in VIOLENCE_GROUPS for key, _name in labels["target"]),
        vacancies=offer.vacancies,
        photos=offer.photos,
        documents=offer.documents,
    )


def similar_nearby(service: Service, facilities: Iterable[Facility] | None = None) -> list[Near]:
    """Public services of the same kind, the nearest first. One query when the facilities are at hand.

    Rows are ordered in the database by the square of flat distance (over the tens of kilometres that matter it
    keeps the order of the great circle), the distance shown is the great circle's.
    """
    if facilities is None:
        facilities = service.facilities.select_related("municipality")
    point, exact = _point(service, facilities)
    if point is None:
        return []
    rows = (
        Facility.objects.public()
        .filter(secret=False, lat__isnull=False, lon__isnull=False, service__kind=service.kind_id)
        .filter(Exists(Service.objects.public().filter(pk=OuterRef("service_id"))))
        .exclude(service=service.pk)
    )
    found = near(by_distance(rows, *point)[: SIMILAR * 6], *point)[:SIMILAR]
    # From a provider's seat no distance is said: beside a secret address it would sound like a hint.
    return found if exact else [replace(one, km=None) for one in found]


def _point(service: Service, facilities: Iterable[Facility]) -> tuple[tuple[float, float] | None, bool]:
    """Where to measure from: a facility that is not secret, else the provider's municipality; and whether it is
    the former."""
    for one in facilities:
        if not one.secret and one.lat is not None and one.lon is not None:
            return (one.lat, one.lon), True
    seat = service.provider.municipality
    if seat is not None and seat.lat is not None and seat.lon is not None:
        return (seat.lat, seat.lon), False
    return None, False


def by_distance(rows: QuerySet[Facility], lat: float, lon: float) -> QuerySet[Facility, Any]:
    """The rows as dictionaries that `near` reads, the nearest first."""
    squeeze = math.cos(math.radians(lat))
    north, east = F("lat") - lat, (F("lon") - lon) * squeeze
    flat = north * north + east * east
    return (
        rows.annotate(flat=Cast(flat, FloatField()))
        .order_by("flat", "service_id")
        .values(
            "lat",
            "lon",
            "service_id",
            slug=F("service__slug"),
            service_name=F("service__name"),
            provider=F("service__provider__name"),
            kind=F("service__kind__name"),
            place=F("municipality__name"),
        )
    )


def near(rows: Iterable[dict[str, Any]], lat: float, lon: float) -> list[Near]:
    """The nearest place of each service; `rows` come as `by_distance` sorts them."""
    found: dict[int, Near] = {}
    for row in rows:
        if row["service_id"] not in found:
            found[row["service_id"]] = Near(
                name=row["service_name"],
                slug=row["slug"],
                provider=row["provider"],
                municipality=row["place"] or "",
                km=distance_km(lat, lon, row["lat"], row["lon"]),
                kind=row["kind"],
            )
    return list(found.values())


def _hours(service: Service) -> dict[int, list[opening.Stretch]]:
    rows = OpeningHours.objects.filter(facility__service=service, facility__secret=False).values_list(
        "facility_id", "weekday", "opens", "closes", "note"
    )
    hours: dict[int, list[opening.Stretch]] = {}
    for facility, weekday, opens, closes, note in rows:
        hours.setdefault(facility, []).append(opening.Stretch(weekday, opens, closes, note))
    return hours


def _access_labels() -> list[str]:
    return [
        _("vchod bez schodů"),
        _("výtah"),
        _("bezbariérová toaleta"),
        _("vyhrazené parkování"),
        _("vstup s vodicím psem"),
    ]


def _place(one: Facility, hours: list[opening.Stretch], offer: Offer, now: datetime, labels: list[str]) -> Place:
    calendar = opening.Calendar(tuple(offer.special.get(one.pk, ())), one.holidays)
    details = offer.details.get(one.pk, [])
    answers = (one.step_free, one.lift, one.accessible_toilet, one.reserved_parking, one.guide_dog)
    return Place(
        secret=False,
        name=one.name,
        street=one.street,
        postal_code=one.postal_code,
        municipality=one.municipality.name if one.municipality else one.municipality_name,
        municipality_slug=one.municipality.slug if one.municipality else "",
        address_point=one.address_point,
        lat=one.lat,
        lon=one.lon,
        access=[*zip(labels, answers, strict=True), *((said.name, said.answer) for said in details)],
        access_note=one.access_note,
        hours=opening.week(hours, now),
        stretches=sorted(hours),
        calendar=calendar,
        coming=opening.coming(calendar, now.date()),
        opening=opening.at(hours, now, calendar),
        grade=AccessGrade(one.access_grade).label if one.access_grade else "",
        steps=offers.steps(one),
        access_checked_on=one.access_checked_on,
        access_norm=offers.access_norm(one, details),
    )


def _forms(service: Service) -> list[FormLine]:
    """Forms with their capacities; one query (left join), rows of one form follow each other."""
    rows = (
        ServiceForm.objects.filter(service=service)
        .order_by("form__order", "form_id", "capacities__unit__order", "capacities__id")
        .values(
            "form_id",
            "form__key",
            "form__name",
            "form__gloss",
            "nonstop",
            "hours_note",
            "capacities__id",
            "capacities__amount",
            "capacities__note",
            "capacities__unit__key",
            "capacities__unit__one",
            "capacities__unit__few",
            "capacities__unit__many",
        )
    )
    lines = []
    for _form, group in groupby(rows, key=itemgetter("form_id")):
        members = list(group)
        first = members[0]
        known = [row for row in members if row["capacities__id"] is not None]
        lines.append(
            FormLine(
                key=first["form__key"],
                name=first["form__name"],
                gloss=first["form__gloss"],
                nonstop=first["nonstop"],
                hours_note=first["hours_note"],
                capacities=[_capacity(row) for row in known],
                amounts=[
                    {
                        "unit": row["capacities__unit__key"],
                        "amount": row["capacities__amount"],
                        "note": row["capacities__note"],
                    }
                    for row in known
                ],
            )
        )
    return lines


def _capacity(row: Mapping[str, Any]) -> str:
    forms = (row["capacities__unit__one"], row["capacities__unit__few"], row["capacities__unit__many"])
    amount = row["capacities__amount"]
    words = _("%(units)s: počet neznáme") % {"units": forms[2]} if amount is None else counted(amount, *forms)
    return f"{words} ({row['capacities__note']})" if row["capacities__note"] else words


def _labels(service: Service) -> dict[str, list[tuple[str, str]]]:
    """Everything that hangs on a service by a relation table, in one query: sort -> [(key, words)] in order."""

    def part(sort: str, rows: QuerySet[Any], key: str, words: str, order: Any) -> QuerySet[Any, Any]:
        labelled: QuerySet[Any, Any] = (
            rows.order_by()
            .annotate(
                sort=Value(sort, CharField()),
                label_key=Cast(key, CharField()),
                words=Cast(words, CharField()),
                place=order,
            )
            .values_list("sort", "place", "words", "label_key")
        )
        return labelled

    none = Value(0, IntegerField())
    own = Cast("order", IntegerField())
    parts = [
        part("target", TargetGroup.objects.filter(services=service), "key", "plain", own),
        part("age", AgeGroup.objects.filter(services=service), "key", "name", own),
        part("feature", Feature.objects.filter(services=service), "key", "name", own),
        part("municipality", Municipality.objects.filter(served_by=service), "slug", "name", none),
        part("orp", Orp.objects.filter(served_by=service), "slug", "name", none),
        part("region", Region.objects.filter(pk__in=service.more_regions.values("pk")), "code", "name", none),
    ]
    labels: dict[str, list[tuple[str, str]]] = {
        sort: [] for sort in ("target", "age", "feature", "municipality", "orp", "region")
    }
    for sort, _order, words, key in sorted(parts[0].union(*parts[1:], all=True).order_by()):
        labels[sort].append((key, words))
    return labels


def _whole_region(service: Service) -> set[str]:
    return {service.whole_region.name} if service.whole_region else set()


def _opening(forms: list[FormLine], places: list[Place]) -> opening.Opening | None:
    """One answer for the head of the card: never closed, else the first place that is open, else any known."""
    if any(form.nonstop for form in forms):
        return opening.nonstop()
    known = [place.opening for place in places if place.opening is not None]
    return next((one for one in known if one.open), known[0] if known else None)


def reaches_of(service: Service) -> Reaches:
    """Contacts of the service; for a channel it lacks, its provider's. One query."""
    rows = Contact.objects.filter(Q(service=service) | Q(provider=service.provider_id))
    return read_reaches(list(rows), fallback=True)


def read_reaches(rows: list[Contact], *, fallback: bool) -> Reaches:
    found: dict[str, list[Reach]] = {}
    for channel in Contact.Channel.values:
        of_channel = [row for row in rows if row.channel == channel]
        own = [row for row in of_channel if row.service_id is not None]
        chosen = own or of_channel
        reaches = [_reach(row, of_provider=fallback and row.service_id is None) for row in chosen]
        found[channel] = list({one.link: one for one in reaches if one is not None}.values())
    return Reaches(
        phones=found[Contact.Channel.PHONE],
        emails=found[Contact.Channel.EMAIL],
        webs=found[Contact.Channel.WEB],
    )


def _reach(row: Contact, *, of_provider: bool) -> Reach | None:
    """None for an address that must not become a link (anything but http, https, mailto, tel)."""
    value = row.value.strip()
    if row.channel == Contact.Channel.PHONE:
        link, value = phone_link(value), phone_text(value)
    elif row.channel == Contact.Channel.EMAIL:
        link = f"mailto:{value}"
    else:
        link = value if value.startswith(("http://", "https://")) else f"https://{value}"
        if ":" in value.split("/")[0] and not value.startswith(("http://", "https://")):
            return None
        value = value.removeprefix("https://").removeprefix("http://").rstrip("/")
    return Reach(value, link, row.note, of_provider)


def phone_text(value: str) -> str:
    """ "+420493000111" -> "493 000 111"; what is not a Czech number stays as it is written."""
    digits = "".join(sign for sign in value if sign.isdigit())
    if len(digits) == 12 and digits.startswith("420"):
        digits = digits[3:]
    elif len(digits) == 14 and digits.startswith("00420"):
        digits = digits[5:]
    if len(digits) != 9 or any(sign.isalpha() for sign in value):
        return value
    return f"{digits[:3]}\xa0{digits[3:6]}\xa0{digits[6:]}"


def phone_link(value: str) -> str:
    digits = "".join(sign for sign in value if sign.isdigit() or sign == "+")
    return f"tel:+420{digits}" if len(digits) == 9 else f"tel:{digits}"


def distance_text(km: float) -> str:
    """ "350 m", "4,2 km", "18 km"."""
    if km < 1:
        return f"{max(50, round(km * 20) * 50)}\xa0m"
    return f"{km:.1f}\xa0km".replace(".", ",") if km < 10 else f"{km:.0f}\xa0km"


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
