"""Bridge: rows of the catalogue -> what the search holds in memory. Reads only; about a dozen queries for any size.

What the public may not see never gets here: ended and unpublished services, facilities that have ended, and secret
addresses.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from django.db.models.functions import Coalesce

from portal.catalogue.models import (
    Facility,
    Kind,
    OpeningHours,
    Service,
    ServiceAgeGroup,
    ServiceForm,
    ServiceTargetGroup,
    TargetGroup,
)
from portal.territory import places as territory
from words.places import PlaceBook

from .engine import Engine
from .entry import Entry, Hours, Spot
from .lay import LayModel, LayRow, Naming, read_lay_rows
from .models import LayWord, Situation
from .suggest import Sort, Suggestion

# Forms of a service that comes to people.
FIELD = "ter"
MIDNIGHT = 24 * 60
# The national register knows addresses without coordinates: such a place stands at the point of its municipality.
LAT, LON = Coalesce("lat", "municipality__lat"), Coalesce("lon", "municipality__lon")


def build() -> Engine:
    """The search over everything public at this moment."""
    return Engine(entries(), lay_model(), places(), situations())


def places() -> PlaceBook:
    """Municipalities, looked up from the middle of where there are services: of two namesakes the one near home."""
    book = territory.load()
    points = Facility.objects.filter(service__in=Service.objects.public(), secret=False)
    found = [(lat, lon) for lat, lon in points.values_list(LAT, LON) if lat is not None and lon is not None]
    if found:
        lats, lons = sorted(lat for lat, _ in found), sorted(lon for _, lon in found)
        return PlaceBook(book.places, near=(lats[len(lats) // 2], lons[len(lons) // 2]))
    return book


def entries() -> list[Entry]:
    """Every public service."""
    services = list(
        Service.objects.public()
        .order_by("name", "pk")
        .values_list(
            "pk",
            "name",
            "provider__name",
            "kind__key",
            "kind__group",
            "kind__usual_cost",
            "cost",
            "plain_text",
            "target_note",
            "easy_read",
            "whole_region_id",
            "slug",
        )
    )
    wanted = {row[0] for row in services}
    groups = _keys(ServiceTargetGroup.objects.values_list("service_id", "target_group__key"))
    ages = _keys(ServiceAgeGroup.objects.values_list("service_id", "age_group__key"))
    features = _keys(Service.features.through.objects.values_list("service_id", "feature__key"))
    forms, nonstop = _forms()
    spots, names, step_free, owners = _facilities(wanted)
    hours = _hours(owners)
    municipalities = _keys(Service.served_municipalities.through.objects.values_list("service_id", "municipality_id"))
    orps = _keys(Service.served_orps.through.objects.values_list("service_id", "orp_id"))
    regions = _keys(Service.more_regions.through.objects.values_list("service_id", "region_id"))
    made = []
    for pk, name, provider, kind, group, usual, cost, plain, note, easy, region, slug in services:
        own_forms = forms.get(pk, ())
        wide = (*((region,) if region else ()), *regions.get(pk, ()))
        # A region of residential care says where it may be, not that somebody comes.
        comes = not own_forms or FIELD in own_forms
        made.append(
            Entry(
                id=pk,
                name=name,
                provider=provider,
                kind=kind,
                other_names=names.get(pk, ()),
                groups=groups.get(pk, ()),
                ages=ages.get(pk, ()),
                forms=own_forms,
                spots=spots.get(pk, ()),
                served=(*municipalities.get(pk, ()), *orps.get(pk, ()), *(wide if comes else ())),
                text=" ".join(part for part in (plain, note, easy) if part),
                cost=cost or usual or None,
                barrier_free=step_free.get(pk),
                features=features.get(pk, ()),
                hours=hours.get(pk, ()),
                nonstop=pk in nonstop,
                registered=group != Kind.Group.ACCOMPANYING,
                slug=slug,
            )
        )
    return made


def lay_model() -> LayModel:
    """The dictionary as people have edited it; the shipped lists where nothing has been loaded yet."""
    rows = [
        LayRow(phrase, tuple(kinds.split()), tuple(groups.split()))
        for phrase, kinds, groups in LayWord.objects.active()
        .order_by("pk")
        .values_list("phrase", "kinds", "groups")
        .iterator(2000)
    ]
    return _fitted(
        tuple(rows),
        tuple(
            Naming(key, name, abbreviation, plain)
            for key, name, abbreviation, plain in Kind.objects.values_list("key", "name", "abbreviation", "gloss")
        ),
        tuple(
            Naming(key, name, "", plain) for key, name, plain in TargetGroup.objects.values_list("key", "name", "plain")
        ),
    )


# The last model and the one before it.
@lru_cache(maxsize=2)
def _fitted(rows: tuple[LayRow, ...], kinds: tuple[Naming, ...], groups: tuple[Naming, ...]) -> LayModel:
    """Fitting takes a second and words change less often than services."""
    return LayModel(rows or read_lay_rows(), kinds, groups)


def situations() -> list[Suggestion]:
    return [
        Suggestion(Sort.SITUATION, title, slug)
        for title, slug in Situation.objects.shown().values_list("title", "slug")
    ]


def _keys(pairs: Iterable[tuple[int, str]]) -> dict[int, tuple[str, ...]]:
    grouped: dict[int, list[str]] = defaultdict(list)
    for pk, key in pairs:
        grouped[pk].append(key)
    return {pk: tuple(keys) for pk, keys in grouped.items()}


def _forms() -> tuple[dict[int, tuple[str, ...]], set[int]]:
    rows = list(ServiceForm.objects.values_list("service_id", "form__key", "nonstop"))
    return _keys((pk, key) for pk, key, _ in rows), {pk for pk, _, nonstop in rows if nonstop}


def _facilities(
    wanted: set[int],
) -> tuple[dict[int, tuple[Spot, ...]], dict[int, tuple[str, ...]], dict[int, bool], dict[int, int]]:
    """Of each service: its public places, names of its facilities, and whether one can get in without steps
    (True where some place is so, False where all are known not to be); and whose each facility is."""
    spots: dict[int, list[Spot]] = defaultdict(list)
    names: dict[int, list[str]] = defaultdict(list)
    steps: dict[int, list[bool | None]] = defaultdict(list)
    owners: dict[int, int] = {}
    for pk, service, name, municipality, orp, lat, lon, step_free in (
        Facility.objects.public()
        .filter(secret=False)
        .values_list("pk", "service_id", "name", "municipality_id", "municipality__orp_id", LAT, LON, "step_free")
    ):
        if service not in wanted:
            continue
        owners[pk] = service
        spots[service].append(Spot(municipality or "", orp or "", lat, lon))
        steps[service].append(step_free)
        if name:
            names[service].append(name)
    return (
        {service: tuple(dict.fromkeys(many)) for service, many in spots.items()},
        {service: tuple(dict.fromkeys(many)) for service, many in names.items()},
        {service: True in many for service, many in steps.items() if True in many or None not in many},
        owners,
    )


def _hours(owners: dict[int, int]) -> dict[int, tuple[Hours, ...]]:
    grouped: dict[int, list[Hours]] = defaultdict(list)
    for facility, weekday, opens, closes in OpeningHours.objects.values_list(
        "facility_id", "weekday", "opens", "closes"
    ):
        if facility in owners:
            until = closes.hour * 60 + closes.minute
            grouped[owners[facility]].append(Hours(weekday, opens.hour * 60 + opens.minute, until or MIDNIGHT))
    return {service: tuple(many) for service, many in grouped.items()}
