"""Packs tiles beside the gesture that changes them, so that its end need not wait for zlib."""

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

from segstudio.core.history import TileIndex, TileState

_FEW = 16
"""Tiles that are left to be packed at the end: a thread for them would cost more."""

_HEAD_START = 0.03
"""Seconds for a press to be painted before its tiles are packed: two threads of Python would
keep each other waiting."""

_States = dict[TileIndex, TileState]


class Packing:
    """Tiles as they were before a gesture: first raw, to be put back, then packed, to be kept.

    Many tiles at once are packed in a thread that lives no longer than the gesture.
    """

    def __init__(self) -> None:
        self.raw: dict[TileIndex, bytes] = {}
        """Each tile's bytes, see :func:`segstudio.core.history.raw_tile`."""
        self._thread: ThreadPoolExecutor | None = None
        self._begun: list[Future[_States]] = []
        self._hurry = Event()

    def add(self, tiles: dict[TileIndex, bytes]) -> None:
        """Remember these, too."""
        self.raw |= tiles
        if tiles and len(self.raw) > _FEW:
            if self._thread is None:
                self._thread = ThreadPoolExecutor(1, "packing")
                self._thread.submit(self._hurry.wait, _HEAD_START)
            self._begun.append(self._thread.submit(_packed, tiles))

    def packed(self, tiles: Iterable[TileIndex]) -> tuple[TileState, ...]:
        """The states of some of the tiles; waits for those that are under way."""
        self._hurry.set()
        done: _States = {}
        for packing in self._begun:
            done |= packing.result()
        return tuple(done.get(tile) or TileState.pack(tile, self.raw[tile]) for tile in tiles)

    def close(self) -> None:
        """End the thread; what it has not packed by now nobody needs."""
        self._hurry.set()
        if self._thread is not None:
            self._thread.shutdown(cancel_futures=True)


def _packed(tiles: dict[TileIndex, bytes]) -> _States:
    return {tile: TileState.pack(tile, raw) for tile, raw in tiles.items()}
