"""Availability, roads, what-if: against PySAL `access`, scipy and pandana.

    python -m benchmarks.access            # needs the `bench` extra
    python -m benchmarks.access --quick    # without the computations that take a minute each

Data: 6 254 municipalities and 6 000 services scattered at random over a plane of the size of Czechia, in
metres, the same arrays for both sides. Values are compared before any ratio is printed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis import decay, reach
from analysis.cost import Cost, table
from analysis.radial import Radial, great_circle, plane
from analysis.reach import Supply
from analysis.roads import Roads
from analysis.whatif import Base
from benchmarks.measure import Duel, Row, best_of, duel, peak_memory, report, timed

Floats = NDArray[np.float64]
KINDS = 33
LIMIT = 30_000.0
WIDTH = 12_000.0
STEPS: dict[float, float] = {10_000: 1.0, 20_000: 0.68, 30_000: 0.22}
AGREEMENT = 1e-12


class Country(NamedTuple):
    """Places in metres, people, capacities and kinds of service."""

    origins: Floats
    targets: Floats
    people: Floats
    capacity: Floats
    kind: NDArray[np.int64]


def country(origins: int = 6254, targets: int = 6000, seed: int = 7) -> Country:
    draw = np.random.default_rng(seed)

    def places(count: int) -> Floats:
        return np.column_stack([draw.uniform(0, 470_000, count), draw.uniform(0, 260_000, count)])

    return Country(
        places(origins),
        places(targets),
        draw.integers(1, 3000, origins).astype(float),
        draw.integers(1, 80, targets).astype(float),
        draw.integers(0, KINDS, targets),
    )


def apart(one: Floats, other: Floats) -> float:
    """Greatest relative difference; the two must also be finite in the same places."""
    assert one.shape == other.shape, (one.shape, other.shape)
    assert np.array_equal(np.isfinite(one), np.isfinite(other))
    inside = np.isfinite(one) & (other != 0)
    assert (one[np.isfinite(one) & (other == 0)] == 0).all()
    return float(np.max(np.abs(one[inside] / other[inside] - 1.0), initial=0.0))


def peer(here: Country, cost: Cost) -> Any:
    """An `access.Access` over the same pairs, one column of supply for each kind and one for all."""
    import pandas as pd
    from access import Access

    demand = pd.DataFrame({"place": np.arange(len(here.people)), "people": here.people})
    supply = pd.DataFrame({"place": np.arange(len(here.capacity)), "all": here.capacity})
    for kind in range(KINDS):
        supply[f"k{kind:02}"] = np.where(here.kind == kind, here.capacity, 0.0)
    pairs = pd.DataFrame({"origin": cost.origins, "dest": cost.targets, "cost": cost.costs})
    return Access(
        demand_df=demand,
        demand_index="place",
        demand_value="people",
        supply_df=supply,
        supply_index="place",
        supply_value=["all", *(f"k{kind:02}" for kind in range(KINDS))],
        cost_df=pairs,
        cost_origin="origin",
        cost_dest="dest",
        cost_name="cost",
    )


def column(frame: Any, size: int) -> Floats:
    """A one-column answer of `access` as an array over all origins, 0 where it has no row."""
    series = frame.iloc[:, 0] if hasattr(frame, "iloc") and frame.ndim == 2 else frame
    return np.asarray(series.reindex(range(size)).fillna(0.0).to_numpy(dtype=float))


def measures(here: Country, cost: Cost) -> list[Row]:
    """Every measure that both have, from a ready table of pairs."""
    from access import weights as theirs

    people, capacity = here.people, here.capacity
    other, size = peer(here, cost), len(people)
    normal, wide = theirs.gaussian(WIDTH), decay.gaussian(WIDTH)
    steps, zones = theirs.step_fn(STEPS), decay.steps(STEPS)
    calls: dict[str, tuple[Callable[[], Floats], Callable[[], Any]]] = {
        "2SFCA": (
            lambda: reach.two_step(cost, people, capacity).values,
            lambda: other.two_stage_fca(name="m", supply_values="all", max_cost=LIMIT, normalize=False),
        ),
        "E2SFCA Gaussian": (
            lambda: reach.two_step(cost, people, capacity, wide).values,
            lambda: other.two_stage_fca(
                name="m", supply_values="all", max_cost=LIMIT, weight_fn=normal, normalize=False
            ),
        ),
        "E2SFCA steps": (
            lambda: reach.two_step(cost, people, capacity, zones).values,
            lambda: other.two_stage_fca(
                name="m", supply_values="all", max_cost=LIMIT, weight_fn=steps, normalize=False
            ),
        ),
        "3SFCA Gaussian": (
            lambda: reach.three_step(cost, people, capacity, wide).values,
            lambda: other.three_stage_fca(
                name="m", supply_values="all", max_cost=LIMIT, weight_fn=normal, normalize=False
            ),
        ),
        "gravity Gaussian": (
            lambda: reach.gravity(cost, capacity, wide).values,
            lambda: other.weighted_catchment(
                name="m", supply_values="all", max_cost=LIMIT, weight_fn=normal, normalize=False
            ),
        ),
    }
    rows = []
    for name, (ours, access) in calls.items():
        both: Duel[Floats, Any] = duel(ours, access, rounds=3)
        difference = apart(both.ours.result, column(both.theirs.result, size))
        assert difference <= AGREEMENT, (name, difference)
        aim = 100 if name == "E2SFCA Gaussian" else None
        rows.append(
            Row(
                f"{name}, {cost.pair_count:,} pairs (differs by {difference:.0e})",
                both.ours.seconds * 1e3,
                "ms",
                both.ratio,
                f">= {aim}x" if aim else "",
                both.ratio >= aim if aim else None,
            )
        )
    return rows


def many_kinds(here: Country, cost: Cost) -> Row:
    """33 kinds of service in one call."""
    from access import weights as theirs

    other, names = peer(here, cost), [f"k{kind:02}" for kind in range(KINDS)]
    supply = Supply.by_kind(here.capacity, here.kind, KINDS)
    wide, normal = decay.gaussian(WIDTH), theirs.gaussian(WIDTH)
    access = timed(
        lambda: other.two_stage_fca(name="m", supply_values=names, max_cost=LIMIT, weight_fn=normal, normalize=False)
    )
    ours = best_of(lambda: reach.two_step(cost, here.people, supply, wide).values)
    expected = access.result[[f"m_{name}" for name in names]].reindex(range(len(here.people))).fillna(0.0)
    difference = apart(ours.result, expected.to_numpy(dtype=float))
    assert difference <= AGREEMENT, difference
    ratio = access.seconds / ours.seconds
    return Row("33 kinds in one call", ours.seconds * 1e3, "ms", ratio, ">= 1,500x", ratio >= 1500)


def agents() -> Row:
    """RAAM on a tenth of the country: `access` needs a dense matrix and minutes for the whole."""
    few = country(600, 250)
    cost = plane(few.origins, few.targets, limit=120_000).pairs()
    other = peer(few, cost)
    both = duel(
        lambda: reach.rational_agents(cost, few.people, few.capacity, tolerance=LIMIT).values,
        lambda: other.raam(name="m", supply_values="all", tau=LIMIT, max_cycles=151, normalize=False),
        rounds=3,
    )
    difference = apart(both.ours.result, column(both.theirs.result, len(few.people)))
    assert difference <= 1e-9, difference
    return Row(f"RAAM, 600 x 250 (differs by {difference:.0e})", both.ours.seconds * 1e3, "ms", both.ratio)


def from_coordinates(here: Country) -> list[Row]:
    """Distances included: `access` builds every pair and filters afterwards."""
    import geopandas as gpd
    import pandas as pd
    from access import Access
    from access import weights as theirs

    demand = gpd.GeoDataFrame(
        pd.DataFrame({"place": np.arange(len(here.people)), "people": here.people}),
        geometry=gpd.points_from_xy(*here.origins.T),
    )
    supply = gpd.GeoDataFrame(
        pd.DataFrame({"place": np.arange(len(here.capacity)), "all": here.capacity}),
        geometry=gpd.points_from_xy(*here.targets.T),
    )

    def access() -> Any:
        other = Access(
            demand_df=demand, demand_index="place", demand_value="people",
            supply_df=supply, supply_index="place", supply_value="all",
        )  # fmt: skip
        other.create_euclidean_distance(threshold=LIMIT)
        return other.two_stage_fca(
            name="m", supply_values="all", cost="euclidean", max_cost=LIMIT,
            weight_fn=theirs.gaussian(WIDTH), normalize=False,
        )  # fmt: skip

    def ours() -> Floats:
        return reach.two_step(
            plane(here.origins, here.targets, limit=LIMIT), here.people, here.capacity, decay.gaussian(WIDTH)
        ).values

    whole, mine = timed(access), best_of(ours)
    difference = apart(mine.result, column(whole.result, len(here.people)))
    assert difference <= AGREEMENT, difference
    ratio = whole.seconds / mine.seconds
    memory = peak_memory("benchmarks.access:ready_to_reach", 6254, 6000, "plane")
    return [
        Row("from coordinates to E2SFCA", mine.seconds * 1e3, "ms", ratio, ">= 300x", ratio >= 300),
        Row("  first call in a new process", memory.seconds * 1e3, "ms"),
        Row("  memory above the start", memory.above, "MB", None, "<= 150 MB", memory.above <= 150),
    ]


def ready_to_reach(origins: int, targets: int, where: str) -> Callable[[], Floats]:
    """Data loaded; the callable goes from coordinates to E2SFCA. Asked for by name in a fresh process."""
    draw = np.random.default_rng(11)
    people = draw.integers(0, 3000, origins).astype(float)
    capacity = draw.integers(1, 80, targets).astype(float)
    if where == "plane":
        here = country(origins, targets)
        return lambda: (
            reach.two_step(
                plane(here.origins, here.targets, limit=LIMIT), people, capacity, decay.gaussian(WIDTH)
            ).values
        )
    low, high = ((36.0, -9.0), (65.0, 30.0)) if where == "europe" else ((48.6, 12.1), (51.0, 18.8))
    start, end = (draw.uniform(low, high, (count, 2)) for count in (origins, targets))
    return lambda: reach.two_step(great_circle(start, end, limit=30), people, capacity, decay.gaussian(12)).values


def at_scale() -> list[Row]:
    """Sizes at which no peer runs: great circle, Gaussian E2SFCA, each in a fresh process, compiled before."""
    rows = []
    for name, arguments, seconds, megabytes in (
        ("100,000 x 1,000,000 over Europe, 30 km", (100_000, 1_000_000, "europe"), 2.0, 300.0),
        ("3,000,000 x 6,000 over Czechia, 30 km", (3_000_000, 6_000, "country"), 15.0, 500.0),
    ):
        memory = min(
            (peak_memory("benchmarks.access:ready_to_reach", *arguments) for _ in range(3)),
            key=lambda one: one.seconds,
        )
        rows += [
            Row(name, memory.seconds, "s", None, f"<= {seconds:.0f} s", memory.seconds <= seconds),
            Row("  memory above the start", memory.above, "MB", None, f"<= {megabytes:.0f} MB",
                memory.above <= megabytes),
        ]  # fmt: skip
    return rows


class Network(NamedTuple):
    """A road graph like that of Czechia: 120 000 nodes, 222 000 sections, minutes at 50 km/h."""

    xy: Floats
    tails: NDArray[np.int64]
    heads: NDArray[np.int64]
    minutes: Floats


def network(nodes: int = 120_000, sections: int = 222_000) -> Network:
    from scipy.spatial import Delaunay

    draw = np.random.default_rng(3)
    xy = draw.uniform(0, 1, (nodes, 2)) * [470.0, 260.0]
    corners = Delaunay(xy).simplices
    ends = np.sort(np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), axis=1)
    ends = np.unique(ends, axis=0)
    ends = ends[draw.permutation(len(ends))[:sections]].astype(np.int64)
    length = np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T)
    return Network(xy, ends[:, 0], ends[:, 1], length * 1.2 / 50 * 60)


def roads() -> list[Row]:
    """5 330 services to every node within 30 minutes; the peers run on a sample, time in proportion."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    net, count = network(), 5330
    nodes = len(net.xy)
    services = np.random.default_rng(4).choice(nodes, count, replace=False)
    graph = Roads.of(nodes, net.tails, net.heads, net.minutes, xy=net.xy)
    first = timed(lambda: graph.reach(services, np.arange(nodes), limit=30))
    sample = services[:300]
    matrix = csr_array(
        (
            np.concatenate([net.minutes, net.minutes]),
            (np.concatenate([net.tails, net.heads]), np.concatenate([net.heads, net.tails])),
        ),
        shape=(nodes, nodes),
    )

    def scipy_pairs() -> tuple[Any, Any, Floats]:
        """What a user does with scipy: a dense block of rows, and its pairs kept."""
        block = dijkstra(matrix, indices=sample, limit=30)
        inside = np.isfinite(block)
        rows, columns = np.nonzero(inside)
        return rows, columns, block[inside]

    both = duel(lambda: graph.reach(services, np.arange(nodes), limit=30), scipy_pairs)
    cost = both.ours.result
    stretch = slice(0, cost.indptr[len(sample)])
    order = np.lexsort((cost.targets[stretch], cost.origins[stretch]))
    rows, columns, values = both.theirs.result
    assert np.array_equal(cost.origins[stretch][order], rows)
    assert np.array_equal(cost.targets[stretch][order], columns)
    assert np.allclose(cost.costs[stretch][order], values, rtol=1e-12)
    ratio = both.ratio * count / len(sample)
    answer = [
        Row(f"road network, 30 min, {cost.pair_count:,} pairs, against scipy", both.ours.seconds, "s", ratio,
            ">= 8x", ratio >= 8),
        Row("  first call", first.seconds, "s"),
    ]  # fmt: skip
    return answer + _against_pandana(net, services, cost, both.ours.seconds)


