"""A button that shows some keys, and after a click takes those that are pressed instead."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QWidget

from segstudio.gui import theme
from segstudio.gui.key_text import caps, native, pressed
from segstudio.gui.widgets.key_caps import caps_width, paint_caps

_WAITING = "Press the new keys…"
_EMPTY = "Add keys"


class KeyButton(QPushButton):
    """While it waits, every key is meant for it; Escape and clicks elsewhere end the waiting.

    Parameters
    ----------
    keys
        What it shows, as portable text; empty for a button that adds keys.
    """

    recorded = Signal(str)
    """The new keys, as portable text."""

    waiting_changed = Signal(bool)

    def __init__(self, keys: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keys = keys
        self._waits = False
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(4 * theme.STEP)
        self.setToolTip("Press other keys instead" if keys else "Press keys that do this too")
        self.clicked.connect(lambda: self.listen(not self._waits))
        self._show()

    def listen(self, waits: bool = True) -> None:
        """Wait for keys, or do so no longer."""
        if waits == self._waits:
            return
        self._waits = waits
        if waits:
            self.setFocus()
        self._show()
        self.waiting_changed.emit(waits)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        if self._shows_caps:
            width = caps_width(self.fontMetrics(), caps(self.keys))
            hint.setWidth(width + 2 * theme.STEP)
        return hint

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._shows_caps:
            shown, painter = caps(self.keys), QPainter(self)
            left = (self.width() - caps_width(self.fontMetrics(), shown)) / 2
            paint_caps(painter, left, self.height() / 2, shown)
            painter.end()

    def event(self, event: QEvent) -> bool:
        if self._waits and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # else the action that has these keys would run
            return True
        # Tab, too, which would go on to the next field.
        if self._waits and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self._take(event)
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.listen(False)
        super().focusOutEvent(event)

    @property
    def _shows_caps(self) -> bool:
        return bool(self.keys) and not self._waits

    def _take(self, event: QKeyEvent) -> None:
        keys = pressed(event)
        if not keys or event.isAutoRepeat():
            return
        self.listen(False)
        if event.key() != Qt.Key.Key_Escape or event.modifiers():
            self.recorded.emit(keys)

    def _show(self) -> None:
        shown = "" if self.keys else _EMPTY
        self.setText(_WAITING if self._waits else shown)
        self.setAccessibleName(_WAITING if self._waits else native(self.keys) or _EMPTY)
        self.setProperty("role", "waiting" if self._waits else "keys")
        self.style().unpolish(self)
        self.style().polish(self)
        self.updateGeometry()
