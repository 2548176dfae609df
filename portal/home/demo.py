"""The invented region of demo/: reading its files, writing it, taking it away again.

`load` adds only what is missing, so that a second run writes nothing and what people changed in the meantime stays.
To see changed files, `remove` first. Files: territory/*.csv and *.geojson (as `import_territory` reads them),
places.csv (a building each), providers/*.toml (a provider with its services each), people.toml.
"""

import csv
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.accounts import spans
from portal.accounts.actions import add_person
from portal.accounts.models import Grant, Held, Person
from portal.catalogue.actions import touch
from portal.catalogue.models import (
    AgeGroup,
    Capacity,
    CapacityUnit,
    CodeListItem,
    Contact,
    Facility,
    Feature,
    Form,
    Kind,
    OpeningHours,
    Provider,
    Service,
    ServiceAgeGroup,
    ServiceForm,
    ServiceTargetGroup,
    Source,
    TargetGroup,
)
from portal.files import actions as files
from portal.groups.models import Group
from portal.territory import ages, imports, outlines, rates
from portal.territory.models import Boundary, District, Municipality, Orp, Pou, Region

from . import demo_groups, demo_offer

FOLDER: Path = settings.ROOT / "demo"
INVENTED = "vymyšlený kraj pro ukázku"
NONSTOP = "nepřetržitě"
WHOLE_REGION = "kraj"
DAYS = ("po", "út", "st", "čt", "pá", "so", "ne")
STRETCH = re.compile(r"(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)")


class NotDemo(ValueError):
    """A file of demo/ does not say what it should; the message says which and what."""


# --- reading --------------------------------------------------------------------------------------------


class Stretch(NamedTuple):
    weekday: int  # ISO, 1 = Monday
    opens: time
    closes: time  # 00.00 is midnight at the end of the day


class Amount(NamedTuple):
    amount: int
    unit: str


