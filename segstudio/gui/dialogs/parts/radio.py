"""One of a few choices that exclude each other."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QRadioButton, QSizePolicy, QWidget

from segstudio.gui import theme

_RING = 14
_DOT = 6


class Radio(QRadioButton):
    """A radio button in the theme's colours: Fusion's own all but vanishes in the dark."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = self._text_left() + metrics.horizontalAdvance(self.text()) + 1
        return QSize(width, max(_RING + 4, metrics.height() + 4))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._text_left() + self.fontMetrics().averageCharWidth(), 0)

    def hitButton(self, pos: QPoint) -> bool:
        return QRect(0, 0, self.sizeHint().width(), self.height()).contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ring(painter)
        painter.setPen(theme.colours().colour("text" if self.isEnabled() else "faint"))
        room = self.rect().adjusted(self._text_left(), 0, 0, 0)
        text = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, room.width() + 1
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_ring(self, painter: QPainter) -> None:
        colours = theme.colours()
        ring = QRectF(0.5, (self.height() - _RING) / 2, _RING, _RING)
        chosen, usable = self.isChecked(), self.isEnabled()
        edge = "accent" if chosen else "quiet" if self.underMouse() else "outline"
        painter.setPen(QPen(colours.colour(edge if usable else "line"), 1))
        painter.setBrush(colours.colour("accent" if chosen and usable else "base"))
        painter.drawEllipse(ring)
        if chosen:
            dot = QRectF(0, 0, _DOT, _DOT)
            dot.moveCenter(ring.center())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.colour("on_accent" if usable else "faint"))
            painter.drawEllipse(dot)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.colour("text" if chosen else "accent"), 1.5))
            painter.drawEllipse(ring)

    @staticmethod
    def _text_left() -> int:
        return 3 * theme.STEP
