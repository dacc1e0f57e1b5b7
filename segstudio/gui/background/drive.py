"""Runs a workflow's generator to its end, or closes it between two steps."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from segstudio.core.progress import Progress

Make = Callable[[], Iterator[Progress]]


class Ending(Enum):
    """How a job ended."""

    DONE = auto()
    STOPPED = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is left of a job.

    ``payload`` is that of the last progress where the job is done. ``error`` is what it failed
    with; a stopped job has one too where its cleaning up failed.
    """

    ending: Ending
    payload: Any = None
    error: Exception | None = None


def drive(make: Make, stopped: Callable[[], bool], report: Callable[[Progress], None]) -> Outcome:
    """Run a job in the calling thread.

    Parameters
    ----------
    make
        Gives the generator; called here, so that its set-up happens in the worker too.
    stopped
        Asked before every step; True closes the generator.
    report
        Gets every progress.
    """
    try:
        steps = make()
        payload = None
        while not stopped():
            progress = next(steps, None)
            if progress is None:
                return Outcome(Ending.DONE, payload)
            payload = progress.payload
            report(progress)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, its starter must hear of it
        return Outcome(Ending.FAILED, error=error)
    return Outcome(Ending.STOPPED, error=_close(steps))


def _close(steps: Iterator[Progress]) -> Exception | None:
    try:
        if isinstance(steps, Generator):
            steps.close()
    except Exception as error:  # noqa: BLE001 - as above
        return error
    return None
