"""The live CRF: refines the open frame in worker processes, a coarse preview first."""

import logging
import math
from collections.abc import Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QObject, Signal

from segstudio.core.label_map import Ids
from segstudio.gui.background.crf_lane import Answer, CrfFrame, CrfLane, CrfRequest, LaneRules
from segstudio.gui.background.crf_process import Refine, dense_crf
from segstudio.gui.background.endings import log_failure
from segstudio.gui.jobs.mailbox import Mailbox

_log = logging.getLogger(__name__)

_PREVIEW_PIXELS = 45_000
_COARSEST = 8
_NO_PREVIEW_BELOW = 100_000
_SETTLE_SECONDS = 0.15
"""While a slider moves only previews are made: an exact result takes a second or more."""
_PATIENCE_SECONDS = 4.0
"""Ending a process that is about to answer would cost it the lattices that it has built."""
_EXACT_POLITENESS = 5
"""Previews go first where there are few processors."""


class CrfWorker(QObject):
    """Refines one frame at a time; the latest request wins.

    The preview and the exact result have a process each, so that a moving slider never waits for
    an exact result that is already out of date.

    Parameters
    ----------
    refine
        Module-level function like :func:`segstudio.gui.background.crf_process.dense_crf`.
    """

    refined = Signal(object, object, bool)
    """Tag of the request, HxW uint8 channel indices, whether they are exact.

    Previews of requests that were overtaken while they were made are told too, in their order:
    otherwise nothing would be seen while a slider moves.
    """

    failed = Signal(object, object)
    """Tag of the request, exception."""

    busy_changed = Signal(bool)
    """Whether an exact result is still to come."""

    def __init__(self, parent: QObject | None = None, *, refine: Refine = dense_crf) -> None:
        super().__init__(parent)
        self._refine = refine
        self._mailbox = Mailbox(self)
        self._lanes: tuple[CrfLane, CrfLane] | None = None
        self._frame: CrfFrame | None = None
        self._newest = 0
        self._shown = 0
        self._busy = False
        self._closed = False
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.shutdown)

    @property
    def busy(self) -> bool:
        return self._busy

    def set_frame(
        self, key: Hashable, image: NDArray[np.uint8], probabilities: NDArray[np.float32]
    ) -> None:
        """Work on another picture; results for the one before are dropped.

        Parameters
        ----------
        key
            What the frame is called; the same key with the same arrays changes nothing.
        image
            HxWx3 uint8. Copied later in a thread, so it must not be changed; so for the next.
        probabilities
            CxHxW float32.
        """
        old = self._frame
        if (
            old is not None
            and old.key == key
            and old.image is image
            and old.probabilities is probabilities
        ):
            return
        if image.shape[:2] != probabilities.shape[1:]:
            raise ValueError(f"image {image.shape} with probabilities {probabilities.shape}")
        self._retire_frame()
        self._frame = CrfFrame(key, image, probabilities)

    def clear_frame(self) -> None:
        """Let the picture and its memory go; results for it are dropped."""
        self._retire_frame()
        for lane in self._lanes or ():
            lane.forget()

    def request(self, parameters: Any, scribbles: Ids | None = None, tag: Any = None) -> None:
        """Refine the frame; gives back at once.

        Parameters
        ----------
        parameters
            A ``CrfParameters``.
        scribbles
            HxW uint8 channel indices, 255 where unknown; a snapshot that nobody changes.
        tag
            Comes back with the results.

        Raises
        ------
        RuntimeError
            Where no frame was set, or after the shutdown.
        """
        if self._frame is None or self._closed:
            raise RuntimeError("the CRF has no frame to refine")
        self._lanes = self._lanes or self._start_lanes()
        preview, exact = self._lanes
        self._newest += 1
        request = CrfRequest(self._newest, self._frame, parameters, scribbles, tag)
        if _wants_preview(self._frame.shape):
            preview.put(request)
        exact.put(request)
        self._set_busy(True)

    def cancel(self) -> None:
        """Drop every request that is not answered yet."""
        self._newest += 1
        self._shown = self._newest
        for lane in self._lanes or ():
            lane.drop()
        self._set_busy(False)

    def shutdown(self, timeout: float = 3.0) -> bool:
        """End processes and threads; whether they ended within ``timeout`` seconds each."""
        if self._closed:
            return True
        self._closed = True
        self._mailbox.close()
        lanes = self._lanes or ()
        for lane in lanes:
            lane.stop()
        ended = [lane.join(timeout) for lane in lanes]
        self._retire_frame()
        return all(ended)

    def _retire_frame(self) -> None:
        self.cancel()
        if self._frame is not None:
            self._frame.retire()
        self._frame = None

    def _start_lanes(self) -> tuple[CrfLane, CrfLane]:
        post = self._mailbox.post
        return (
            CrfLane(
                "crf-preview",
                self._refine,
                lambda request, answer: post(lambda: self._receive_preview(request, answer)),
                LaneRules(preview_scale, settle=0.0, patience=math.inf, politeness=0),
            ),
            CrfLane(
                "crf-exact",
                self._refine,
                lambda request, answer: post(lambda: self._receive_exact(request, answer)),
                LaneRules(lambda shape: 1, _SETTLE_SECONDS, _PATIENCE_SECONDS, _EXACT_POLITENESS),
            ),
        )

    def _receive_preview(self, request: CrfRequest, answer: Answer) -> None:
        if isinstance(answer, Exception):
            # Not told: the exact result is still to come, and it says what is wrong if it is.
            log_failure(_log, "CRF preview", answer)
        elif request.number > self._shown:
            self._shown = request.number
            self.refined.emit(request.tag, answer, False)

    def _receive_exact(self, request: CrfRequest, answer: Answer) -> None:
        if request.number != self._newest:
            return
        self._shown = request.number
        self._set_busy(False)
        if isinstance(answer, Exception):
            log_failure(_log, "CRF", answer)
            self.failed.emit(request.tag, answer)
        else:
            self.refined.emit(request.tag, answer, True)

    def _set_busy(self, busy: bool) -> None:
        if busy != self._busy:
            self._busy = busy
            self.busy_changed.emit(busy)


def preview_scale(shape: tuple[int, int]) -> int:
    """How much a picture is shrunk for a preview: as little as a quick answer allows, 2 to 8."""
    return min(_COARSEST, max(2, math.ceil(math.sqrt(shape[0] * shape[1] / _PREVIEW_PIXELS))))


def _wants_preview(shape: tuple[int, int]) -> bool:
    return shape[0] * shape[1] > _NO_PREVIEW_BELOW
