"""An icon that follows the theme, without a button around it."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from segstudio.gui import theme


class IconLabel(QWidget):
    """Shows one icon; the text beside it says the same, so that it has no name of its own."""

    def __init__(
        self, name: str, role: str = "text", size: int = 16, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._size = QSize(size, size)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_icon(name, role)

    def set_icon(self, name: str, role: str = "text") -> None:
        """Another icon, in the colour of a role of :class:`segstudio.gui.theme.Colours`."""
        self._icon = theme.icon(name, role)
        self.update()

    def sizeHint(self) -> QSize:
        return self._size

    def paintEvent(self, event: QPaintEvent) -> None:
        self._icon.paint(QPainter(self), self.rect())