def _against_pandana(net: Network, services: NDArray[np.int64], cost: Cost, seconds: float) -> list[Row]:
    """Its range query answers the same question; the set of nodes within 30 minutes is compared."""
    import pandana
    import pandas as pd

    other = pandana.Network(
        pd.Series(net.xy[:, 0]), pd.Series(net.xy[:, 1]), pd.Series(net.tails), pd.Series(net.heads),
        pd.DataFrame({"minutes": net.minutes}),
    )  # fmt: skip
    sample = services[:200]
    build = timed(lambda: other.nodes_in_range(list(sample[:2]), 1))
    found = timed(lambda: other.nodes_in_range(list(sample), 30))
    counts = found.result.groupby("source").size().reindex(sample).to_numpy()
    ours = np.diff(cost.indptr)[: len(sample)]
    # pandana rounds costs to thousandths, so a node at the very edge may fall either way.
    assert np.abs(counts - ours).sum() <= 0.001 * ours.sum(), np.abs(counts - ours).sum()
    ratio = found.seconds * len(services) / len(sample) / seconds
    return [
        Row("road network, 30 min, against pandana", seconds, "s", ratio, ">= 6x", ratio >= 6),
        Row("  its first query", build.seconds, "s"),
    ]


def one_edit(here: Country, cost: Cost) -> Row:
    """One change of capacity through the public function, against computing anew."""
    from access import weights as theirs

    other = peer(here, cost)
    wide, normal = decay.gaussian(WIDTH), theirs.gaussian(WIDTH)
    scenario = Base.of(cost, here.people, here.capacity, wide, limits=(15_000, 30_000)).scenario()
    target, capacity = 1234, 500.0
    rounds = 1000

    def edits() -> None:
        for turn in range(rounds):
            scenario.set_capacity(target, capacity + turn % 2)

    seconds = best_of(edits).seconds / rounds
    scenario.set_capacity(target, capacity)
    other.supply_df.loc[target, "all"] = capacity
    access = timed(
        lambda: other.two_stage_fca(name="m", supply_values="all", max_cost=LIMIT, weight_fn=normal, normalize=False)
    )
    difference = apart(scenario.availability, column(access.result, len(here.people)))
    assert difference <= 1e-11, difference  # ten thousand edits lie behind it
    ratio = access.seconds / seconds
    return Row("one what-if edit", seconds * 1e6, "us", ratio, ">= 10,000x, <= 100 us",
               ratio >= 10_000 and seconds <= 100e-6)  # fmt: skip


def main() -> bool:
    is_quick = "--quick" in sys.argv
    here = country()
    radial: Radial = plane(here.origins, here.targets, limit=LIMIT)
    first = timed(radial.pairs)
    build = best_of(lambda: plane(here.origins, here.targets, limit=LIMIT).pairs())
    cost = build.result
    dense = best_of(lambda: table(cost.origins, cost.targets, cost.costs, shape=cost.shape))
    rows = [
        Row("first call: numba and kernels loaded", first.seconds * 1e3, "ms"),
        Row(f"{cost.pair_count:,} pairs from coordinates", build.seconds * 1e3, "ms"),
        Row("the same pairs from a long table", dense.seconds * 1e3, "ms"),
        *measures(here, cost),
        agents(),
        one_edit(here, cost),
        *roads(),
    ]
    if not is_quick:
        rows += [many_kinds(here, cost), *from_coordinates(here), *at_scale()]
    return report("access", rows, ("numpy", "scipy", "numba", "access", "pandas", "pandana"))


if __name__ == "__main__":
    sys.exit(not main())
