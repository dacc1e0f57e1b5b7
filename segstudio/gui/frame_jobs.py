"""One job at a time over frames of the open project, with progress, cancel and an end."""

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QObject, Signal

from segstudio.core.progress import Progress
from segstudio.gui.jobs import JobHandle, Jobs
from segstudio.gui.notices import Notice, failure
from segstudio.gui.saving import LANE as FILES

SELECTED = "Selected frames"
"""What the running job is called in the status bar."""

_LANE = "selected"


class FrameJobs(QObject):
    """Starts a job behind the saves that are under way: it is to find what is on the screen."""

    working = Signal(str, object)
    """:data:`SELECTED`, and the job's ``Progress`` or None when it has ended."""

    noticed = Signal(object)
    """A ``Notice`` for the user."""

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._running: JobHandle | None = None

    @property
    def running(self) -> bool:
        """Whether a job has not ended."""
        return self._running is not None

    def refused(self) -> bool:
        """Tell that another job has not ended yet, where that is so."""
        if self.running:
            text = "The job for the frames selected before has not ended yet."
            self.noticed.emit(Notice(text, "warning", "Stop it", self.cancel))
        return self.running

    def run(
        self,
        what: str,
        steps: Callable[[], Iterator[Progress]],
        progressed: Callable[[Progress], object],
        ended: Callable[[], object],
        lane: str = _LANE,
    ) -> None:
        """Start a job.

        Parameters
        ----------
        what
            What failed, where it fails as a whole, such as "Predicting".
        steps
            Gives the generator; called in the worker thread.
        progressed, ended
            Called with each progress, and once at the end, also after a failure or a cancel.
        """
        end = partial(self._end, ended)

        def start(_saved: object) -> None:
            self._running = self._jobs.run_in_thread(
                steps,
                lane=lane,
                on_progress=partial(self._progressed, progressed),
                on_done=lambda _: end(),
                on_failed=lambda error: self._failed(what, error, end),
                on_cancelled=end,
            )

        self._running = self._jobs.run_in_thread(
            lambda: iter(()), lane=FILES, on_done=start, on_cancelled=end
        )

    def cancel(self) -> None:
        """Stop the job; what it has done stays."""
        if self._running is not None:
            self._running.cancel()

    def _progressed(self, then: Callable[[Progress], object], progress: Progress) -> None:
        self.working.emit(SELECTED, progress)
        then(progress)

    def _failed(self, what: str, error: Exception, end: Callable[[], object]) -> None:
        self.noticed.emit(failure(error, what))
        end()

    def _end(self, then: Callable[[], object]) -> None:
        self._running = None
        self.working.emit(SELECTED, None)
        then()
