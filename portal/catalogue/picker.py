"""Municipalities to pick from on a map, an ORP at a time."""

from __future__ import annotations

from typing import Any

from portal.territory.models import Boundary, Municipality
from portal.territory.outlines import coarser

from .desk_forms import written_as

# Corners are moved to a grid of so many degrees, about a hundred metres.
PICKER_GRID = 0.001


def municipalities_of_orp(orp: str) -> list[dict[str, Any]]:
    """GeoJSON features of the municipalities of an ORP by name; `written` is the name that tells namesakes apart.
    One without a known outline has no geometry."""
    names = dict(Municipality.objects.filter(orp=orp).order_by("name").values_list("code", "name"))
    outlines = Boundary.objects.filter(level=Boundary.Level.MUNICIPALITY, code__in=names)
    shapes = dict(outlines.values_list("code", "geometry"))
    written = written_as(names)
    return [
        {
            "type": "Feature",
            "id": code,
            "geometry": coarser(shapes[code], PICKER_GRID) if code in shapes else None,
            "properties": {"name": name, "written": written[code]},
        }
        for code, name in names.items()
    ]
