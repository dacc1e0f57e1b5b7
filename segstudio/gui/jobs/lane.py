"""One worker thread and the jobs that wait for it."""

import threading
from collections import deque
from dataclasses import dataclass

from segstudio.gui.background.drive import Ending, Make, Outcome, drive
from segstudio.gui.jobs.handle import JobHandle


@dataclass(frozen=True, slots=True)
class _Waiting:
    handle: JobHandle
    make: Make


class Lane:
    """Jobs of one kind, one after the other, in a thread that lives until :meth:`stop`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._queue: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._running: JobHandle | None = None
        self._stopped = False
        # Daemon: a call that outlasts the patience of `join` must not keep the program alive.
        self._thread = threading.Thread(target=self._work, name=f"segstudio-{name}", daemon=True)
        self._thread.start()

    def put(self, handle: JobHandle, make: Make) -> None:
        """Queue a job; waiting jobs with the same key are cancelled."""
        handle.on_cancel(self._drop)
        for older in self._with_key(handle):
            older.cancel()
        with self._changed:
            self._queue.append(_Waiting(handle, make))
            self._changed.notify_all()

    def drain(self, timeout: float) -> bool:
        """Wait until nothing waits or runs; False where that took longer (seconds)."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._queue and not self._running, timeout)

    def stop(self) -> None:
        """Cancel everything and let the thread end after the step that it is at."""
        with self._changed:
            self._stopped = True
            handles = [waiting.handle for waiting in self._queue]
            if self._running is not None:
                handles.append(self._running)
            self._changed.notify_all()
        for handle in handles:
            handle.cancel()

    def join(self, timeout: float) -> bool:
        """Wait for the thread's end; False where it did not come in time (seconds)."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _with_key(self, handle: JobHandle) -> list[JobHandle]:
        if handle.key is None:
            return []
        with self._changed:
            return [w.handle for w in self._queue if w.handle.key == handle.key]

    def _drop(self, handle: JobHandle) -> None:
        with self._changed:
            waiting = [w for w in self._queue if w.handle is handle]
            for entry in waiting:
                self._queue.remove(entry)
        if waiting:
            handle.post_outcome(Outcome(Ending.STOPPED))

    def _work(self) -> None:
        while (waiting := self._take()) is not None:
            _run(waiting)
            del waiting  # a lane that idles must not keep the last job's pictures alive

    def _take(self) -> _Waiting | None:
        with self._changed:
            self._running = None
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._queue or self._stopped)
            if self._stopped:
                return None
            waiting = self._queue.popleft()
            self._running = waiting.handle
            return waiting


def _run(waiting: _Waiting) -> None:
    handle = waiting.handle
    handle.post_outcome(drive(waiting.make, lambda: handle.cancelled, handle.post_progress))