@dataclass(frozen=True, slots=True)
class Place:
    """A building: its address, its point and how one gets in. None = nobody told us."""

    municipality: str
    street: str
    postal_code: str
    lat: float
    lon: float
    access: dict[str, bool | None]
    access_note: str


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in to the demo. `over` is what the roles are held over, as people.toml says it."""

    name: str
    email: str
    password: str
    roles: list[str]
    says: str
    over: str = ""


def read_places(folder: Path = FOLDER) -> dict[str, Place]:
    """Buildings by the address that services name them by ("Lipová 12, Svornov")."""
    answers = {"yes": True, "no": False, "": None}
    access = ("step_free", "lift", "accessible_toilet", "reserved_parking", "guide_dog")
    with (folder / "places.csv").open(encoding="utf-8", newline="") as lines:
        return {
            row["place"]: Place(
                municipality=row["municipality_code"],
                street=row["street"],
                postal_code=row["postal_code"],
                lat=float(row["lat"]),
                lon=float(row["lon"]),
                access={name: answers[row[name]] for name in access},
                access_note=row["access_note"],
            )
            for row in csv.DictReader(lines)
        }


def read_providers(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """Providers with their services, as they are written, by the name of the file."""
    return {
        path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
        for path in sorted((folder / "providers").glob("*.toml"))
    }


def read_people(folder: Path = FOLDER) -> list[Account]:
    written = tomllib.loads((folder / "people.toml").read_text(encoding="utf-8"))
    return [Account(password=written["password"], **person) for person in written["person"]]


def read_hours(text: str) -> list[Stretch]:
    """ "po-čt 8:00-12:00, 13:00-16:00; pá 8:00-12:00" or "nepřetržitě" as stretches of a week."""
    if not text:
        return []
    if text == NONSTOP:
        return [Stretch(weekday, time(0), time(0)) for weekday in range(1, 8)]
    stretches = []
    for part in text.split(";"):
        days, _, hours = part.strip().partition(" ")
        first, _, last = days.partition("-")
        try:
            weekdays = range(DAYS.index(first), DAYS.index(last or first) + 1)
            if not weekdays:
                raise ValueError(f"{days!r} jde pozpátku")
            spans = [_span(span.strip()) for span in hours.split(",")]
        except ValueError as fault:
            raise NotDemo(f"hodiny {text!r}: {fault}") from fault
        stretches += [Stretch(weekday + 1, *span) for weekday in weekdays for span in spans]
    return stretches


def _span(text: str) -> tuple[time, time]:
    match = STRETCH.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} není doba")
    hour, minute, to_hour, to_minute = map(int, match.groups())
    return time(hour, minute), time(0 if to_hour == 24 else to_hour, to_minute)


def read_amounts(text: str) -> list[Amount]:
    """ "4 interv + 20 kontakt"; empty when the capacity is not known."""
    return [Amount(int(amount), unit) for amount, unit in (part.split() for part in text.split("+") if part.strip())]


def paragraph(text: str) -> str:
    """Text that is broken into lines only for the sake of the file."""
    return " ".join(text.split())


# --- writing --------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Added:
    municipalities: int = 0
    providers: int = 0
    services: int = 0
    people: int = 0
    groups: int = 0


@transaction.atomic
def load(folder: Path = FOLDER, *, people: bool) -> Added:
    """Add what is missing of the demo region. `people` adds those of people.toml, whose password everybody knows."""
    added = Added(municipalities=_load_territory(folder))
    places, written = read_places(folder), read_providers(folder)

    providers = {one.slug: one for one in Provider.objects.filter(source=Source.DEMO)}
    missing = [_provider(slug, said, places) for slug, said in written.items() if slug not in providers]
    providers |= {one.slug: one for one in Provider.objects.bulk_create(missing)}
    Contact.objects.bulk_create(contact for one in missing for contact in _contacts(written[one.slug], provider=one))
    added.providers = len(missing)

    have = set(Service.objects.filter(source=Source.DEMO).values_list("source_id", flat=True))
    wanted = [
        (providers[slug], said) for slug, one in written.items() for said in one["service"] if said["key"] not in have
    ]
    if wanted:
        _write_services(wanted, places)
    added.services = len(wanted)

    added.groups = demo_groups.load()
    if people:
        before = Person.objects.count()
        for one in read_people(folder):
            range_ = _range(one.over, providers)
            held = [Held(role, *range_) for role in one.roles]
            add_person(email=one.email, name=one.name, password=one.password, roles=held)
        demo_groups.tie_people()
        added.people = Person.objects.count() - before
    if added.municipalities or added.providers or added.services:
        touch()
    return added


def _range(over: str, providers: dict[str, Provider]) -> tuple[str, str]:
    """Kind and code of what somebody's roles are held over."""
    if not over:
        return spans.SITE
    if over in providers:
        return Grant.Range.PROVIDER, str(providers[over].pk)
    if over in demo_groups.read_groups():
        return Grant.Range.GROUP, str(Group.objects.get(slug=over).pk)
    if over == WHOLE_REGION:
        return Grant.Range.REGION, Region.objects.get(demo=True).pk
    found = spans.named(over, (Grant.Range.ORP, Grant.Range.MUNICIPALITY))
    if len(found) != 1:
        raise NotDemo(f"people.toml: {over!r} není právě jedno území")
    return next(iter(found))


def _load_territory(folder: Path) -> int:
    """Municipalities with all above them and their outlines. Returns how many municipalities are new."""
    faults: list[str] = []
    with (folder / "territory/municipalities.csv").open(encoding="utf-8", newline="") as lines:
        outcome = imports.import_areas(imports.read_rows(lines, faults), source=INVENTED, demo=True)
    for name in ("boundaries.geojson", "areas.geojson"):
        document = json.loads((folder / "territory" / name).read_text(encoding="utf-8"))
        imports.import_boundaries(outlines.read(document, faults), faults)
    _load_ages(folder / "territory", faults)
    if faults:
        raise NotDemo("; ".join(faults))
    return outcome.added


def _load_ages(folder: Path, faults: list[str]) -> None:
    """People by age and the rates by which the outlook projects them."""
    with (folder / "ages.csv").open(encoding="utf-8", newline="") as lines:
        ages.import_profiles(ages.read_profiles(lines, faults), faults, source=INVENTED)
    with (folder / "rates.csv").open(encoding="utf-8", newline="") as lines:
        found = rates.read_rates(lines, faults)
    region = Region.objects.get(demo=True).code
    rates.import_rates(found, name="Vymyšlené míry pro ukázku", region=region, year=2023, source=INVENTED)


