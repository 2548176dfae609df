"""Pages of finding help. All of them are public; nothing here asks who is there."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db import OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.web.pace import gentle

from . import actions, exports, forms, index, mapping, printing, results, selection
from .engine import Engine
from .forms import Asked
from .models import CrisisLine, Situation

logger = logging.getLogger("portal.finding")

PAGE = 20
MAP_PAGE = 10
SUGGESTIONS = 8


# --- results -------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    asked = forms.read(request.GET)
    engine = index.current()
    if asked.format:
        return export(request, asked, engine)
    answer = results.ask(engine, asked, page_size=PAGE)
    pages = Paginator(range(answer.total), PAGE)
    missing = asked.page > pages.num_pages
    if results.unanswered(asked, answer):
        note_in_vain(asked.text)
    context = results.page(asked, answer, engine) | {
        "page": pages.get_page(asked.page),
        "page_missing": missing,
        "nearest": [] if answer.total else results.nearest(asked, engine),
        **_map(engine, replace(asked, format=""), of_page=True),
    }
    return render(request, "finding/search.html", context, status=404 if missing else 200)


@gentle
def export(_request: HttpRequest, asked: Asked, engine: Engine) -> HttpResponse:
    return exports.respond(asked, engine)


def note_in_vain(text: str) -> None:
    """Count a search that nothing answered. The visitor comes first: while somebody writes for long (an import), the
    count is lost rather than the answer late."""
    try:
        with impatient():
            actions.note_empty_search(text=text)
    except OperationalError:
        logger.info("A search in vain was not counted: the database was busy.")


@contextmanager
def impatient() -> Iterator[None]:
    """Writing that waits for other writers only a moment (SQLite has one writer at a time)."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    patience = int(connection.settings_dict.get("OPTIONS", {}).get("timeout", 5) * 1000)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 200")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {patience:d}")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def missing(request: HttpRequest) -> HttpResponse:
    """What a visitor looked for in vain, told in own words."""
    form = forms.MissingForm(request.POST or None, initial={"text": request.GET.get("q", "")[:300]})
    if request.method == "POST" and form.is_valid():
        actions.note_empty_search(text=form.cleaned_data["text"])
        messages.success(request, _("Děkujeme. Zapsali jsme si to, bez jména a bez kontaktu."))
        return redirect("finding:search")
    return render(request, "finding/missing.html", {"form": form}, status=422 if form.errors else 200)


# --- suggestions ---------------------------------------------------------------------------------------------


@login_not_required
@require_safe
@gentle
def suggest(request: HttpRequest) -> HttpResponse:
    found = index.current().suggest(request.GET.get("q", "")[:200], SUGGESTIONS)
    return JsonResponse({"items": [results.suggestion(one) for one in found]})


