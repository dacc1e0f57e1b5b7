"""Functions that numba compiles; they run without Python's lock."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function of numbers and arrays when first called, and keep it for later starts."""
    return cast(Function, numba.njit(nogil=True, cache=True)(function))


def compiled_freely(function: Function) -> Function:
    """As :func:`compiled`; sums may be taken in any order, and no number may be NaN or infinite."""
    return cast(Function, numba.njit(nogil=True, cache=True, fastmath=True)(function))
