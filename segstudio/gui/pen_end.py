"""A pen turned round erases, as one with a rubber at its end does on paper."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QInputDevice, QMouseEvent
from PySide6.QtWidgets import QApplication

from segstudio.gui.canvas.canvas import Canvas
from segstudio.gui.tools_in_hand import ToolsInHand

_ERASER = "eraser"
_BY_MOUSE = (QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress)


class PenEnd(QObject):
    """Takes the eraser while that end of the pen is near, and then the tool from before."""

    def __init__(self, canvas: Canvas, tools: ToolsInHand, parent: QObject) -> None:
        super().__init__(parent)
        self._tools = tools
        self._before = ""
        self._erases = False
        canvas.pen_seen.connect(self._see)

    def _see(self, erases: bool) -> None:
        app = QApplication.instance()
        if app is None or erases == self._erases:
            return
        self._erases = erases
        if erases:
            self._before = self._tools.spec.name
            self._tools.take(_ERASER)
            # Only the application is told that the pen has left.
            app.installEventFilter(self)
        else:
            app.removeEventFilter(self)
            # Whoever has chosen another tool meanwhile keeps that.
            if self._tools.spec.name == _ERASER:
                self._tools.take(self._before)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.TabletLeaveProximity or _is_of_mouse(event):
            self._see(False)
        return False


def _is_of_mouse(event: QEvent) -> bool:
    """Where the system does not tell that the pen has left, the mouse does."""
    if not isinstance(event, QMouseEvent) or event.type() not in _BY_MOUSE:
        return False
    return event.deviceType() == QInputDevice.DeviceType.Mouse
