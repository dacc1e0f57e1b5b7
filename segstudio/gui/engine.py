"""Runs networks beside the window, and keeps the one that ran last."""

import gc
import os
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.label_map import Ids
from segstudio.core.progress import Progress

if TYPE_CHECKING:
    from segstudio.inference.device import Device
    from segstudio.inference.mapping import ProjectProbabilities
    from segstudio.inference.predictor import Predictor

THREADS = max(1, (os.cpu_count() or 2) - 1)
"""One core stays free for the window."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What comes back from the worker."""

    probabilities: "ProjectProbabilities"
    ids: Ids
    classes: ClassTable
    device: "Device"
    notes: tuple[str, ...]
    seconds: float
    model: str
    unmeasured: bool
    uncertainty: float


class Engine:
    """Lives in the inference lane: keeps the network between predictions."""

    def __init__(self) -> None:
        self._predictor: Predictor | None = None
        self._made_for: tuple[str, str] | None = None

    def predict(self, key: str, device: str, document: Document) -> Iterator[Progress]:
        from segstudio.inference.labelling import predict_for_project

        if self._predictor is None or self._made_for != (key, device):
            self._predictor = yield from self._load(key, device)
            self._made_for = (key, device)
        predictor = self._predictor
        started = time.perf_counter()
        # A project without classes takes the model's.
        classes = document.classes if len(document.classes) else predictor.checkpoint.classes
        found = yield from predict_for_project(predictor, document.frame, classes)
        answer = Answer(
            found.refined,
            found.ids,
            predictor.checkpoint.classes,
            predictor.place,
            tuple(predictor.notes),
            time.perf_counter() - started,
            key,
            predictor.unmeasured,
            found.uncertainty,
        )
        yield Progress(1, 1, "", answer)

    def _load(self, key: str, device: str) -> Generator[Progress, None, "Predictor"]:
        from segstudio.inference.opening import open_model
        from segstudio.inference.predictor import Predictor

        spare_loaded_code()

        self._predictor = None
        yield Progress(0, 0, "Loading the network…")
        checkpoint = yield from open_model(key)
        return Predictor(checkpoint, device, threads=THREADS)


def spare_loaded_code() -> None:
    """Let Python's collector pass over what is loaded for good.

    Torch's hundreds of thousands of objects made each full collection a pause of 0.1 s, in which
    the window heard nothing.
    """
    gc.freeze()
