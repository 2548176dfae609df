"""Municipalities of a country from one CSV, boundaries beside it. Idempotent; a bad row is told and left out.

The columns are those of the joined open data of ČSÚ and ČÚZK: codes and names of the municipality, its POU, ORP,
district and region; `psc, lat, lon, rozloha_km2_pribl`; and any number of figures `<name>_<year>` (see FIGURES).
Every column is described in docs/territory.md.
"""

import csv
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.utils.text import slugify

from words.fold import fold

from .models import Boundary, District, Municipality, Orp, Pou, Region, Statistic
from .outlines import Outline

Measure = Statistic.Measure
FIGURES = {
    "obyv": Measure.PEOPLE,
    "ob0_14": Measure.AGE_0_14,
    "ob15_64": Measure.AGE_15_64,
    "ob15plus": Measure.AGE_15_PLUS,
    "ob65plus": Measure.AGE_65_PLUS,
    "osoby_v_exekuci": Measure.IN_EXECUTION,
    "prispevek_na_bydleni": Measure.HOUSING_BENEFIT,
    "prispevek_na_zivobyti": Measure.LIVING_BENEFIT,
    "uchazeci_6m": Measure.UNEMPLOYED_6M,
    "index_vylouceni": Measure.EXCLUSION_INDEX,
}
REQUIRED = (
    "kod_obce nazev kod_pou nazev_pou kod_orp nazev_orp kod_okres_lau nazev_okres kod_kraj_nuts3 nazev_kraj"
).split()
# The longest code or name that the database takes, by column.
LONGEST = {"kod_pou": 5, "kod_orp": 4, "kod_okres_lau": 8, "kod_kraj_nuts3": 6}
LONGEST_NAME = 100
# The capital has no ORP and POU of its own: tables write 0 and X-X-X, code lists 1000 and 10000.
CAPITAL_WRITTEN = {"0", "1000", "10000"}
MOST = 100_000_000  # no figure of a municipality reaches this; a larger one is a slip of the hand
FIGURE = re.compile(r"^(?P<name>[a-z0-9_]+?)_(?P<year>(?:19|20)\d\d)$")


class NotTerritory(ValueError):
    """The file is not a table of municipalities; the message says which columns are missing."""


@dataclass(frozen=True, slots=True)
class Area:
    """One good row of the table. Blank text and None mean that the table does not say."""

    code: str
    name: str
    status: str
    pou: tuple[str, str]
    orp: tuple[str, str]
    district: tuple[str, str]
    region: tuple[str, str]
    postal_code: str
    lat: float | None
    lon: float | None
    area_km2: float | None
    figures: dict[tuple[str, int], float]


@dataclass(slots=True)
class Outcome:
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    figures: int = 0
    # Municipalities of the same ORP that we have and the table has not, as "name (code)". They are never deleted.
    missing: list[str] = field(default_factory=list)


def read_rows(lines: Iterable[str], faults: list[str]) -> Iterator[Area]:
    """Good rows of the table; what is wrong with the others is appended to `faults` with the line's number."""
    reader = csv.DictReader(lines)
    missing = [name for name in REQUIRED if name not in (reader.fieldnames or [])]
    if missing:
        raise NotTerritory("V tabulce obcí chybí sloupce: " + ", ".join(missing))
    figures = _figure_columns(reader.fieldnames or [])
    seen: set[str] = set()
    for row in reader:
        try:
            area = _area(row, figures)
            if area.code in seen:
                raise ValueError(f"obec {area.code} už v tabulce byla")
        except ValueError as fault:
            faults.append(f"řádek {reader.line_num}: {fault}")
            continue
        seen.add(area.code)
        yield area


