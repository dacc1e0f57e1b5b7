"""One job as its starter sees it."""

import logging
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from segstudio.core.progress import Progress
from segstudio.gui.background.drive import Ending, Outcome
from segstudio.gui.background.endings import log_failure
from segstudio.gui.jobs.mailbox import Mailbox

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Callbacks:
    """What the starter wants to hear; all are called on the GUI thread."""

    progress: Callable[[Progress], None] | None = None
    done: Callable[[Any], None] | None = None
    failed: Callable[[Exception], None] | None = None
    cancelled: Callable[[], None] | None = None


class JobHandle:
    """A job that waits, runs or has ended.

    ``cancel`` and what is read here belong to the GUI thread; the ``post_...`` methods are for
    the worker.
    """

    def __init__(
        self, name: str, callbacks: Callbacks, mailbox: Mailbox, key: Hashable | None = None
    ) -> None:
        self.name = name
        self.key = key
        self.finished = False
        self._callbacks = callbacks
        self._mailbox = mailbox
        self._cancel = threading.Event()
        self._stop: Callable[[JobHandle], None] = lambda handle: None

    @property
    def cancelled(self) -> bool:
        """Whether it was asked to stop; from then on neither progress nor result is delivered."""
        return self._cancel.is_set()

    def on_cancel(self, stop: "Callable[[JobHandle], None]") -> None:
        """Who tells the worker; set once by the one who runs the job."""
        self._stop = stop

    def cancel(self) -> None:
        """Drop the job where it waits, close its generator at its next step where it runs.

        Gives back at once. ``on_cancelled`` is called when the worker has let go of everything.
        """
        if self.finished or self.cancelled:
            return
        self._cancel.set()
        self._stop(self)

    def post_progress(self, progress: Progress) -> None:
        self._mailbox.post(lambda: self._receive_progress(progress))

    def post_outcome(self, outcome: Outcome) -> None:
        self._mailbox.post(lambda: self._receive_outcome(outcome))

    def _receive_progress(self, progress: Progress) -> None:
        if self._callbacks.progress is not None and not self.cancelled:
            self._callbacks.progress(progress)

    def _receive_outcome(self, outcome: Outcome) -> None:
        self.finished = True
        if outcome.error is not None:
            log_failure(_log, self.name, outcome.error)
        if outcome.error is not None and (outcome.ending is Ending.STOPPED or not self.cancelled):
            self._call(self._callbacks.failed, outcome.error)
        elif self.cancelled:
            self._call(self._callbacks.cancelled)
        else:
            self._call(self._callbacks.done, outcome.payload)

    @staticmethod
    def _call(callback: Callable[..., None] | None, *args: Any) -> None:
        if callback is not None:
            callback(*args)
