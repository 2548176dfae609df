"""What the maps draw: points of services (from memory) and outlines of areas (simplified, kept in the cache)."""

from __future__ import annotations

import json
from typing import Any
from weakref import WeakKeyDictionary

from django.core.cache import caches

from portal.territory.models import Boundary, Municipality, Orp
from portal.territory.outlines import coarser
from portal.web.pace import NEAR

from . import results
from .engine import Engine
from .forms import Asked

DAY = 24 * 60 * 60
# Outlines of one region are drawn by municipalities, of more regions by ORP.
GRID = {Boundary.Level.MUNICIPALITY: 0.001, Boundary.Level.ORP: 0.002}


def points(asked: Asked, engine: Engine, version: str, page_size: int = 0) -> bytes:
    """GeoJSON of points as bytes: of everything found, or of one page of it. What lies on the map of all places is
    kept in the cache; a question in words is not (there are too many of them)."""
    plain = not (asked.text or asked.near or asked.point or page_size)
    key = f"points:{version}:{asked.query()}" if plain and len(asked.query()) < 150 else ""
    made: bytes | None = caches[NEAR].get(key) if key else None
    if made is None:
        answer = results.ask(engine, asked, page_size=page_size)
        ids = [hit.id for hit in answer.hits] if page_size else answer.ids
        collection = results.points(ids, engine, together=not page_size)
        made = json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()
        if key and "otevreno" not in key:
            caches[NEAR].set(key, made, timeout=DAY)
    return made


_regions: WeakKeyDictionary[Engine, list[str]] = WeakKeyDictionary()


def regions_of(engine: Engine) -> list[str]:
    """Codes of the regions in which the catalogue has a public place, most services first. Counted once an engine."""
    held = _regions.get(engine)
    if held is None:
        held = _regions[engine] = _count_regions(engine)
    return held


def _count_regions(engine: Engine) -> list[str]:
    counts: dict[str, int] = {}
    for code, services in engine.tally("municipality").items():
        place = engine.places.get(code)
        if place and place.areas:
            counts[place.areas[-1]] = counts.get(place.areas[-1], 0) + services
    return sorted(counts, key=lambda code: (-counts[code], code))


def outlines(region: str, version: str) -> bytes:
    """GeoJSON of outlines as bytes: municipalities of one region, or ORP of all where `region` is empty.
    Made once for a version of the data; read from the cache afterwards."""
    key = f"outlines:{version}:{region}"
    made: bytes | None = caches[NEAR].get(key)
    if made is None:
        made = json.dumps(_collection(region), ensure_ascii=False, separators=(",", ":")).encode()
        caches[NEAR].set(key, made, timeout=DAY)
    return made


def _collection(region: str) -> dict[str, Any]:
    if region:
        level = Boundary.Level.MUNICIPALITY
        names = dict(Municipality.objects.filter(region=region).values_list("code", "name"))
    else:
        level = Boundary.Level.ORP
        names = dict(Orp.objects.values_list("code", "name"))
    rows = Boundary.objects.filter(level=level, code__in=names) if region else Boundary.objects.filter(level=level)
    features = [
        {
            "type": "Feature",
            "id": code,
            "geometry": made,
            "properties": {"name": names.get(code, code)},
        }
        for code, geometry in rows.values_list("code", "geometry").iterator()
        if (made := coarser(geometry, GRID[level]))["coordinates"]
    ]
    return {"type": "FeatureCollection", "features": features}
