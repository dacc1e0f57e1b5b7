"""Exceptions that survive the way from one process to another."""

import pickle
import traceback


class WorkerError(RuntimeError):
    """Stands for an exception of another process that cannot be pickled."""


def portable(error: Exception) -> Exception:
    """The same exception or a stand-in that can be pickled; its traceback goes along as a note."""
    story = "".join(traceback.format_exception(error))
    try:
        # Only a round trip tells: an exception whose constructor wants other arguments than it
        # keeps is pickled without complaint and fails when it is read.
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes of a moment ago
    except Exception:  # noqa: BLE001 - foreign exceptions may raise anything here
        error = WorkerError(f"{type(error).__name__}: {error}")
    error.add_note(f"In the worker process:\n{story}")
    return error