def _figure_columns(columns: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Which columns are figures that we know: measure and year by the column's name."""
    matches = {column: FIGURE.match(column) for column in columns}
    return {
        column: (str(FIGURES[match["name"]]), int(match["year"]))
        for column, match in matches.items()
        if match and match["name"] in FIGURES
    }


def _area(row: dict[str, Any], figure_columns: dict[str, tuple[str, int]]) -> Area:
    for name in REQUIRED:
        value = (row[name] or "").strip()
        if not value:
            raise ValueError(f"chybí {name}")
        if len(value) > LONGEST.get(name, LONGEST_NAME) and value not in CAPITAL_WRITTEN:
            raise ValueError(f"{name}: {value!r} je příliš dlouhé")
        if "\x00" in value:
            raise ValueError(f"{name} obsahuje znak, který do textu nepatří")
    code = row["kod_obce"].strip()
    if not re.fullmatch(r"[0-9]{6}", code):
        raise ValueError(f"kód obce {code!r} nemá šest číslic")
    lat, lon = _number(row, "lat"), _number(row, "lon")
    if (lat is None) != (lon is None) or not (-90 <= (lat or 0) <= 90 and -180 <= (lon or 0) <= 180):
        raise ValueError("poloha (lat, lon) není úplná nebo je mimo meze")
    figures = {}
    for column, measure_and_year in figure_columns.items():
        value = _number(row, column)
        if value is not None and not 0 <= value < MOST:
            raise ValueError(f"{column}: {row[column]!r} není nezáporné číslo v mezích")
        if value is not None:
            figures[measure_and_year] = value
    status = (row.get("status") or "").strip()
    return Area(
        code=code,
        name=row["nazev"].strip(),
        status=status if status in Municipality.Status.values else "",
        pou=_pair(row, "kod_pou", "nazev_pou"),
        orp=_pair(row, "kod_orp", "nazev_orp"),
        district=_pair(row, "kod_okres_lau", "nazev_okres"),
        region=_pair(row, "kod_kraj_nuts3", "nazev_kraj"),
        postal_code=re.sub(r"[^0-9]", "", row.get("psc") or "")[:5],
        lat=lat,
        lon=lon,
        area_km2=_number(row, "rozloha_km2_pribl"),
        figures=figures,
    )


def _pair(row: dict[str, Any], code: str, name: str) -> tuple[str, str]:
    """Code and name of a wider area."""
    value = row[code].strip()
    return (value, row[name].strip()) if value not in CAPITAL_WRITTEN else ("0", row["nazev"].strip())


def _number(row: dict[str, Any], column: str) -> float | None:
    text = (row.get(column) or "").strip().replace(",", ".")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{column}: {text!r} není číslo") from None
    if not math.isfinite(value):
        raise ValueError(f"{column}: {text!r} není číslo")
    return value


@transaction.atomic
def import_areas(areas: Iterable[Area], *, source: str, demo: bool = False) -> Outcome:
    """Write municipalities and all above them. Only what differs is written, what the table does not say is kept,
    and nothing is ever deleted."""
    rows = list(areas)
    figures = _figures({row.code for row in rows})
    people = _newest_totals(rows, figures)
    outcome = Outcome()
    _upsert(Region, {r.region[0]: {"name": r.region[1], "demo": demo} for r in rows})
    _upsert(District, {r.district[0]: {"name": r.district[1], "region_id": r.region[0]} for r in rows})
    _upsert(
        Orp,
        {
            r.orp[0]: {
                "name": r.orp[1],
                "region_id": r.region[0],
                "slug": slugify(fold(f"{r.orp[1]} {r.orp[0]}")),
            }
            for r in rows
        },
    )
    _upsert(Pou, {r.pou[0]: {"name": r.pou[1], "orp_id": r.orp[0]} for r in rows})
    slugs = _slugs(rows)
    counts = _upsert(
        Municipality,
        {
            r.code: {
                "name": r.name,
                "slug": slugs[r.code],
                "status": r.status,
                "pou_id": r.pou[0],
                "orp_id": r.orp[0],
                "district_id": r.district[0],
                "region_id": r.region[0],
                "postal_code": r.postal_code,
                "lat": r.lat,
                "lon": r.lon,
                "area_km2": r.area_km2,
                "people": people.get(r.code),
            }
            for r in rows
        },
    )
    outcome.added, outcome.changed, outcome.unchanged = counts
    outcome.figures = _write_figures(rows, figures, source)
    outcome.missing = _missing(rows)
    return outcome


def _missing(rows: list[Area]) -> list[str]:
    """Merged or abolished municipalities, or those whose row was bad. A table of a part of the country says nothing
    about other ORP, so only those that it covers are looked at."""
    covered = Municipality.objects.filter(orp__in={row.orp[0] for row in rows})
    gone = covered.exclude(code__in={row.code for row in rows}).order_by("name", "code")
    return [f"{name} ({code})" for code, name in gone.values_list("code", "name")]


def _upsert(model: type[models.Model], wanted: dict[str, dict[str, Any]]) -> tuple[int, int, int]:
    """Rows by primary key: create what is missing, update what differs. A blank value changes nothing.
    Returns (added, changed, unchanged)."""
    fields = list(next(iter(wanted.values()), {}))
    have = {row["pk"]: row for row in model._default_manager.values("pk", *fields)}
    new: list[models.Model] = []
    different: list[models.Model] = []
    for key, values in wanted.items():
        said = {name: value for name, value in values.items() if value not in (None, "")}
        if key not in have:
            new.append(model(pk=key, **said))
        elif any(have[key][name] != value for name, value in said.items()):
            different.append(model(**{**have[key], **said}))
    model._default_manager.bulk_create(new, batch_size=500)
    if different:
        model._default_manager.bulk_update(different, [name.removesuffix("_id") for name in fields], batch_size=200)
    return len(new), len(different), len(wanted) - len(new) - len(different)


def _slugs(rows: list[Area]) -> dict[str, str]:
    """Address of each municipality: its name; with the district where namesakes live; with the code where even
    that is taken. An address once given stays."""
    given = dict(Municipality.objects.values_list("code", "slug"))
    taken = set(given.values())
    namesakes = Counter(slugify(fold(row.name)) for row in rows)
    for row in rows:
        if row.code in given:
            continue
        name = slugify(fold(row.name)) or row.code
        with_district = slugify(fold(f"{row.name} {row.district[1]}"))
        choices = [with_district] if namesakes[name] > 1 else [name, with_district]
        given[row.code] = next((one for one in choices if one not in taken), f"{name}-{row.code}")
        taken.add(given[row.code])
    return given


type Figures = dict[tuple[str, str, int], tuple[int, float, str]]


def _figures(codes: set[str]) -> Figures:
    """What we have, as (primary key, value, source) by municipality, measure and year."""
    return {
        (code, measure, year): (pk, value, source)
        for pk, code, measure, year, value, source in Statistic.objects.values_list(
            "pk", "municipality_id", "measure", "year", "value", "source"
        ).iterator(chunk_size=10_000)
        if code in codes
    }


def _newest_totals(rows: list[Area], figures: Figures) -> dict[str, int]:
    """The newest number of people of each municipality, whether it is in the table or was known before."""
    known = {
        (code, year): value for (code, measure, year), (_, value, _) in figures.items() if measure == Measure.PEOPLE
    }
    for row in rows:
        known |= {
            (row.code, year): value for (measure, year), value in row.figures.items() if measure == Measure.PEOPLE
        }
    return {code: int(value) for (code, _), value in sorted(known.items())}


def _write_figures(rows: list[Area], have: Figures, source: str) -> int:
    new: list[Statistic] = []
    different: list[Statistic] = []
    for row in rows:
        for (measure, year), value in row.figures.items():
            pk, old, said = have.get((row.code, measure, year), (None, None, None))
            if pk is None or (old, said) != (value, source):
                figure = Statistic(
                    pk=pk, municipality_id=row.code, measure=measure, year=year, value=value, source=source
                )
                (new if pk is None else different).append(figure)
    Statistic.objects.bulk_create(new, batch_size=5_000)
    Statistic.objects.bulk_update(different, ["value", "source"], batch_size=500)
    return len(new) + len(different)


LEVELS: list[tuple[str, type[models.Model]]] = [
    (Boundary.Level.MUNICIPALITY, Municipality),
    (Boundary.Level.ORP, Orp),
    (Boundary.Level.DISTRICT, District),
    (Boundary.Level.REGION, Region),
]


@transaction.atomic
def import_boundaries(outlines: Iterable[Outline], faults: list[str]) -> int:
    """Write outlines of known areas (the level follows from the code). Returns how many rows were written."""
    levels = {
        str(code): str(level) for level, model in LEVELS for code in model._default_manager.values_list("pk", flat=True)
    }
    have = {(row.level, row.code): row for row in Boundary.objects.all()}
    new, different = [], []
    for outline in outlines:
        level = levels.get(outline.code)
        if level is None:
            faults.append(f"hranice: kód {outline.code or '(žádný)'} není v území")
            continue
        row = have.get((level, outline.code))
        if row is None:
            new.append(Boundary(level=level, code=outline.code, geometry=outline.geometry))
        elif row.geometry != outline.geometry:
            row.geometry = outline.geometry
            different.append(row)
    Boundary.objects.bulk_create(new, batch_size=500)
    Boundary.objects.bulk_update(different, ["geometry"], batch_size=100)
    return len(new) + len(different)