@login_not_required
@require_safe
@gentle
def suggest_places(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("q", "")[:100].strip()
    places = index.current().places
    found = places.starting(typed, SUGGESTIONS) if typed else []
    return JsonResponse({"items": results.place_suggestions(found)})


# --- the map -------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def map(request: HttpRequest) -> HttpResponse:
    asked = forms.read(request.GET)
    engine = index.current()
    answer = results.ask(engine, asked, page_size=MAP_PAGE)
    pages = Paginator(range(answer.total), MAP_PAGE)
    context = results.page(asked, answer, engine) | {
        "page": pages.get_page(asked.page),
        "query": asked.query(),
        "kinds": results.options("druh", answer, engine),
        "groups": results.options("pro", answer, engine),
        "kept": [pair for pair in asked.pairs(page=False) if pair[0] not in {"druh", "pro"}],
        **_map(engine, asked),
    }
    return render(request, "finding/map.html", context, status=404 if asked.page > pages.num_pages else 200)


@login_not_required
@require_safe
def map_points(request: HttpRequest) -> HttpResponse:
    """Points of everything that the filters leave, or of one page of results (`strana`, `jen_strana`)."""
    asked = forms.read(request.GET)
    engine = index.current()
    body = mapping.points(asked, engine, index.version(engine), page_size=PAGE if request.GET.get("jen_strana") else 0)
    response = HttpResponse(body, content_type="application/geo+json")
    patch_cache_control(response, public=True, max_age=300)
    return response


@login_not_required
@require_safe
def map_borders(request: HttpRequest) -> HttpResponse:
    """Outlines as a base for maps; `v` in the address makes the answer cacheable for ever."""
    region = request.GET.get("kraj", "")
    engine = index.current()
    if region and region not in mapping.regions_of(engine):
        raise Http404(_("Tento kraj na mapě nemáme."))
    response = HttpResponse(mapping.outlines(region, index.version(engine)), content_type="application/geo+json")
    patch_cache_control(response, public=True, max_age=31_536_000 if request.GET.get("v") else 300)
    return response


def _map(engine: Engine, asked: Asked, *, of_page: bool = False) -> dict[str, Any]:
    """What the map part of a page needs."""
    query = asked.query(**({"jen_strana": "1", "strana": str(asked.page)} if of_page else {}))
    regions = mapping.regions_of(engine)
    # Tiles draw the land; without them our own outlines do.
    region = f"kraj={regions[0]}&" if len(regions) == 1 else ""
    borders = f"{reverse('finding:map_borders')}?{region}v={index.version(engine)}"
    return {
        "points_url": f"{reverse('finding:map_points')}?{query}",
        "borders_url": "" if settings.MAP_TILES else borders,
        "tiles": settings.MAP_TILES,
        "attribution": settings.MAP_ATTRIBUTION,
    }


# --- situations and help now ---------------------------------------------------------------------------------


@login_not_required
@require_safe
def situations(request: HttpRequest) -> HttpResponse:
    return render(request, "finding/situations.html", {"situations": Situation.objects.shown()})


@login_not_required
@require_safe
def situation(request: HttpRequest, slug: str) -> HttpResponse:
    found = Situation.objects.filter(slug=slug).prefetch_related("kinds", "target_groups").first()
    if found is None:
        raise Http404(_("Takovou situaci nemáme."))
    if not found.active:
        return render(request, "410.html", status=410)
    engine = index.current()
    asked = replace(forms.read(request.GET), page=1)
    context = results.situation(
        [kind.key for kind in found.kinds.all()], [group.key for group in found.target_groups.all()], asked, engine
    )
    if found.violence:
        context["lines"] = CrisisLine.objects.shown().filter(violence=True)
    context |= {"situation": found, "steps": found.steps.split("\n") if found.steps else results.usual_steps()}
    return render(request, "finding/situation.html", context)


@login_not_required
@require_safe
def crisis(request: HttpRequest) -> HttpResponse:
    lines = list(CrisisLine.objects.shown())
    law = CrisisLine.Certainty.LAW
    context = {
        "emergency": [one for one in lines if one.certainty == law],
        "lines": [one for one in lines if one.certainty != law],
    }
    return render(request, "finding/crisis.html", context)


# --- my selection --------------------------------------------------------------------------------------------


@login_not_required
@never_cache
@require_safe
def selection_page(request: HttpRequest) -> HttpResponse:
    kept = selection.kept(request)
    shared = selection.parse(request.GET.get("s", ""))
    numbers = shared or kept
    engine = index.current()
    rows = results.rows_of(numbers, engine)
    ids = selection.text(row.id for row in rows)
    address = f"{settings.SITE_URL}{reverse('finding:selection')}?s={ids}"
    return render(
        request,
        "finding/selection.html",
        {
            "rows": rows,
            "ids": ids,
            "own": not shared or set(shared) == set(kept),
            "gone": len(numbers) - len(rows),
            "link": address if rows else "",
            "mail_subject": _("Kontakty na pomoc"),
            "guide": f"{reverse('finding:guide')}?s={ids}",
        },
    )


# No protection against foreign forms: all that one could do is put a service aside, and a protected form would
# need a cookie on every page of results.
@csrf_exempt
@login_not_required
@require_POST
def selection_change(request: HttpRequest) -> HttpResponse:
    response = redirect("finding:selection")
    numbers = selection.changed(selection.kept(request), request)
    selection.keep(response, numbers, secure=request.is_secure())
    return response


# --- the printed guide ---------------------------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def guide(request: HttpRequest) -> HttpResponse:
    engine = index.current()
    asked = replace(forms.read(request.GET), page=1)
    if "s" in request.GET:
        numbers = results.present(selection.parse(request.GET["s"]), engine)
    else:
        numbers = results.ask(engine, asked, page_size=0).ids
    about = _("můj výběr") if "s" in request.GET else results.about(asked, engine)
    form = forms.GuideForm(request.POST or None)
    if request.method == "POST" and numbers and form.is_valid():
        job = printing.order(numbers=numbers, sheet=form.cleaned_data["sheet"], about=about)
        return redirect("jobs:progress", job.key)
    context = {
        "form": form,
        "total": len(numbers),
        "narrowed": asked.anything or "s" in request.GET,
        "sentence": about,
        "query": request.GET.urlencode(),
    }
    return render(request, "finding/guide.html", context, status=422 if form.errors else 200)
