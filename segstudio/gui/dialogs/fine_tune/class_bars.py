"""IoU of every class as a bar in its colour."""

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from segstudio.core.classes import ClassTable, LabelClass
from segstudio.gui import theme
from segstudio.gui.widgets.colour_button import paint_swatch

_ROW = 3 * theme.STEP
_SWATCH = 12
_BAR = theme.STEP


class ClassBars(QWidget):
    """A row per class: colour, name, bar, figure. A class without a figure has a dash."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes = ClassTable()
        self._values: Mapping[str, float | None] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("IoU per class")

    def set_classes(self, classes: ClassTable) -> None:
        """Rows for these, without figures."""
        self._classes = classes
        self.set_values({})
        self.updateGeometry()

    def set_values(self, values: Mapping[str, float | None]) -> None:
        """IoU by class name, 0 to 1; None for classes that occur nowhere."""
        self._values = values
        said = ", ".join(f"{entry.name} {self.figure(entry.name)}" for entry in self._classes)
        self.setAccessibleDescription(said)
        self.update()

    def figure(self, name: str) -> str:
        """What stands at the end of a class's row."""
        value = self._values.get(name)
        return "–" if value is None else f"{value:.2f}"

    def sizeHint(self) -> QSize:
        return QSize(40 * theme.STEP, len(self._classes) * _ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = self.fontMetrics()
        # One more: advances are rounded, and a name must not be shortened for a fraction.
        names = max((metrics.horizontalAdvance(n) + 1 for n in self._classes.names), default=0)
        name_width = min(names, self.width() // 3)
        for index, entry in enumerate(self._classes):
            self._paint_row(painter, index * _ROW, entry, name_width)

    def _paint_row(self, painter: QPainter, top: int, entry: LabelClass, name_width: int) -> None:
        metrics = self.fontMetrics()
        figure_width = metrics.horizontalAdvance("0.00")
        middle = top + _ROW / 2
        colour = QColor(*entry.colour)
        paint_swatch(painter, QRectF(0.5, middle - _SWATCH / 2, _SWATCH, _SWATCH), colour)
        left = _SWATCH + theme.STEP
        painter.setPen(theme.colours().colour("text"))
        name = metrics.elidedText(entry.name, Qt.TextElideMode.ElideRight, name_width)
        _write(painter, QRectF(left, top, name_width, _ROW), name, Qt.AlignmentFlag.AlignLeft)
        right = self.width() - figure_width
        _write(
            painter,
            QRectF(right, top, figure_width, _ROW),
            self.figure(entry.name),
            Qt.AlignmentFlag.AlignRight,
        )
        start = left + name_width + theme.STEP
        track = QRectF(start, middle - _BAR / 2, right - theme.STEP - start, _BAR)
        self._paint_bar(painter, track, colour, self._values.get(entry.name))

    def _paint_bar(
        self, painter: QPainter, track: QRectF, colour: QColor, value: float | None
    ) -> None:
        colours = theme.colours()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.colour("line"))
        painter.drawRoundedRect(track, _BAR / 2, _BAR / 2)
        if not value:
            return
        bar = QRectF(track)
        bar.setWidth(max(_BAR, track.width() * value))
        # The edge keeps a class as dark or as light as the ground visible.
        painter.setPen(QPen(colours.colour("outline"), 1))
        painter.setBrush(colour)
        painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)


def _write(painter: QPainter, box: QRectF, text: str, side: Qt.AlignmentFlag) -> None:
    painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, text)
