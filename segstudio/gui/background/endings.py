"""What to say of work that ended badly."""

import logging
import signal

from segstudio.core.errors import SegStudioError


def died(name: str, exit_code: int, remedy: str) -> SegStudioError:
    """The error for a process that was killed, crashed or ran out of memory.

    Parameters
    ----------
    name
        What the process did, such as "Fine-tuning".
    exit_code
        As ``multiprocessing`` gives it: negative for a signal.
    """
    if exit_code < 0:
        reason = f"its process was ended by {_signal_name(-exit_code)} (exit code {exit_code})"
    else:
        reason = f"its process ended unexpectedly (exit code {exit_code})"
    return SegStudioError(name, reason, f"The computer may have run out of memory. {remedy}")


def log_failure(log: logging.Logger, name: str, error: Exception) -> None:
    """One line for a failure that its reader can mend, the whole story for any other."""
    if isinstance(error, SegStudioError):
        log.warning("%s: %s", name, error)
    else:
        log.error("%s failed", name, exc_info=error)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
