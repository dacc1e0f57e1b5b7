"""The pen of a tablet: how hard it presses, and what counts as a double click."""

from PySide6.QtCore import QEvent, QLineF, QPointF, Qt
from PySide6.QtGui import QTabletEvent
from PySide6.QtWidgets import QApplication

from segstudio.gui.canvas.pointing import Touch

_LEAST_PRESSURE = 0.01
_TREMOR = 3
"""A hand with a pen hits the same place less exactly than one with a mouse, by this factor."""


class Pen:
    """Remembers the last press: Qt tells of no double clicks of pens."""

    def __init__(self) -> None:
        self._pressed_at = QPointF()
        self._pressed_when: int | None = None

    def touch(self, event: QTabletEvent) -> Touch:
        """The pen as tools see it. One that is down presses at least a little, else not at all."""
        down = event.buttons() & Qt.MouseButton.LeftButton
        pressure = max(_LEAST_PRESSURE, event.pressure()) if down else 0.0
        return Touch(event.position(), event.modifiers(), pressure, self._clicks(event))

    def _clicks(self, event: QTabletEvent) -> int:
        tip = event.button() == Qt.MouseButton.LeftButton
        if event.type() != QEvent.Type.TabletPress or not tip:
            return 1
        again = self._is_soon(event) and self._is_near(event)
        self._pressed_at = event.position()
        # The third press in a row begins anew.
        self._pressed_when = None if again else event.timestamp()
        return 2 if again else 1

    def _is_soon(self, event: QTabletEvent) -> bool:
        interval = QApplication.styleHints().mouseDoubleClickInterval()
        before = self._pressed_when
        return before is not None and event.timestamp() - before <= interval

    def _is_near(self, event: QTabletEvent) -> bool:
        reach = QApplication.styleHints().mouseDoubleClickDistance() * _TREMOR
        return QLineF(self._pressed_at, event.position()).length() <= reach
