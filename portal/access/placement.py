"""Bridge: a wish -> where new help would do most, how good that is, and why.

    wish = Wish(goal=Goal.REACH, places=2)
    answer = propose(study, wish)

Help that stands today is one more target that is always open: its way is the way to the nearest help of today. So a
problem never grows with the number of services, and what they do already is not promised twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.territory.models import Municipality

from .question import Question, Unit
from .study import Floats, Ints, Study
from .ways import ways_between

MOST_PLACES = 20
# Ways from every municipality to every allowed place: 8 bytes each, and about three times as much while they are made.
MOST_WAYS = 4_000_000
SECONDS = 20.0
RUNNERS_UP = 3
MOST_NAMED = 12


class Goal(StrEnum):
    REACH = "dosah"
    NEAR = "prumer"
    ALL = "vsichni"


@dataclass(frozen=True)
class Wish:
    """What to reach, with how many places (0: as few as it takes), and where they may be: municipalities of `orps`
    (none: of the whole area asked) with at least `smallest` people, or only those of `towns`.

    `budget`: how the number of places was found, in words."""

    goal: str
    places: int = 0
    orps: tuple[str, ...] = ()
    towns: tuple[str, ...] = ()
    smallest: int = 0
    size: int | None = None
    budget: str = ""

    def data(self) -> dict[str, Any]:
        return {**self.__dict__, "orps": list(self.orps), "towns": list(self.towns)}

    @classmethod
    def of(cls, data: dict[str, Any]) -> Wish:
        return cls(**{**data, "orps": tuple(data["orps"]), "towns": tuple(data["towns"])})


@dataclass(frozen=True)
class RunnerUp:
    """Another municipality in the same role; `loss`: by how much the whole is worse (people, or minutes or km of the
    mean way; 0 for a place as good)."""

    code: str
    name: str
    loss: float


@dataclass(frozen=True)
class Site:
    """A place proposed. `adds`: what is lost when it alone is left out, in the unit of the goal; None where nobody
    would have any help without it. `helped`: people
    whose nearest help it becomes, `towns` the most populous of their municipalities."""

    code: str
    name: str
    slug: str
    adds: float | None
    helped: float
    towns: list[str]
    more: int
    runners_up: list[RunnerUp]


@dataclass(frozen=True)
class Answer:
    """`today`, `value`, `bound`: people within the limit, the mean way, or the number of places, as the goal says;
    `bound` is the best that any choice could reach. `today` is None for a mean way where there is no help at all.
    `left`: municipalities that no allowed place can reach."""

    goal: str
    today: float | None
    value: float
    bound: float
    is_proven: bool
    people: float
    sites: list[Site]
    allowed: int
    origins: int
    left: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def data(self) -> dict[str, Any]:
        sites = [{**site.__dict__, "runners_up": [one.__dict__ for one in site.runners_up]} for site in self.sites]
        return {**self.__dict__, "sites": sites}

    @classmethod
    def of(cls, data: dict[str, Any]) -> Answer:
        sites = [Site(**{**one, "runners_up": [RunnerUp(**two) for two in one["runners_up"]]}) for one in data["sites"]]
        return cls(**{**data, "sites": sites})


@dataclass(frozen=True, eq=False)
class Problem:
    """`ways` (origins, allowed + 1): to every allowed place, and in the last column to the nearest help of today.
    `people` (origins,); `origins`, `allowed`: positions in the land."""

    ways: Floats
    people: Floats
    origins: Ints
    allowed: Ints

    @property
    def today(self) -> int:
        return len(self.allowed)


def allowed_places(study: Study, wish: Wish) -> Ints:
    """Municipalities where new help may be; their position must be known."""
    land = study.land
    mask = study.scope & ~np.isnan(land.points[:, 0])
    if wish.towns:
        chosen = np.zeros(len(land), dtype=bool)
        chosen[[land.index[code] for code in wish.towns if code in land.index]] = True
        return np.flatnonzero(mask & chosen)
    if wish.orps:
        inside = np.zeros(len(land), dtype=bool)
        for code in wish.orps:
            inside |= land.members("orp", code)
        mask &= inside
    if wish.smallest:
        large = set(Municipality.objects.filter(people__gte=wish.smallest).values_list("code", flat=True))
        mask &= np.array([code in large for code in land.codes], dtype=bool)
    return np.flatnonzero(mask)


def check(study: Study, wish: Wish) -> None:
    """Refuse before anything is computed what has no answer or would not fit. Raises ValidationError."""
    allowed = allowed_places(study, wish)
    origins = _origins(study)
    if not len(origins):
        raise ValidationError(_("O lidech z téhle skupiny na tomto území nemáme údaje, není komu pomoc přiblížit."))
    if not len(allowed):
        raise ValidationError(_("Tak přísné podmínky nesplní žádná obec. Povolte menší obce nebo další ORP."))
    if wish.goal != Goal.ALL and not 1 <= wish.places <= MOST_PLACES:
        raise ValidationError(_("Počet nových míst musí být od 1 do %d.") % MOST_PLACES)
    if wish.places > len(allowed):
        raise ValidationError(
            _("Nových míst (%(places)d) je víc než obcí, kde smějí být (%(allowed)d).")
            % {"places": wish.places, "allowed": len(allowed)}
        )
    ways = len(origins) * (len(allowed) + 1)
    if ways > MOST_WAYS:
        raise ValidationError(
            _(
                "Takhle velkou úlohu naráz nespočítáme (%(ways)s milionů cest, nejvýš %(most)s). Vyberte kraj, nebo "
                "povolte jen větší obce."
            )
            % {"ways": round(ways / 1e6), "most": round(MOST_WAYS / 1e6)}
        )
    if wish.goal == Goal.ALL and not (study.far[origins] > study.question.limit).any():
        raise ValidationError(_("Všichni už dnes mají pomoc v limitu. Zkuste kratší limit."))
    if wish.goal == Goal.REACH and not (study.far[origins] > study.question.limit).any():
        raise ValidationError(_("Všichni už dnes mají pomoc v limitu, není koho přidat. Zkuste kratší limit."))


def _origins(study: Study) -> Ints:
    """Municipalities of the area asked with people of the group and a known position."""
    people = study.material.known_people()
    return np.flatnonzero(study.scope & (people > 0) & ~np.isnan(study.land.points[:, 0]) & ~np.isnan(study.far))


def problem_of(study: Study, wish: Wish) -> Problem:
    origins, allowed = _origins(study), allowed_places(study, wish)
    ways = np.empty((len(origins), len(allowed) + 1))
    between = ways_between(study.question, study.land, origins, study.land.points[allowed], allowed)
    ways[:, :-1] = between.block(np.arange(len(origins)), np.arange(len(allowed)))
    ways[:, -1] = study.far[origins]
    return Problem(ways, study.material.known_people()[origins], origins, allowed)


def propose(study: Study, wish: Wish, seconds: float = SECONDS) -> Answer:
    """Solve and explain. Raises ValidationError as `check` does."""
    from analysis import placement

    check(study, wish)
    problem, limit = problem_of(study, wish), study.question.limit
    fixed = [problem.today]
    needed = np.ones(len(problem.people), dtype=bool)
    if wish.goal == Goal.REACH:
        found = placement.max_coverage(
            problem.ways, problem.people, wish.places + 1, limit, fixed=fixed, time_limit=seconds
        )
    elif wish.goal == Goal.NEAR:
        found = placement.p_median(problem.ways, problem.people, wish.places + 1, fixed=fixed, time_limit=seconds)
    else:
        needed = (problem.ways <= limit).any(axis=1)
        found = placement.covering(problem.ways, limit, needed=needed, fixed=fixed, time_limit=seconds)
    measure = _Measure(problem, wish.goal, limit)
    chosen = _settled(measure, np.array([at for at in found.sites.tolist() if at != problem.today], dtype=np.int64))
    is_count = wish.goal == Goal.ALL
    value = float(len(chosen)) if is_count else measure.of(chosen)
    bound = found.bound - 1.0 if is_count else found.bound / (problem.people.sum() if wish.goal == Goal.NEAR else 1.0)
    left = [study.land.names[at] for at in problem.origins[~needed].tolist()]
    return Answer(
        goal=wish.goal,
        today=measure.known(measure.ways(np.zeros(0, dtype=np.int64))),
        value=value,
        bound=value if found.is_proven else float(bound),
        is_proven=found.is_proven,
        people=float(problem.people.sum()),
        sites=_sites(study, problem, measure, chosen),
        allowed=len(problem.allowed),
        origins=len(problem.origins),
        left=left[:MOST_NAMED],
        seconds=round(found.seconds, 2),
    )


@dataclass(frozen=True, eq=False)
class _Measure:
    """What a set of new places comes to: people within the limit, or the mean way of all people.

    Who reaches nothing at all travels `beyond`, which is what the solver charges for them."""

    problem: Problem
    goal: str
    limit: float

    @cached_property
    def beyond(self) -> float:
        finite = self.problem.ways[np.isfinite(self.problem.ways)]
        return 2.0 * float(finite.max()) if finite.size and finite.max() > 0 else 1.0

    def ways(self, chosen: Ints) -> Floats:
        """Way to the nearest of today's help and the chosen places."""
        columns = np.append(chosen, self.problem.today)
        return np.asarray(np.min(self.problem.ways[:, columns], axis=1))

    def worth(self, ways: Floats) -> Floats:
        """(…, origins) ways -> (…,) people within the limit, or the mean way."""
        people = self.problem.people
        if self.goal == Goal.NEAR:
            return np.asarray(np.where(np.isfinite(ways), ways, self.beyond) @ people / people.sum())
        return np.asarray((ways <= self.limit) @ people)

    def of(self, chosen: Ints) -> float:
        return float(self.worth(self.ways(chosen)))

    def known(self, ways: Floats) -> float | None:
        """Worth of some ways, None for a mean of ways that lead nowhere."""
        return None if self.goal == Goal.NEAR and not np.isfinite(ways).all() else float(self.worth(ways))

    def loss(self, better: float, worse: float) -> float:
        """How much worse, zero or more."""
        return max(0.0, worse - better if self.goal == Goal.NEAR else better - worse)


