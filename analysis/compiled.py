"""How a kernel is compiled: once, without the interpreter lock, kept on disk where that is possible."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numba


def kernel[F: Callable[..., Any]](function: F) -> F:
    """Compile `function` by numba at its first call.

    The machine code is cached beside the module or in the user's cache folder; an install where neither
    can be written compiles again in each process instead of failing.
    """
    try:
        return cast(F, numba.njit(nogil=True, cache=True)(function))
    except RuntimeError:
        return cast(F, numba.njit(nogil=True)(function))
