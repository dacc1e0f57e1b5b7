"""A picture with an overlay on the screen: what is shown, how large, and how it is painted."""

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent, QTransform
from PySide6.QtWidgets import QWidget

from segstudio.core.rect import Rect
from segstudio.gui.canvas.adjustments import Adjustments
from segstudio.gui.canvas.backdrop import draw_backdrop
from segstudio.gui.canvas.layers import LabelLayer, Scene
from segstudio.gui.canvas.overlay import Overlay
from segstudio.gui.canvas.rendering import PicturePyramid
from segstudio.gui.canvas.viewport import Viewport

Veil = Callable[[QPainter, Viewport, Rect], None]
"""Draws over the picture what lies in a rectangle of the screen, in device pixels."""


class View(QWidget):
    """Paints a picture and what lies over it, at any zoom. Whoever derives from it names both."""

    zoom_changed = Signal(float)
    """Device pixels per picture pixel."""

    picture_changed = Signal()
    """Another picture is shown, or the same one with other adjustments."""

    view_changed = Signal()
    """Another part of the picture is on the screen."""

    resized = Signal()
    """The widget has another size; what it shows has been fitted to that."""

    look_changed = Signal()
    """Strength and kind of the overlay, or the picture's adjustments."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(QSize(240, 180))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.veils: list[Veil] = []
        """What lies over picture and overlay, below what the tool draws."""
        self._pyramid: PicturePyramid | None = None
        self._viewport = Viewport()
        self._fitted = True
        self._backdrop: QImage | None = None
        self._overlay = Overlay()
        self._adjustments = Adjustments()

    # --- what is shown -------------------------------------------------------------------------

    @property
    def viewport(self) -> Viewport:
        return self._viewport

    @property
    def shape(self) -> tuple[int, int] | None:
        """Height and width of the picture; None without one."""
        return None if self._pyramid is None else self._pyramid.shape

    @property
    def opacity(self) -> float:
        return self._overlay.opacity

    def set_opacity(self, opacity: float) -> None:
        """Strength of the overlay, 0 to 1."""
        self._overlay.set_opacity(opacity)
        self._look_anew()

    def set_contours(self, contours: bool) -> None:
        """Outlines of the classes instead of filled areas."""
        self._overlay.set_contours(contours)
        self._look_anew()

    def set_overlay_shown(self, shown: bool) -> None:
        """Show or hide the whole overlay."""
        self._overlay.shown = shown
        self._look_anew()

    def set_held_away(self, held: bool) -> None:
        """Hide the overlay for as long as somebody wants to see the bare picture."""
        self._overlay.held_away = held
        self._look_anew()

    def look_like(self, other: "View") -> None:
        """Overlay and picture as another view shows them; the layer stays."""
        self._overlay.set_opacity(other._overlay.opacity)
        self._overlay.set_contours(other._overlay.contours)
        self._overlay.shown = other._overlay.shown
        self._overlay.held_away = other._overlay.held_away
        if self._adjustments != other._adjustments:
            self.set_adjustments(other._adjustments)
        self._look_anew()

    def set_layer(self, layer: LabelLayer) -> None:
        """What the overlay shows."""
        self._overlay.set_layer(layer)
        self.update()

    def set_adjustments(self, adjustments: Adjustments) -> None:
        """Show the picture brighter, one channel alone, and so on."""
        self._adjustments = adjustments
        self._forget_backdrop()
        self.picture_changed.emit()
        self.look_changed.emit()

    def picture_at(self, viewport: Viewport, height: int, width: int) -> QImage:
        """The picture alone, on so many pixels."""
        return draw_backdrop(self._pyramid, viewport, (height, width), self._adjustments)

    def _look_anew(self) -> None:
        self.update()
        self.look_changed.emit()

    def _show_picture(self, pyramid: PicturePyramid | None) -> None:
        """The view stays where it is between pictures of one size."""
        seen, self._pyramid = self._pyramid, pyramid
        if pyramid is not None and (seen is None or seen.shape != pyramid.shape):
            self.fit()
        self._forget_backdrop()
        self.picture_changed.emit()

    def _scene(self) -> Scene | None:
        """What the overlay is drawn from; None where there is only the picture."""
        return None

    # --- zoom and pan --------------------------------------------------------------------------

    def fit(self) -> None:
        """The whole picture in the middle."""
        if self._pyramid is not None:
            self.set_viewport(Viewport.fitting(self._pyramid.shape, self.device_size()))
        self._fitted = True

    def zoom_to(self, scale: float) -> None:
        """A given zoom about the middle of the canvas; 1.0 is 100 %."""
        self.zoom_by(scale / self._viewport.scale)

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom about a place on the widget, or about its middle."""
        height, width = self.device_size()
        y, x = (height / 2, width / 2) if at is None else self._device(at)
        self.set_viewport(self._viewport.zoomed(factor, y, x))

    def centre_on(self, y: float, x: float) -> None:
        """Bring a position of the picture to the middle of the canvas, at the same zoom."""
        height, width = self.device_size()
        down, right = self._viewport.to_device(y, x)
        self.set_viewport(self._viewport.panned(height / 2 - down, width / 2 - right))

    @property
    def all_in_sight(self) -> bool:
        """Whether no part of the picture lies beyond the canvas."""
        if self._pyramid is None:
            return True
        whole = self._viewport.device_rect(Rect.of_shape(self._pyramid.shape))
        return whole == whole.intersect(Rect(0, 0, *self.device_size()))

    def set_viewport(self, viewport: Viewport) -> None:
        """Show this part of the picture, or one near it: some of the picture stays in sight."""
        self._fitted = False
        if self._pyramid is not None:
            viewport = viewport.kept_visible(self._pyramid.shape, self.device_size())
        scale_before, self._viewport = self._viewport.scale, viewport
        self._forget_backdrop()
        if viewport.scale != scale_before:
            self.zoom_changed.emit(viewport.scale)
        self.view_changed.emit()

    # --- painting ------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        painter.setWorldTransform(QTransform.fromScale(1 / ratio, 1 / ratio))
        # Each part on its own: the rectangle around a crosshair would be all of the canvas.
        for part in event.region():  # type: ignore[attr-defined]  # Qt's stubs forget it
            self._paint_part(painter, self._exposed(part))
        painter.setClipping(False)
        self._paint_over(painter)
        painter.end()

    def _paint_part(self, painter: QPainter, area: Rect) -> None:
        exposed = _qrect(area)
        painter.setClipRect(exposed)
        painter.drawImage(exposed, self._current_backdrop(), exposed)
        scene = self._scene()
        if scene is not None:
            self._overlay.paint(painter, scene, self._viewport, area, self._pen)
        for veil in self.veils:
            veil(painter, self._viewport, area)

    def _paint_over(self, painter: QPainter) -> None:
        """Draw what lies over everything else; the painter's unit is the device pixel."""

    @property
    def _pen(self) -> int:
        """Device pixels that look like one on a screen of ordinary fineness."""
        return max(1, round(self.devicePixelRatioF()))

    def _current_backdrop(self) -> QImage:
        if self._backdrop is None:
            self._backdrop = self.picture_at(self._viewport, *self.device_size())
        return self._backdrop

    def _forget_backdrop(self) -> None:
        self._backdrop = None
        self.update()

    def update_pixels(self, rect: Rect) -> None:
        """Repaint a rectangle of picture pixels."""
        # Outlines reach over the border of what has changed.
        self.update_device(self._viewport.device_rect(rect).grown(self._pen + 1))

    def update_device(self, area: Rect) -> None:
        """Repaint a rectangle of device pixels."""
        ratio = self.devicePixelRatioF()
        left, top = math.floor(area.left / ratio), math.floor(area.top / ratio)
        right, bottom = math.ceil(area.right / ratio), math.ceil(area.bottom / ratio)
        self.update(QRect(left, top, right - left, bottom - top).intersected(self.rect()))

    # --- events and geometry -------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._forget_backdrop()  # another theme
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._backdrop = None
        self._take_room()
        self.resized.emit()
        self.view_changed.emit()
        super().resizeEvent(event)

    def _take_room(self) -> None:
        """The widget has another size, or another place."""
        if self._fitted:
            self.fit()

    def device_size(self) -> tuple[int, int]:
        """Height and width of the canvas in pixels of the screen."""
        ratio = self.devicePixelRatioF()
        return math.ceil(self.height() * ratio), math.ceil(self.width() * ratio)

    def _device(self, place: QPointF) -> tuple[float, float]:
        ratio = self.devicePixelRatioF()
        return place.y() * ratio, place.x() * ratio

    def _exposed(self, rect: QRect) -> Rect:
        ratio = self.devicePixelRatioF()
        height, width = self.device_size()
        return Rect(
            math.floor(rect.top() * ratio),
            math.floor(rect.left() * ratio),
            math.ceil((rect.bottom() + 1) * ratio),
            math.ceil((rect.right() + 1) * ratio),
        ).intersect(Rect(0, 0, height, width))


def _qrect(rect: Rect) -> QRect:
    return QRect(rect.left, rect.top, rect.width, rect.height)
