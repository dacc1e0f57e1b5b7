"""What models say of the open frame, asked for beside the window and kept for a while."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segstudio.core.document import Document
from segstudio.core.label_map import Ids
from segstudio.core.progress import Progress
from segstudio.gui.engine import Answer, Engine
from segstudio.gui.jobs import JobHandle, Jobs
from segstudio.gui.predicting import LANE

BUDGET = 256_000_000
"""Bytes of opinions that are kept."""


@dataclass(frozen=True, eq=False)
class Opinion:
    """A model's word on a frame.

    Attributes
    ----------
    ids
        HxW uint8: the most probable class, in the project's ids.
    sureness
        HxW uint8: its probability, 255 for 1.
    """

    ids: Ids
    sureness: Ids

    @classmethod
    def of(cls, ids: Ids, probabilities: NDArray[np.float32]) -> "Opinion":
        """From CxHxW probabilities whose most probable classes are ``ids``."""
        return cls(ids, np.rint(probabilities.max(axis=0) * 255).astype(np.uint8))

    @property
    def size(self) -> int:
        """Bytes."""
        return self.ids.nbytes + self.sureness.nbytes


_Key = tuple[str, str, tuple[int, ...], tuple[str, ...]]


class Opinions:
    """Asks one model at a time, after those predictions that change labels."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._engine = Engine()
        self._job: JobHandle | None = None
        self._kept: OrderedDict[_Key, Opinion] = OrderedDict()

    @property
    def asking(self) -> bool:
        """Whether a model is being asked now."""
        return self._job is not None

    def known(self, model: str, document: Document) -> Opinion | None:
        """What a model has said already; None where it was not asked yet."""
        key = _key(model, document)
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def ask(
        self,
        model: str,
        device: str,
        document: Document,
        on_progress: Callable[[Progress], None],
        on_done: Callable[[Opinion], None],
        on_failed: Callable[[Exception], None],
    ) -> None:
        """Let a model predict a frame; whoever was asked before is told to be silent."""
        self.stop()
        engine, key = self._engine, _key(model, document)

        def answered(opinion: Opinion) -> None:
            self._job = None
            self._keep(key, opinion)
            on_done(opinion)

        def failed(error: Exception) -> None:
            self._job = None
            on_failed(error)

        self._job = self._jobs.run_in_thread(
            lambda: _steps(engine, model, device, document),
            lane=LANE,
            key="opinion",
            on_progress=on_progress,
            on_done=answered,
            on_failed=failed,
        )

    def stop(self) -> None:
        """No answer is wanted any more."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def forget(self) -> None:
        """Give back all memory."""
        self.stop()
        self._kept.clear()
        self._engine = Engine()

    def _keep(self, key: _Key, opinion: Opinion) -> None:
        self._kept[key] = opinion
        while len(self._kept) > 1 and sum(kept.size for kept in self._kept.values()) > BUDGET:
            self._kept.popitem(last=False)


def _key(model: str, document: Document) -> _Key:
    # The answer is sorted by the classes: with others it is another one.
    return model, document.frame.name, document.classes.ids, document.classes.names


def _steps(engine: Engine, model: str, device: str, document: Document) -> Iterator[Progress]:
    for report in engine.predict(model, device, document):
        if isinstance(report.payload, Answer):
            answer = report.payload
            opinion = Opinion.of(answer.ids, answer.probabilities.values)
            yield Progress(report.done, report.total, payload=opinion)
        else:
            yield report
