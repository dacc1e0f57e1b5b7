"""Owns every thread and every process that the window starts."""

import atexit
import logging
import time
from collections.abc import Callable, Hashable, Iterator
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject

from segstudio.core.progress import Progress
from segstudio.gui.background.drive import Make
from segstudio.gui.jobs.handle import Callbacks, JobHandle
from segstudio.gui.jobs.lane import Lane
from segstudio.gui.jobs.mailbox import Mailbox
from segstudio.gui.jobs.process import ProcessJob

_log = logging.getLogger(__name__)

_BURIAL_SECONDS = 2.0
"""For a process that is killed at the deadline to be gone."""


class Jobs(QObject):
    """Runs workflows beside the window.

    All methods belong to the GUI thread, and only :meth:`drain` and :meth:`shutdown` wait; all
    callbacks are called on the GUI thread.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mailbox = Mailbox(self)
        self._lanes: dict[str, Lane] = {}
        self._processes: list[ProcessJob] = []
        self._closed = False
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.shutdown)
        # Where the program ends without its event loop: multiprocessing would wait for children.
        atexit.register(self.shutdown)

    def run_in_thread(
        self,
        make: Make,
        *,
        lane: str,
        on_progress: Callable[[Progress], None] | None = None,
        on_done: Callable[[Any], None] | None = None,
        on_failed: Callable[[Exception], None] | None = None,
        on_cancelled: Callable[[], None] | None = None,
        key: Hashable | None = None,
    ) -> JobHandle:
        """Run a generator in the worker thread of a lane, after the jobs that wait there.

        Parameters
        ----------
        make
            Gives the generator; called in the worker thread.
        lane
            Jobs of one lane run one after the other, jobs of different lanes side by side.
        on_progress, on_done, on_failed, on_cancelled
            Called with each progress; with the last payload; with the exception; with nothing,
            once a cancelled job has let go of everything. Exactly one of the last three comes.
        key
            Latest wins: jobs of this lane with the same key that still wait are cancelled.
        """
        callbacks = Callbacks(on_progress, on_done, on_failed, on_cancelled)
        handle = JobHandle(lane, callbacks, self._mailbox, key)
        self._refuse_when_closed()
        if lane not in self._lanes:
            self._lanes[lane] = Lane(lane)
        self._lanes[lane].put(handle, make)
        return handle

    def submit(
        self,
        lane: str,
        function: Callable[[], Any],
        on_done: Callable[[Any], None] | None = None,
        on_failed: Callable[[Exception], None] | None = None,
        *,
        key: Hashable | None = None,
    ) -> JobHandle:
        """Call a function in the worker thread of a lane; ``on_done`` gets what it returns."""

        def once() -> Iterator[Progress]:
            yield Progress(1, 1, payload=function())

        return self.run_in_thread(once, lane=lane, on_done=on_done, on_failed=on_failed, key=key)

    def run_in_process(
        self,
        make: Callable[..., Iterator[Progress]],
        args: tuple[Any, ...] = (),
        *,
        name: str,
        on_progress: Callable[[Progress], None] | None = None,
        on_done: Callable[[Any], None] | None = None,
        on_failed: Callable[[Exception], None] | None = None,
        on_cancelled: Callable[[], None] | None = None,
        grace: float = 60.0,
    ) -> JobHandle:
        """Run ``make(*args)`` in a fresh process.

        Parameters
        ----------
        make, args
            A module-level generator function and its arguments; all must be picklable, and so
            must be the payloads.
        name
            What messages call the job, such as "Fine-tuning".
        on_progress, on_done, on_failed, on_cancelled
            As for :meth:`run_in_thread`; ``on_failed`` also hears of a process that crashed, was
            killed or ran out of memory.
        grace
            Seconds that a cancelled job has for cleaning up before it is killed.
        """
        self._refuse_when_closed()
        callbacks = Callbacks(on_progress, on_done, on_failed, on_cancelled)
        handle = JobHandle(name, callbacks, self._mailbox)
        self._processes = [process for process in self._processes if not process.join(0)]
        self._processes.append(ProcessJob(handle, make, args, grace))
        return handle

    def drain(self, lane: str, timeout: float = 60.0) -> bool:
        """Wait until a lane has done all its work, and deliver what it has to say.

        For the end of a project, when everything must be on disk.

        Returns
        -------
        False where the work took longer than ``timeout`` seconds; it goes on then.
        """
        if lane not in self._lanes:
            return True
        drained = self._lanes[lane].drain(timeout)
        self._mailbox.deliver_all()
        return drained

    def shutdown(self, timeout: float = 10.0) -> bool:
        """Cancel everything and wait for it; nothing is delivered any more.

        Parameters
        ----------
        timeout
            Seconds for all together; then processes are killed.

        Returns
        -------
        Whether every thread has ended. One that is inside a long call of a library is left to end
        with the program.
        """
        if self._closed:
            return True
        self._closed = True
        atexit.unregister(self.shutdown)
        self._mailbox.close()
        deadline = time.monotonic() + timeout
        for lane in self._lanes.values():
            lane.stop()
        for process in self._processes:
            process.ask_to_stop(timeout)
        waits: list[tuple[Lane | ProcessJob, float]] = [
            *((lane, deadline) for lane in self._lanes.values()),
            *((process, deadline + _BURIAL_SECONDS) for process in self._processes),
        ]
        late = [w.name for w, end in waits if not w.join(max(0.0, end - time.monotonic()))]
        for name in late:
            _log.warning("%s did not end in time", name)
        return not late

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise RuntimeError("a job was started after the shutdown")
