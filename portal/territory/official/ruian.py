"""Downloads of RÚIAN (ČÚZK): the exchange format VFR (points and boundaries) and the CSV of addresses (postal codes).

VFR is GML 3.2 in S-JTSK (EPSG:5514: metres, east then north, both negative). Where each element and column name was
verified is written in docs/territory.md.
"""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import IO, Any

import pyproj

from .csu import Line

type Ring = list[list[float]]

VFR = "{urn:cz:isvs:ruian:schemas:VymennyFormatTypy:v1}"
# The kinds of area we take, and how coarse a boundary RÚIAN prepares for each.
AREAS = {
    VFR + "Obec": "GeneralizovaneHranice3",
    VFR + "Orp": "GeneralizovaneHranice4",
    VFR + "Okres": "GeneralizovaneHranice4",
    VFR + "Vusc": "GeneralizovaneHranice5",
}
ADDRESSES = frozenset({"kód adm", "kód obce", "psč"})


class NotExchangeFormat(ValueError):
    """The XML is broken or is not RÚIAN's exchange format."""


@dataclass(frozen=True, slots=True)
class Area:
    """One area of the exchange format, in degrees (WGS84)."""

    kind: str  # Obec, Orp, Okres, Vusc
    code: str  # RÚIAN's own; the same as ČSÚ's for municipalities only
    nuts: str  # code of NUTS or LAU where RÚIAN has it, else blank
    point: tuple[float, float] | None  # lat, lon
    geometry: dict[str, Any] | None
    km2: float | None


def areas(document: IO[bytes], faults: list[str]) -> Iterator[Area]:
    """Areas that are in force, one at a time (the country's file has over a hundred megabytes)."""
    try:
        for _, element in ET.iterparse(document, events=("end",)):  # noqa: S314 - expat refuses entity bombs
            if element.tag in AREAS and (code := _text(element, "Kod")) and not _text(element, "PlatiDo"):
                try:
                    yield _area(element, code)
                except ValueError as fault:
                    faults.append(f"{_local(element)} {code}: {fault}")
            if element.tag.startswith(VFR):
                element.clear()
    except ET.ParseError as fault:
        raise NotExchangeFormat(f"XML je poškozené: {fault}") from fault


def _area(element: ET.Element, code: str) -> Area:
    shape = _child(element, "Geometrie")
    boundary = _child(shape, AREAS[element.tag])
    if boundary is None:
        boundary = _child(shape, "OriginalniHranice")
    polygons = _polygons(boundary) if boundary is not None else []
    return Area(
        kind=_local(element),
        code=code,
        nuts=_text(element, "NutsLau"),
        point=_point(_child(shape, "DefinicniBod")),
        geometry=_geometry(polygons),
        km2=round(sum(_km2(polygon) for polygon in polygons), 2) if polygons else None,
    )


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _child(element: ET.Element | None, name: str) -> ET.Element | None:
    return next((one for one in element if _local(one) == name), None) if element is not None else None


def _text(element: ET.Element, name: str) -> str:
    child = _child(element, name)
    return (child.text or "").strip() if child is not None else ""


@cache
def _to_degrees() -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(5514, 4326, always_xy=True)


def degrees(points: Ring) -> Ring:
    """S-JTSK metres (east, north) as WGS84 degrees (lon, lat); five decimals are one metre, about its accuracy."""
    lons, lats = _to_degrees().transform([point[0] for point in points], [point[1] for point in points], errcheck=True)
    return [[round(lon, 5), round(lat, 5)] for lon, lat in zip(lons, lats, strict=True)]


def _metres(text: str | None) -> Ring:
    try:
        numbers = [float(one) for one in (text or "").split()]
    except ValueError:
        raise ValueError("souřadnice nejsou čísla") from None
    points = [[east, north] for east, north in zip(numbers[::2], numbers[1::2], strict=False)]
    # The rectangle around the country; this also turns away the positive values of the mathematicians' axes.
    if len(numbers) % 2 or not all(-920_000 < x < -420_000 and -1_240_000 < y < -920_000 for x, y in points):
        raise ValueError("souřadnice nejsou v S-JTSK (EPSG:5514)")
    return points


def _point(element: ET.Element | None) -> tuple[float, float] | None:
    position = next((one for one in element.iter() if _local(one) == "pos"), None) if element is not None else None
    if position is None:
        return None
    points = _metres(position.text)
    if len(points) != 1:
        raise ValueError("definiční bod nemá dvě souřadnice")
    ((lon, lat),) = degrees(points)
    return lat, lon


def _polygons(boundary: ET.Element) -> list[list[Ring]]:
    """Rings in metres, the outer one first."""
    polygons = []
    for polygon in (one for one in boundary.iter() if _local(one) in ("Polygon", "PolygonPatch")):
        rings = [_metres(one.text) for side in ("exterior", "interior") for one in _positions(polygon, side)]
        if not rings or any(len(ring) < 4 or ring[0] != ring[-1] for ring in rings):
            raise ValueError("hranice není uzavřená")
        polygons.append(rings)
    if not polygons:
        raise ValueError("hranice nemá žádnou plochu")
    return polygons


def _positions(polygon: ET.Element, side: str) -> Iterator[ET.Element]:
    for part in polygon:
        if _local(part) == side:
            yield from (one for one in part.iter() if _local(one) == "posList")


def _geometry(polygons: list[list[Ring]]) -> dict[str, Any] | None:
    shapes = [[degrees(ring) for ring in rings] for rings in polygons]
    if not shapes:
        return None
    if len(shapes) == 1:
        return {"type": "Polygon", "coordinates": shapes[0]}
    return {"type": "MultiPolygon", "coordinates": shapes}


def _km2(rings: list[Ring]) -> float:
    """Křovák's projection keeps angles and changes lengths by one in ten thousand at most: good for two decimals."""

    def surface(ring: Ring) -> float:
        east, north = ring[0]
        moved = [(x - east, y - north) for x, y in ring]
        return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(moved))) / 2

    outer, *holes = rings
    return (surface(outer) - sum(surface(hole) for hole in holes)) / 1_000_000


def is_addresses(columns: Set[str]) -> bool:
    return columns >= ADDRESSES


def postal_codes(lines: Iterable[Line], counted: dict[str, Counter[str]], faults: list[str]) -> None:
    """How many addresses of each municipality have which postal code; the most usual one stands for the place."""
    for number, row in lines:
        code, postal = row["kód obce"], row["psč"].replace(" ", "")
        if not postal:
            continue
        if not re.fullmatch(r"[0-9]{6}", code) or not re.fullmatch(r"[0-9]{5}", postal):
            faults.append(f"řádek {number}: obec {code!r} a PSČ {postal!r} nejsou kódy, jaké čekáme")
            continue
        counted.setdefault(code, Counter())[postal] += 1
