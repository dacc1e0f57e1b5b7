"""Work on many pixels, in strips that several threads take."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from types import TracebackType
from typing import Self, TypeVar

_MOST = 16
_PIXELS = 8_192

Item = TypeVar("Item")
Result = TypeVar("Result")


class Threads:
    """As many threads as there are processors, for as long as the block is open."""

    def __init__(self) -> None:
        self.count = _processors()
        self._pool = ThreadPoolExecutor(self.count, thread_name_prefix="dense-crf")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown()

    def each(self, work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
        """What ``work`` makes of each item, in their order."""
        return list(self._pool.map(work, items))


def strips(pixels: int) -> list[slice]:
    """Neighbouring strips that make up so many pixels.

    Their number depends on the pixels alone, so that sums come out the same to the last bit on
    every machine.
    """
    return parts(pixels, min(_MOST, max(1, pixels // _PIXELS)))


def parts(length: int, count: int) -> list[slice]:
    """``length`` things in ``count`` runs that differ by one at most."""
    cuts = [length * part // count for part in range(count + 1)]
    return [slice(*ends) for ends in pairwise(cuts)]


def _processors() -> int:
    """How many this process may use, where the system tells."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1
