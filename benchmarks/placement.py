"""Placement: p-median, coverage and covering against spopt with its solvers.

    python -m benchmarks.placement          # needs the `bench` extra; about six minutes
    python -m benchmarks.placement --full   # spopt at full size too: ten minutes and 5 GB more
    python -m benchmarks.placement --ours   # without spopt

Data: invented municipalities over a plane of the size of Czechia in km, populations log-normal; candidates are
all municipalities. Values are compared, and every set is checked, before any ratio is printed.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.placement import Placement, covering, max_coverage, p_median
from analysis.radial import Radial, plane
from benchmarks.measure import Row, Timed, best_of, peak_memory, report, timed

Floats = NDArray[np.float64]
FAR = 1000.0  # km, beyond any pair


class Places(NamedTuple):
    """Coordinates in km and people."""

    xy: Floats
    people: Floats

    @property
    def distances(self) -> Floats:
        return np.asarray(np.hypot(*(self.xy[:, None] - self.xy[None]).transpose(2, 0, 1)))

    def radial(self, limit: float = FAR) -> Radial:
        return plane(self.xy, self.xy, limit=limit)


def places(count: int, seed: int = 5) -> Places:
    draw = np.random.default_rng(seed)
    xy = draw.uniform(0, 1, (count, 2)) * [470.0, 260.0]
    return Places(xy, np.round(np.exp(draw.normal(6.1, 1.25, count))) + 1)


def warm() -> None:
    """Compile the kernels before anything is measured."""
    few = places(60)
    p_median(few.radial(), few.people, 4)
    max_coverage(few.radial(), few.people, 4, 30)
    covering(few.radial(), 80, time_limit=2)


def check_p_median(here: Places, answer: Placement, p: int) -> None:
    far = np.hypot(*(here.xy[:, None] - here.xy[None, answer.sites]).transpose(2, 0, 1))
    assert len(set(answer.sites.tolist())) == p
    assert abs(float(here.people @ far.min(axis=1)) / answer.value - 1) < 1e-9
    assert answer.bound <= answer.value


def covered_by(here: Places, sites: Any, limit: float) -> NDArray[np.bool_]:
    far = np.hypot(*(here.xy[:, None] - here.xy[None, sites]).transpose(2, 0, 1))
    return np.asarray(far.min(axis=1) <= limit)


def solved_by_spopt(make: Callable[[], Any], solver: str, seconds: float | None = None) -> tuple[float, Timed[Any]]:
    """(seconds to build the model, seconds to solve it with the solved model)."""
    import pulp

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        built = timed(make)
        options = {"msg": False, "threads": 1} | ({"timeLimit": seconds} if seconds else {})
        engine = pulp.HiGHS(**options) if solver == "highs" else pulp.PULP_CBC_CMD(**options)
        return built.seconds, timed(lambda: built.result.solve(engine))


def medium_p_median(*, full: bool) -> Row:
    """p-median against spopt with HiGHS: n = 300 unless everything is asked for."""
    from spopt.locate import PMedian

    count, p = (1000, 30) if full else (300, 10)
    here = places(count)
    far = here.distances
    ours = best_of(lambda: p_median(far, here.people, p), 3)
    check_p_median(here, ours.result, p)
    build, theirs = solved_by_spopt(lambda: PMedian.from_cost_matrix(far, here.people, p), "highs")
    value = theirs.result.problem.objective.value()
    assert ours.result.is_proven
    assert abs(value / ours.result.value - 1) < 1e-6, (value, ours.result.value)
    ratio = (build + theirs.seconds) / ours.seconds
    return Row(f"p-median n = {count}, p = {p}, against spopt + HiGHS", ours.seconds, "s", ratio,
               ">= 200x" if full else "", ratio >= 200 if full else None)  # fmt: skip


def solve_large(p: int) -> Callable[[], float]:
    """Data loaded and kernels compiled; the callable proves p places of 6 254. Asked for by name."""
    here = places(6254)
    warm()

    def solve() -> float:
        answer = p_median(here.radial(), here.people, p, time_limit=120)
        check_p_median(here, answer, p)
        if not answer.is_proven:
            raise RuntimeError(f"p = {p}: gap {answer.gap:.2e} left")
        return answer.value

    return solve


def large_p_medians() -> list[Row]:
    rows = []
    for p in (50, 100, 200, 500, 1000):
        run = peak_memory("benchmarks.placement:solve_large", p)
        is_good = run.seconds <= 60 and run.whole <= 1500
        rows += [
            Row(f"p-median n = 6 254, p = {p}, proven to 1e-7", run.seconds, "s", None, "<= 60 s, <= 1.5 GB", is_good),
            Row("  memory of the whole process", run.whole, "MB"),
        ]
    return rows


def set_covering(*, with_spopt: bool) -> list[Row]:
    """n = 2 000, 20 km: a second of ours against CBC with a hundred."""
    here = places(2000)
    far = here.distances
    ours = timed(lambda: covering(far, 20.0, time_limit=1.0))
    assert covered_by(here, ours.result.sites, 20.0).all()
    gap = Row("  its gap", ours.result.gap * 100, "%")
    name = f"LSCP n = 2 000, 20 km: {ours.result.value:.0f} places, bound {ours.result.bound:.0f}"
    if not with_spopt:
        return [Row(name, ours.seconds, "s"), gap]
    from spopt.locate import LSCP

    build, theirs = solved_by_spopt(lambda: LSCP.from_cost_matrix(far, 20.0), "cbc", 100)
    value = sum(round(one.value() or 0) for one in theirs.result.fac_vars)
    ratio = (build + theirs.seconds) / ours.seconds
    return [
        Row(f"{name}, spopt + CBC {value}", ours.seconds, "s", ratio, "no worse in <= 1 % of time",
            ours.result.value <= value and ratio >= 100),
        gap,
    ]  # fmt: skip


def coverage(*, with_spopt: bool) -> list[Row]:
    """n = 6 254, p = 150, 10 km: building the model and the whole, with what is left of the gap."""
    from analysis.placement.coverage import near_lists

    here = places(6254)
    built = best_of(lambda: near_lists(here.radial(10.0), here.people, 10.0), 3)
    ours = timed(lambda: max_coverage(here.radial(10.0), here.people, 150, 10.0, time_limit=40))
    assert here.people[covered_by(here, ours.result.sites, 10.0)].sum() == ours.result.value
    name = f"MCLP n = 6 254, p = 150, 10 km: {ours.result.value:,.0f} people"
    gap = Row(f"  its gap to {ours.result.bound:,.0f}", ours.result.gap * 100, "%")
    if not with_spopt:
        return [Row("MCLP model built", built.seconds, "s"), Row(name, ours.seconds, "s"), gap]
    from spopt.locate import MCLP

    far = here.distances
    build, theirs = solved_by_spopt(lambda: MCLP.from_cost_matrix(far, here.people, 10.0, 150), "highs", 600)
    value = theirs.result.problem.objective.value()
    faster, ratio = build / built.seconds, (build + theirs.seconds) / ours.seconds
    return [
        Row("MCLP model built", built.seconds, "s", faster, ">= 50x", faster >= 50),
        Row(f"{name}, spopt + HiGHS {value:,.0f}", ours.seconds, "s", ratio, ">= 5x, no worse to 1e-4",
            ratio >= 5 and ours.result.value >= value * (1 - 1e-4)),
        gap,
    ]  # fmt: skip


def main() -> bool:
    warm()
    is_full, with_spopt = "--full" in sys.argv, "--ours" not in sys.argv
    rows = large_p_medians()
    if with_spopt:
        rows.insert(0, medium_p_median(full=is_full))
    rows += [*set_covering(with_spopt=with_spopt), *coverage(with_spopt=with_spopt)]
    return report("placement", rows, ("numpy", "scipy", "numba", "highspy", "spopt", "pulp"))


if __name__ == "__main__":
    sys.exit(not main())
