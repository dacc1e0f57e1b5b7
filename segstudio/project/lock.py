"""One writer per project: others open it read-only and are told who holds it."""

import contextlib
import json
import os
import socket
from datetime import datetime

import filelock

from segstudio.core.atomic import write_bytes
from segstudio.core.errors import SegStudioError
from segstudio.project.layout import Layout


class ProjectLock:
    """The system's own lock on a file: it ends with its process, however that ends."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        # Saving threads may close a project that the window's thread has opened.
        self._lock = filelock.FileLock(layout.lock, timeout=0, thread_local=False)

    def acquire(self) -> str:
        """Take the lock; where it cannot be taken, says why. Empty where it was taken."""
        try:
            self._layout.state.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except filelock.Timeout:
            return f"opened by {self._holder()}"
        except OSError as error:
            return f"its folder may not be written ({error.strerror or error})"
        with contextlib.suppress(SegStudioError):  # who we are is a courtesy; the lock holds
            write_bytes(self._layout.holder, _ourselves())
        return ""

    def release(self) -> None:
        """Let others write; harmless where the lock was never taken."""
        self._lock.release()

    def _holder(self) -> str:
        try:
            holder = json.loads(self._layout.holder.read_bytes())
            return f"process {holder['pid']} on {holder['host']} since {holder['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            return "another process"


def _ourselves() -> bytes:
    since = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    holder = {"pid": os.getpid(), "host": socket.gethostname(), "since": since}
    return json.dumps(holder).encode()
