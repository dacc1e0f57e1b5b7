"""Measure how a checkpoint runs quickest on this computer's processor, and remember it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from segstudio.core.progress import Progress


@dataclass(frozen=True, eq=False)
class ChooseBackendRequest:
    """What to measure, and on what.

    Attributes
    ----------
    model
        A checkpoint file or an architecture with published weights.
    pixels, window
        A frame's: the measurement holds for pictures of its size.
    threads
        Threads of one computation, as predictions will use them.
    """

    model: str | Path
    pixels: NDArray[Any]
    window: tuple[float, float] | None = None
    threads: int | None = None


def choose_backend(request: ChooseBackendRequest) -> Iterator[Progress]:
    """Run each backend that is installed a few times, in turn with PyTorch.

    Exporting a network holds Python's lock for seconds: beside a window, call it in a process of
    its own. Whoever predicts with the same checkpoint finds the outcome by itself.

    Yields
    ------
    :class:`Progress`; the last one's payload is a :class:`segstudio.inference.choice.Choice`.

    Raises
    ------
    SegStudioError
        Where the model or the frame cannot be used.
    """
    from segstudio.inference.opening import open_model
    from segstudio.inference.predictor import Predictor

    checkpoint = yield from open_model(request.model)
    predictor = Predictor(checkpoint, "cpu", threads=request.threads)
    yield from predictor.choose_backend(request.pixels, request.window)
