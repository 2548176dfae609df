"""White spots: what help each municipality has, kind by kind."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum

import numpy as np
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from portal.catalogue.models import Kind

from .question import Question
from .study import Ints, Kept, Land, Material, load
from .times import NOWHERE
from .ways import ways_between


class Cell(IntEnum):
    """What a municipality has of a kind, from the best."""

    HERE = 0
    COMES = 1
    NEAR = 2
    NONE = 3
    UNKNOWN = 4


WORDS = {
    Cell.HERE: ("●", _("v místě")),
    Cell.COMES: ("◐", _("dojíždí")),
    Cell.NEAR: ("○", _("v dosahu")),
    Cell.NONE: ("–", _("není")),
    Cell.UNKNOWN: ("?", _("nevíme")),
}
MEANING = {
    Cell.HERE: _("zařízení je přímo v obci"),
    Cell.COMES: _("do obce dojíždí terénní služba"),
    Cell.NEAR: _("jinde, ale blíž než zvolený limit"),
    Cell.NONE: _("katalog v dosahu nic takového nezná"),
    Cell.UNKNOWN: _("neznáme polohu obce, nebo to, kam dojíždí terénní služba z téhož ORP"),
}


@dataclass(frozen=True, eq=False)
class Matrix:
    """`cells` (rows, kinds): members of Cell. `rows`: positions of municipalities in the land."""

    land: Land
    question: Question
    kinds: list[Kind]
    rows: Ints
    cells: NDArray[np.uint8]
    people: NDArray[np.float64]
    people_year: int
    people_source: str
    day: date

    @property
    def missing(self) -> Ints:
        """How many kinds each municipality has nowhere near."""
        return np.asarray((self.cells == Cell.NONE).sum(axis=1))

    def count(self, cell: Cell) -> int:
        return int((self.cells == cell).sum())


_matrices: Kept[tuple[str, str, tuple[str, ...], date], Matrix] = Kept(2)


def matrix(question: Question, kinds: list[Kind], version: str) -> Matrix:
    """The matrix of the area of a question for some kinds; the last few are held by the process."""
    key = (version, question.query(), tuple(kind.key for kind in kinds), timezone.localdate())
    return _matrices.get(key, lambda: compute(question, kinds, version))


def compute(question: Question, kinds: list[Kind], version: str) -> Matrix:
    """A constant number of queries."""
    from analysis import engine

    material = load(replace(question, kinds=tuple(sorted(kind.key for kind in kinds))), version)
    here = material.land
    if question.orp:
        inside = here.members("orp", question.orp)
    elif question.region:
        inside = here.members("region", question.region)
    else:
        inside = np.ones(len(here), dtype=bool)
    rows = np.flatnonzero(inside)
    cells = np.full((len(rows), len(kinds)), Cell.NONE, dtype=np.uint8)
    places = material.places
    kind_of = np.array(places.kind, dtype=object)
    pointless = np.isnan(here.points[rows, 0])
    with engine.plain():
        for column, kind in enumerate(kinds):
            chosen = np.flatnonzero(kind_of == kind.key) if len(places) else np.zeros(0, dtype=np.int64)
            cell = cells[:, column]
            cell[pointless | _asking(material, chosen, rows)] = Cell.UNKNOWN
            if len(chosen):
                ways = ways_between(
                    question, here, rows, places.points[chosen], places.municipality[chosen], limit=question.limit
                )
                cell[np.isfinite(ways.nearest(1)[0][:, 0])] = Cell.NEAR
            came = np.array([one == kind.key for one in material.field_services.kind], dtype=bool)
            pairs = came[material.field_services.targets] if len(came) else np.zeros(0, dtype=bool)
            cell[np.isin(rows, material.field_services.origins[pairs])] = Cell.COMES
            seated = places.municipality[chosen]
            # A service that only goes out is not "here" where it has its office.
            cell[np.isin(rows, seated[~places.uncertain[chosen] & (seated != NOWHERE)])] = Cell.HERE
    people = material.people[rows], material.people_year, material.people_source
    return Matrix(here, question, kinds, rows, cells, *people, material.day)


def _asking(material: Material, chosen: Ints, rows: Ints) -> NDArray[np.bool_]:
    """Municipalities in whose ORP sits a service in the field of which nobody knows where it goes."""
    seats = material.places.municipality[chosen][material.places.uncertain[chosen]]
    orp = material.land.within["orp"]
    return np.asarray(np.isin(orp[rows], orp[seats[seats != NOWHERE]]))
