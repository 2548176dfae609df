"""The page that shows every component in every state, with a few invented data to show them on."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from .forms import GalleryForm

# name, municipality, longitude, latitude; invented
PLACES = [
    ("Pečovatelská služba Lípa", "Horní Lípa", 15.312, 50.412),
    ("Denní stacionář Slunečnice", "Horní Lípa", 15.316, 50.414),
    ("Odlehčovací služba Oddych", "Dolní Ves", 15.384, 50.372),
    ("Poradna Krok", "Nová Huť", 15.221, 50.448),
]
HINTS = ["péče o seniory doma", "péče o děti", "peníze a dluhy", "pečovatelská služba", "pečující rodina"]


@login_not_required
def ui(request: HttpRequest) -> HttpResponse:
    wrong = GalleryForm({"email": "jana"}, prefix="wrong")
    wrong.is_valid()
    jobs: list[dict[str, Any]] = [
        {"key": "1", "title": "Průvodce pro Horní Lípu", "state": "waiting", "percent": None, "finished": False},
        {"key": "2", "title": "Import registru", "state": "running", "percent": 64, "finished": False,
         "message": "4 310 z 6 733 služeb"},
        {"key": "3", "title": "Průvodce je hotový", "state": "done", "finished": True,
         "message": "48 stran, 1,2 MB."},
        {"key": "4", "title": "Průvodce se nepodařilo vytvořit", "state": "failed", "finished": True,
         "message": "Výběr zůstal uložený. Zkuste to za chvíli znovu."},
    ]  # fmt: skip
    return render(
        request,
        "web/ui.html",
        {
            "form": GalleryForm(prefix="right"),
            "wrong": wrong,
            "page": Paginator(range(400), 20).get_page(request.GET.get("strana", 6)),
            "jobs": jobs,
            "places": list(enumerate(PLACES, 1)),
            "groups": [("seniori", "seniory"), ("rodiny", "rodiny s dětmi"), ("postizeni", "lidi s postižením")],
            "phones": ["+420 493 000 111", "+420 601 000 222"],
            "emails": ["pomoc@lipa.example"],
            "hours": [("Pondělí", "8.00–15.30", False), ("Úterý", "8.00–17.00", True), ("Středa", "zavřeno", False)],
        },
    )


@login_not_required
def ui_places(_request: HttpRequest) -> JsonResponse:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": {"id": at, "name": name, "url": f"#place-{at}", "note": municipality},
        }
        for at, (name, municipality, lon, lat) in enumerate(PLACES, 1)
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})


@login_not_required
def ui_suggest(request: HttpRequest) -> JsonResponse:
    start = request.GET.get("q", "").casefold()
    items = [{"label": hint} for hint in HINTS if hint.startswith(start)]
    return JsonResponse({"items": items})
