"""Refines predictions with the dense CRF while sliders move, in a process of its own."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import Ids
from segstudio.gui.crf_worker import CrfWorker
from segstudio.gui.labelling import Labelling
from segstudio.gui.notices import failure
from segstudio.gui.predicting import Prediction
from segstudio.inference.crf_parameters import CrfParameters
from segstudio.project import Project

_TRY_AGAIN_MS = 30
_SETTING = "crf"


@dataclass(frozen=True, eq=False)
class _Tag:
    """What a result was asked for: the prediction, each channel's id, the step it belongs to."""

    prediction: Prediction
    ids: Ids
    merge_key: str


class Refining(QObject):
    """Keeps the CRF's parameters, asks the worker, composes what still fits.

    One hand's movement is one step of undo: what follows a stroke is undone with the stroke, and
    a slider that is dragged is one step until it rests.
    """

    busy_changed = Signal(bool)
    available_changed = Signal(bool)
    """Whether there is a prediction that could be refined."""

    restored = Signal(object)
    """``CrfParameters`` that the project has kept."""

    composed = Signal(object)
    """HxW ids were composed into the document: the newest word of network and CRF."""

    noticed = Signal(object)

    def __init__(self, labelling: Labelling, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._labelling = labelling
        self._worker = CrfWorker(self)
        self._worker.refined.connect(self._refined)
        self._worker.failed.connect(lambda _tag, error: self.noticed.emit(failure(error, "CRF")))
        self._worker.busy_changed.connect(self.busy_changed)
        self._enabled = False
        self._parameters = CrfParameters()
        self._prediction: Prediction | None = None
        self._movement = 0
        self._wanted_key = ""
        self._expected_changes = 0
        self._waiting: tuple[_Tag, Ids] | None = None
        self._stroke_pause = QTimer(self, singleShot=True, interval=_TRY_AGAIN_MS)
        self._stroke_pause.timeout.connect(self._compose_waiting)
        labelling.project_opened.connect(self._restore)
        labelling.frame_opened.connect(lambda _document: self._forget())
        labelling.edited.connect(self._human_edited)

    @property
    def enabled(self) -> bool:
        return self._enabled

    @property
    def busy(self) -> bool:
        """Whether an exact result is still to come."""
        return self._worker.busy

    @property
    def parameters(self) -> CrfParameters:
        return self._parameters

    def set_enabled(self, enabled: bool) -> None:
        """Switch the CRF on or off; off shows the network's own word again."""
        self._enabled = enabled
        document = self._labelling.document
        if self._told_hindrance() or document is None or self._prediction is None:
            return
        if enabled:
            self._request(self._slider_key())
            self.settle()
        elif not document.in_transaction:
            document.compose(self._prediction.ids, "CRF off")
            self.composed.emit(self._prediction.ids)

    def set_parameters(self, parameters: CrfParameters) -> None:
        """A slider moves."""
        self._parameters = parameters
        if not self._told_hindrance():
            self._request(self._slider_key())

    def settle(self) -> None:
        """The hand has left the slider: the next movement is a step of its own."""
        self._movement += 1
        self._keep()

    def take_prediction(self, prediction: Prediction) -> None:
        """A new prediction is there to refine."""
        self._prediction = prediction
        self._worker.set_frame(
            self._labelling.frame_name,
            prediction.document.frame.display,
            prediction.probabilities.values,
        )
        self.available_changed.emit(True)
        self._request(self._slider_key())
        self.settle()

    def _restore(self, project: Project) -> None:
        """Go on with the project's own parameters."""
        kept = project.settings.get(_SETTING, {})
        try:
            self._parameters = CrfParameters.from_json(kept if isinstance(kept, dict) else {})
        except SegStudioError as error:
            self._parameters = CrfParameters()
            self.noticed.emit(failure(error))
        self.restored.emit(self._parameters)

    def _keep(self) -> None:
        """Write the parameters into the project, where they have changed."""
        project, entries = self._labelling.project, self._parameters.to_json()
        defaults = CrfParameters().to_json()
        if project is None or project.read_only:
            return
        if project.settings.get(_SETTING, defaults) == entries:
            return
        project.settings[_SETTING] = entries
        try:
            project.save_settings()
        except SegStudioError as error:
            self.noticed.emit(failure(error))

    def _human_edited(self) -> None:
        """A stroke is a scribble: let it spread, as a part of the same step of undo."""
        document = self._labelling.document
        self._request(document.history.undo_key if document is not None else "")

    def _request(self, merge_key: str) -> None:
        prediction = self._prediction
        if not self._enabled or prediction is None or self._labelling.closed_to_models():
            return
        self._waiting = None
        self._wanted_key = merge_key
        self._expected_changes = self._labelling.changes
        ids = np.asarray(prediction.probabilities.ids, np.uint8)
        tag = _Tag(prediction, ids, merge_key)
        parameters = self._parameters.with_channels(prediction.probabilities.channel_of)
        self._worker.request(parameters, self._scribbles(prediction), tag)

    def _refined(self, tag: Any, channels: Ids, exact: bool) -> None:
        # A preview that a newer stroke has overtaken belongs to no step any more.
        if tag.prediction is self._prediction and tag.merge_key == self._wanted_key:
            self._waiting = tag, tag.ids[channels]
            self._compose_waiting()

    def _compose_waiting(self) -> None:
        document = self._labelling.document
        if self._waiting is None or document is None or not self._enabled:
            return
        if document.in_transaction:
            # Never under the brush; the stroke may yet be taken back, and then this answer fits.
            self._stroke_pause.start()
            return
        (tag, ids), self._waiting = self._waiting, None
        stale = self._labelling.changes != self._expected_changes
        if not stale and not self._labelling.closed_to_models():
            document.compose(ids, "CRF", tag.merge_key)
            # What we composed ourselves does not outdate the exact result that follows.
            self._expected_changes = self._labelling.changes
            self.composed.emit(ids)

    def _scribbles(self, prediction: Prediction) -> Ids | None:
        """HxW channel indices of the human's pixels, 255 where unknown; None without any."""
        label_map = prediction.document.label_map
        if not label_map.human().any():
            return None
        return prediction.probabilities.channels_of(label_map.scribbles())

    def _slider_key(self) -> str:
        return f"crf-{self._movement}"

    def _told_hindrance(self) -> bool:
        hindrance = self._labelling.closed_to_models() if self._prediction is not None else None
        if hindrance is not None:
            self.noticed.emit(hindrance)
        return hindrance is not None

    def _forget(self) -> None:
        self._prediction = None
        self._waiting = None
        self._worker.clear_frame()
        self.available_changed.emit(False)

    def shutdown(self) -> None:
        """End the worker process."""
        self._worker.shutdown()
