"""A study as a map: SVG drawn here, with no script and no style sheet, so that it can be shown, saved and printed.

A region is drawn municipality by municipality, each of them a link. The whole country is drawn class by class with
its ORP as links, coarser, so that it stays under 400 KB.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from django.core.cache import caches
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from portal.territory.models import Boundary
from portal.web.pace import NEAR

from .study import Floats, Ints, Study
from .wording import measured, value_words

# Viridis in five steps, the best off light and the worst off dark; readable without telling colours apart.
COLOURS = ("#fde725", "#5ec962", "#21918c", "#3b528b", "#440154")
CLASSES = len(COLOURS)
NOTHING, EMPTY, UNKNOWN = "url(#nic)", "url(#prazdne)", "url(#nevime)"
PATTERNS = (
    '<pattern id="nic" width="6" height="6" patternUnits="userSpaceOnUse"><path fill="#fff" d="M0 0h6v6H0z"/>'
    '<circle cx="3" cy="3" r="1.6" fill="#000"/></pattern>'
    '<pattern id="prazdne" width="6" height="6" patternUnits="userSpaceOnUse"><path fill="#fff" d="M0 0h6v6H0z"/>'
    '<path stroke="#000" d="M0 3h6M3 0v6"/></pattern>'
    '<pattern id="nevime" width="6" height="6" patternUnits="userSpaceOnUse"><path fill="#fff" d="M0 0h6v6H0z"/>'
    '<path stroke="#767676" stroke-width="1.4" d="M-1 7 7-1M-1 1 1-1M5 7 7 5"/></pattern>'
)
DAY = 24 * 60 * 60
WIDE, WIDE_COUNTRY = 1000, 900
MANY = 1500  # a map of more municipalities than this is drawn as the country
MOST_DOTS = 1500


# --- classes ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Class:
    """A class of the map: its fill, what it means, how many municipalities are in it."""

    fill: str
    label: str
    count: int


@dataclass(frozen=True, eq=False)
class Classes:
    """`of` (n,): class of every municipality of the land, -1 outside the scope."""

    of: Ints
    all: list[Class]


def classes(study: Study) -> Classes:
    """Quantiles of the municipalities of the scope, from the best off; then those that reach nothing, those that reach
    places of no capacity, and those of which nothing is known: three different things."""
    from analysis.reach import State

    values, inside = study.values, study.scope
    nothing = inside & (np.isinf(values) if study.question.words.lower_is_better else values == 0)
    known = inside & ~np.isnan(values) & ~nothing
    of = np.full(len(values), -1, dtype=np.int64)
    made: list[Class] = []
    if known.any():
        edges = np.unique(np.quantile(values[known], np.linspace(0, 1, CLASSES + 1)[1:-1]))
        edges = edges[edges < values[known].max()]
        step = np.searchsorted(edges, values, side="left")
        rank = step if study.question.words.lower_is_better else len(edges) - step
        of[known] = rank[known]
        made = _quantiles(study, edges, of)
    for mask, fill, label in (
        (nothing & (study.state != State.ZERO), NOTHING, _("nic v dosahu")),
        (nothing & (study.state == State.ZERO), EMPTY, _("v dosahu jen místa s nulovou kapacitou")),
        (inside & np.isnan(values), UNKNOWN, _("nevíme")),
    ):
        if mask.any():
            of[mask] = len(made)
            made.append(Class(fill, label, int(mask.sum())))
    return Classes(of, made)


def _quantiles(study: Study, edges: Floats, of: Ints) -> list[Class]:
    lower, count = study.question.words.lower_is_better, len(edges) + 1
    fills = [COLOURS[round(at * (CLASSES - 1) / max(1, count - 1))] for at in range(count)]
    made = []
    for rank in range(count):
        step = rank if lower else count - 1 - rank
        if count == 1:
            label = _("všude stejně")
        elif step == 0:
            label = _("nejvýš %s") % measured(study.question, float(edges[0]))
        elif step == count - 1:
            label = _("víc než %s") % measured(study.question, float(edges[-1]))
        else:
            start, end = float(edges[step - 1]), float(edges[step])
            label = _("přes %(from)s do %(to)s") % {
                "from": measured(study.question, start, bare=True),
                "to": measured(study.question, end),
            }
        made.append(Class(fills[rank], label, int((of == rank).sum())))
    return made


def swatch(fill: str) -> str:
    """The colour or pattern of a class as a small drawing for a legend outside of the map."""
    name = fill.removeprefix("url(#").removesuffix(")")
    if name == "nic":
        inside = '<circle cx="7" cy="7" r="2.4"/><circle cx="15" cy="15" r="2.4"/>'
    elif name == "prazdne":
        inside = '<path stroke="#000" stroke-width="2" d="M1 7h20M1 15h20M7 1v20M15 1v20"/>'
    elif name == "nevime":
        inside = '<path stroke="#767676" stroke-width="2" d="M2 12 12 2M2 20 20 2M10 20 20 10"/>'
    else:
        inside = ""
    ground = "#fff" if inside else fill
    return (
        '<svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true" focusable="false">'
        f'<path fill="{ground}" stroke="#767676" d="M1 1h20v20H1z"/>{inside}</svg>'
    )


# --- shapes -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shapes:
    """Outlines of one area as paths on a grid of whole numbers, `height` for WIDE columns."""

    paths: dict[str, str]
    overlay: dict[str, str]
    width: int
    height: int
    west: float
    north: float
    unit: float
    squeeze: float

    def spot(self, lat: float, lon: float) -> tuple[int, int]:
        return round((lon - self.west) * self.squeeze / self.unit), round((self.north - lat) / self.unit)


def shapes(study: Study) -> Shapes | None:
    """Outlines of the scope, made once for each area and kept; None where the installation has no outlines."""
    question = study.question
    stamp = Boundary.objects.aggregate(newest=Max("pk"))["newest"]
    key = f"access:shapes:{stamp}:{int(study.scope.sum())}:{question.orp or question.region or 'cr'}"
    found: Shapes | None = caches[NEAR].get(key)
    if found is None and stamp is not None:
        found = _shapes(study)
        caches[NEAR].set(key, found, timeout=DAY)
    return found if found and found.paths else None


def _shapes(study: Study) -> Shapes:
    rows = np.flatnonzero(study.scope)
    codes = [study.land.codes[at] for at in rows]
    is_country = len(codes) > MANY
    outlines = _read(Boundary.Level.MUNICIPALITY, set(codes))
    frame = _Frame(study, WIDE_COUNTRY if is_country else WIDE)
    paths = {code: frame.path(geometry) for code, geometry in outlines}
    overlay = {}
    if is_country:
        overlay = {code: frame.path(geometry) for code, geometry in _read(Boundary.Level.ORP, None)}
    return Shapes(
        {code: path for code, path in paths.items() if path},
        {code: path for code, path in overlay.items() if path},
        frame.width,
        frame.height,
        frame.west,
        frame.north,
        frame.unit,
        frame.squeeze,
    )


def _read(level: str, codes: set[str] | None) -> Iterator[tuple[str, Any]]:
    rows = Boundary.objects.filter(level=level).order_by("code")
    if codes is not None and len(codes) <= 900:  # below the limit of parameters of a query
        rows = rows.filter(code__in=codes)
    for code, geometry in rows.values_list("code", "geometry").iterator(chunk_size=200):
        if codes is None or code in codes:
            yield code, geometry


class _Frame:
    """From degrees to the grid of a map: the window of the scope's municipalities, seen from straight above."""

    MARGIN = 0.06  # degrees around the middles of the outermost municipalities

    def __init__(self, study: Study, width: int) -> None:
        points = study.land.points[study.scope]
        points = points[~np.isnan(points[:, 0])]
        if not len(points):
            points = np.array([[50.0, 15.0]])
        south, west = points.min(axis=0) - self.MARGIN
        north, east = points.max(axis=0) + self.MARGIN
        self.squeeze = math.cos(math.radians((south + north) / 2))
        self.west, self.north = float(west), float(north)
        self.unit = float(max((east - west) * self.squeeze, north - south)) / width
        self.width = math.ceil(float(east - west) * self.squeeze / self.unit)
        self.height = math.ceil(float(north - south) / self.unit)

    def path(self, geometry: dict[str, Any]) -> str:
        """The path of a Polygon or MultiPolygon; "" where the grid is too coarse for it."""
        polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
        return "".join(self._ring(ring) for polygon in polygons for ring in polygon)

    def _ring(self, ring: Any) -> str:
        corners = np.array([corner[:2] for corner in ring])
        x = np.rint((corners[:, 0] - self.west) * self.squeeze / self.unit).astype(int)
        y = np.rint((self.north - corners[:, 1]) / self.unit).astype(int)
        kept = _straight(x, y)
        if len(kept) < 3:
            return ""
        x, y = x[kept], y[kept]
        steps = "".join(f"{_gap(dx)}{_gap(dy)}" for dx, dy in zip(np.diff(x), np.diff(y), strict=True))
        return f"M{x[0]} {y[0]}l{steps.removeprefix(' ')}z"


