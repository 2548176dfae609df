"""How a kernel is compiled: once, without the interpreter lock, kept on disk where that is possible."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from typing import Any, cast

njit: Any = None
if not os.environ.get("ANALYSIS_PLAIN") and importlib.util.find_spec("numba"):
    from numba import njit


def kernel[F: Callable[..., Any]](function: F) -> F:
    """Compile `function` by numba at its first call; without numba it runs as it stands, only slower.

    The machine code is cached beside the module or in the user's cache folder; an install where neither
    can be written compiles again in each process instead of failing.
    """
    if njit is None:
        return function
    try:
        return cast(F, njit(nogil=True, cache=True)(function))
    except RuntimeError:
        return cast(F, njit(nogil=True)(function))
