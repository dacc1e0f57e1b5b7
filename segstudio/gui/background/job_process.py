"""The child's side of a job that has a process of its own."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

from segstudio.core.progress import Progress
from segstudio.gui.background.drive import drive
from segstudio.gui.background.manners import stand_back
from segstudio.gui.background.portable import portable

_POLITENESS = 5
"""Long work must not make the brush stutter."""


def run_job(
    make: Callable[..., Iterator[Progress]],
    args: tuple[Any, ...],
    orders: Connection,
    reports: Connection,
) -> None:
    """Run ``make(*args)``; send every progress and at last the outcome.

    Any order, and the end of the orders because the window has died, stops the job at its next
    step.
    """
    stand_back(_POLITENESS)
    stop = threading.Event()
    threading.Thread(target=_await_order, args=(orders, stop), daemon=True).start()
    outcome = drive(lambda: make(*args), stop.is_set, reports.send)
    if outcome.error is not None:
        outcome = replace(outcome, error=portable(outcome.error))
    _send_last(reports, outcome)


def _await_order(orders: Connection, stop: threading.Event) -> None:
    # An error means that the window is gone: then nobody waits for the rest either.
    with suppress(EOFError, OSError):
        orders.recv()
    stop.set()


def _send_last(reports: Connection, outcome: object) -> None:
    with suppress(OSError):  # as above
        reports.send(outcome)
