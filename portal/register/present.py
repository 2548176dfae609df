"""What the catalogue holds from one source now, in the shape of the records it is compared with. Reads only."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from portal.catalogue.models import (
    AgeGroup,
    Capacity,
    CapacityUnit,
    CodeListItem,
    Contact,
    Facility,
    Form,
    Kind,
    Provider,
    Service,
    ServiceAgeGroup,
    ServiceForm,
    ServiceTargetGroup,
    TargetGroup,
)
from portal.territory.models import Municipality, Region
from words.fold import fold

from .codes import Code, CodeList, Codes, Place, Places
from .records import CapacityRecord, ContactRecord, FacilityRecord

# Columns of a service that a record has under the same name.
SERVICE_COLUMNS = ("name", "register_number", "started_on", "ended_on", "target_note")


@dataclass(slots=True)
class PresentFacility:
    pk: int
    record: FacilityRecord
    vanished: bool


@dataclass(slots=True)
class PresentForm:
    pk: int
    nonstop: bool | None
    hours_note: str
    capacities: list[CapacityRecord] = field(default_factory=list)


@dataclass(slots=True)
class PresentService:
    pk: int
    provider: int
    kind: str
    name: str
    register_number: str
    started_on: date | None
    ended_on: date | None
    target_note: str
    vanished: bool
    regions: tuple[str, ...] = ()
    facilities: list[PresentFacility] = field(default_factory=list)
    forms: dict[str, PresentForm] = field(default_factory=dict)
    contacts: list[ContactRecord] = field(default_factory=list)
    # Our key of the group -> whether this source gave it (otherwise a person did).
    target_groups: dict[str, bool] = field(default_factory=dict)
    age_groups: dict[str, bool] = field(default_factory=dict)


@dataclass(slots=True)
class PresentProvider:
    pk: int
    ico: str
    name: str
    legal_form: str
    source: str
    contacts: list[ContactRecord] = field(default_factory=list)


@dataclass
class Present:
    services: dict[str, PresentService]
    providers: dict[int, PresentProvider]
    # Services of the other sources by company and kind, to tell when two registers describe the same thing.
    elsewhere: set[tuple[str, str]]

    def __post_init__(self) -> None:
        self.by_ico = {one.ico: one for one in self.providers.values() if one.ico}
        self.by_name = {name_key(one.name): one for one in self.providers.values() if not one.ico}


def name_key(name: str) -> str:
    return " ".join(fold(name).split())


def read_codes() -> Codes:
    """Code lists and places as readers want them."""
    places = Municipality.objects.values_list("code", "name", "district_id", "lat", "lon")
    return Codes(
        kinds=_code_list(Kind),
        target_groups=_code_list(TargetGroup),
        age_groups=_code_list(AgeGroup),
        forms=_code_list(Form),
        units=_code_list(CapacityUnit),
        places=Places(Place(*place) for place in places.iterator()),
        regions=dict(Region.objects.values_list("code", "name")),
    )


def read_present(source: str) -> Present:
    """Everything the source gave so far. Nine queries whatever the size."""
    services: dict[str, PresentService] = {}
    whole: dict[int, str] = {}
    for row in Service.objects.filter(source=source).values(
        "source_id", "pk", "provider_id", "kind__key", "vanished_at", "whole_region_id", *SERVICE_COLUMNS
    ):
        services[row["source_id"]] = PresentService(
            pk=row["pk"],
            provider=row["provider_id"],
            kind=row["kind__key"],
            vanished=row["vanished_at"] is not None,
            **{name: row[name] for name in SERVICE_COLUMNS},
        )
        if row["whole_region_id"] is not None:
            whole[row["pk"]] = row["whole_region_id"]
    by_pk = {one.pk: one for one in services.values()}
    _add_facilities(source, by_pk)
    _add_forms(source, by_pk)
    _add_groups(source, by_pk)
    _add_regions(source, by_pk, whole)
    providers = _providers()
    _add_contacts(source, by_pk, providers)
    elsewhere = (
        Service.objects.exclude(source=source)
        .filter(vanished_at=None)
        .exclude(provider__ico=None)
        .values_list("provider__ico", "kind__key")
    )
    return Present(services, providers, {(ico or "", kind) for ico, kind in elsewhere})


def _add_facilities(source: str, services: dict[int, PresentService]) -> None:
    columns = [name for name in FacilityRecord.__dataclass_fields__ if name != "municipality"]
    rows = Facility.objects.filter(service__source=source, source=source).order_by("pk")
    for pk, service, vanished_at, municipality, *values in rows.values_list(
        "pk", "service_id", "vanished_at", "municipality_id", *columns
    ).iterator():
        record = FacilityRecord(municipality=municipality or "", **dict(zip(columns, values, strict=True)))
        services[service].facilities.append(PresentFacility(pk, record, vanished_at is not None))


def _add_forms(source: str, services: dict[int, PresentService]) -> None:
    forms: dict[int, PresentForm] = {}
    for pk, service, key, nonstop, note in ServiceForm.objects.filter(service__source=source).values_list(
        "pk", "service_id", "form__key", "nonstop", "hours_note"
    ):
        forms[pk] = services[service].forms[key] = PresentForm(pk, nonstop, note)
    rows = Capacity.objects.filter(service_form__service__source=source).order_by("pk")
    for form, unit, amount, note in rows.values_list("service_form_id", "unit__key", "amount", "note"):
        forms[form].capacities.append(CapacityRecord(unit, amount, note))


def _add_groups(source: str, services: dict[int, PresentService]) -> None:
    for service, key, given_by in ServiceTargetGroup.objects.filter(service__source=source).values_list(
        "service_id", "target_group__key", "source"
    ):
        services[service].target_groups[key] = given_by == source
    for service, key, given_by in ServiceAgeGroup.objects.filter(service__source=source).values_list(
        "service_id", "age_group__key", "source"
    ):
        services[service].age_groups[key] = given_by == source


def _add_regions(source: str, services: dict[int, PresentService], whole: dict[int, str]) -> None:
    found: dict[int, set[str]] = defaultdict(set)
    for service, region in whole.items():
        found[service].add(region)
    rows = Service.more_regions.through.objects.filter(service__source=source)
    for service, region in rows.values_list("service_id", "region_id"):
        found[service].add(region)
    for service, regions in found.items():
        services[service].regions = tuple(sorted(regions))


def _providers() -> dict[int, PresentProvider]:
    rows = Provider.objects.values_list("pk", "ico", "name", "legal_form", "source")
    return {
        pk: PresentProvider(pk, ico or "", name, legal_form, source)
        for pk, ico, name, legal_form, source in rows.iterator()
    }


def _add_contacts(source: str, services: dict[int, PresentService], providers: dict[int, PresentProvider]) -> None:
    rows = Contact.objects.filter(source=source).order_by("order", "pk")
    for service, provider, *values in rows.values_list(
        "service_id", "provider_id", "channel", "value", "note"
    ).iterator():
        owner = providers[provider] if service is None else services.get(service)
        if owner is not None:
            owner.contacts.append(ContactRecord(*values))


def _code_list(model: type[CodeListItem]) -> CodeList:
    short = ["abbreviation"] if model is Kind else []
    rows = model._default_manager.order_by("order", "pk").values_list("key", "code", "name", *short)
    return CodeList(Code(*row) for row in rows)
