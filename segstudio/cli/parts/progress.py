"""Shows how far a workflow is, on stderr, and ends it in an orderly way."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from rich import progress as bars
from rich.console import Console

from segstudio.core.progress import Progress

_SECONDS_BETWEEN_LINES = 10.0


Words = Callable[[Progress], str]


def of_preparation(step: Progress) -> str:
    """The lines that stay: what a workflow says before it knows how much there is to do."""
    return "" if step.total else step.message


@dataclass(frozen=True)
class Wording:
    """What is shown of a progress: beside the bar, and as a line that stays ("" for none)."""

    status: Words = attrgetter("message")
    line: Words = of_preparation


def run(work: Iterator[Progress], wording: Wording | None = None) -> Any:
    """Run a workflow to its end under a progress bar, and close it whatever happens.

    Returns
    -------
    The payload of the last progress.
    """
    payload = None
    with closing(_generator(work)) as steps, _display(wording or Wording()) as show:
        for step in steps:
            show(step)
            payload = step.payload
    return payload


def run_until_stopped(work: Iterator[Progress], wording: Wording) -> tuple[Any, bool]:
    """As :func:`run`, but the first Ctrl-C closes the workflow between two of its steps.

    So a workflow that keeps what it has when it is closed can do so in peace; a second Ctrl-C
    interrupts at once.

    Returns
    -------
    The payload of the last progress, and whether the user stopped the work.
    """
    payload = None
    with _interrupt_noted() as noted, closing(_generator(work)) as steps, _display(wording) as show:
        for step in steps:
            show(step)
            payload = step.payload
            if noted():
                return payload, True
    return payload, False


def _generator(work: Iterator[Progress]) -> Any:
    """The workflow itself, or a generator around an iterator that cannot be closed."""
    return work if hasattr(work, "close") else (step for step in work)


@contextmanager
def _interrupt_noted() -> Iterator[Callable[[], bool]]:
    asked = False
    usual = signal.getsignal(signal.SIGINT)

    def note(number: int, frame: object) -> None:
        nonlocal asked
        asked = True
        signal.signal(signal.SIGINT, usual)
        print("Stopping; press Ctrl-C again to stop at once", file=sys.stderr)

    signal.signal(signal.SIGINT, note)
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, usual)


@contextmanager
def _display(wording: Wording) -> Iterator[Callable[[Progress], None]]:
    console = Console(stderr=True, markup=False, highlight=False)
    if not console.is_terminal:
        yield _Lines(wording).show
        return
    columns = (
        bars.TextColumn("{task.description}", markup=False),
        bars.BarColumn(),
        bars.TaskProgressColumn(),
        bars.TimeElapsedColumn(),
    )
    with bars.Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(step: Progress) -> None:
            status = wording.status(step)
            bar.update(task, description=status, completed=step.done, total=step.total or None)
            if line := wording.line(step):
                bar.console.print(line)

        yield show


class _Lines:
    """Where nobody watches: the lines that stay, and the status now and then."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._last = time.monotonic()

    def show(self, step: Progress) -> None:
        text = self._wording.line(step)
        if not text and time.monotonic() - self._last >= _SECONDS_BETWEEN_LINES:
            text = f"{step.fraction:.0%} {self._wording.status(step)}"
        if text:
            self._last = time.monotonic()
            print(text, file=sys.stderr, flush=True)
