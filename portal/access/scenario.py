"""Bridge: changes of the network over one question -> what they do to people.

    outcome = play(study, changes)

Availability follows edit by edit (`analysis.whatif`): nothing is computed anew. The way to the nearest help is asked
anew only for municipalities whose nearest place is gone. Only places that a study shows take part, so a secret
facility can neither be closed nor found by what its closing would change.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from words.fold import fold

from . import study as studies
from .models import ScenarioChange
from .study import Field, Floats, Ints, Kept, Mask, Material, Places, Study
from .times import NOWHERE
from .ways import ways_between

if TYPE_CHECKING:
    from analysis.cost import Cost
    from analysis.whatif import Base, Scenario

Deed = ScenarioChange.Deed
PLACE, COMING, NEW = "misto", "teren", "nova"
# A difference of way below this (minutes or km) is not told as a change: coordinates are not that exact.
NOTICEABLE = 0.5


@dataclass(frozen=True)
class Change:
    """One change as the bridge needs it: the sort and number of its target, the code of a municipality, capacity."""

    deed: str
    sort: str
    number: int = 0
    municipality: str = ""
    amount: int | None = None

    @classmethod
    def of(cls, row: ScenarioChange) -> Change:
        sort = PLACE if row.facility_id else COMING if row.service_id else NEW
        return cls(row.deed, sort, row.facility_id or row.service_id or 0, row.municipality_id or "", row.amount)


@dataclass(frozen=True)
class Applied:
    """A change with what is known of its target. `problem` says why it had no effect, "" when it had.

    `capacity`: before the change, NaN unknown. `at`: where it was, `to`: where it is; positions in the land."""

    change: Change
    name: str
    kind: str
    slug: str = ""
    at: int = NOWHERE
    to: int = NOWHERE
    capacity: float = math.nan
    problem: str = ""


@dataclass(frozen=True, eq=False)
class Outcome:
    """Before and after, municipality by municipality in the order of the land.

    `lost`, `gained`: no help within the limit any more, and help where there was none. `ratio_before`,
    `ratio_after`: capacity per 1 000 people who share it (2SFCA), None where no capacity is known."""

    before: Study
    after: Study
    applied: list[Applied]
    lost: Mask
    gained: Mask
    ratio_before: Floats | None
    ratio_after: Floats | None

    @cached_property
    def people(self) -> Floats:
        return self.before.material.known_people()

    @cached_property
    def farther(self) -> Mask:
        """Municipalities that keep help within the limit, or never had it, and have it noticeably farther."""
        return self._longer & ~self.lost

    @cached_property
    def nearer(self) -> Mask:
        return self._shorter & ~self.gained

    @cached_property
    def _longer(self) -> Mask:
        return np.asarray(self.after.far > _shifted(self.before.far, NOTICEABLE))

    @cached_property
    def _shorter(self) -> Mask:
        return np.asarray(_shifted(self.after.far, NOTICEABLE) < self.before.far)

    def rows(self, mask: Mask, *, inside: bool = True) -> Ints:
        """Municipalities of a mask in the area asked (or outside of it), the most populous first."""
        rows = np.flatnonzero(mask & (self.before.scope if inside else ~self.before.scope))
        return rows[np.argsort(-self.people[rows], kind="stable")]

    def people_of(self, mask: Mask) -> float:
        return float(self.people[mask & self.before.scope].sum())


def _shifted(far: Floats, by: float) -> Floats:
    return np.where(np.isinf(far), far, far + by)


# --- what scenarios over one study share, held for a while -----------------------------------------------------


@dataclass(frozen=True)
class Offered:
    """A service that a scenario can change. `at`: its municipality (position in the land) and `town` its name, NOWHERE
    and "" for one that comes to people; `folded`: what it is found by."""

    sort: str
    number: int
    name: str
    at: int
    town: str
    amount: float
    folded: str


@dataclass(frozen=True, eq=False)
class Ground:
    """Today's availability, from which scenarios over one study start, and the services of the area by name.

    `way` (n,), `nearest` (n,): how far the nearest place is (inf where there is none) and which one (-1). `unknown`
    (n,): nobody knows how far it is from there."""

    study: Study
    base: Base
    way: Floats
    nearest: Ints
    unknown: Mask
    offered: list[Offered]


# A ground holds its study, so the number of one is never another's while it is kept.
_grounds: Kept[int, Ground] = Kept(4)


def ground_of(study: Study) -> Ground:
    """Made once for a study that is held."""
    return _grounds.get(id(study), lambda: _ground(study))


def _ground(study: Study) -> Ground:
    from analysis import engine
    from analysis.whatif import Base

    material = study.material
    with engine.plain():
        base = Base.of(
            studies.cost(material), material.known_people(), _capacities(material), limits=(study.question.limit,)
        )
        ways = studies.ways_to_places(material)
        way, nearest = ways.nearest(1)
    return Ground(study, base, way[:, 0], nearest[:, 0], ways.unknown, _offered(study))


def _offered(study: Study) -> list[Offered]:
    """Places in the area asked and services that come there."""
    places, coming, names = study.material.places, study.material.field_services, study.land.names
    rows = [
        (PLACE, int(places.facility[at]), places.name[at], town, names[town], float(places.amount[at]))
        for at, town in enumerate(places.municipality.tolist())
        if town != NOWHERE and study.scope[town]
    ]
    rows += [
        (COMING, int(coming.service[at]), coming.name[at], NOWHERE, "", float(coming.amount[at]))
        for at in np.unique(coming.targets[study.scope[coming.origins]]).tolist()
    ]
    made = [Offered(*row, fold(f"{row[2]} {row[4]}")) for row in rows]
    return sorted(made, key=lambda one: (one.folded, one.number))


def _capacities(material: Material) -> Floats:
    return np.concatenate([material.places.amount, material.field_services.amount])


# --- playing --------------------------------------------------------------------------------------------------


# A change is tried before it is written, then its page and its map show it: all three want the same outcome.
_outcomes: Kept[tuple[int, tuple[Change, ...]], Outcome] = Kept(8)


def play(study: Study, changes: Sequence[Change]) -> Outcome:
    """What the changes do, in order. A change that no longer fits the data is kept with its problem and skipped.
    The last few outcomes are held by the process.

    Raises ValidationError where the question itself cannot be answered."""
    ground = ground_of(study)  # an outcome holds its study too, so its number stays its own
    return _outcomes.get((id(study), tuple(changes)), lambda: _play(ground, changes))


def _play(ground: Ground, changes: Sequence[Change]) -> Outcome:
    from analysis import engine

    study, base = ground.study, ground.base
    with engine.plain():
        run = _Run(study, base)
        applied = [run.apply(change) for change in changes]
        material = run.material()
        far = run.far(ground) if applied else study.far
    limit = study.question.limit
    is_told = bool(np.isfinite(_capacities(study.material)).any() or np.isfinite(_capacities(material)).any())
    after = replace(study, material=material, values=far, far=far)
    return Outcome(
        before=study,
        after=after,
        applied=applied,
        lost=run.scenario.lost(limit),
        gained=run.scenario.gained(limit),
        ratio_before=1000.0 * base.availability[:, 0] if is_told else None,
        ratio_after=1000.0 * run.scenario.availability if is_told else None,
    )


class _Run:
    """Changes being applied. Targets of the base are first the places, then the services that come; those opened
    follow. `moved` says which target a place became."""

    def __init__(self, study: Study, base: Base) -> None:
        self.study = study
        self.scenario: Scenario = base.scenario()
        self.places = study.material.places
        self.field = study.material.field_services
        self.place_at = {int(pk): at for at, pk in enumerate(self.places.facility)}
        self.coming_at = {int(pk): at for at, pk in enumerate(self.field.service)}
        self.opened: dict[int, int] = {}  # target opened -> municipality
        self.moved: dict[int, int] = {}  # place -> target opened

    def apply(self, change: Change) -> Applied:
        if change.deed == Deed.OPEN:
            return self._open(change)
        at = (self.place_at if change.sort == PLACE else self.coming_at).get(change.number)
        if at is None:
            return Applied(change, "", "", problem=str(_("Tahle služba už v datech není, změnu vynecháváme.")))
        rows: Places | Field = self.places if change.sort == PLACE else self.field
        target = at if change.sort == PLACE else len(self.places) + at
        target = self.moved.get(target, target) if change.sort == PLACE else target
        held = self.scenario.capacity(target)
        told = Applied(
            change,
            name=rows.name[at],
            kind=rows.kind[at],
            slug=rows.slug[at],
            at=self._where(at, target) if change.sort == PLACE else NOWHERE,
            capacity=math.nan if held is None else held,
        )
        if held is None:
            return replace(told, problem=str(_("Službu už zavřela dřívější změna.")))
        if change.deed == Deed.CLOSE:
            self.scenario.close(target)
        elif change.deed == Deed.GROW:
            self.scenario.set_capacity(target, held + (change.amount or 0))
        else:
            return self._move(told, at, target)
        return told

    def _where(self, at: int, target: int) -> int:
        return self.opened.get(target, int(self.places.municipality[at]))

    def _open(self, change: Change) -> Applied:
        to, problem = self._spot(change.municipality)
        told = Applied(change, "", self.study.question.kinds[0], to=to, problem=problem)
        if problem:
            return told
        capacity = math.nan if change.amount is None else float(change.amount)
        self.opened[self.scenario.open(self._column(to), capacity)] = to
        return told

    def _move(self, told: Applied, at: int, target: int) -> Applied:
        to, problem = self._spot(told.change.municipality)
        told = replace(told, to=to, problem=problem)
        if problem:
            return told
        number = self.scenario.move(target, self._column(to))
        self.opened[number], self.moved[at] = to, number
        return told

    def _spot(self, code: str) -> tuple[int, str]:
        land = self.study.land
        to = land.index.get(code, NOWHERE)
        if to == NOWHERE or np.isnan(land.points[to, 0]):
            return to, str(_("U téhle obce neznáme polohu, změnu vynecháváme."))
        return to, ""

    def _column(self, to: int) -> Cost:
        """How far every municipality has it to a new place in the middle of a municipality."""
        one = _settled([(to, math.nan)], self.study)
        return studies.cost(replace(self.study.material, places=one, field_services=_nobody())).pairs()

    def _kept(self) -> Ints:
        """Places of today that still stand where they stood."""
        capacity = self.scenario.capacity
        return np.array([at for at in range(len(self.places)) if capacity(at) is not None], dtype=np.int64)

    def _new(self) -> list[tuple[int, float]]:
        """Municipalities of the places that were opened or moved there and still stand, with their capacity."""
        capacity = self.scenario.capacity
        return [(to, _known(amount)) for target, to in self.opened.items() if (amount := capacity(target)) is not None]

    def far(self, ground: Ground) -> Floats:
        """Way to the nearest help after all changes, as `study.nearest` of what stands then: only those whose
        nearest place is gone look for another, and everybody looks at the new ones."""
        question, land = self.study.question, self.study.land
        kept, new, way = self._kept(), self._new(), ground.way.copy()
        stands = np.zeros(len(self.places) + 1, dtype=bool)
        stands[kept] = True
        stands[NOWHERE] = True  # nobody had a place, nobody lost it
        orphaned = np.flatnonzero(~stands[ground.nearest])
        if len(orphaned):
            left = ways_between(question, land, orphaned, self.places.points[kept], self.places.municipality[kept])
            way[orphaned] = left.nearest(1)[0][:, 0]
        if new:
            there = np.array([to for to, _amount in new], dtype=np.int64)
            reached = ways_between(question, land, np.arange(len(land)), land.points[there], there)
            way = np.minimum(way, reached.nearest(1)[0][:, 0])
        comes = np.zeros(len(way), dtype=bool)
        comes[self.field.origins[self._coming()[self.field.targets]]] = True
        return np.where(comes, 0.0, np.where(ground.unknown & np.isinf(way), np.nan, way))

    def _coming(self) -> Mask:
        """Which services that come to people still do."""
        first, capacity = len(self.places), self.scenario.capacity
        return np.array([capacity(first + at) is not None for at in range(len(self.field))], dtype=bool)

    def material(self) -> Material:
        """What stands after all changes."""
        capacity = self.scenario.capacity
        count = len(self.places)
        kept, new = self._kept(), self._new()
        left = _some_places(self.places, kept, np.array([_known(capacity(at)) for at in kept.tolist()]))
        coming = np.flatnonzero(self._coming())
        return replace(
            self.study.material,
            places=_joined(left, _settled(new, self.study)) if new else left,
            field_services=_some_coming(
                self.field, coming, np.array([_known(capacity(count + at)) for at in coming.tolist()])
            ),
        )


def _known(amount: float | None) -> float:
    return math.nan if amount is None else amount


def _settled(spots: list[tuple[int, float]], study: Study) -> Places:
    """New places of help in the middle of municipalities."""
    size = len(spots)
    where = np.array([to for to, _amount in spots], dtype=np.int64)
    return Places(
        facility=np.zeros(size, dtype=np.int64),
        service=np.zeros(size, dtype=np.int64),
        kind=[study.question.kinds[0]] * size,
        name=[str(_("nová služba"))] * size,
        slug=[""] * size,
        municipality=where,
        points=study.land.points[where].reshape(-1, 2),
        borrowed=np.ones(size, dtype=bool),
        uncertain=np.zeros(size, dtype=bool),
        amount=np.array([amount for _to, amount in spots], dtype=np.float64),
    )


def _some_places(places: Places, kept: Ints, amount: Floats) -> Places:
    chosen = kept.tolist()
    return Places(
        facility=places.facility[kept],
        service=places.service[kept],
        kind=[places.kind[at] for at in chosen],
        name=[places.name[at] for at in chosen],
        slug=[places.slug[at] for at in chosen],
        municipality=places.municipality[kept],
        points=places.points[kept],
        borrowed=places.borrowed[kept],
        uncertain=places.uncertain[kept],
        amount=amount.astype(np.float64),
    )


def _joined(one: Places, other: Places) -> Places:
    return Places(
        facility=np.concatenate([one.facility, other.facility]),
        service=np.concatenate([one.service, other.service]),
        kind=one.kind + other.kind,
        name=one.name + other.name,
        slug=one.slug + other.slug,
        municipality=np.concatenate([one.municipality, other.municipality]),
        points=np.concatenate([one.points, other.points]),
        borrowed=np.concatenate([one.borrowed, other.borrowed]),
        uncertain=np.concatenate([one.uncertain, other.uncertain]),
        amount=np.concatenate([one.amount, other.amount]),
    )


def _some_coming(services: Field, kept: Ints, amount: Floats) -> Field:
    chosen = kept.tolist()
    number = np.full(len(services), NOWHERE, dtype=np.int64)
    number[kept] = np.arange(len(kept))
    pairs = number[services.targets] != NOWHERE if len(services) else np.zeros(0, dtype=bool)
    return Field(
        service=services.service[kept],
        kind=[services.kind[at] for at in chosen],
        name=[services.name[at] for at in chosen],
        slug=[services.slug[at] for at in chosen],
        amount=amount.astype(np.float64),
        origins=services.origins[pairs],
        targets=number[services.targets[pairs]] if len(services) else services.targets,
    )


def _nobody() -> Field:
    empty = np.zeros(0, dtype=np.int64)
    return Field(empty, [], [], [], np.zeros(0), empty, empty)


def check(study: Study, changes: Sequence[Change], new: Change) -> None:
    """Refuse a change that makes no sense after the others. Raises ValidationError with what to do instead."""
    if new.deed == Deed.MOVE and new.sort == COMING:
        raise ValidationError(_("Služba, která dojíždí za lidmi, nemá místo, které by se dalo přesunout."))
    if new.deed == Deed.GROW and not new.amount:
        raise ValidationError(_("Napište, o kolik se má služba zvětšit. Číslo musí být větší než nula."))
    problem = play(study, [*changes, new]).applied[-1].problem
    if problem:
        raise ValidationError(problem)
