"""Shows how far a workflow is, on stderr, and ends it in an orderly way."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from rich import progress as bars
from rich.console import Console

from segstudio.core.progress import Progress

_SECONDS_BETWEEN_LINES = 10.0


def run(work: Iterator[Progress], shown: Callable[[Progress], str] | None = None) -> Any:
    """Run a workflow to its end under a progress bar.

    Parameters
    ----------
    work
        The workflow; it is closed whatever happens.
    shown
        What to write beside the bar, where that is more than the progress's message.

    Returns
    -------
    The payload of the last progress.
    """
    payload = None
    with closing(_generator(work)) as steps, _display(shown) as show:
        for step in steps:
            show(step)
            payload = step.payload
    return payload


def run_until_stopped(
    work: Iterator[Progress], shown: Callable[[Progress], str] | None = None
) -> tuple[Any, bool]:
    """As :func:`run`, but the first Ctrl-C closes the workflow between two of its steps.

    So a workflow that keeps what it has when it is closed can do so in peace; a second Ctrl-C
    interrupts at once.

    Returns
    -------
    The payload of the last progress, and whether the user stopped the work.
    """
    payload = None
    with _interrupt_noted() as noted, closing(_generator(work)) as steps, _display(shown) as show:
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
def _display(shown: Callable[[Progress], str] | None) -> Iterator[Callable[[Progress], None]]:
    describe = shown or (lambda step: step.message)
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines(describe).show
        return
    with bars.Progress(
        bars.TextColumn("{task.description}", markup=False),
        bars.BarColumn(),
        bars.TaskProgressColumn(),
        bars.TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task("", total=None)

        def show(step: Progress) -> None:
            bar.update(
                task, description=describe(step), completed=step.done, total=step.total or None
            )
            if not step.total and step.message:
                bar.console.print(step.message, markup=False, highlight=False)

        yield show


class _Lines:
    """Plain lines where nobody watches: what is said before the work, then one now and then."""

    def __init__(self, describe: Callable[[Progress], str]) -> None:
        self._describe = describe
        self._last = time.monotonic()

    def show(self, step: Progress) -> None:
        due = time.monotonic() - self._last >= _SECONDS_BETWEEN_LINES
        if not step.message or (step.total and not due):
            return
        self._last = time.monotonic()
        count = f"{step.done}/{step.total} " if step.total else ""
        print(f"{count}{self._describe(step)}", file=sys.stderr, flush=True)
