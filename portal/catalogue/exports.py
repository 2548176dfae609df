"""Public services as bytes: CSV and XLSX with the columns that the table import reads back, JSON and GeoJSON.

Rows are read and written in portions, so that a whole country takes no more memory than a village. Only what the
public may see leaves: a secret facility is the word "ano" in one column, or a count.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from portal.web.cells import guard

from . import offers
from .models import Capacity, Contact, Facility, Service, ServiceForm

# The header of the table import (portal/register/readers/table.py documents each column); a test holds them equal.
COLUMNS = (
    "poskytovatel",
    "ico",
    "pravni_forma",
    "id_sluzby",
    "sluzba",
    "druh",
    "sluzba_od",
    "sluzba_do",
    "formy",
    "kapacita",
    "cilove_skupiny",
    "vekove_skupiny",
    "komu_poznamka",
    "kraje",
    "telefon",
    "email",
    "web",
    "zarizeni",
    "id_zarizeni",
    "utajena_adresa",
    "ulice",
    "psc",
    "obec",
    "kod_obce",
    "okres",
    "lat",
    "lon",
    "zarizeni_od",
    "zarizeni_do",
    "popis",
    "jak_ziskat",
    "cena",
    "o_cene",
)
COSTS = {"free": "zdarma", "partly": "částečně", "paid": "placené"}
PORTION = 500

type Row = list[str]


def public_services(*, places_only: bool = False) -> Iterator[Service]:
    """Every public service with all that exports say about it (or only with its places), in portions by key."""
    load, last = _with_places if places_only else _with_everything, 0
    while portion := list(load(Service.objects.public().filter(pk__gt=last)).order_by("pk")[:PORTION]):
        yield from portion
        last = portion[-1].pk


def _with_places(services: QuerySet[Service]) -> QuerySet[Service]:
    facilities = Facility.objects.public().select_related("municipality").order_by("pk")
    return services.select_related("provider", "kind", "whole_region").prefetch_related(
        Prefetch("facilities", facilities)
    )


def _with_everything(services: QuerySet[Service]) -> QuerySet[Service]:
    capacities = Capacity.objects.select_related("unit").order_by("unit__order", "pk")
    forms = ServiceForm.objects.select_related("form").prefetch_related(Prefetch("capacities", capacities))
    return _with_places(services).prefetch_related(
        Prefetch("forms", forms),
        "contacts",
        "target_groups",
        "age_groups",
        "more_regions",
        "served_orps",
        "served_municipalities",
        "features",
        "vacancies__form",
        "vacancies__unit",
        "photos__file",
        "documents__file",
        "facilities__exceptions",
        "facilities__access_details__detail",
    )


# --- tables --------------------------------------------------------------------------------------------------


def table_rows(services: Iterable[Service]) -> Iterator[Row]:
    """The header, then a row for each facility; a service without any has one row with its place left empty."""
    yield list(COLUMNS)
    for service in services:
        about = _about(service)
        for facility in service.facilities.all() or [None]:
            cells = about | _where(facility)
            yield [cells.get(column, "") for column in COLUMNS]


def csv_lines(rows: Iterable[Row]) -> Iterator[bytes]:
    """The table for spreadsheets: a mark of UTF-8, semicolons, no cell that could run as a formula."""
    yield b"\xef\xbb\xbf"
    line = io.StringIO(newline="")
    writer = csv.writer(line, delimiter=";")
    for row in rows:
        writer.writerow([guard(cell) for cell in row])
        yield line.getvalue().encode()
        line.seek(0)
        line.truncate()


def write_xlsx(rows: Iterable[Row]) -> IO[bytes]:
    """The same table as a workbook in a temporary file, set at its beginning. Every cell is a text."""
    from xlsxwriter import Workbook  # twenty megabytes that most web processes never need

    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as book:
        sheet = book.add_worksheet("služby")
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell:
                    sheet.write_string(number, column, cell[:32767], bold if number == 0 else None)
    file.seek(0)
    return file


def _about(service: Service) -> dict[str, str]:
    contacts = list(service.contacts.all())
    return {
        "poskytovatel": service.provider.name,
        "ico": service.provider.ico or "",
        "pravni_forma": service.provider.legal_form,
        "id_sluzby": service.source_id or service.slug,
        "sluzba": service.name,
        "druh": service.kind.name,
        "sluzba_od": _day(service.started_on),
        "sluzba_do": _day(service.ended_on),
        "formy": _joined(f"{one.form.name} nepřetržitě" if one.nonstop else one.form.name for one in _forms(service)),
        "kapacita": _joined(
            _capacity(form.form.key, capacity) for form in _forms(service) for capacity in form.capacities.all()
        ),
        "cilove_skupiny": _joined(group.name for group in service.target_groups.all()),
        "vekove_skupiny": _joined(group.name for group in service.age_groups.all()),
        "komu_poznamka": service.target_note,
        "kraje": _joined(_regions(service)),
        "telefon": _joined(one.value for one in contacts if one.channel == Contact.Channel.PHONE),
        "email": _joined(one.value for one in contacts if one.channel == Contact.Channel.EMAIL),
        "web": _joined(one.value for one in contacts if one.channel == Contact.Channel.WEB),
        "popis": service.plain_text,
        "jak_ziskat": service.how_to_get,
        "cena": COSTS.get(service.cost, ""),
        "o_cene": service.cost_note,
    }


def _where(facility: Facility | None) -> dict[str, str]:
    if facility is None:
        return {}
    if facility.secret:
        return {"utajena_adresa": "ano"}
    place = facility.municipality
    return {
        "zarizeni": facility.name,
        "id_zarizeni": facility.source_id,
        "utajena_adresa": "ne",
        "ulice": facility.street,
        "psc": facility.postal_code,
        "obec": place.name if place else facility.municipality_name,
        "kod_obce": place.code if place else "",
        "okres": place.district_id if place else "",
        "lat": "" if facility.lat is None else f"{facility.lat:.6f}",
        "lon": "" if facility.lon is None else f"{facility.lon:.6f}",
        "zarizeni_od": _day(facility.started_on),
        "zarizeni_do": _day(facility.ended_on),
    }


def _capacity(form: str, capacity: Capacity) -> str:
    """ "pob: 32 luzka (noclehy)", as the import reads it; an unknown amount is a question mark."""
    note = re.sub(r"[;()\s]+", " ", capacity.note).strip()
    amount = "?" if capacity.amount is None else str(capacity.amount)
    return f"{form}: {amount} {capacity.unit.key}" + (f" ({note})" if note else "")


def _forms(service: Service) -> list[ServiceForm]:
    return list(service.forms.all())


def _regions(service: Service) -> list[str]:
    first = [service.whole_region.name] if service.whole_region else []
    return [*first, *(region.name for region in service.more_regions.all())]


def _joined(values: Iterable[str]) -> str:
    return "; ".join(value.replace(";", ",") for value in values if value)


def _day(value: Any) -> str:
    return value.isoformat() if value else ""


# --- for programs --------------------------------------------------------------------------------------------


def json_parts(services: Iterable[Service], site: str) -> Iterator[bytes]:
    """A JSON list of services, each with its places."""
    yield from _streamed("[", (_record(service, site) for service in services), "]")


def geojson_parts(services: Iterable[Service], site: str) -> Iterator[bytes]:
    """RFC 7946: a point for each place that has one and is no secret."""
    features = (
        {
            "type": "Feature",
            "id": facility.pk,
            "geometry": {"type": "Point", "coordinates": [round(facility.lon, 6), round(facility.lat, 6)]},
            "properties": {
                "sluzba": service.name,
                "druh": service.kind.name,
                "poskytovatel": service.provider.name,
                "url": _address(service, site),
                **{key: value for key, value in _where(facility).items() if key in GEOJSON_PLACE and value},
            },
        }
        for service in services
        for facility in service.facilities.all()
        if not facility.secret and facility.lat is not None and facility.lon is not None
    )
    yield from _streamed('{"type":"FeatureCollection","features":[', features, "]}")


GEOJSON_PLACE = ("zarizeni", "ulice", "psc", "obec", "kod_obce")


def _record(service: Service, site: str) -> dict[str, Any]:
    facilities = list(service.facilities.all())
    capacity = [
        {"forma": form.form.key, "jednotka": one.unit.key, "pocet": one.amount, "poznamka": one.note or None}
        for form in _forms(service)
        for one in form.capacities.all()
    ]
    words = {key: value or None for key, value in _about(service).items() if key not in TOLD_BELOW}
    return words | {
        "url": _address(service, site),
        "druh_klic": service.kind.key,
        "cislo_v_registru": service.register_number or None,
        "zdroj": service.get_source_display(),
        "overeno": service.verified_on,
        "overil": service.verified_by or None,
        "formy": [{"klic": one.form.key, "nepretrzite": one.nonstop} for one in _forms(service)],
        "registrovana_kapacita": capacity,
        "cilove_skupiny": [group.key for group in service.target_groups.all()],
        "vekove_skupiny": [group.key for group in service.age_groups.all()],
        "vlastnosti": [feature.key for feature in service.features.all()],
        "kraje": _regions(service),
        "orp": [orp.code for orp in service.served_orps.all()],
        "obce": [place.code for place in service.served_municipalities.all()],
        "kontakty": [{"druh": one.channel, "hodnota": one.value} for one in service.contacts.all()],
        "mista": [_place(one) for one in facilities if not one.secret],
        "volna_mista": [
            {
                "pocet": one.amount,
                "jednotka": one.unit.key if one.unit else None,
                "forma": one.form.key if one.form else None,
                "poznamka": one.note or None,
                "platne_ke_dni": one.said_on,
            }
            for one in service.vacancies.all()
        ],
        "fotky": [{"url": site + one.file.url, "popis": one.alt} for one in service.photos.all()],
        "dokumenty": [
            {"url": site + one.file.url, "nazev": one.title, "druh": one.get_sort_display()}
            for one in service.documents.all()
        ],
        "mist_s_utajenou_adresou": sum(one.secret for one in facilities),
    }


def _place(facility: Facility) -> dict[str, Any]:
    """A place that is not secret, with its exceptions and barriers; what nobody told us is null or not there."""
    details = [offers.Detail(one.detail.name, one.detail.code, one.answer) for one in facility.access_details.all()]
    where = {key: value or None for key, value in _where(facility).items() if key != "utajena_adresa"}
    return where | {
        "vyjimky": [
            {"od": one.first, "do": one.last, "hodiny": one.hours, "duvod": one.note or None}
            for one in facility.exceptions.all()
        ],
        "o_svatcich": facility.holidays or None,
        "pristupnost": facility.access_grade or None,
        "bezbarierovost": offers.access_norm(facility, details),
    }


TOLD_BELOW = {"formy", "kapacita", "cilove_skupiny", "vekove_skupiny", "kraje", "telefon", "email", "web"}


def _address(service: Service, site: str) -> str:
    return site + reverse("catalogue:service", args=[service.slug])


def _streamed(start: str, records: Iterable[dict[str, Any]], end: str) -> Iterator[bytes]:
    comma = start
    for record in records:
        text = json.dumps(record, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))
        yield f"{comma}{text}\n".encode()
        comma = ","
    yield (end if comma == "," else start + end).encode()
