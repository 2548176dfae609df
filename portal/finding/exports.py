"""Answers of the search as data: JSON, GeoJSON, CSV. Everything that was found, in the order of the page."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from portal.web.cells import guard

from . import results
from .engine import Answer, Engine, Hit
from .forms import Asked
from .results import Row

FORMATS = ("json", "geojson", "csv")
# Rows of one export; whoever wants the whole catalogue has the open data.
MOST_ROWS = 1000
COLUMNS = ("poradi", "sluzba", "druh", "poskytovatel", "kde", "vzdalenost", "telefon", "email", "web", "proc", "adresa")


def respond(asked: Asked, engine: Engine) -> HttpResponse:
    """The answer in the asked format; 400 with the list of formats for any other."""
    if asked.format not in FORMATS:
        problem = {
            "type": "about:blank",
            "title": _("Tento formát neumíme"),
            "status": 400,
            "detail": _("Zkuste: %(formats)s.") % {"formats": ", ".join(FORMATS)},
        }
        return JsonResponse(problem, status=400, content_type="application/problem+json")
    answer = results.ask(engine, replace(asked, page=1), page_size=MOST_ROWS)
    made = {"json": as_json, "geojson": as_geojson, "csv": as_csv}[asked.format](answer, engine)
    made["Access-Control-Allow-Origin"] = "*"
    return made


def _rows(answer: Answer, engine: Engine) -> list[Row]:
    place = answer.question.place
    return results.rows(answer.hits, engine, place.name if place else "")


def as_json(answer: Answer, engine: Engine) -> HttpResponse:
    place = answer.question.place
    return JsonResponse(
        {
            "otazka": answer.question.text,
            "misto": {"kod": place.code, "nazev": place.name, "okres": place.district} if place else None,
            "celkem": answer.total,
            "sluzby": [
                {
                    "id": row.id,
                    "nazev": row.name,
                    "url": settings.SITE_URL + row.url,
                    "druh": row.kind,
                    "popis": row.what,
                    "poskytovatel": row.provider,
                    "kde": row.where,
                    "vzdalenost_km": hit.distance_km,
                    "telefon": row.phone,
                    "email": row.email,
                    "web": row.web,
                    "proc": row.why,
                }
                for row, hit in _paired(answer, engine)
            ],
        },
        json_dumps_params={"ensure_ascii": False},
    )


def _paired(answer: Answer, engine: Engine) -> list[tuple[Row, Hit]]:
    hits = {hit.id: hit for hit in answer.hits}
    return [(row, hits[row.id]) for row in _rows(answer, engine)]


def as_geojson(answer: Answer, engine: Engine) -> HttpResponse:
    body = json.dumps(results.points(answer.ids, engine), ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(body, content_type="application/geo+json")


def as_csv(answer: Answer, engine: Engine) -> HttpResponse:
    """UTF-8 with a mark at the start, so that spreadsheet programs read Czech letters."""
    table = io.StringIO()
    table.write("\ufeff")
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    for order, row in enumerate(_rows(answer, engine), 1):
        cells = (row.name, row.kind, row.provider, row.where, row.distance, row.phone, row.email, row.web, row.why)
        writer.writerow([order, *map(guard, cells), settings.SITE_URL + row.url])
    response = HttpResponse(table.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="sluzby.csv"'
    return response
