"""Outlines of areas from TopoJSON or GeoJSON, both told apart by content.

TopoJSON (github.com/topojson/topojson-specification): arcs of delta-coded integers, shared by neighbours; a
negative index ~i is arc i walked backwards.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

type Position = list[float]
type Ring = list[Position]


class Outline(NamedTuple):
    code: str
    geometry: dict[str, Any]  # a GeoJSON Polygon or MultiPolygon, WGS84, lon-lat


class NotOutlines(ValueError):
    """The document is neither TopoJSON nor a GeoJSON feature collection of areas."""


CODE_KEYS = ("kod_obce", "kod_orp", "kod_okres_lau", "kod_kraj_nuts3", "code", "kod")


def read(document: Any) -> Iterator[Outline]:
    """Outlines with their official codes: the feature's id, or the first of CODE_KEYS among its properties."""
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "Topology":
        yield from _topology(document)
    elif kind == "FeatureCollection":
        for feature in document["features"]:
            yield Outline(_code(feature), _rounded(feature["geometry"]))
    else:
        raise NotOutlines("Soubor hranic není TopoJSON ani GeoJSON (FeatureCollection).")


def _code(thing: dict[str, Any]) -> str:
    if thing.get("id") not in (None, ""):
        return str(thing["id"])
    properties = thing.get("properties") or {}
    return next((str(properties[key]) for key in CODE_KEYS if properties.get(key)), "")


def _topology(document: dict[str, Any]) -> Iterator[Outline]:
    arcs = _absolute(document)

    def ring(indexes: list[int]) -> Ring:
        points: Ring = []
        for index in indexes:
            arc = arcs[index] if index >= 0 else arcs[~index][::-1]
            points.extend(arc[1:] if points else arc)
        return points

    for collection in document["objects"].values():
        for thing in collection.get("geometries", []):
            if thing["type"] == "Polygon":
                coordinates: list[Any] = [ring(indexes) for indexes in thing["arcs"]]
            elif thing["type"] == "MultiPolygon":
                coordinates = [[ring(indexes) for indexes in polygon] for polygon in thing["arcs"]]
            else:
                continue
            yield Outline(_code(thing), {"type": thing["type"], "coordinates": coordinates})


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


def _rounded(geometry: dict[str, Any]) -> dict[str, Any]:
    """Five decimals are one metre; more is only weight."""

    def shorter(value: Any) -> Any:
        return round(value, 5) if isinstance(value, float) else [shorter(one) for one in value]

    return {"type": geometry["type"], "coordinates": shorter(geometry["coordinates"])}
