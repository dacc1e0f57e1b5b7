"""While a gesture of several clicks goes on, its keys reach the canvas from the whole window."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QWidget

from segstudio.gui.canvas.canvas import Canvas
from segstudio.gui.widgets.fields import is_field


class GestureKeys(QObject):
    """Hands Enter, Backspace and Escape to the canvas instead of a list, a button or an action.

    Or whatever keys the user has for them.
    Fields that are typed into keep them, and so do dialogs and menus.
    """

    def __init__(self, canvas: Canvas, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas = canvas
        canvas.driver.ongoing_changed.connect(self._listen)

    def _listen(self, ongoing: bool) -> None:
        # Not all the time: the filter sees every event of the application.
        app = QApplication.instance()
        if app is not None and ongoing:
            app.installEventFilter(self)
        elif app is not None:
            app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or not self._is_ours(watched, event):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # else Return would mark the frame as done
            return True
        if event.type() == QEvent.Type.KeyPress and watched is not self._canvas:
            self._canvas.keyPressEvent(event)
            return True
        return False

    def _is_ours(self, watched: QObject, event: QKeyEvent) -> bool:
        return (
            self._canvas.keys.drawing(event) is not None
            and isinstance(watched, QWidget)
            and isinstance(watched.window(), QMainWindow | QDockWidget)
            # Not the watched one: what a field does not need goes on to the widgets around it.
            and not is_field(QApplication.focusWidget())
        )
