"""Messages above the canvas: they inform without interrupting."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from segstudio.gui import theme
from segstudio.gui.widgets.icon_label import IconLabel

Severity = Literal["info", "warning", "error"]

INFO_MS = 6000
_SIGNS: dict[Severity, tuple[str, str]] = {
    "info": ("information-outline", "info"),
    "warning": ("alert-outline", "caution"),
    "error": ("alert-circle-outline", "bad"),
}


@dataclass(frozen=True, slots=True)
class _Message:
    text: str
    severity: Severity
    button: str | None
    callback: Callable[[], object] | None


class MessageStrip(QFrame):
    """Shows one message at a time; the others wait their turn.

    An info goes by itself, and makes room as soon as something else is to be said; warnings and
    errors stay until they are closed or their remedy is clicked.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "strip")
        self._current: _Message | None = None
        self._waiting: deque[_Message] = deque()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(INFO_MS)
        self._timer.timeout.connect(self.close_message)
        self._sign = IconLabel("information-outline")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._more = QLabel()
        self._more.setProperty("role", "quiet")
        self.remedy = QPushButton()
        self.remedy.clicked.connect(self._act)
        self.dismiss = QToolButton()
        self.dismiss.setIcon(theme.icon("close"))
        self.dismiss.setIconSize(theme.PANEL_ICON)
        self.dismiss.setToolTip("Close this message")
        self.dismiss.setAccessibleName("Close this message")
        self.dismiss.clicked.connect(self.close_message)
        self._lay_out()
        self.hide()

    def show_message(
        self,
        text: str,
        severity: Severity = "info",
        button: str | None = None,
        callback: Callable[[], object] | None = None,
    ) -> None:
        """Show a message, or queue it behind a warning or error that is still there.

        Parameters
        ----------
        button, callback
            The remedy: its name, and what a click on it does. The message goes then.
        """
        message = _Message(text, severity, button, callback)
        if any(text == other.text for other in (self._current, *self._waiting) if other):
            return
        self._waiting.append(message)
        if self._current is None or self._current.severity == "info":
            self._next()
        self._count()

    def close_message(self) -> None:
        """Put the message away that is shown; the next one follows."""
        self._next()

    def clear(self) -> None:
        """Put all messages away, those that wait too."""
        self._waiting.clear()
        self._next()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()  # nothing disappears while it is being read
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._await_end()
        super().leaveEvent(event)

    def _lay_out(self) -> None:
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.STEP, theme.STEP // 2, theme.STEP // 2, theme.STEP // 2)
        line.setSpacing(theme.STEP)
        line.addWidget(self._sign)
        line.addWidget(self.text, 1)
        line.addWidget(self._more)
        line.addWidget(self.remedy)
        line.addWidget(self.dismiss)
        self.setMinimumHeight(4 * theme.STEP)

    def _next(self) -> None:
        self._current = self._waiting.popleft() if self._waiting else None
        self._timer.stop()
        if self._current is None:
            self.hide()
            return
        self._sign.set_icon(*_SIGNS[self._current.severity])
        self.text.setText(self._current.text)
        self.text.setAccessibleName(f"{self._current.severity}: {self._current.text}")
        self.remedy.setText(self._current.button or "")
        self.remedy.setVisible(bool(self._current.button))
        self.show()
        self._count()
        self._await_end()

    def _await_end(self) -> None:
        if self._current is not None and self._current.severity == "info":
            self._timer.start()

    def _count(self) -> None:
        self._more.setText(f"{len(self._waiting)} more" if self._waiting else "")
        self._more.setVisible(bool(self._waiting))

    def _act(self) -> None:
        callback = self._current.callback if self._current is not None else None
        self._next()
        if callback is not None:
            callback()
