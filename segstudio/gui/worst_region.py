"""Leads the eye to the places of a frame that are most likely to be wrong."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from segstudio.core.label_map import Ids, Provenance
from segstudio.core.rect import Rect
from segstudio.core.worst import worst_places
from segstudio.gui.actions import action
from segstudio.gui.canvas.canvas import Canvas
from segstudio.gui.canvas.looking import look_at
from segstudio.gui.jobs import Jobs
from segstudio.gui.labelling import Labelling
from segstudio.gui.notices import Notice, failure
from segstudio.gui.predicting import Predicting, Prediction
from segstudio.inference.uncertainty import uncertainty_plane

_LANE = "worst"
_EDGE = 1024
"""Larger frames are searched in a sample of so many rows or columns."""


class WorstRegion(QObject):
    """Goes from the most uncertain place that no human has decided to the next."""

    noticed = Signal(object)
    """A ``Notice`` for the user."""

    def __init__(
        self,
        canvas: Canvas,
        jobs: Jobs,
        labelling: Labelling,
        predicting: Predicting,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._jobs = jobs
        self._labelling = labelling
        self._predicting = predicting
        self._prediction: Prediction | None = None
        self._seen: list[Rect] = []
        labelling.frame_opened.connect(lambda _document: self._take(None))
        predicting.predicted.connect(self._take)

    @action(
        "&Worst region of this frame",
        "Frame/1",
        "Go to where the model is least sure and you have not decided; again for the next place.",
        icon="mdi6.target",
        shortcuts=["J"],
    )
    def worst_region(self) -> None:
        """Look at the worst place that was not looked at yet."""
        prediction, document = self._prediction, self._labelling.document
        if prediction is None or document is None:
            text = "Predict first: then this leads to where the model is least sure."
            self.noticed.emit(Notice(text, "info", "Predict", self._predicting.predict))
            return
        values = prediction.probabilities.values
        step = max(1, max(document.frame.shape) // _EDGE)
        decided_by = document.label_map.provenance[::step, ::step].copy()
        self._jobs.submit(
            _LANE,
            lambda: _search(values, decided_by, step),
            on_done=lambda places: self._go(prediction, places),
            on_failed=lambda error: self.noticed.emit(failure(error, "Looking for doubts")),
            key=_LANE,
        )

    def _take(self, prediction: Prediction | None) -> None:
        self._prediction = prediction
        self._seen.clear()

    def _go(self, prediction: Prediction, places: tuple[Rect, ...]) -> None:
        if prediction is not self._prediction:
            return
        if not places:
            text = "The model is sure of all that you have not decided yourself."
            self.noticed.emit(Notice(text))
            return
        fresh = [place for place in places if not self._was_seen(place)]
        if not fresh:
            self.noticed.emit(Notice("That was the last doubtful place: from the worst again."))
            self._seen.clear()
        place = (fresh or places)[0]
        self._seen.append(place)
        look_at(self._canvas, place, prediction.document.frame.shape)

    def _was_seen(self, place: Rect) -> bool:
        """Whether its middle was looked at: what is painted meanwhile shifts places a little."""
        y, x = (place.top + place.bottom) // 2, (place.left + place.right) // 2
        middle = Rect(y, x, y + 1, x + 1)
        return any(not seen.intersect(middle).empty for seen in self._seen)


def _search(values: NDArray[np.float32], decided_by: Ids, step: int) -> tuple[Rect, ...]:
    """The worst places, in picture pixels."""
    doubt = uncertainty_plane(values[:, ::step, ::step])
    places = worst_places(doubt, decided_by == Provenance.HUMAN)
    whole = Rect.of_shape(values.shape[1:])
    return tuple(
        Rect(*(step * side for side in (p.top, p.left, p.bottom, p.right))).intersect(whole)
        for p in places
    )
