"""A few words in a view's corner, such as what its overlay shows where that is not the labels."""

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from segstudio.gui import theme
from segstudio.gui.canvas.view import View


class Caption(QLabel):
    """Lies over a view and lets the mouse through; away while there is nothing to say."""

    def __init__(self, view: View, edge: Literal["top", "bottom"] = "top") -> None:
        super().__init__(view)
        self.setObjectName("caption")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._view = view
        self._at_top = edge == "top"
        view.view_changed.connect(self._place)
        self.hide()

    def set_text(self, text: str) -> None:
        """Say something else, or nothing."""
        self.setText(text)
        self.adjustSize()
        self._place()
        self.setVisible(bool(text))

    def _place(self) -> None:
        below = self._view.height() - self.height() - theme.STEP
        self.move(theme.STEP, theme.STEP if self._at_top else below)
