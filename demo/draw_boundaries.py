"""Draw the invented municipalities' boundaries from their points.

Reads ``territory/municipalities.csv``, writes ``territory/boundaries.geojson`` (municipalities) and
``territory/areas.geojson`` (ORP, districts, the region), both in WGS84 with four decimals, about 10 m. Each
municipality gets the land nearest to its point (a Voronoi cell). Edges are drawn as slightly winding lines, each
once, so that neighbours share every vertex and the region is tiled without gaps or overlaps. The same points
always give the same file:

    python demo/draw_boundaries.py
"""

import csv
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Voronoi, cKDTree

TERRITORY = Path(__file__).parent / "territory"
KM_PER_DEGREE = np.array([63.4, 111.3])  # of longitude and latitude, at 55.3° north
SEA_SPACING_KM = 2.2
SHORE_KM = 5.0  # half of it is how far land reaches behind the outermost points
WINDING = 0.09  # sideways shift of an edge's middle, as a share of its length
HALVINGS = 4

AREAS = (("kod_orp", "nazev_orp"), ("kod_okres_lau", "nazev_okres"), ("kod_kraj_nuts3", "nazev_kraj"))

type Points = NDArray[np.float64]
type Line = list[tuple[float, float]]


def sea_points(land: Points) -> Points:
    """Points all around the land (km); the coast runs halfway between them and the outermost municipalities."""
    low, high = land.min(axis=0) - 15, land.max(axis=0) + 15
    grid = np.stack(np.meshgrid(*(np.arange(a, b, SEA_SPACING_KM) for a, b in zip(low, high, strict=True))), -1)
    jittered = grid.reshape(-1, 2) + np.random.default_rng(7).normal(0, 0.35, (grid.size // 2, 2))
    distance, _ = cKDTree(land).query(jittered)
    at_sea: Points = jittered[distance > SHORE_KM]
    return at_sea


def wind(start: Points, end: Points, seed: int) -> Points:
    """A winding line between two points, both included: the middle of every part is shifted sideways."""
    random = np.random.default_rng(seed)
    line = np.stack([start, end])
    for _ in range(HALVINGS):
        step = np.diff(line, axis=0)
        across = np.stack([-step[:, 1], step[:, 0]], axis=1)
        middle = line[:-1] + step / 2 + across * random.uniform(-WINDING, WINDING, (len(step), 1))
        woven = np.empty((len(line) * 2 - 1, 2))
        woven[::2], woven[1::2] = line, middle
        line = woven
    return line


def rings(land: Points) -> list[Points]:
    """One closed ring (km) for each point of the land, in the same order."""
    cells = Voronoi(np.concatenate([land, sea_points(land)]))
    edges = {
        (int(a), int(b)): wind(cells.vertices[a], cells.vertices[b], seed=number)
        for number, (a, b) in enumerate(sorted(tuple(sorted(ridge)) for ridge in cells.ridge_vertices))
        if a >= 0
    }
    drawn = []
    for index in range(len(land)):
        corners = cells.regions[cells.point_region[index]]
        parts = []
        for a, b in zip(corners, [*corners[1:], corners[0]], strict=True):
            parts.append(edges[a, b][:-1] if a < b else edges[b, a][::-1][:-1])
        ring = np.concatenate(parts)
        drawn.append(np.concatenate([ring, ring[:1]]))
    return drawn


def counterclockwise(ring: Points) -> Points:
    """The ring in the direction that GeoJSON asks for."""
    x, y = ring[:, 0], ring[:, 1]
    area = float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))
    return ring if area > 0 else ring[::-1]


def outline(parts: list[Line]) -> Line:
    """The ring around neighbours: what is left of their borders once those they share are taken out.

    The neighbours make one piece without holes, as every area of the demo does.
    """
    steps = {(a, b) for ring in parts for a, b in pairwise(ring)}
    onward = {a: b for a, b in steps if (b, a) not in steps}
    start = min(onward)
    ring = [start, onward[start]]
    while ring[-1] != start:
        ring.append(onward[ring[-1]])
    if len(ring) != len(onward) + 1:
        raise ValueError("The area falls into more than one piece.")
    return ring


def write(path: Path, outlines: list[tuple[dict[str, str], Line]]) -> None:
    """GeoJSON with one feature on a line, so that a change shows what changed."""
    features = [
        json.dumps(
            {
                "type": "Feature",
                "properties": properties,
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for properties, ring in outlines
    ]
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"
    path.write_text(text, encoding="utf-8")


def main() -> None:
    with (TERRITORY / "municipalities.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    land = np.array([[float(row["lon"]), float(row["lat"])] for row in rows]) * KM_PER_DEGREE
    lines: list[Line] = []
    for ring in rings(land):
        degrees = np.round(counterclockwise(ring) / KM_PER_DEGREE, 4)
        repeated = np.r_[False, (np.diff(degrees, axis=0) == 0).all(axis=1)]
        lines.append([(float(lon), float(lat)) for lon, lat in degrees[~repeated]])
    municipalities = [{"kod_obce": row["kod_obce"], "nazev": row["nazev"]} for row in rows]
    write(TERRITORY / "boundaries.geojson", list(zip(municipalities, lines, strict=True)))
    areas: list[tuple[dict[str, str], Line]] = []
    for code, name in AREAS:
        for key, title in dict.fromkeys((row[code], row[name]) for row in rows):
            inside = [line for row, line in zip(rows, lines, strict=True) if row[code] == key]
            areas.append(({code: key, "nazev": title}, outline(inside)))
    write(TERRITORY / "areas.geojson", areas)


if __name__ == "__main__":
    main()
