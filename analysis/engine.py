"""Which engine computes: kernels compiled by numba, or the same formulas in numpy and scipy.

Compiled kernels live in modules of their own, imported here on first use, so that a web process that never
computes never loads numba. They release the interpreter lock and each fills its own slice of the output,
so plain threads are enough: numba's own threading layers abort when two requests compute at once.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_plain: ContextVar[bool] = ContextVar("plain", default=bool(os.environ.get("ANALYSIS_PLAIN")))


def is_compiled() -> bool:
    """Whether numba is there and nobody asked for the plain engine (`ANALYSIS_PLAIN=1`, `plain()`)."""
    return not _plain.get() and importlib.util.find_spec("numba") is not None


@contextmanager
def plain() -> Iterator[None]:
    """Compute without numba inside the block."""
    token = _plain.set(True)
    try:
        yield
    finally:
        _plain.reset(token)


def cores() -> int:
    """Processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(work: Callable[..., Any], size: int, *arguments: Any, smallest: int = 2000) -> list[Any]:
    """Call `work(start, stop, *arguments)` over slices of `range(size)`, on all cores when it pays, in order.

    `smallest`: the slice below which a thread costs more than it brings.
    """
    pieces = max(1, min(4 * cores(), size // smallest))
    bounds = [size * piece // pieces for piece in range(pieces + 1)]
    slices = list(itertools.pairwise(bounds))
    if pieces == 1 or cores() == 1:
        return [work(start, stop, *arguments) for start, stop in slices]
    with ThreadPoolExecutor(cores()) as pool:
        return list(pool.map(lambda piece: work(*piece, *arguments), slices))