def _provider(slug: str, said: dict[str, Any], places: dict[str, Place]) -> Provider:
    place = places[said["address"]]
    return Provider(
        source=Source.DEMO,
        slug=slug,
        ico=said["ico"],
        name=said["name"],
        legal_form=said["legal_form"],
        street=place.street,
        postal_code=place.postal_code,
        municipality_id=place.municipality,
        about=paragraph(said.get("about", "")),
    )


def _contacts(said: dict[str, Any], **owner: Provider | Service) -> Iterator[Contact]:
    channels = {
        "phones": Contact.Channel.PHONE,
        "emails": Contact.Channel.EMAIL,
        "webs": Contact.Channel.WEB,
    }
    for name, channel in channels.items():
        for order, value in enumerate(said.get(name, [])):
            yield Contact(channel=channel, value=value, order=order, source=Source.DEMO, **owner)


def _write_services(wanted: list[tuple[Provider, dict[str, Any]]], places: dict[str, Place]) -> None:
    """Services with all that hangs on them, one statement a table."""
    kinds, today = _by_key(Kind), timezone.localdate()
    services = Service.objects.bulk_create(
        _service(provider, said, kinds[said["kind"]], today) for provider, said in wanted
    )
    rows = [(service, said) for service, (_, said) in zip(services, wanted, strict=True)]
    Contact.objects.bulk_create(contact for service, said in rows for contact in _contacts(said, service=service))
    _write_lists(rows)
    _write_forms(rows)
    _write_facilities(rows, places)
    _write_coverage(rows)
    demo_offer.write(rows)


def _service(provider: Provider, said: dict[str, Any], kind: Kind, today: date) -> Service:
    def ago(name: str) -> date | None:
        return today - timedelta(days=said[name]) if name in said else None

    return Service(
        source=Source.DEMO,
        source_id=said["key"],
        slug=said["key"],
        register_number=said.get("number", ""),
        provider=provider,
        kind=kind,
        name=said["name"],
        started_on=said["started_on"],
        ended_on=ago("ended_days_ago"),
        verified_on=ago("verified_days_ago"),
        verified_by="poskytovatel" if "verified_days_ago" in said else "",
        plain_text=paragraph(said["text"]),
        how_to_get="\n".join(said.get("how_to_get", [])),
        cost=said.get("cost", kind.usual_cost),
        cost_note=said.get("cost_note", ""),
        waiting=said.get("waiting", ""),
        easy_read=said.get("easy_read", "").strip(),
    )


type Rows = list[tuple[Service, dict[str, Any]]]


def _write_lists(rows: Rows) -> None:
    """Whom services are for and what they accept."""
    groups, ages, features = _by_key(TargetGroup), _by_key(AgeGroup), _by_key(Feature)
    ServiceTargetGroup.objects.bulk_create(
        ServiceTargetGroup(service=service, target_group=groups[key], source=Source.DEMO)
        for service, said in rows
        for key in said["target_groups"]
    )
    ServiceAgeGroup.objects.bulk_create(
        ServiceAgeGroup(service=service, age_group=ages[key], source=Source.DEMO)
        for service, said in rows
        for key in said["age_groups"]
    )
    link = Service.features.through
    link.objects.bulk_create(
        link(service_id=service.pk, feature_id=features[key].pk)
        for service, said in rows
        for key in said.get("features", [])
    )


def _write_forms(rows: Rows) -> None:
    known, units = _by_key(Form), _by_key(CapacityUnit)
    forms = ServiceForm.objects.bulk_create(
        ServiceForm(service=service, form=known[key], nonstop=_nonstop(said, key), hours_note=_hours_note(said, key))
        for service, said in rows
        for key in said["forms"]
    )
    amounts = [read_amounts(text) for _, said in rows for text in said["forms"].values()]
    Capacity.objects.bulk_create(
        Capacity(service_form=form, unit=units[unit], amount=amount)
        for form, said in zip(forms, amounts, strict=True)
        for amount, unit in said
    )


def _nonstop(said: dict[str, Any], form: str) -> bool | None:
    """A form's own time comes first. The hours of a building say nothing of when somebody goes out to people."""
    own, building = said.get("form_hours", {}).get(form), said.get("hours")
    if own:
        return bool(own == NONSTOP)
    if form == "ter" and building != NONSTOP:
        return None
    return building == NONSTOP if building else None


