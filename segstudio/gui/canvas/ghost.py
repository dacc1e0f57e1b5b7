"""Shows in one view where the pointer is in another."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from segstudio.core.rect import Rect
from segstudio.gui.canvas.view import View
from segstudio.gui.canvas.viewport import Viewport

_RADIUS = 7.0
_STROKES = ((QColor(0, 0, 0, 200), 3.5), (QColor(255, 255, 255), 1.5))
"""Both: seen on every picture."""


class Ghost:
    """A small ring with a dot, at a place of the view's picture."""

    def __init__(self, view: View) -> None:
        self.place: tuple[float, float] | None = None
        """Row and column, None where the pointer is nowhere."""
        self._view = view
        view.veils.append(self.paint)

    def move(self, place: tuple[float, float] | None) -> None:
        """Repaint where it was, and where it is now."""
        before, self.place = self.place, place
        for seen in (before, place):
            if seen is not None:
                self._view.update_device(self._around(self._view.viewport, seen))

    def paint(self, painter: QPainter, viewport: Viewport, area: Rect) -> None:
        """Draw what of it lies in a device rectangle."""
        if self.place is None or self._around(viewport, self.place).intersect(area).empty:
            return
        y, x = viewport.to_device(*self.place)
        ratio = self._view.devicePixelRatioF()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in _STROKES:
            painter.setPen(QPen(colour, width * ratio, c=Qt.PenCapStyle.RoundCap))
            painter.drawEllipse(QPointF(x, y), _RADIUS * ratio, _RADIUS * ratio)
            painter.drawPoint(QPointF(x, y))
        painter.restore()

    def _around(self, viewport: Viewport, place: tuple[float, float]) -> Rect:
        y, x = (int(at) for at in viewport.to_device(*place))
        return Rect(y, x, y + 1, x + 1).grown(round(12 * self._view.devicePixelRatioF()))