def _settled(measure: _Measure, chosen: Ints) -> Ints:
    """The same worth, nearer to people: where more places do equally well, the one with the least mean way."""
    if measure.goal == Goal.NEAR:
        return chosen
    settled = chosen.copy()
    whole = measure.of(settled)
    for rank in range(len(settled)):
        without = measure.ways(np.delete(settled, rank))
        worths, means = _worths(measure, without)
        worths[np.delete(settled, rank)] = -1.0
        equal = np.flatnonzero(worths >= whole)
        settled[rank] = equal[np.argmin(means[equal])]
    return settled


def _sites(study: Study, problem: Problem, measure: _Measure, chosen: Ints) -> list[Site]:
    """The places proposed, from the one that adds most."""
    land = study.land
    whole = measure.of(chosen)
    residents = study.material.known_people()[problem.allowed]
    nearest = problem.ways[:, np.append(chosen, problem.today)].argmin(axis=1)
    before = problem.ways[:, problem.today]
    made = []
    for rank, at in enumerate(chosen.tolist()):
        rest = np.delete(chosen, rank)
        without = measure.ways(rest)
        alone = measure.known(without)
        # Worth of every allowed place in this role, all at once: (allowed, origins) of ways.
        worths, means = _worths(measure, without)
        worths[chosen] = np.nan
        # Among places that do equally well, a town is likelier to be able to take the service than its suburb.
        order = np.lexsort((means, -residents, worths if measure.goal == Goal.NEAR else -worths))
        order = order[~np.isnan(worths[order])][:RUNNERS_UP]
        mine = np.flatnonzero((nearest == rank) & (problem.ways[:, at] < before))
        if measure.goal != Goal.NEAR:
            mine = mine[(before[mine] > measure.limit) & (problem.ways[mine, at] <= measure.limit)]
        mine = mine[np.argsort(-problem.people[mine], kind="stable")]
        place = int(problem.allowed[at])
        made.append(
            Site(
                code=land.codes[place],
                name=land.names[place],
                slug=land.slugs[place],
                adds=None if alone is None else measure.loss(whole, alone),
                helped=float(problem.people[mine].sum()),
                towns=[land.names[one] for one in problem.origins[mine[:MOST_NAMED]].tolist()],
                more=max(0, len(mine) - MOST_NAMED),
                runners_up=[
                    RunnerUp(
                        land.codes[int(problem.allowed[other])],
                        land.names[int(problem.allowed[other])],
                        measure.loss(whole, float(worths[other])),
                    )
                    for other in order.tolist()
                ],
            )
        )
    return sorted(made, key=lambda site: -site.helped if site.adds is None else -site.adds)


def _worths(measure: _Measure, without: Floats) -> tuple[Floats, Floats]:
    """Worth of each allowed place added to the ways `without`, and the mean way; a slice of places at a time."""
    problem = measure.problem
    worths, means = np.empty(problem.today), np.empty(problem.today)
    nearness = _Measure(problem, Goal.NEAR, measure.limit)
    step = max(1, 1_000_000 // max(1, len(problem.people)))
    for start in range(0, problem.today, step):
        part = slice(start, min(start + step, problem.today))
        ways = np.minimum(problem.ways[:, part].T, without)
        worths[part], means[part] = measure.worth(ways), nearness.worth(ways)
    return worths, means


def unit_words(question: Question, goal: str) -> str:
    """In what `adds` and `loss` are counted."""
    if goal == Goal.NEAR:
        return "min" if question.unit == Unit.MINUTES else "km"
    return question.people_words.of_them
