"""A study as bytes: CSV, XLSX, GeoJSON, JSON to compute it again, a picture, a PDF."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from paper.blocks import Bullets, Cover, Document, Figure, Heading, Note, Paragraph, Sheet, Table
from portal.catalogue.models import Kind
from portal.territory.models import Boundary

from . import present
from .maps import Drawing, png
from .matrix import MEANING, WORDS, Cell, Matrix
from .study import Study
from .times import NOWHERE
from .ways import times_of
from .wording import answer, asked, day_words, limits

STATES = ("reached", "zero", "unreachable", "unknown", "partial")
HEAD = ("kod_obce", "obec", "orp", "okres", "kraj", "lidi", "cesta", "hodnota", "stav")
# What begins so would be run by a spreadsheet program.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
WORST_IN_PDF = 40


def table(study: Study) -> Iterator[tuple[Any, ...]]:
    """One row a municipality, from the worst off. An empty cell is unknown; the way is in the unit of the limit."""
    land = study.land
    for at in study.order.tolist():
        yield (
            land.codes[at],
            land.names[at],
            *(land.areas[level][land.within[level][at]].name for level in ("orp", "district", "region")),
            _plain(float(study.material.people[at])),
            _plain(float(study.far[at])),
            _plain(float(study.values[at])),
            STATES[study.state[at]],
        )


def _plain(value: float, digits: int = 4) -> float | None:
    return round(value, digits) if math.isfinite(value) else None


def _degree(value: float) -> float | None:
    """A coordinate with ten centimetres: enough to compute the same ways again."""
    return _plain(value, 6)


def csv_bytes(study: Study) -> bytes:
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=";")
    writer.writerow(HEAD)
    for row in table(study):
        writer.writerow([_safe(cell) for cell in row])
    return lines.getvalue().encode("utf-8-sig")


def _safe(cell: Any) -> Any:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:g}".replace(".", ",")
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def xlsx_bytes(study: Study) -> bytes:
    """The table, the figures of areas and the method, each on its sheet."""
    from xlsxwriter import Workbook

    made = io.BytesIO()
    with Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(_("Obce"))
        sheet.write_row(0, 0, HEAD, bold)
        for at, row in enumerate(table(study), 1):
            sheet.write_row(at, 0, row)
        sheet.freeze_panes(1, 2)
        for level, name in present.LEVEL_WORDS.items():
            sheet = book.add_worksheet(name)
            head = (_("území"), _("lidí"), *present.step_words(study), _("zařízení"), _("Gini"))
            sheet.write_row(0, 0, head, bold)
            for at, one in enumerate(study.by_area(present.LEVELS[level]), 1):
                shares = [one.share(step) for step in range(len(study.steps))]
                sheet.write_row(at, 0, [one.area.name, one.people, *shares, one.places, one.gini])
            sheet.freeze_panes(1, 1)
        sheet = book.add_worksheet(_("Metoda"))
        pairs = [*present.data_words(study), *((_("Pozor"), line) for line in limits(study))]
        for at, (name, value) in enumerate([*pairs, (_("Adresa"), address(study))]):
            sheet.write_row(at, 0, (name, value))
    return made.getvalue()


def geojson_bytes(study: Study) -> bytes:
    """Outlines of the municipalities of the scope with their values; a point where there is no outline."""
    inside = {study.land.codes[at]: at for at in study.order.tolist()}
    rows = Boundary.objects.filter(level=Boundary.Level.MUNICIPALITY)
    if len(inside) <= 900:  # below the limit of parameters of a query
        rows = rows.filter(code__in=inside)
    shapes = {
        code: geometry
        for code, geometry in rows.values_list("code", "geometry").iterator(chunk_size=200)
        if code in inside
    }
    features = [
        {
            "type": "Feature",
            "id": row[0],
            "geometry": shapes.get(row[0]) or _point(study, inside[row[0]]),
            "properties": dict(zip(HEAD, row, strict=True)),
        }
        for row in table(study)
    ]
    told = {
        "source": address(study),
        "method": study.question.words.name,
        "day": study.material.day,
        "people_year": study.material.people_year,
        "people_source": study.material.people_source,
        "uncertainty": limits(study),
    }
    return _json({"type": "FeatureCollection", "features": features, **told})


def _point(study: Study, at: int) -> dict[str, Any] | None:
    lat, lon = study.land.points[at].tolist()
    return None if math.isnan(lat) else {"type": "Point", "coordinates": [lon, lat]}


def json_bytes(study: Study) -> bytes:
    """Everything that the study was computed from and what came out, so that anybody can compute it again. Places
    of help are the public ones only."""
    material, question, land = study.material, study.question, study.land
    places, services = material.places, material.field_services
    return _json(
        {
            "address": address(study),
            "question": dict(question.pairs()) | {"kinds": list(question.kinds)},
            "method": {
                "name": question.words.name,
                "formula": question.words.formula,
                "source": question.words.source,
                "detour": question.detour,
                "speed_km_h": question.speed if question.unit == "min" else None,
                "limit": question.limit,
                "unit": question.unit.value,
                "decay_width": question.limit / math.sqrt(2 * math.log(100)),
                "earth_radius_km": 6371.0088,
            },
            "data": {
                "day": material.day,
                "people_year": material.people_year,
                "people_source": material.people_source,
                "capacity_unit": material.unit_key or None,
            },
            "uncertainty": limits(study),
            "travel_times": _travel_times(study),
            "municipalities": [
                {
                    "code": land.codes[at],
                    "name": land.names[at],
                    "lat": _degree(float(land.points[at, 0])),
                    "lon": _degree(float(land.points[at, 1])),
                    "people": _plain(float(material.people[at])),
                    "nearest": _plain(float(study.far[at])),
                    "value": _plain(float(study.values[at])),
                    "state": STATES[study.state[at]],
                    "in_area": bool(study.scope[at]),
                }
                for at in range(len(land))
            ],
            "places": [
                {
                    "facility": int(places.facility[at]),
                    "service": int(places.service[at]),
                    "kind": places.kind[at],
                    "municipality": None if places.municipality[at] == NOWHERE else land.codes[places.municipality[at]],
                    "lat": _degree(float(places.points[at, 0])),
                    "lon": _degree(float(places.points[at, 1])),
                    "point_of_municipality": bool(places.borrowed[at]),
                    "seat_of_field_service": bool(places.uncertain[at]),
                    "capacity": _plain(float(places.amount[at])),
                }
                for at in range(len(places))
            ],
            "field_services": [
                {
                    "service": int(services.service[at]),
                    "kind": services.kind[at],
                    "capacity": _plain(float(services.amount[at])),
                    "serves": [land.codes[row] for row in services.origins[services.targets == at]],
                }
                for at in range(len(services))
            ],
        }
    )


def _travel_times(study: Study) -> dict[str, Any] | None:
    """The part of the table of times that leads to places of the study: minutes from every municipality (row) to those
    where places are (column), null where the table has no such pair. None where the study uses no table."""
    land, times = study.land, times_of(study.question, study.land)
    if times is None:
        return None
    settled = study.material.places.municipality
    ends = [at for at in np.unique(settled[settled != NOWHERE]).tolist() if times.column[at] != NOWHERE]
    starts = np.flatnonzero(times.row != NOWHERE).tolist()
    minutes = times.minutes[np.ix_(times.row[starts], times.column[ends])]
    return {
        "source": times.source,
        "day": times.day,
        "from": [land.codes[at] for at in starts],
        "to": [land.codes[at] for at in ends],
        "minutes": [[value if math.isfinite(value) else None for value in row] for row in minutes.tolist()],
    }


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=str).encode()


def address(study: Study) -> str:
    return f"{settings.SITE_URL}{reverse('access:study')}?{study.question.query()}"


def picture(study: Study, kinds: dict[str, Kind]) -> str:
    """The map as SVG that can travel alone: title, legend, data."""
    told = (
        f"{study.question.words.name}; {present.path_words(study.question, study.land)} ({_('odhad')})",
        f"{_('služby k')} {day_words(study.material.day)}",
        f"{_('lidé')} {study.material.people_year or '–'}: {study.material.people_source}",
        settings.SITE_NAME,
    )
    note = "; ".join(told)
    return Drawing(study, title=asked(study.question, study.land, kinds), note=note, links=False).svg()


def png_bytes(study: Study, kinds: dict[str, Kind]) -> bytes:
    return png(picture(study, kinds))


def pdf_bytes(study: Study, kinds: dict[str, Kind]) -> bytes:
    """The study on paper: answer, map, areas, the worst-off municipalities, method and sources."""
    from paper.pdf import pdf

    title = asked(study.question, study.land, kinds)
    level = present.level_of(study, "")
    areas = [present.area_row(study, one) for one in study.by_area(present.LEVELS[level])]
    worst = present.rows(study, study.order[:WORST_IN_PDF].tolist(), 1)
    steps = present.step_words(study)
    shows_value = any(row.value for row in worst)
    drawing = Drawing(study, title=title, note=present.path_words(study.question, study.land), links=False)
    blocks = (
        Heading(1, str(_("Odpověď"))),
        Paragraph(answer(study)),
        Figure(drawing.svg(), str(_("Mapa obcí. Stejné údaje jsou v tabulkách.")) + " " + answer(study)),
        Heading(1, str(_("Území"))),
        Table(
            (str(_("území")), str(_("lidí")), *steps, str(_("zařízení")), "Gini"),
            tuple((one.name, one.people, *one.shares, one.places, one.gini) for one in areas),
            frozenset(range(1, len(steps) + 4)),
        ),
        Heading(1, str(_("Obce, které to mají nejhorší"))),
        Table(
            (str(_("obec")), "ORP", str(_("lidí")), str(_("cesta")), *((str(_("hodnota")),) if shows_value else ())),
            tuple((row.name, row.orp, row.people, row.far, *((row.value,) if shows_value else ())) for row in worst),
            frozenset({2, 3, 4}),
        ),
        Heading(1, str(_("Jak jsme počítali a co nevíme"))),
        Paragraph(study.question.words.meaning),
        Bullets(tuple(f"{name}: {value}" for name, value in present.data_words(study))),
        Note(str(_("Výsledek je odhad pro plánování, ne norma ani závazek."))),
        Bullets(tuple(limits(study))),
        Paragraph(f"{_('Stejnou studii najdete na adrese')} {address(study)}"),
    )
    cover = Cover(title, answer(study), (settings.SITE_NAME, f"{_('údaje ke dni')} {study.material.day:%d. %m. %Y}"))
    return pdf(
        Document(title, settings.SITE_NAME, "cs", cover, blocks, sheet=Sheet.REPORT, foot=str(_("Studie dostupnosti")))
    )


def matrix_bytes(matrix: Matrix) -> bytes:
    """The whole matrix of white spots, with what its words mean."""
    from xlsxwriter import Workbook

    made = io.BytesIO()
    with Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(_("Bílá místa"))
        heads = ("kod_obce", "obec", "orp", "lidi", *(kind.name for kind in matrix.kinds), _("kolik chybí"))
        sheet.write_row(0, 0, heads, bold)
        words = {int(cell): str(WORDS[cell][1]) for cell in Cell}
        orp = matrix.land.areas["orp"]
        for line, at in enumerate(matrix.rows.tolist()):
            cells = [words[int(cell)] for cell in matrix.cells[line]]
            lead = (matrix.land.codes[at], matrix.land.names[at], orp[matrix.land.within["orp"][at]].name)
            people = _plain(float(matrix.people[line]))
            sheet.write_row(line + 1, 0, (*lead, people, *cells, int(matrix.missing[line])))
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, len(matrix.rows), len(heads) - 1)
        sheet = book.add_worksheet(_("Metoda"))
        meanings = ((str(WORDS[cell][1]), str(MEANING[cell])) for cell in Cell)
        for at, row in enumerate((*present.matrix_words(matrix), *meanings)):
            sheet.write_row(at, 0, row)
    return made.getvalue()
