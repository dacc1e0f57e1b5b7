"""A button that shows a colour and lets another be chosen."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QColorDialog, QSizePolicy, QWidget

from segstudio.core.classes import Colour
from segstudio.gui import theme


class ColourButton(QAbstractButton):
    """A swatch; a click opens the colour dialog without blocking anything."""

    colour_changed = Signal(tuple)

    def __init__(self, name: str, colour: Colour, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour = colour
        self.setAccessibleName(name)
        self.setToolTip(f"{name}: choose a colour")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._choose)

    def colour(self) -> Colour:
        """RGB, 0 to 255."""
        return self._colour

    def set_colour(self, colour: Colour) -> None:
        """Show another colour without telling anybody."""
        self._colour = colour
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(40, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        swatch = QRectF(self.rect()).adjusted(3, 3, -3, -3)
        paint_swatch(painter, swatch, QColor(*self._colour))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colours().colour("accent"), 1.5))
            painter.drawRoundedRect(swatch.adjusted(-2, -2, 2, 2), 5, 5)

    def _choose(self) -> None:
        open_colour_dialog(self, self._colour, self._take)

    def _take(self, colour: Colour) -> None:
        self.set_colour(colour)
        self.colour_changed.emit(colour)


def paint_swatch(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """A rounded field of the colour, with an edge that shows it on a ground of the same colour."""
    painter.setPen(QPen(theme.colours().colour("outline"), 1))
    painter.setBrush(colour)
    painter.drawRoundedRect(box, 3, 3)


def open_colour_dialog(owner: QWidget, colour: Colour, take: Callable[[Colour], None]) -> None:
    """Ask for a colour without blocking; ``take`` gets it when it is accepted."""
    dialog = QColorDialog(QColor(*colour), owner)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.colorSelected.connect(lambda chosen: take((chosen.red(), chosen.green(), chosen.blue())))
    dialog.open()
