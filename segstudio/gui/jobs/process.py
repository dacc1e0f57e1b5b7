"""The window's side of a job that has a process of its own."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing import get_context
from typing import Any

from segstudio.core.progress import Progress
from segstudio.gui.background.drive import Ending, Outcome
from segstudio.gui.background.endings import died
from segstudio.gui.background.job_process import run_job
from segstudio.gui.jobs.handle import JobHandle

_POLL_SECONDS = 0.2
_FAREWELL_SECONDS = 10.0
"""For a child that has said its last word: closing files and the graphics card takes a while."""

_REMEDY = "Close other programs or choose smaller settings, then start it again."


class ProcessJob:
    """Starts the process, listens to it and buries it, all in a thread of its own.

    Parameters
    ----------
    make, args
        A module-level generator function and its arguments, all picklable.
    grace
        Seconds from the wish to stop until the process is killed.
    """

    def __init__(
        self,
        handle: JobHandle,
        make: Callable[..., Iterator[Progress]],
        args: tuple[Any, ...],
        grace: float,
    ) -> None:
        self._handle = handle
        self._deadline: float | None = None
        self._grace = grace
        # Spawn, not fork: a forked child would inherit Qt's threads' locks and torch's.
        context = get_context("spawn")
        self._reports, self._child_reports = context.Pipe(duplex=False)
        self._child_orders, self._orders = context.Pipe(duplex=False)
        self._process = context.Process(
            target=run_job,
            args=(make, args, self._child_orders, self._child_reports),
            name=f"segstudio-{handle.name}",
        )
        self._thread = threading.Thread(
            target=self._keep, name=f"segstudio-{handle.name}", daemon=True
        )
        handle.on_cancel(lambda _: self.ask_to_stop(grace))
        self._thread.start()

    def ask_to_stop(self, grace: float) -> None:
        """Have the generator closed at its next step; kill the process ``grace`` seconds later.

        Sooner where the job was given less.
        """
        asked_before = self._deadline is not None
        deadline = time.monotonic() + min(grace, self._grace)
        self._deadline = min(deadline, self._deadline or deadline)
        if asked_before:
            return
        with suppress(OSError):  # it may have ended by itself a moment ago
            self._orders.send("stop")

    def join(self, timeout: float) -> bool:
        """Wait for the process's and the thread's end; False where they did not come in time."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    @property
    def name(self) -> str:
        return self._handle.name

    def _keep(self) -> None:
        try:
            self._start()
        except Exception as error:  # noqa: BLE001 - arguments that cannot be pickled, no memory
            outcome = Outcome(Ending.FAILED, error=error)
        else:
            outcome = self._listen()
        self._reports.close()
        self._orders.close()
        self._handle.post_outcome(outcome)

    def _start(self) -> None:
        try:
            self._process.start()
        finally:
            # The child has its own copies; only without these is its death the end of the pipe.
            self._child_reports.close()
            self._child_orders.close()

    def _listen(self) -> Outcome:
        outcome = None
        try:
            while outcome is None:
                outcome = self._next_outcome()
        except (EOFError, OSError):
            pass  # died without a last word
        except Exception as error:  # noqa: BLE001 - a payload that cannot be read on this side
            self._process.kill()
            outcome = Outcome(Ending.FAILED, error=error)
        exit_code = self._bury()
        return outcome or Outcome(Ending.FAILED, error=died(self.name, exit_code, _REMEDY))

    def _next_outcome(self) -> Outcome | None:
        if not self._reports.poll(_POLL_SECONDS):
            if self._deadline is not None and time.monotonic() > self._deadline:
                self._process.kill()
            return None
        message = self._reports.recv()
        if isinstance(message, Outcome):
            return message
        self._handle.post_progress(message)
        return None

    def _bury(self) -> int:
        """Wait until the process is gone, and give its exit code."""
        self._process.join(_FAREWELL_SECONDS)
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        return self._process.exitcode or 0
