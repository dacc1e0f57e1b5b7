"""What a model, and the CRF after it, make of a project's frame; and how a batch of them went."""

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from segstudio.core.classes import ClassTable
from segstudio.core.frame import Frame
from segstudio.core.label_map import Ids
from segstudio.core.probabilities import Probabilities
from segstudio.core.progress import Progress
from segstudio.inference import crf
from segstudio.inference.crf import CrfParameters
from segstudio.inference.mapping import ProjectProbabilities, map_to_project
from segstudio.inference.uncertainty import mean_uncertainty

if TYPE_CHECKING:
    from segstudio.inference.predictor import Predictor

_WORTH_SECONDS = 60.0
"""A measurement takes about a quarter of it, and may spare half."""

Result = TypeVar("Result")

Refine = Callable[
    [NDArray[np.uint8], NDArray[np.float32], CrfParameters, Ids | None], NDArray[np.float32]
]
"""The signature of :func:`segstudio.inference.crf.refine`, to run it in another process."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One frame that could not be done, and why, in one line with the remedy."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one frame of a batch went: done, skipped, or failed with a reason.

    ``path`` is the file that holds the result, None where there is none.
    """

    name: str
    path: Path | None = None
    skipped: bool = False
    failure: str = ""

    def told(self) -> str:
        """One line about it."""
        if self.failure:
            return self.failure
        return f"{self.name}: {'skipped' if self.skipped else 'segmented'}"


@dataclass(frozen=True, slots=True)
class Summary:
    """How a batch went.

    Attributes
    ----------
    done, skipped
        How many frames were segmented, and how many had labels already.
    failures
        The others.
    device
        Where it ran, and why there.
    notes
        What was done otherwise than asked, such as smaller tiles.
    unmatched
        Classes of the model that the project lacks; their pixels became void.
    """

    done: int = 0
    skipped: int = 0
    failures: tuple[Failure, ...] = ()
    device: str = ""
    notes: tuple[str, ...] = ()
    unmatched: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, outcomes: list[Outcome], predictor: "Predictor", unmatched: tuple[str, ...] = ()
    ) -> "Summary":
        """Count outcomes."""
        failures = tuple(Failure(o.name, o.failure) for o in outcomes if o.failure)
        skipped = sum(o.skipped for o in outcomes)
        done = len(outcomes) - skipped - len(failures)
        device = predictor.place.reason
        return cls(done, skipped, failures, device, tuple(predictor.notes), unmatched)

    def told(self) -> str:
        """One line about it."""
        return f"{self.done} segmented, {self.skipped} skipped, {len(self.failures)} failed"


@dataclass(frozen=True, eq=False)
class FramePrediction:
    """A model's word on a project's frame.

    Attributes
    ----------
    ids
        HxW uint8 in the project's ids; 255 where the model sees a class that the project lacks.
    probabilities
        As the model gave them, in its own class table.
    refined
        In the project's classes, after the CRF where there was one.
    uncertainty
        The model's, on average: 0 where it is sure everywhere, 1 where all classes are alike.
    """

    ids: Ids
    probabilities: Probabilities
    refined: ProjectProbabilities
    uncertainty: float

    @property
    def unmatched(self) -> tuple[str, ...]:
        """Names of the model's classes that the project lacks."""
        return self.refined.unmatched


def predict_for_project(
    predictor: "Predictor",
    frame: Frame,
    classes: ClassTable,
    parameters: CrfParameters | None = None,
    scribbles: Ids | None = None,
    refine: Refine = crf.refine,
    coming: int = 0,
) -> Generator[Progress, None, FramePrediction]:
    """Predict a frame, sort the answer by the project's classes, refine it.

    Parameters
    ----------
    classes
        The project's class table.
    parameters
        The CRF's; None leaves it out.
    scribbles
        HxW uint8 ids that a human chose, 255 where none; for the CRF alone.
    refine
        Where the CRF runs.
    coming
        Frames that follow: where they will take long, the quickest backend is measured on this.

    Raises
    ------
    SegStudioError
        As :meth:`Predictor.predict` and :func:`segstudio.inference.crf.refine`.
    """
    probabilities, started = None, time.perf_counter()
    for report in predictor.steps(frame.pixels, frame.window):
        probabilities = report.payload
        yield Progress(report.done, report.total, f"Predicting {frame.name}")
    assert isinstance(probabilities, Probabilities)
    if predictor.unmeasured and coming * (time.perf_counter() - started) > _WORTH_SECONDS:
        yield from predictor.choose_backend(frame.pixels, frame.window)
    mapped = map_to_project(probabilities, classes)
    if parameters is not None:
        yield Progress(0, 0, f"Refining {frame.name}")
        known = None if scribbles is None else mapped.channels_of(scribbles)
        by_channel = parameters.with_channels(mapped.channel_of)
        mapped = mapped.with_values(refine(frame.display, mapped.values, by_channel, known))
    uncertainty = mean_uncertainty(probabilities.values)
    return FramePrediction(mapped.label_ids(), probabilities, mapped, uncertainty)


def within(
    steps: Generator[Progress, None, Result], done: int, total: int
) -> Generator[Progress, None, Result]:
    """The steps of one frame, told as those of frame ``done`` of ``total``."""
    while True:
        try:
            report = next(steps)
        except StopIteration as stop:
            result: Result = stop.value
            return result
        yield Progress(done, total, report.message)
