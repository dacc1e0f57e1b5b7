"""From any thread into the GUI thread."""

import threading
import time
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

Letter = Callable[[], None]

_BUDGET_SECONDS = 0.008
"""Half a screen refresh: a worker that reports quickly must not keep the window from painting."""


class Mailbox(QObject):
    """Calls functions on the GUI thread, in the order in which they were posted."""

    _arrived = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._letters: deque[Letter] = deque()
        self._lock = threading.Lock()
        self._woken = False
        self._closed = False
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        # A timer without delay comes after painting; a posted event would come before it.
        self._rest = QTimer(self, singleShot=True, interval=0)
        self._rest.timeout.connect(self._deliver)

    def post(self, letter: Letter) -> None:
        """Have a function called on the GUI thread; from any thread, never blocks."""
        with self._lock:
            if self._closed:
                return
            self._letters.append(letter)
            if not self._woken:
                self._woken = True
                self._arrived.emit()

    def deliver_all(self) -> None:
        """Deliver what was posted so far now; on the GUI thread."""
        for _ in range(len(self._letters)):
            if (letter := self._next()) is not None:
                letter()

    def close(self) -> None:
        """Deliver nothing from now on."""
        with self._lock:
            self._closed = True
            self._letters.clear()

    def _deliver(self) -> None:
        deadline = time.monotonic() + _BUDGET_SECONDS
        with self._lock:
            self._woken = False  # a function that opens a menu has a loop of its own to be woken
        try:
            while (letter := self._next()) is not None:
                letter()
                if time.monotonic() > deadline:
                    break
        finally:
            self._wake_for_rest()

    def _next(self) -> Letter | None:
        with self._lock:
            return self._letters.popleft() if self._letters else None

    def _wake_for_rest(self) -> None:
        with self._lock:
            if not self._letters:
                return
            self._woken = True
        self._rest.start()
