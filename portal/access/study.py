"""Bridge: rows -> arrays -> analysis -> a study.

    material = load(question)       # what the study stands on: land, people, places of help
    study = compute(material)       # availability of every municipality of the country, and figures of areas

The whole country is always computed and one area of it is shown, because people cross borders. A secret facility
has no place in the database; it is counted (where there are three or more) and nothing else.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, Subquery, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from portal.catalogue.models import CapacityUnit, DataVersion, Facility, Kind, Service
from portal.territory.models import District, Municipality, Orp, Region, Statistic

from .question import STEPS, Amount, Method, Question
from .times import NOWHERE, Times, stored
from .ways import Timed, ways_between

if TYPE_CHECKING:
    from analysis.cost import Cost
    from analysis.radial import Radial
    from analysis.reach import Availability

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

FIELD, RESIDENTIAL = "ter", "pob"
LEVELS = ("region", "district", "orp")
FEW = 3  # fewer secret facilities than this are not even counted aloud
# What a page computes within a second; rational agents move people between pairs again and again.
MOST_PAIRS, MOST_PAIRS_OF_AGENTS = 2_000_000, 250_000


# --- the land ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Area:
    code: str
    name: str
    above: str = ""


@dataclass(frozen=True, eq=False)
class Land:
    """All municipalities in order of code, and the areas they lie in.

    `points` (n, 2): latitude and longitude, NaN where unknown. `within[level][i]` is the position in
    `areas[level]` of the area in which municipality i lies. `times`: the table of travel that a region brought."""

    codes: list[str]
    names: list[str]
    slugs: list[str]
    points: Floats
    within: dict[str, Ints]
    areas: dict[str, list[Area]]
    years: dict[str, list[int]]  # measure -> years, newest first
    offered: dict[tuple[str, str], int]  # (kind, region) -> facilities of public services
    kinds: list[Kind]
    units: list[CapacityUnit]
    times: Times | None = None

    @cached_property
    def index(self) -> dict[str, int]:
        return {code: at for at, code in enumerate(self.codes)}

    def __len__(self) -> int:
        return len(self.codes)

    def area(self, level: str, code: str) -> Area | None:
        return next((one for one in self.areas[level] if one.code == code), None)

    def members(self, level: str, code: str) -> Mask:
        position = next((at for at, one in enumerate(self.areas[level]) if one.code == code), NOWHERE)
        return np.asarray(self.within[level] == position) if position != NOWHERE else np.zeros(len(self), dtype=bool)

    @cached_property
    def home_region(self) -> str:
        """The region whose services the catalogue knows, when it knows (nearly) one region only; else ""."""
        counts: dict[str, int] = {}
        for (_kind, region), number in self.offered.items():
            counts[region] = counts.get(region, 0) + number
        whole = sum(counts.values())
        best = max(counts, key=lambda code: counts[code], default="")
        return best if whole and counts[best] >= 0.9 * whole else ""


_lock = Lock()
_land: tuple[str, float, Land] | None = None
LAND_SECONDS = 600


def data_version() -> str:
    """What the studies of this moment stand on: the version of the data and the newest figure; one query."""
    newest = Statistic.objects.order_by("-pk").values("pk")[:1]
    row = (
        DataVersion.objects.order_by("-number")
        .values_list("number", "changed_at")
        .annotate(figure=Subquery(newest))
        .first()
    )
    return f"{row[0]}.{row[1]:%y%m%d%H%M%S%f}.{row[2] or 0}" if row else "0"


def land(version: str) -> Land:
    """The land, held by the process and read anew with every version of the data, and every ten minutes."""
    global _land  # noqa: PLW0603
    with _lock:
        if version == "0" or _land is None or _land[0] != version or monotonic() - _land[1] > LAND_SECONDS:
            _land = (version, monotonic(), _read_land())
        return _land[2]


def _read_land() -> Land:
    rows = list(
        Municipality.objects.order_by("code").values_list(
            "code", "name", "slug", "lat", "lon", "orp_id", "district_id", "region_id"
        )
    )
    areas = {
        "region": [Area(*one) for one in Region.objects.order_by("code").values_list("code", "name")],
        "district": [Area(*one) for one in District.objects.order_by("code").values_list("code", "name", "region_id")],
        "orp": [Area(*one) for one in Orp.objects.order_by("code").values_list("code", "name", "region_id")],
    }
    place = {level: {one.code: at for at, one in enumerate(areas[level])} for level in LEVELS}
    years: dict[str, list[int]] = {}
    for measure, year in Statistic.objects.order_by("-year").values_list("measure", "year").distinct():
        years.setdefault(measure, []).append(year)
    offered = (
        Facility.objects.public()
        .filter(secret=False, municipality__isnull=False, service__in=Service.objects.public())
        .order_by()
        .values_list("service__kind__key", "municipality__region")
        .annotate(Count("pk"))
    )
    return Land(
        codes=[row[0] for row in rows],
        names=[row[1] for row in rows],
        slugs=[row[2] for row in rows],
        points=_points((row[3], row[4]) for row in rows),
        within={
            "orp": np.array([place["orp"][row[5]] for row in rows], dtype=np.int64),
            "district": np.array([place["district"][row[6]] for row in rows], dtype=np.int64),
            "region": np.array([place["region"][row[7]] for row in rows], dtype=np.int64),
        },
        areas=areas,
        years=years,
        offered={(kind, region): number for kind, region, number in offered},
        kinds=list(Kind.objects.filter(Q(valid_to=None) | Q(valid_to__gte=timezone.localdate()))),
        units=list(CapacityUnit.objects.all()),
        times=stored({row[0]: at for at, row in enumerate(rows)}),
    )


def _points(rows: Iterable[tuple[float | None, float | None]]) -> Floats:
    """Latitudes and longitudes; a pair that is not whole or not on the globe is unknown."""
    pairs = [
        (lat, lon)
        if lat is not None and lon is not None and abs(lat) <= 90 and abs(lon) <= 180
        else (math.nan, math.nan)
        for lat, lon in rows
    ]
    return np.array(pairs, dtype=np.float64).reshape(-1, 2)


# --- what a study stands on -------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Places:
    """Places of help that people travel to, one row a facility; never a secret one.

    `municipality`: position in the land, -1 where it is not known. `borrowed`: the point is the municipality's,
    the facility's own is not known. `uncertain`: the service goes out to people and it is not known where to, so
    its seat stands in. `amount`: capacity, NaN unknown; the capacity of a service with more facilities is divided
    among them evenly."""

    facility: Ints
    service: Ints
    kind: list[str]
    name: list[str]
    slug: list[str]
    municipality: Ints
    points: Floats
    borrowed: Mask
    uncertain: Mask
    amount: Floats

    def __len__(self) -> int:
        return len(self.facility)


@dataclass(frozen=True, eq=False)
class Field:
    """Services that come to people: where they come is known. `origins[p]`, `targets[p]`: municipality (position
    in the land) and service (row of this table) of pair p."""

    service: Ints
    kind: list[str]
    name: list[str]
    slug: list[str]
    amount: Floats
    origins: Ints
    targets: Ints

    def __len__(self) -> int:
        return len(self.service)


@dataclass(frozen=True, eq=False)
class Material:
    """`people` (n,): the target group by municipality, NaN unknown. `secret`: how many facilities are left out
    because their address is secret; `placeless`: because nobody knows where they are."""

    question: Question
    land: Land
    people: Floats
    people_year: int
    people_source: str
    places: Places
    field_services: Field
    secret: int
    placeless: int
    unit_key: str
    units: dict[str, int]  # key of a unit of capacity -> services that have it
    capacity_known: int
    services: int
    day: date

    def known_people(self) -> Floats:
        return np.nan_to_num(self.people, nan=0.0)


def load(question: Question, version: str | None = None) -> Material:
    """Rows of one question as arrays. Five queries, or more the first time in a process."""
    here = land(data_version() if version is None else version)
    today = timezone.localdate()
    day = date(question.year, 12, 31) if question.year else today
    services, forms, amounts, units = _services(question, day)
    unit_key = question.unit_key or max(sorted(units), key=lambda key: units[key], default="")
    offer = _Offer(services, forms, {pk: amounts.get((pk, unit_key), {}) for pk in services})
    offer.areas.update(_served(question, offer, here))
    places, secret, placeless = _places(question, offer, here, day)
    people, year, source = _people(question, here)
    return Material(
        question=question,
        land=here,
        people=people,
        people_year=year,
        people_source=source,
        places=places,
        field_services=_field(offer),
        secret=secret,
        placeless=placeless,
        unit_key=unit_key,
        units=units,
        capacity_known=sum(bool(known) for known in offer.amounts.values()),
        services=len(services),
        day=day,
    )


type ByForm = dict[str, float]


@dataclass(frozen=True)
class _Offer:
    """Services by number: (number, kind, name, slug, whole region), their forms, their known capacity by form, and
    the municipalities to which those in the field come."""

    services: dict[int, Any]
    forms: dict[int, set[str]]
    amounts: dict[int, ByForm]
    areas: dict[int, Ints] = field(default_factory=dict)

    def only_goes_out(self, service: int) -> bool:
        return self.forms.get(service) == {FIELD}


type _Services = tuple[dict[int, Any], dict[int, set[str]], dict[tuple[int, str], ByForm], dict[str, int]]


def _services(question: Question, day: date) -> _Services:
    """Services of the kinds asked that were provided on a day, as the catalogue of today knows it; forms of each;
    capacity by (service, unit) and form; how many services have each unit.

    A unit that comes more than once for one form (by day and at once) counts by its largest number."""
    rows = (
        Service.objects.filter(
            Q(ended_on=None) | Q(ended_on__gte=day),
            Q(started_on=None) | Q(started_on__lte=day),
            Q(vanished_at=None) | Q(vanished_at__date__gt=day),
            published=True,
            kind__key__in=question.kinds,
        )
        .order_by("pk")
        .values_list(
            "pk",
            "kind__key",
            "name",
            "slug",
            "whole_region_id",
            "forms__form__key",
            "forms__capacities__unit__key",
            "forms__capacities__amount",
        )
    )
    services: dict[int, Any] = {}
    forms: dict[int, set[str]] = {}
    amounts: dict[tuple[int, str], ByForm] = {}
    for pk, kind, name, slug, region, form, unit, amount in rows:
        services.setdefault(pk, (pk, kind, name, slug, region))
        if form is not None:
            forms.setdefault(pk, set()).add(form)
        if form is not None and unit is not None and amount is not None and amount >= 0:
            known = amounts.setdefault((pk, unit), {})
            known[form] = max(known.get(form, 0.0), float(amount))
    units: dict[str, int] = {}
    for _service, unit in amounts:
        units[unit] = units.get(unit, 0) + 1
    return services, forms, amounts, units


def _served(question: Question, offer: _Offer, here: Land) -> dict[int, Ints]:
    """Service -> municipalities to which it comes: only for services in the field whose area is known."""
    kinds = {"service__kind__key__in": question.kinds}
    towns = Service.served_municipalities.through.objects.filter(**kinds)
    orps = Service.served_orps.through.objects.filter(**kinds)
    regions = Service.more_regions.through.objects.filter(**kinds)
    rows = towns.values_list("service_id", Value("municipality"), "municipality_id").union(
        orps.values_list("service_id", Value("orp"), "orp_id"),
        regions.values_list("service_id", Value("region"), "region_id"),
        all=True,
    )
    members: dict[tuple[str, str], Ints] = {}

    def inside(level: str, code: str) -> Ints:
        if level == "municipality":
            return np.array([here.index[code]] if code in here.index else [], dtype=np.int64)
        if (level, code) not in members:
            members[level, code] = np.flatnonzero(here.members(level, code))
        return members[level, code]

    served: dict[int, list[Ints]] = {}
    for service, level, code in rows.iterator(chunk_size=2000):
        if FIELD in offer.forms.get(service, ()):
            served.setdefault(service, []).append(inside(level, code))
    for pk, _kind, _name, _slug, region in offer.services.values():
        if region and FIELD in offer.forms.get(pk, ()):
            served.setdefault(pk, []).append(inside("region", region))
    whole = {pk: np.unique(np.concatenate(parts)) for pk, parts in served.items() if pk in offer.services}
    return {pk: where for pk, where in whole.items() if len(where)}


def _places(question: Question, offer: _Offer, here: Land, day: date) -> tuple[Places, int, int]:
    """Facilities that people travel to, how many are secret, how many have no place."""
    rows = (
        Facility.objects.filter(
            Q(ended_on=None) | Q(ended_on__gte=day),
            Q(started_on=None) | Q(started_on__lte=day),
            Q(vanished_at=None) | Q(vanished_at__date__gt=day),
            service__kind__key__in=question.kinds,
        )
        .order_by("pk")
        .values_list("pk", "service_id", "secret", "municipality_id", "lat", "lon")
    )
    count: dict[int, int] = {}
    visited, secret = [], 0
    for row in rows.iterator(chunk_size=2000):
        service = row[1]
        if service not in offer.services:
            continue
        count[service] = count.get(service, 0) + 1
        if row[2]:
            secret += _of_scope(offer.services[service][4], question)
        # A service that only goes out and says where is met at home, not at its seat.
        elif not (offer.only_goes_out(service) and service in offer.areas):
            visited.append(row)
    own = _points((row[4], row[5]) for row in visited)
    municipality = np.array([here.index.get(row[3] or "", NOWHERE) for row in visited], dtype=np.int64)
    borrowed = np.isnan(own[:, 0]) & (municipality != NOWHERE)
    own[borrowed] = here.points[municipality[borrowed]]
    kept = np.flatnonzero(~np.isnan(own[:, 0]))
    chosen = [visited[at] for at in kept]
    shares = [_share(offer.amounts[row[1]], without=FIELD if row[1] in offer.areas else "") for row in chosen]
    return (
        Places(
            facility=np.array([row[0] for row in chosen], dtype=np.int64),
            service=np.array([row[1] for row in chosen], dtype=np.int64),
            kind=[offer.services[row[1]][1] for row in chosen],
            name=[offer.services[row[1]][2] for row in chosen],
            slug=[offer.services[row[1]][3] for row in chosen],
            municipality=municipality[kept],
            points=own[kept],
            borrowed=borrowed[kept],
            uncertain=np.array([offer.only_goes_out(row[1]) for row in chosen], dtype=bool),
            amount=np.array(
                [share / count[row[1]] for row, share in zip(chosen, shares, strict=True)], dtype=np.float64
            ),
        ),
        secret,
        len(visited) - len(kept),
    )


def _of_scope(region: str | None, question: Question) -> bool:
    """Whether a secret facility may be counted in the area asked: never below a region, and only a region that the
    service itself names."""
    return not question.orp and (not question.region or region == question.region)


def _share(amounts: ByForm, *, without: str = "", only: str = "") -> float:
    """Sum over forms; NaN where nothing is known."""
    known = [
        value for form, value in amounts.items() if (not only or form == only) and (not without or form != without)
    ]
    return float(sum(known)) if known else math.nan


def _field(offer: _Offer) -> Field:
    services, areas = offer.services, offer.areas
    chosen = sorted(areas)
    lengths = [len(areas[pk]) for pk in chosen]
    return Field(
        service=np.array(chosen, dtype=np.int64),
        kind=[services[pk][1] for pk in chosen],
        name=[services[pk][2] for pk in chosen],
        slug=[services[pk][3] for pk in chosen],
        amount=np.array([_share(offer.amounts[pk], only=FIELD) for pk in chosen], dtype=np.float64),
        origins=np.concatenate([areas[pk] for pk in chosen]) if chosen else np.zeros(0, dtype=np.int64),
        targets=np.repeat(np.arange(len(chosen)), lengths).astype(np.int64),
    )


def _people(question: Question, here: Land) -> tuple[Floats, int, str]:
    known = here.years.get(question.people, [])
    wanted = [year for year in known if not question.year or year <= question.year] or known
    year = wanted[0] if wanted else 0
    people = np.full(len(here), np.nan)
    sources: set[str] = set()
    rows = Statistic.objects.filter(measure=question.people, year=year).order_by()
    for code, value, source in rows.values_list("municipality_id", "value", "source"):
        if code in here.index and value >= 0:
            people[here.index[code]] = value
            sources.add(source)
    return people, year, ", ".join(sorted(sources))


# --- the study ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class AreaFigures:
    """One area of one level. `within[s]`: people who have the nearest help within step s of the study's `steps`;
    `beyond`: further than the limit asked, or nowhere; `unknown`: of municipalities without a point.

    `mean`: way to the nearest help on average of those who have one, NaN for nobody; `value`: the measure asked,
    likewise; `without`: people whom it gives nothing. `comes`: a service comes to people there.

    `capacity`: what is known of it, None where nothing is: of the places there, and of services that come there the
    part that belongs to its people (`Coming`). Areas that make up a larger one add up to it. `capacity_whole`: it is
    known of every place there and of every service that comes."""

    area: Area
    people: float
    within: tuple[float, ...]
    beyond: float
    unknown: float
    mean: float
    places: int
    comes: bool
    capacity: float | None
    capacity_whole: bool
    gini: float | None
    value: float | None
    without: float

    def share(self, step: int) -> float | None:
        known = self.people - self.unknown
        return self.within[step] / known if known > 0 else None

    @property
    def places_per_thousand(self) -> float | None:
        return 1000.0 * self.places / self.people if self.people > 0 else None

    @property
    def capacity_per_thousand(self) -> float | None:
        return 1000.0 * self.capacity / self.people if self.people > 0 and self.capacity is not None else None


@dataclass(frozen=True, eq=False)
class Coming:
    """Services that come to people, by municipality (n,). `known`, `unknown`: how many of known and of unknown
    capacity. `capacity`: of each known one the part by people of the target group among all municipalities to which
    it comes; even parts where none of them has known people of the group."""

    known: Ints
    unknown: Ints
    capacity: Floats

    @classmethod
    def of(cls, services: Field, people: Floats) -> Coming:
        size, origins, targets = len(people), services.origins, services.targets
        living = np.bincount(targets, people[origins], minlength=len(services))
        towns = np.bincount(targets, minlength=len(services))
        peopled = living[targets] > 0
        parts = np.where(peopled, people[origins], 1.0) / np.where(peopled, living[targets], towns[targets])
        amounts = services.amount[targets]
        is_known = ~np.isnan(amounts)
        return cls(
            known=np.bincount(origins[is_known], minlength=size),
            unknown=np.bincount(origins[~is_known], minlength=size),
            capacity=np.bincount(origins[is_known], (parts * amounts)[is_known], minlength=size),
        )


@dataclass(frozen=True, eq=False)
class Study:
    """`values` (n,): the measure asked, in the order of the land. `state` (n,): analysis.reach.State of each.
    `far` (n,): way to the nearest help in the unit asked, 0 where it comes, inf where there is none, NaN unknown.
    `scope` (n,): the municipalities of the area asked."""

    material: Material
    values: Floats
    state: NDArray[np.uint8]
    far: Floats
    scope: Mask
    seconds: float = 0.0

    @property
    def question(self) -> Question:
        return self.material.question

    @property
    def land(self) -> Land:
        return self.material.land

    @cached_property
    def steps(self) -> tuple[float, ...]:
        """Limits of the figures: 15, 30, 60 and the one asked."""
        return tuple(sorted({*STEPS, self.question.limit}))

    @cached_property
    def order(self) -> Ints:
        """Municipalities of the scope from the worst off; unknown ones last, then by people."""
        rows = np.flatnonzero(self.scope)
        badness = self.values[rows] if self.question.words.lower_is_better else -self.values[rows]
        people = self.material.known_people()[rows]
        unknown = np.isnan(badness)
        return rows[np.lexsort((-people, -np.where(unknown, 0.0, badness), unknown))]

    @cached_property
    def coming(self) -> Coming:
        return Coming.of(self.material.field_services, self.material.known_people())

    @cached_property
    def whole(self) -> AreaFigures:
        """Figures of the area asked."""
        return self._figures(Area("", ""), self.scope)

    def by_area(self, level: str) -> list[AreaFigures]:
        """Figures of the areas of a level that meet the scope."""
        where = self.land.within[level]
        found = [
            self._figures(self.land.areas[level][at], self.scope & (where == at)) for at in np.unique(where[self.scope])
        ]
        step = self.steps.index(self.question.limit)

        def badness(one: AreaFigures) -> tuple[bool, float, float, str]:
            share = one.share(step)
            return share is None, share or 0.0, -np.nan_to_num(one.mean), one.area.name

        return sorted(found, key=badness)

    def _figures(self, area: Area, inside: Mask) -> AreaFigures:
        people = self.material.known_people()[inside]
        far = self.far[inside]
        unknown = np.isnan(far)
        places = self.material.places
        here = np.zeros(len(places), dtype=bool)
        settled = places.municipality != NOWHERE
        here[settled] = inside[places.municipality[settled]]
        amounts = places.amount[here]
        known = ~np.isnan(amounts)
        known_coming, unknown_coming = int(self.coming.known[inside].sum()), int(self.coming.unknown[inside].sum())
        capacity = float(amounts[known].sum() + self.coming.capacity[inside].sum())
        values = self.values[inside]
        return AreaFigures(
            area=area,
            people=float(people.sum()),
            within=tuple(float(people[~unknown & (far <= step)].sum()) for step in self.steps),
            beyond=float(people[~unknown & (far > self.question.limit)].sum()),
            unknown=float(people[unknown].sum()),
            mean=math.nan if (mean := _mean(far, people)) is None else mean,
            places=int(here.sum()),
            comes=known_coming + unknown_coming > 0,
            capacity=capacity if known.any() or known_coming else None,
            capacity_whole=bool(known.all()) and not unknown_coming,
            gini=_gini(values, people),
            value=_mean(values, people),
            without=float(people[np.isinf(values) if self.question.words.lower_is_better else values == 0].sum()),
        )


def _mean(values: Floats, people: Floats) -> float | None:
    """Average of the known values over people, None where there is nobody."""
    from analysis.inequality import mean

    found = mean(np.where(np.isfinite(values), values, np.nan), people)
    return None if math.isnan(found) else found


def _gini(values: Floats, people: Floats) -> float | None:
    """Inequality of the measure among people, None where there is nothing to share."""
    from analysis.inequality import gini

    found = gini(np.where(np.isfinite(values), values, np.nan), people)
    return None if math.isnan(found) else found


def compute(material: Material) -> Study:
    """Availability of every municipality. Raises ValidationError where the question cannot be answered."""
    from analysis import engine
    from analysis.reach import State

    started = monotonic()
    question = material.question
    with engine.plain():  # numba would cost a web process more memory and time than it saves here
        far = nearest(material)
        if question.method == Method.NEAREST:
            values, state = far.copy(), np.zeros(len(far), dtype=np.uint8)
        elif question.method == Method.THIRD:
            values = nearest(material, rank=3)
            state = np.zeros(len(far), dtype=np.uint8)
        else:
            answer = _availability(material)
            values, state = answer.values * (1000.0 if question.words.per_thousand else 1.0), answer.state
    if question.words.lower_is_better:
        state = np.where(np.isinf(values), State.UNREACHABLE, state).astype(np.uint8)
    state = np.where(np.isnan(values), State.UNKNOWN, state).astype(np.uint8)
    return Study(material, values, state, far, _scope(question, material.land), monotonic() - started)


def nearest(material: Material, rank: int = 1) -> Floats:
    """Way to the nearest (or the `rank`-th nearest) help, 0 for each field service that comes."""
    ways = ways_to_places(material)
    far = np.sort(np.hstack([ways.nearest(rank)[0], np.full((len(material.land), rank), np.inf)]), axis=1)
    coming = np.bincount(material.field_services.origins, minlength=len(material.land))
    position = rank - 1 - coming
    found = np.where(position < 0, 0.0, far[np.arange(len(far)), np.clip(position, 0, rank - 1)])
    return np.where(ways.unknown & (position >= 0), np.nan, found)


def ways_to_places(material: Material, limit: float = math.inf) -> Radial | Timed:
    """Ways from every municipality to every place of help, however long."""
    here, places = material.land, material.places
    return ways_between(material.question, here, np.arange(len(here)), places.points, places.municipality, limit=limit)


def cost(material: Material, limit: float | None = None) -> Cost:
    """How far every municipality has it: first to the places, then to the services that come (at 0).

    Raises ValidationError before it starts when there would be too many pairs."""
    from analysis import cost as costs

    ways = ways_to_places(material, material.question.limit if limit is None else limit)
    most = MOST_PAIRS_OF_AGENTS if material.question.method == Method.AGENTS else MOST_PAIRS
    if ways.more_pairs_than(most):
        raise ValidationError(
            _(
                "Tolik dvojic obcí a míst pomoci (přes %(most)s milionu) najednou nespočítáme. Zvolte nižší limit, "
                "jeden druh služby místo celé skupiny, nebo jednodušší metodu."
            )
            % {"most": f"{most / 1e6:g}".replace(".", ",")}
        )
    services = material.field_services
    if not len(services):
        return ways.pairs()
    came = costs.served(services.origins, services.targets, shape=(len(material.land), len(services)))
    return ways.pairs().beside(came)


def supply(material: Material) -> Floats:
    """What each target of `cost` counts for: its capacity (NaN unknown), or 1."""
    if material.question.amount == Amount.CAPACITY:
        return np.concatenate([material.places.amount, material.field_services.amount])
    return np.ones(len(material.places) + len(material.field_services))


def _availability(material: Material) -> Availability:
    from analysis import decay, reach

    question = material.question
    people, offer = material.known_people(), supply(material)
    if question.method == Method.AGENTS:
        return _agents(material, people)
    far = cost(material)
    falling = decay.gaussian(question.limit / math.sqrt(2 * math.log(100)))
    measures = {
        Method.CUMULATIVE: lambda: reach.cumulative(far, offer),
        Method.GRAVITY: lambda: reach.gravity(far, offer, falling),
        Method.TWO_STEP: lambda: reach.two_step(far, people, offer),
        Method.ENHANCED: lambda: reach.two_step(far, people, offer, falling),
        Method.THREE_STEP: lambda: reach.three_step(far, people, offer, falling),
        Method.BALANCED: lambda: reach.balanced(far, people, offer, falling),
    }
    return measures[question.method]()


def _agents(material: Material, people: Floats) -> Availability:
    """Rational agents travel; a service that comes to people has no place in that."""
    from analysis import reach

    empty = np.zeros(0, dtype=np.int64)
    travelling = replace(material, field_services=Field(empty, [], [], [], np.zeros(0), empty, empty))
    offer = supply(travelling)
    if np.isnan(offer).any():
        raise ValidationError(_("RAAM potřebuje znát kapacitu všech míst. Zvolte počet zařízení."))
    return reach.rational_agents(cost(travelling), np.round(people), offer, tolerance=material.question.limit)


def _scope(question: Question, here: Land) -> Mask:
    if question.orp:
        return here.members("orp", question.orp)
    if question.region:
        return here.members("region", question.region)
    return np.ones(len(here), dtype=bool)


# --- kept for a while -----------------------------------------------------------------------------------------


class Kept[Key, Made]:
    """The last few answers of this process."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, Lock()
        self._answers: OrderedDict[Key, Made] = OrderedDict()

    def get(self, key: Key, make: Callable[[], Made]) -> Made:
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        made = make()
        with self._lock:
            self._answers[key] = made
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
        return made

    def clear(self) -> None:
        with self._lock:
            self._answers.clear()


_studies: Kept[tuple[str, str, date], Study] = Kept(5)


def study(question: Question, version: str | None = None) -> Study:
    """The study of a question. The last few are held by the process until the data or the day change."""
    now = version or data_version()
    return _studies.get((now, question.query(), timezone.localdate()), lambda: compute(load(question, now)))


def forget() -> None:
    """Drop what the process holds (tests, and whoever changes the territory)."""
    global _land  # noqa: PLW0603
    _studies.clear()
    _land = None
