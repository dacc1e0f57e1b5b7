"""How long a run lasts, how fast it learns, and when it is evaluated."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

WARM_UP = 0.05
"""Share of the run over which the learning rate rises."""

_EVALUATIONS = 10
# However long a run is, its first checkpoint and its curves should not take hours to appear.
_MOST_STEPS_APART = 500
# Evaluation may take at most a twentieth of a run that is counted in minutes.
_TRAIN_PER_EVALUATION = 19.0
# The last evaluation may be slower than the ones before; the run must still end in time.
_CAUTION = 1.2


def rate_factor(share: float) -> float:
    """Learning rate relative to its peak: linear warm-up, then half a cosine down to 0.

    ``share`` is the part of the run that is over, 0 to 1. Loshchilov & Hutter 2017 (SGDR),
    equation 5, without restarts.
    """
    if share < WARM_UP:
        return share / WARM_UP
    return 0.5 * (1.0 + math.cos(math.pi * min(1.0, (share - WARM_UP) / (1.0 - WARM_UP))))


@dataclass(slots=True)
class Schedule:
    """The clock of one run.

    Attributes
    ----------
    steps, seconds
        The run's length; either may be None, not both.
    evaluate_every
        Steps between evaluations, or None: ten in a run of steps, though at most 500 steps apart,
        and in a run of minutes ten or fewer, so that they take at most a twentieth of the time.
    started
        ``clock()`` when the run began.
    earlier
        Seconds that parts of the run took before it was resumed.
    """

    steps: int | None
    seconds: float | None
    evaluate_every: int | None = None
    started: float | None = None
    earlier: float = 0.0
    clock: Callable[[], float] = time.monotonic
    _evaluation_seconds: float = field(default=0.0, init=False)
    _evaluated_at: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        if self.started is None:
            self.started = self.clock()
        if self.steps is not None and self.evaluate_every is None and self.seconds is None:
            self.evaluate_every = min(_MOST_STEPS_APART, math.ceil(self.steps / _EVALUATIONS))

    def elapsed(self) -> float:
        """Seconds of the run so far, earlier parts counted."""
        assert self.started is not None
        return self.earlier + self.clock() - self.started

    def share(self, step: int) -> float:
        """Part of the training that is over before this step, 0 to 1."""
        shares = [0.0]
        if self.steps is not None:
            shares.append((step + 0.5) / self.steps)
        if self.seconds is not None:
            shares.append(self.elapsed() / max(1e-6, self._training_end()))
        return min(1.0, max(shares))

    def over(self, step: int) -> bool:
        """Whether training ends before this step; only the last evaluation may follow."""
        if self.steps is not None and step >= self.steps:
            return True
        return self.seconds is not None and self.elapsed() >= self._training_end()

    def evaluation_due(self, step: int) -> bool:
        """Whether to evaluate after this many steps; the end of the run asks for itself."""
        if self.evaluate_every is not None and step % self.evaluate_every == 0:
            return True
        if self.seconds is None or (self.evaluate_every and self._evaluated_at is not None):
            return False
        pause = max(self.seconds / _EVALUATIONS, _TRAIN_PER_EVALUATION * self._evaluation_seconds)
        return self.elapsed() - (self._evaluated_at or 0.0) >= pause

    def evaluated(self, seconds: float) -> None:
        """Tell that an evaluation has just ended, and how long it took."""
        self._evaluation_seconds = seconds
        self._evaluated_at = self.elapsed()

    def remaining(self, step: int) -> float:
        """Estimated seconds to the end of the run."""
        left = []
        if self.seconds is not None:
            left.append(self.seconds - self.elapsed())
        if self.steps is not None and step:
            left.append(self.elapsed() / step * (self.steps - step))
        return max(0.0, min(left)) if left else 0.0

    def expected_steps(self, step: int) -> int:
        """Steps of the whole run; an estimate where the clock ends it."""
        if self.seconds is None:
            assert self.steps is not None
            return self.steps
        expected = round(step / max(self.share(step), 1e-6)) if step else 0
        return max(step, expected if self.steps is None else min(expected, self.steps))

    def _training_end(self) -> float:
        assert self.seconds is not None
        return self.seconds - _CAUTION * self._evaluation_seconds
