"""Outlines of areas from TopoJSON or GeoJSON, both told apart by content.

TopoJSON (github.com/topojson/topojson-specification): arcs of delta-coded integers, shared by neighbours; a
negative index ~i is arc i walked backwards.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

type Position = list[float]
type Ring = list[Position]


class Outline(NamedTuple):
    code: str
    geometry: dict[str, Any]  # a GeoJSON Polygon or MultiPolygon, WGS84, lon-lat


class NotOutlines(ValueError):
    """The document is neither TopoJSON nor a GeoJSON feature collection of areas."""


CODE_KEYS = ("kod_obce", "kod_orp", "kod_okres_lau", "kod_kraj_nuts3", "code", "kod")


def read(document: Any, faults: list[str]) -> Iterator[Outline]:
    """Outlines with their official codes: the feature's id, or the first of CODE_KEYS among its properties.
    A feature that is no area is told in `faults` and left out."""
    kind = document.get("type") if isinstance(document, dict) else None
    try:
        if kind == "Topology":
            things, polygon = _topology(document)
        elif kind == "FeatureCollection":
            things, polygon = list(document["features"]), _geojson_polygon
        else:
            raise NotOutlines("Soubor hranic není TopoJSON ani GeoJSON (FeatureCollection).")
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        if isinstance(fault, NotOutlines):
            raise
        raise NotOutlines(f"Soubor hranic je poškozený ({fault}).") from fault
    for number, thing in enumerate(things, start=1):
        try:
            yield Outline(_code(thing), _area(thing, polygon))
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as fault:
            faults.append(f"hranice č. {number}: {fault or 'není to plocha'}")


def _code(thing: dict[str, Any]) -> str:
    if thing.get("id") not in (None, ""):
        return str(thing["id"])
    properties = thing.get("properties") or {}
    return next((str(properties[key]) for key in CODE_KEYS if properties.get(key)), "")


def _area(thing: dict[str, Any], polygon: Callable[[Any], list[Ring]]) -> dict[str, Any]:
    """A GeoJSON geometry of a GeoJSON feature or a TopoJSON geometry; `polygon` makes rings of either's polygon."""
    shape = thing.get("geometry", thing)
    if not isinstance(shape, dict) or shape.get("type") not in ("Polygon", "MultiPolygon"):
        raise ValueError("není to plocha (Polygon nebo MultiPolygon)")
    parts = shape["arcs"] if "arcs" in shape else shape["coordinates"]
    if shape["type"] == "Polygon":
        return {"type": "Polygon", "coordinates": polygon(parts)}
    return {"type": "MultiPolygon", "coordinates": [polygon(part) for part in parts]}


def _topology(document: dict[str, Any]) -> tuple[list[dict[str, Any]], Callable[[Any], list[Ring]]]:
    """Geometries of all collections, and the way to make rings of their arcs."""
    arcs = _absolute(document)

    def ring(indexes: list[int]) -> Ring:
        points: Ring = []
        for index in indexes:
            arc = arcs[index] if index >= 0 else arcs[~index][::-1]
            points.extend(arc[1:] if points else arc)
        return points

    things = [thing for collection in document["objects"].values() for thing in collection.get("geometries", [])]
    return things, lambda polygon: [ring(indexes) for indexes in polygon]


def _absolute(document: dict[str, Any]) -> list[Ring]:
    """Arcs as degrees."""
    transform = document.get("transform")
    if transform is None:
        return [[[x, y] for x, y, *_ in arc] for arc in document["arcs"]]
    (scale_x, scale_y), (move_x, move_y) = transform["scale"], transform["translate"]
    arcs = []
    for arc in document["arcs"]:
        x = y = 0
        points = []
        for dx, dy, *_ in arc:
            x, y = x + dx, y + dy
            points.append([round(x * scale_x + move_x, 5), round(y * scale_y + move_y, 5)])
        arcs.append(points)
    return arcs


def _geojson_polygon(rings: Any) -> list[Ring]:
    """Five decimals are one metre; more is only weight. A height, if there is one, is left out."""
    return [[[round(lon, 5), round(lat, 5)] for lon, lat, *_ in ring] for ring in rings]


# --- lighter outlines, for maps ---------------------------------------------------------------------------------


def coarser(geometry: dict[str, Any], grid: float) -> dict[str, Any]:
    """The geometry with every corner moved to a grid of so many degrees, and repeated corners left out.

    Neighbours share corners and move them to the same place, so no gap opens between them (which dropping corners
    of each outline by itself would do). A ring smaller than the grid vanishes.
    """
    coordinates = geometry["coordinates"]
    polygons: list[Any] = [coordinates] if geometry["type"] == "Polygon" else coordinates
    kept = [rings for polygon in polygons if (rings := _rings(polygon, grid))]
    return {"type": "MultiPolygon", "coordinates": kept}


def _rings(polygon: Iterable[Any], grid: float) -> list[list[list[float]]]:
    rings = []
    for number, ring in enumerate(polygon):
        snapped = _straight(_snapped(ring, grid))
        if len(snapped) >= 4:
            rings.append(snapped)
        elif number == 0:
            return []
    return rings


def _snapped(ring: Iterable[Any], grid: float) -> list[list[float]]:
    corners: list[list[float]] = []
    for lon, lat, *_height in ring:
        corner = [round(round(lon / grid) * grid, 4), round(round(lat / grid) * grid, 4)]
        if not corners or corners[-1] != corner:
            corners.append(corner)
    return corners


def _straight(corners: list[list[float]]) -> list[list[float]]:
    """Without corners that lie on the straight line between their neighbours."""
    if len(corners) < 4:
        return corners
    kept = [corners[0]]
    for at in range(1, len(corners) - 1):
        (ax, ay), (bx, by), (cx, cy) = kept[-1], corners[at], corners[at + 1]
        if abs((bx - ax) * (cy - ay) - (by - ay) * (cx - ax)) > 1e-9:
            kept.append(corners[at])
    return [*kept, corners[-1]]
