"""Compares the open frame's labels with its prediction, in the background, as long as asked to."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from segstudio.core.differences import Comparison, Differences, find_differences
from segstudio.core.document import Document
from segstudio.core.label_map import Ids
from segstudio.core.protection import Mask
from segstudio.core.rect import Rect
from segstudio.gui.jobs import Jobs
from segstudio.gui.labelling import Labelling
from segstudio.gui.notices import failure
from segstudio.gui.predicting import Prediction

LEAST_AREA = 16
"""Smaller regions are left out at first: they are borders that waver, not mistakes."""

_LANE = "review"
_PAUSE_MS = 150
"""After a change: strokes follow each other, and only the last one's comparison counts."""


@dataclass(eq=False)
class _Word:
    """A prediction, with what only the worker asks for."""

    prediction: Prediction

    @cached_property
    def sureness(self) -> NDArray[np.float32]:
        """HxW: the probability of the most probable class."""
        sureness: NDArray[np.float32] = self.prediction.probabilities.values.max(axis=0)
        return sureness


class Differing(QObject):
    """Finds the differences anew after every change of the labels, while it is active."""

    restarted = Signal()
    """There is another prediction to compare with, or none."""

    began = Signal()
    """A comparison runs."""

    found = Signal(object)
    """The ``Differences`` between the labels as they are and the prediction."""

    noticed = Signal(object)
    """A ``Notice`` for the user."""

    def __init__(self, jobs: Jobs, labelling: Labelling, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._labelling = labelling
        self._word: _Word | None = None
        self.now: Comparison | None = None
        """The labels as they are at this moment beside the prediction."""
        self.active = False
        self._least = LEAST_AREA
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._search)
        labelling.frame_opened.connect(self._take_frame)

    @property
    def possible(self) -> bool:
        """Whether there is a prediction of the open frame."""
        return self.now is not None

    def set_active(self, active: bool) -> None:
        """Compare from now on, or do not."""
        self.active = active
        self._search()

    def set_least(self, least: int) -> None:
        """Leave out regions of fewer pixels."""
        self._least = least
        self._search()

    def take_prediction(self, prediction: Prediction) -> None:
        """A model has spoken on the open frame."""
        labels = prediction.document.label_map
        self._word = _Word(prediction)
        self.now = Comparison(labels, prediction.ids, prediction.ids, labels.copy())
        self.restarted.emit()
        self._search()

    def take_composed(self, ids: Ids) -> None:
        """The CRF has spoken after it, or was switched off."""
        if self.now is not None:
            self.now = replace(self.now, composed=ids)

    def settle(self, rect: Rect, mask: Mask) -> None:
        """The human has answered for the pixels under a mask of ``rect``'s size."""
        if self.now is not None:
            self.now = self.now.settled(rect, mask)
            self._search_soon()

    def ask_again(self) -> None:
        """List what the human has decided against the prediction, too."""
        if self.now is not None:
            self.now = replace(self.now, known=self.now.labels.copy())
            self._search()

    def _take_frame(self, document: Document | None) -> None:
        self._word = self.now = None
        if document is not None:
            document.committed.connect(self._search_soon)
        self.restarted.emit()

    def _search_soon(self) -> None:
        if self.active and self.possible:
            self._pause.start()

    def _search(self) -> None:
        self._pause.stop()
        document, now, word = self._labelling.document, self.now, self._word
        if document is None or now is None or word is None or not self.active:
            return
        if document.in_transaction:
            self._pause.start()  # the stroke may yet be taken back
            return
        snapshot, least = replace(now, labels=now.labels.copy()), self._least
        revision = document.revision
        self.began.emit()
        self._jobs.submit(
            _LANE,
            lambda: find_differences(snapshot, word.sureness, least),
            on_done=lambda found: self._take(now, revision, found),
            on_failed=lambda error: self.noticed.emit(failure(error, "Comparing")),
            key=_LANE,
        )

    def _take(self, asked: Comparison, revision: int, found: Differences) -> None:
        document = self._labelling.document
        if document is None or not self.possible:
            return
        if asked is self.now and revision == document.revision:
            self.found.emit(found)
        else:
            self._search_soon()  # the answer is as old as the question
