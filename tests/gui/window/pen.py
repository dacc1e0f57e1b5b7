"""A pen for tests: it presses on the canvas as a tablet's does."""

from functools import cache
from itertools import count

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication

from .conftest import LEFT, NONE, Hands

Place = tuple[float, float]
NOTHING = Qt.MouseButton.NoButton
_SECOND = 1000


@cache  # events know their device by its address alone
def _device(eraser: bool) -> QPointingDevice:
    kind = QPointingDevice.PointerType
    return QPointingDevice(
        "stylus",
        1,
        QInputDevice.DeviceType.Stylus,
        kind.Eraser if eraser else kind.Pen,
        QInputDevice.Capability.Position | QInputDevice.Capability.Pressure,
        1,
        3,
    )


class Pen:
    """One end of a pen on the canvas of a window.

    Parameters
    ----------
    eraser
        Whether it is the eraser's end.
    """

    def __init__(self, hands: Hands, eraser: bool = False) -> None:
        self._hands = hands
        self._device = _device(eraser)
        # A second passes between any two events: nothing is a double click by accident.
        self._clock = count(_SECOND, _SECOND)

    def press(
        self, place: Place, pressure: float = 1.0, button: Qt.MouseButton = LEFT, when: int = 0
    ) -> None:
        self._send(QEvent.Type.TabletPress, place, pressure, button, button, when)

    def move(self, place: Place, pressure: float = 1.0) -> None:
        self._send(QEvent.Type.TabletMove, place, pressure, NOTHING, LEFT)

    def hover(self, place: Place) -> None:
        self._send(QEvent.Type.TabletMove, place, 0.0, NOTHING, NOTHING)

    def release(self, place: Place, button: Qt.MouseButton = LEFT) -> None:
        self._send(QEvent.Type.TabletRelease, place, 0.0, button, NOTHING)

    def stroke(self, *places: Place, pressure: float = 1.0) -> None:
        """Press, move and release along these places."""
        self.press(places[0], pressure)
        for place in places:
            self.move(place, pressure)
        self.release(places[-1])

    def tap(self, *places: Place) -> None:
        """Press and release at each place, the pen moving there as a hand moves it."""
        for place in places:
            self.hover(place)
            self.press(place)
            self.release(place)

    def leave(self) -> None:
        """Out of the tablet's reach: only the application is told."""
        app = QApplication.instance()
        QApplication.sendEvent(app, self._event(QEvent.Type.TabletLeaveProximity, QPointF()))

    def _send(
        self,
        kind: QEvent.Type,
        place: Place,
        pressure: float,
        button: Qt.MouseButton,
        buttons: Qt.MouseButton,
        when: int = 0,
    ) -> None:
        event = self._event(kind, QPointF(self._hands.place(*place)), pressure, button, buttons)
        event.setTimestamp(when or next(self._clock))
        QApplication.sendEvent(self._hands.window.canvas, event)

    def _event(
        self,
        kind: QEvent.Type,
        at: QPointF,
        pressure: float = 0.0,
        button: Qt.MouseButton = NOTHING,
        buttons: Qt.MouseButton = NOTHING,
    ) -> QTabletEvent:
        everywhere = self._hands.window.canvas.mapToGlobal(at)
        rest = (0.0, 0.0, 0.0, 0.0, 0.0)
        return QTabletEvent(
            kind, self._device, at, everywhere, pressure, *rest, NONE, button, buttons
        )
