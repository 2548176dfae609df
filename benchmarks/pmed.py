"""Solve OR-Library p-median files (Beasley 1985): `python -m benchmarks.pmed FILE...`.

Prints per file: n, p, value, bound, proven, seconds (reading, shortest paths and solving). `--limit SECONDS`
is the time limit of each (60). `--all` solves pmed1..20 of ../shared/data, compares them with the published
optima and reports.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.placement import Placement, p_median
from benchmarks.measure import Row, report

FOLDER = Path(__file__).resolve().parents[2] / "shared/data/benchmark/pmed"
OPTIMA = (
    5819, 4093, 4250, 3034, 1355, 7824, 5631, 4445, 2734, 1255,
    7696, 6634, 4374, 2968, 1729, 8162, 6999, 4809, 2845, 1789,
)  # fmt: skip


class Instance(NamedTuple):
    """All-pairs shortest paths and how many sites to choose."""

    distances: NDArray[np.float64]
    p: int


def read(path: Path) -> Instance:
    """First line n, edges, p; then edges i, j, cost numbered from 1. Of a repeated edge the last cost counts."""
    from scipy.sparse.csgraph import floyd_warshall

    numbers = np.array(path.read_text().split(), dtype=np.float64)
    if len(numbers) < 3 or len(numbers) < 3 + 3 * int(numbers[1]):
        raise ValueError(f"{path}: the first line must be n, edges, p and as many edges must follow")
    nodes, edges, p = (int(number) for number in numbers[:3])
    rows = numbers[3 : 3 + 3 * edges].reshape(edges, 3)
    ends = rows[:, :2].astype(np.int64) - 1
    if ends.size and not (ends.min() >= 0 and ends.max() < nodes):
        raise ValueError(f"{path}: an edge ends outside 1..{nodes}")
    near = np.full((nodes, nodes), np.inf)
    for (one, other), cost in zip(ends, rows[:, 2], strict=True):
        near[one, other] = near[other, one] = cost
    np.fill_diagonal(near, 0.0)
    return Instance(np.asarray(floyd_warshall(near)), p)


def check(instance: Instance, answer: Placement) -> None:
    """Feasible and worth what it says, told apart from the solver's own sums."""
    assert len(set(answer.sites.tolist())) == instance.p
    assert abs(instance.distances[:, answer.sites].min(axis=1).sum() - answer.value) < 1e-6
    assert answer.bound <= answer.value + 1e-6


def solve(path: Path, limit: float) -> tuple[Instance, Placement, float]:
    start = time.perf_counter()
    instance = read(path)
    answer = p_median(instance.distances, np.ones(len(instance.distances)), instance.p, time_limit=limit)
    seconds = time.perf_counter() - start
    check(instance, answer)
    return instance, answer, seconds


def main() -> bool:
    parser = argparse.ArgumentParser(description="Solve OR-Library p-median files.")
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for each file")
    parser.add_argument("--all", action="store_true", help="pmed1..20, compared with the published optima")
    options = parser.parse_args()
    if options.all and not FOLDER.is_dir():
        print(
            f"pmed1..20 lie outside the repository ({FOLDER.relative_to(FOLDER.parents[3])}) and are not here: skipped"
        )
        return True
    files = [FOLDER / f"pmed{number}.txt" for number in range(1, 21)] if options.all else options.files
    if not files:
        parser.error("name at least one file, or --all")
    print(f"{'file':<16}{'n':>6}{'p':>6}{'value':>14}{'bound':>14}  {'proven':<7}{'seconds':>9}")
    rows, is_fine = [], True
    for number, path in enumerate(files):
        instance, answer, seconds = solve(path, options.limit)
        print(
            f"{path.name:<16}{len(instance.distances):>6}{instance.p:>6}{answer.value:>14.10g}{answer.bound:>14.10g}"
            f"  {'yes' if answer.is_proven else 'no':<7}{seconds:>9.2f}",
            flush=True,
        )
        is_good = answer.is_proven and seconds <= 30
        if options.all:
            assert answer.value == OPTIMA[number], f"{path.name}: {answer.value}, published {OPTIMA[number]}"
        is_fine &= is_good
        rows.append(
            Row(
                f"{path.name}, n {len(instance.distances)}, p {instance.p}",
                seconds,
                "s",
                None,
                "proven, <= 30 s",
                is_good,
            )
        )
    if options.all:
        report("pmed", rows, ("numpy", "scipy", "numba", "highspy"))
    return is_fine


if __name__ == "__main__":
    sys.exit(not main())
