"""The whole picture small in a corner of the canvas, while only a part of it is on the screen."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QWidget

from segstudio.gui import theme
from segstudio.gui.canvas.canvas import Canvas
from segstudio.gui.canvas.viewport import Viewport

_LARGEST = 20 * theme.STEP
_SMALLEST = 2 * theme.STEP
_MARGIN = 2 * theme.STEP


class Minimap(QWidget):
    """Shows which part of the picture is on the screen; a click or a drag goes elsewhere."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self.setObjectName("minimap")
        self.setAccessibleName("Overview of the picture")
        self.setToolTip("Click or drag to go there")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()
        self._canvas = canvas
        self._wanted = True
        self._picture: QImage | None = None
        canvas.picture_changed.connect(self._forget_picture)
        canvas.view_changed.connect(self._follow)

    def set_wanted(self, wanted: bool) -> None:
        """Whether to appear at all, as soon as a part of the picture is out of sight."""
        self._wanted = wanted
        self._follow()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._picture is None:
            self._picture = self._canvas.picture_at(self._own_viewport(), *self._device_size())
        painter.drawImage(self.rect(), self._picture)
        seen = self._seen()
        for unseen in QRegion(self.rect()) - QRegion(seen.toRect()):  # type: ignore[attr-defined]
            painter.fillRect(unseen, QColor(0, 0, 0, 110))
        for pen in (QPen(QColor(0, 0, 0, 190), 3.0), QPen(theme.colours().colour("accent"), 1.5)):
            painter.setPen(pen)
            painter.drawRect(seen)
        painter.setPen(QPen(theme.colours().colour("outline"), 1.0))
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Taken, so that the canvas below hears of no button."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A quick second click goes there, too."""
        self.mousePressEvent(event)

    def _go(self, place: QPointF) -> None:
        ratio = self.devicePixelRatioF()
        self._canvas.centre_on(
            *self._own_viewport().to_picture(place.y() * ratio, place.x() * ratio)
        )

    def _forget_picture(self) -> None:
        self._picture = None
        self._follow()

    def _follow(self) -> None:
        document = self._canvas.document
        if document is None or not self._wanted or self._canvas.all_in_sight:
            self.hide()
            return
        size = _fitting(document.frame.shape)
        if size != self.size():
            self._picture = None
            self.resize(size)
        corner = self._canvas.rect().bottomRight()
        self.move(corner.x() - size.width() - _MARGIN, corner.y() - size.height() - _MARGIN)
        self.show()
        self.update()

    def _seen(self) -> QRectF:
        """The part of the picture that is on the screen, in this widget's own pixels."""
        canvas, own, ratio = self._canvas.viewport, self._own_viewport(), self.devicePixelRatioF()
        screen = self._canvas.device_size()
        top, left = own.to_device(*canvas.to_picture(0, 0))
        bottom, right = own.to_device(*canvas.to_picture(*screen))
        whole = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        found = QRectF(left / ratio, top / ratio, (right - left) / ratio, (bottom - top) / ratio)
        return found.intersected(whole)

    def _own_viewport(self) -> Viewport:
        document = self._canvas.document
        shape = document.frame.shape if document is not None else (1, 1)
        return Viewport.fitting(shape, self._device_size(), margin=0.0)

    def _device_size(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        return round(self.height() * ratio), round(self.width() * ratio)


def _fitting(shape: tuple[int, int]) -> QSize:
    height, width = shape
    scale = _LARGEST / max(height, width)
    return QSize(max(_SMALLEST, round(width * scale)), max(_SMALLEST, round(height * scale)))
