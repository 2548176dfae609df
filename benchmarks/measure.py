"""The one way figures are measured and reported here.

A benchmark is a module with a `main()` that builds `Row`s and hands them to `report`:

    from benchmarks.measure import Row, best_of, duel, peak_memory, report

    ours = best_of(lambda: fast(data))
    report("search", [Row("search, 6 733 services", ours.seconds * 1e3, "ms", reach="<= 50 ms",
                          ok=ours.seconds <= 0.050)])

`report` prints a table with versions and load, and writes `benchmarks/out/<name>.json`.
"""

from __future__ import annotations

import gc
import importlib
import importlib.metadata
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

OUT = Path(__file__).resolve().parent / "out"


@dataclass(frozen=True)
class Row:
    """One figure: `value` in `unit`; `ratio` = peer / ours (above 1 we win); `reach` = the aim in words;
    `ok` = whether the aim is met, None where there is none."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    reach: str = ""
    ok: bool | None = None


class Timed[T](NamedTuple):
    """Seconds of one call and what it returned."""

    seconds: float
    result: T


class Duel[A, B](NamedTuple):
    """Medians of two calls measured in turns in one process; `ratio` = theirs / ours."""

    ours: Timed[A]
    theirs: Timed[B]

    @property
    def ratio(self) -> float:
        return self.theirs.seconds / self.ours.seconds


def timed[T](call: Callable[[], T]) -> Timed[T]:
    """Run once. Also what to use for a first call, whose imports and compilation are told apart."""
    gc.collect()
    start = time.perf_counter()
    result = call()
    return Timed(time.perf_counter() - start, result)


def best_of[T](call: Callable[[], T], rounds: int = 5) -> Timed[T]:
    """The quickest of `rounds` calls: what the machine can do when nothing else disturbs it."""
    return min((timed(call) for _ in range(rounds)), key=lambda one: one.seconds)


def duel[A, B](ours: Callable[[], A], theirs: Callable[[], B], rounds: int = 5) -> Duel[A, B]:
    """Call both in turns, `rounds` times, and keep the medians.

    The caller asserts that the two results agree before it speaks about the ratio.
    """
    pairs = [(timed(ours), timed(theirs)) for _ in range(rounds)]
    return Duel(
        Timed(statistics.median(mine.seconds for mine, _ in pairs), pairs[-1][0].result),
        Timed(statistics.median(other.seconds for _, other in pairs), pairs[-1][1].result),
    )


def resident_peak() -> float:
    """Highest resident memory of this process so far, in MB.

    Read from VmHWM where there is one: a child's `ru_maxrss` starts at its parent's size.
    """
    try:
        status = Path("/proc/self/status").read_text()
        kilobytes = int(status.split("VmHWM:")[1].split()[0])
    except (OSError, IndexError):
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes / 1024


class Memory(NamedTuple):
    """MB above the start of the measured call, its seconds, and MB of the whole process at the peak."""

    above: float
    seconds: float
    whole: float


def peak_memory(target: str, *args: object) -> Memory:
    """Peak memory of one call in a fresh process.

    `target` is "package.module:function". The function gets `args` (anything JSON holds), loads its data
    and **returns a callable without arguments**; only that callable is measured.
    """
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.measure", target, json.dumps(args)],
        cwd=OUT.parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{target} failed in its own process:\n{done.stderr}")
    return Memory(**json.loads(done.stdout.splitlines()[-1]))


def versions(*packages: str) -> dict[str, str]:
    """Installed versions of `packages`, with Python and the machine."""
    found = {"python": platform.python_version(), "machine": f"{platform.machine()}, {os.cpu_count()} cores"}
    for package in packages:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "absent"
    return found


def report(name: str, rows: Sequence[Row], packages: Sequence[str] = ("numpy", "scipy", "numba")) -> bool:
    """Print the rows and write `benchmarks/out/<name>.json`. True when no aim was missed."""
    setting = {**versions(*packages), "load": f"{os.getloadavg()[0]:.2f}"}
    OUT.mkdir(exist_ok=True)
    content = {"name": name, "setting": setting, "rows": [asdict(row) for row in rows]}
    (OUT / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    width = max((len(row.name) for row in rows), default=4)
    print(f"\n{name}: " + ", ".join(f"{key} {value}" for key, value in setting.items()))
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:,.1f}x"
        verdict = {None: "", True: "ok", False: "MISSED"}[row.ok]
        figure = f"{row.value:,.6g}" if abs(row.value) < 1e4 else f"{row.value:,.1f}"
        print(f"  {row.name:<{width}}  {figure:>14} {row.unit:<8} {ratio:>12}  {row.reach:<28} {verdict}")
    return all(row.ok is not False for row in rows)


def _measure_here(target: str, args: list[Any]) -> Memory:
    module, _, function = target.partition(":")
    call = getattr(importlib.import_module(module), function)(*args)
    gc.collect()
    before = resident_peak()
    seconds = timed(call).seconds
    whole = resident_peak()
    return Memory(above=whole - before, seconds=seconds, whole=whole)


if __name__ == "__main__":
    print(json.dumps(_measure_here(sys.argv[1], json.loads(sys.argv[2]))._asdict()))
