"""How long somebody was at work: pauses hardly count."""

import time
from collections.abc import Callable

PAUSE_S = 60.0
"""Whoever neither moves the pointer nor changes anything for longer is not looking any more."""


class WorkClock:
    """Adds up the time between ticks, of each pause one minute at most."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """``now`` gives seconds that only grow."""
        self._now = now
        self._last = now()
        self._seconds = 0.0

    def tick(self) -> None:
        """Somebody is at work at this moment."""
        now = self._now()
        self._seconds += min(now - self._last, PAUSE_S)
        self._last = now

    def take(self) -> float:
        """Seconds of work until now; counts from nothing again."""
        self.tick()
        seconds, self._seconds = self._seconds, 0.0
        return seconds
