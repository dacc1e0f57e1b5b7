"""A few words in the canvas's corner: what the overlay shows, where that is not the labels."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from segstudio.gui import theme
from segstudio.gui.canvas.canvas import Canvas


class Caption(QLabel):
    """Lies over the canvas and lets the mouse through; away while there is nothing to say."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self.setObjectName("caption")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.move(theme.STEP, theme.STEP)
        self.hide()

    def set_text(self, text: str) -> None:
        """Say something else, or nothing."""
        self.setText(text)
        self.adjustSize()
        self.setVisible(bool(text))