def _gap(number: int) -> str:
    return f"{number}" if number < 0 else f" {number}"


def _straight(x: NDArray[Any], y: NDArray[Any]) -> list[int]:
    """Positions of the corners that matter: neither repeated nor on the line between their neighbours. The last
    corner of a ring repeats the first and is left out."""
    kept: list[int] = []
    for at in range(len(x) - 1):
        if kept and x[at] == x[kept[-1]] and y[at] == y[kept[-1]]:
            continue
        while len(kept) >= 2:
            one, two = kept[-2], kept[-1]
            if (x[two] - x[one]) * (y[at] - y[two]) == (y[two] - y[one]) * (x[at] - x[two]):
                kept.pop()
            else:
                break
        kept.append(at)
    return kept


# --- the drawing --------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Drawing:
    """`links`: municipalities lead to their pages (of no use in a file). `title`, `note`: words of a picture that
    travels alone; then it carries its legend too."""

    study: Study
    title: str = ""
    note: str = ""
    links: bool = True

    @cached_property
    def classes(self) -> Classes:
        return classes(self.study)

    def municipality_url(self, at: int) -> str:
        """Where a municipality of the map leads."""
        return reverse("catalogue:municipality", args=[self.study.land.slugs[at]])

    def orp_url(self, code: str) -> str:
        """Where an ORP of the map of the country leads: to the same question about it."""
        pairs = [pair for pair in self.study.question.pairs() if pair[0] != "uzemi"]
        return f"{reverse('access:study')}?{urlencode([*pairs, ('uzemi', code)])}"

    def svg(self) -> str:
        """The map; a sentence instead of it where there are no outlines."""
        frame = shapes(self.study)
        if frame is None:
            words = escape(_("Hranice obcí tu nejsou nahrané. Stejné údaje jsou v tabulce."))
            return (
                '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 80"><text x="10" y="45" fill="#767676" '
                f'font-family="Roboto, sans-serif" font-size="18">{words}</text></svg>'
            )
        body = self._country(frame) if frame.overlay else self._municipalities(frame)
        top = 90 if self.title else 0
        bottom = 30 * len(self.classes.all) + 80 if self.title else 0
        height = frame.height + top + bottom
        size = f' width="{frame.width}" height="{height}"' if self.title else ""
        ground = f'<path fill="#fff" d="M0 {-top}h{frame.width}v{height}H0z"/>' if self.title else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg"{size} viewBox="0 {-top} {frame.width} {height}" role="img" '
            f"aria-label={quoteattr(self.title or _('Mapa obcí'))}><defs>{PATTERNS}</defs>{ground}"
            f'<g stroke="#767676" stroke-width=".5" stroke-linejoin="round">{body}</g>'
            f"{self._dots(frame)}{self._words(frame) if self.title else ''}</svg>"
        )

    def _municipalities(self, frame: Shapes) -> str:
        land = self.study.land
        parts = []
        for number, one in enumerate(self.classes.all):
            parts.append(f'<g fill="{one.fill}">')
            for at in np.flatnonzero(self.classes.of == number):
                path = frame.paths.get(land.codes[at])
                if not path:
                    continue
                words = escape(f"{land.names[at]}: {value_words(self.study, int(at))}")
                shape = f'<path d="{path}"><title>{words}</title></path>'
                if self.links:
                    url = escape(self.municipality_url(int(at)))
                    # The table beside holds the same links: nobody should have to step through them twice.
                    shape = f'<a href="{url}" target="_top" tabindex="-1" aria-label={quoteattr(words)}>{shape}</a>'
                parts.append(shape)
            parts.append("</g>")
        return "".join(parts)

    def _country(self, frame: Shapes) -> str:
        land = self.study.land
        parts = []
        for number, one in enumerate(self.classes.all):
            codes = (land.codes[at] for at in np.flatnonzero(self.classes.of == number))
            paths = "".join(frame.paths.get(code, "") for code in codes)
            parts.append(f'<path fill="{one.fill}" stroke-width=".2" d="{paths}"/>')
        names = {area.code: area.name for area in land.areas["orp"]}
        parts.append('<g fill="#fff" fill-opacity="0" stroke="#000" stroke-width=".8">')
        for code, path in frame.overlay.items():
            words = quoteattr(f"ORP {names.get(code, code)}")
            shape = f'<path d="{path}"/>'
            if self.links:
                url = escape(self.orp_url(code))
                shape = f'<a href="{url}" target="_top" tabindex="-1" aria-label={words}>{shape}</a>'
            parts.append(shape)
        parts.append("</g>")
        return "".join(parts)

    def _dots(self, frame: Shapes) -> str:
        """Places of help, each a dot; none where there are too many to be seen."""
        places = self.study.material.places
        spots = {frame.spot(lat, lon) for lat, lon in places.points.tolist()}
        inside = sorted((x, y) for x, y in spots if 0 <= x <= frame.width and 0 <= y <= frame.height)
        if not inside or len(inside) > MOST_DOTS:
            return ""
        path = "".join(f"M{x} {y}h0" for x, y in inside)
        return (
            f'<defs><path id="mista" d="{path}"/></defs><g stroke-linecap="round" pointer-events="none">'
            '<use href="#mista" stroke="#000" stroke-width="9"/><use href="#mista" stroke="#fff" stroke-width="6"/></g>'
        )

    def _words(self, frame: Shapes) -> str:
        font = 'font-family="Roboto, sans-serif" fill="#000"'
        lines = _wrapped(self.title, 66)[:2]
        parts = [
            f'<text x="16" y="{-58 + 30 * at}" {font} font-size="26" font-weight="700">{escape(line)}</text>'
            for at, line in enumerate(lines)
        ]
        for at, one in enumerate(self.classes.all):
            y = frame.height + 20 + 30 * at
            label = escape(f"{one.label} ({_('obcí')}: {one.count})")
            parts.append(f'<path d="M16 {y}h30v22h-30z" fill="{one.fill}" stroke="#767676"/>')
            parts.append(f'<text x="58" y="{y + 17}" {font} font-size="19">{label}</text>')
        y = frame.height + 30 * len(self.classes.all) + 40
        for at, line in enumerate(_wrapped(self.note, 130)[:2]):
            parts.append(f'<text x="16" y="{y + 18 * at}" {font} font-size="14">{escape(line)}</text>')
        return "".join(parts)


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width)


def png(svg: str, pixels_per_inch: int = 144) -> bytes:
    """The picture as PNG, drawn by the typesetter that makes our PDFs."""
    from paper.pdf import picture

    return picture(svg.encode(), pixels_per_inch)