def _hours_note(said: dict[str, Any], form: str) -> str:
    note: str = said.get("form_hours", {}).get(form, "")
    return "" if note == NONSTOP else note


def _write_facilities(rows: Rows, places: dict[str, Place]) -> None:
    facilities: list[Facility] = []
    hours: list[list[Stretch]] = []
    for service, said in rows:
        if said.get("secret_address"):
            facilities.append(Facility(service=service, source=Source.DEMO, secret=True))
            hours.append([])
        for address in said.get("places", []):
            facilities.append(_facility(service, places[address]))
            text = said.get("hours", "")
            hours.append(read_hours(text if isinstance(text, str) else text[address]))
    names = dict(Municipality.objects.filter(region__demo=True).values_list("code", "name"))
    for facility in facilities:
        facility.municipality_name = names.get(facility.municipality_id or "", "")
    Facility.objects.bulk_create(facilities)
    OpeningHours.objects.bulk_create(
        OpeningHours(facility=facility, weekday=weekday, opens=opens, closes=closes)
        for facility, stretches in zip(facilities, hours, strict=True)
        for weekday, opens, closes in stretches
    )


def _facility(service: Service, place: Place) -> Facility:
    return Facility(
        service=service,
        source=Source.DEMO,
        street=place.street,
        postal_code=place.postal_code,
        municipality_id=place.municipality,
        lat=place.lat,
        lon=place.lon,
        access_note=place.access_note,
        **place.access,
    )


def _write_coverage(rows: Rows) -> None:
    """Where services go: the whole region, ORP, municipalities (namesakes with their district in brackets)."""
    region = Region.objects.get(demo=True)
    orps = dict(region.orps.values_list("name", "code"))
    municipalities: dict[str, str] = {}
    for place in Municipality.objects.filter(region=region).select_related("district"):
        municipalities[f"{place.name} (okres {place.district.name})"] = place.code
        municipalities[place.name] = place.code
    to_orp, to_municipality = Service.served_orps.through, Service.served_municipalities.through
    served_orps, served_municipalities, everywhere = [], [], []
    for service, said in rows:
        for area in said.get("serves", []):
            if area == WHOLE_REGION:
                everywhere.append(service.pk)
            elif area.startswith("ORP "):
                served_orps.append(to_orp(service_id=service.pk, orp_id=orps[area.removeprefix("ORP ")]))
            else:
                code = municipalities[area]
                served_municipalities.append(to_municipality(service_id=service.pk, municipality_id=code))
    to_orp.objects.bulk_create(served_orps)
    to_municipality.objects.bulk_create(served_municipalities)
    Service.objects.filter(pk__in=everywhere).update(whole_region=region)


def _by_key[Item: CodeListItem](model: type[Item]) -> dict[str, Item]:
    items = {item.key: item for item in model._default_manager.all()}
    if not items:
        raise NotDemo("Číselníky jsou prázdné. Nejdřív spusťte manage.py load_lists.")
    return items


# --- taking away ----------------------------------------------------------------------------------------


@transaction.atomic
def remove(folder: Path = FOLDER) -> int:
    """Take the demo region away with all its services and people. Returns how many services were there.

    Raises ProtectedError, and leaves everything as it was, when something that is not of the demo stands in the
    demo region or belongs to its providers.
    """
    demo_groups.remove()
    services = Service.objects.filter(source=Source.DEMO)
    count = services.count()
    kept_files = demo_offer.release(services)
    services.delete()
    files.drop(numbers=kept_files)
    Provider.objects.filter(source=Source.DEMO).delete()
    regions = list(Region.objects.filter(demo=True).values_list("code", flat=True))
    for level, model, above in (
        (Boundary.Level.MUNICIPALITY, Municipality, "region"),
        (None, Pou, "orp__region"),
        (Boundary.Level.ORP, Orp, "region"),
        (Boundary.Level.DISTRICT, District, "region"),
        (Boundary.Level.REGION, Region, "code"),
    ):
        rows = model._default_manager.filter(**{f"{above}__in": regions})
        if level is not None:
            codes = list(rows.values_list("pk", flat=True))
            Boundary.objects.filter(level=level, code__in=codes).delete()
        rows.delete()
    Person.objects.filter(email__in=[one.email for one in read_people(folder)]).delete()
    touch()
    return count
