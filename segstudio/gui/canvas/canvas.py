"""The widget that shows a document and lets tools change it."""

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QTabletEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from segstudio.core.document import Document
from segstudio.core.label_map import Ids
from segstudio.core.pointer import Button, Key, Modifier, PointerEvent
from segstudio.core.rect import Rect
from segstudio.gui.canvas import outlines
from segstudio.gui.canvas.adjustments import Adjustments
from segstudio.gui.canvas.backdrop import draw_backdrop
from segstudio.gui.canvas.layers import LabelLayer, Scene
from segstudio.gui.canvas.overlay import Overlay
from segstudio.gui.canvas.rendering import PicturePyramid
from segstudio.gui.canvas.tool_driver import ToolDriver
from segstudio.gui.canvas.viewport import Viewport
from segstudio.tools.parts.shapes import Shape

_ZOOM_PER_NOTCH = 1.2
_NOTCH = 120
_REACH = 8.0
"""How far from a point, in logical pixels of the screen, the pointer still takes hold of it."""

_MODIFIERS = {
    Qt.KeyboardModifier.ShiftModifier: Modifier.SHIFT,
    Qt.KeyboardModifier.ControlModifier: Modifier.CONTROL,
    Qt.KeyboardModifier.AltModifier: Modifier.ALT,
}

_KEYS = {
    Qt.Key.Key_Return: Key.ENTER,
    Qt.Key.Key_Enter: Key.ENTER,
    Qt.Key.Key_Backspace: Key.BACKSPACE,
}


Veil = Callable[[QPainter, Viewport, Rect], None]
"""Draws over the picture what lies in a rectangle of the screen, in device pixels."""


class Canvas(QWidget):
    """Shows a picture with its label map; zooms, pans, and hands the pointer to the tool."""

    hovered = Signal(object)
    """Picture pixel (row, column) under the pointer, or None outside the picture."""

    zoom_changed = Signal(float)
    """Device pixels per picture pixel."""

    size_step = Signal(int)
    """The wheel asks for a larger (+1) or smaller (-1) tool."""

    opacity_step = Signal(int)
    """The wheel asks for a stronger (+1) or weaker (-1) overlay."""

    class_picked = Signal(int)
    """The right button picked the class under the pointer."""

    refused = Signal(str)
    """The pointer asked for something that cannot be done now, and why."""

    picture_changed = Signal()
    """Another picture is shown, or the same one with other adjustments."""

    view_changed = Signal()
    """Another part of the picture is on the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAccessibleName("Canvas")
        self.setMinimumSize(QSize(240, 180))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.driver = ToolDriver()
        self.veils: list[Veil] = []
        """What lies over picture and overlay, below what the tool draws."""
        self._refusals: dict[str, str] = {}
        self._document: Document | None = None
        self._pyramid: PicturePyramid | None = None
        self._viewport = Viewport()
        self._fitted = True
        self._backdrop: QPixmap | None = None
        self._overlay = Overlay()
        self._uncertainty: Ids | None = None
        self._adjustments = Adjustments()
        self._pan_from: QPointF | None = None
        self._space_held = False
        self._turned = 0
        self._origin = QPointF()
        self._pointer: PointerEvent | None = None
        self._shown: tuple[Shape, ...] = ()
        self._drawn = Rect(0, 0, 0, 0)

    # --- what is shown -------------------------------------------------------------------------

    @property
    def document(self) -> Document | None:
        return self._document

    @property
    def viewport(self) -> Viewport:
        return self._viewport

    def set_document(
        self, document: Document | None, pyramid: PicturePyramid | None = None
    ) -> None:
        """Show another document; the view stays where it is between frames of one size.

        Parameters
        ----------
        document
            What tools change; None where there is nothing to be changed.
        pyramid
            Its picture at all sizes, made beforehand; alone it is shown while the rest is read.
        """
        self.driver.cancel()
        before, self._document = self._document, document
        if before is not None:
            before.pixels_changed.disconnect(self._repaint_pixels)
            before.classes_changed.disconnect(self._refresh_palette)
        self.driver.document = document
        self.driver.model_ids = self.driver.likelihood = self._uncertainty = None
        if document is not None:
            document.pixels_changed.connect(self._repaint_pixels)
            document.classes_changed.connect(self._refresh_palette)
            pyramid = pyramid or PicturePyramid(document.frame.display)
        seen, self._pyramid = self._pyramid, pyramid
        if pyramid is not None and (seen is None or seen.shape != pyramid.shape):
            self.fit()
        self._refresh_palette()
        self._forget_backdrop()
        self.picture_changed.emit()

    def freeze(self) -> None:
        """Finish the gesture under way, and show the picture without letting it be changed.

        For the moment until the next picture has been read.
        """
        self.driver.finish()
        self.driver.document = None

    def refuse(self, source: str, reason: str) -> None:
        """Keep tools from painting while this source has a reason; an empty one lets them."""
        self._refusals[source] = reason
        self.update()

    @property
    def refusal(self) -> str:
        """Why tools cannot paint now; empty when they can."""
        return next((reason for reason in self._refusals.values() if reason), "")

    @property
    def opacity(self) -> float:
        return self._overlay.opacity

    def set_opacity(self, opacity: float) -> None:
        """Strength of the overlay, 0 to 1."""
        self._overlay.set_opacity(opacity)
        self.update()

    def set_contours(self, contours: bool) -> None:
        """Outlines of the classes instead of filled areas."""
        self._overlay.set_contours(contours)
        self.update()

    def set_overlay_shown(self, shown: bool) -> None:
        """Show or hide the whole overlay."""
        self._overlay.shown = shown
        self.update()

    def set_layer(self, layer: LabelLayer) -> None:
        """What the overlay shows."""
        self._overlay.set_layer(layer)
        self.update()

    def set_uncertainty(self, plane: Ids | None) -> None:
        """HxW uint8: where the model wavers, for the layer of this name; None where unknown."""
        self._uncertainty = plane
        self.update()

    def set_adjustments(self, adjustments: Adjustments) -> None:
        """Show the picture brighter, one channel alone, and so on."""
        self._adjustments = adjustments
        self._forget_backdrop()
        self.picture_changed.emit()

    def picture_at(self, viewport: Viewport, height: int, width: int) -> QPixmap:
        """The picture alone, on so many pixels."""
        return draw_backdrop(self._pyramid, viewport, (height, width), self._adjustments)

    # --- zoom and pan --------------------------------------------------------------------------

    def fit(self) -> None:
        """The whole picture in the middle."""
        if self._pyramid is not None:
            self._set_viewport(Viewport.fitting(self._pyramid.shape, self.device_size()))
        self._fitted = True

    def zoom_to(self, scale: float) -> None:
        """A given zoom about the middle of the canvas; 1.0 is 100 %."""
        self.zoom_by(scale / self._viewport.scale)

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom about a place on the widget, or about its middle."""
        height, width = self.device_size()
        y, x = (height / 2, width / 2) if at is None else self._device(at)
        self._set_viewport(self._viewport.zoomed(factor, y, x))

    def centre_on(self, y: float, x: float) -> None:
        """Bring a position of the picture to the middle of the canvas, at the same zoom."""
        height, width = self.device_size()
        down, right = self._viewport.to_device(y, x)
        self._set_viewport(self._viewport.panned(height / 2 - down, width / 2 - right))

    @property
    def all_in_sight(self) -> bool:
        """Whether no part of the picture lies beyond the canvas."""
        if self._document is None:
            return True
        whole = self._viewport.device_rect(Rect.of_shape(self._document.frame.shape))
        return whole == whole.intersect(Rect(0, 0, *self.device_size()))

    def _set_viewport(self, viewport: Viewport) -> None:
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
        outlines.paint(painter, self._shapes(), self._viewport)
        painter.end()

    def _paint_part(self, painter: QPainter, area: Rect) -> None:
        exposed = _qrect(area)
        painter.setClipRect(exposed)
        painter.drawPixmap(exposed, self._current_backdrop(), exposed)
        if self._document is not None:
            scene = self._scene(self._document)
            self._overlay.paint(painter, scene, self._viewport, area, self._pen)
        for veil in self.veils:
            veil(painter, self._viewport, area)

    def _scene(self, document: Document) -> Scene:
        driver, labels = self.driver, document.label_map
        return Scene(
            labels.ids, labels.provenance, driver.model_ids, self._uncertainty, driver.active_class
        )

    @property
    def _pen(self) -> int:
        """Device pixels that look like one on a screen of ordinary fineness."""
        return max(1, round(self.devicePixelRatioF()))

    def _current_backdrop(self) -> QPixmap:
        if self._backdrop is None:
            self._backdrop = self.picture_at(self._viewport, *self.device_size())
        return self._backdrop

    def _shapes(self) -> tuple[Shape, ...]:
        """What the tool draws over the picture now."""
        moving = self._pan_from is not None or self._space_held
        if self._pointer is None or self.refusal or (moving and not self.driver.busy):
            return ()
        return self.driver.shapes(self._pointer)

    def _update_cursor(self) -> None:
        """Repaint what the tool draws where it was, and where it is now."""
        shown_before, self._shown = self._shown, self._shapes()
        before, self._drawn = self._drawn, outlines.bounds(self._shown, self._viewport)
        if self._shown == shown_before:
            return  # a stroke's end must not repaint all that a wide brush surrounds
        for area in (before, self._drawn):
            if not area.empty:
                self.update_device(area)

    def _repaint_pixels(self, rect: Rect) -> None:
        # Outlines reach over the border of what has changed.
        self.update_device(self._viewport.device_rect(rect).grown(self._pen + 1))

    def update_device(self, area: Rect) -> None:
        """Repaint a rectangle of device pixels."""
        ratio = self.devicePixelRatioF()
        left, top = math.floor(area.left / ratio), math.floor(area.top / ratio)
        right, bottom = math.ceil(area.right / ratio), math.ceil(area.bottom / ratio)
        self.update(QRect(left, top, right - left, bottom - top).intersected(self.rect()))

    def _refresh_palette(self) -> None:
        if self._document is not None:
            self._overlay.set_colours(self._document.classes.palette())
        self.update()

    def _forget_backdrop(self) -> None:
        self._backdrop = None
        self.update()

    # --- events --------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._forget_backdrop()  # another theme
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._backdrop = None
        if self.driver.busy:
            self._stay_under_pointer()
        elif self._fitted:
            self.fit()
        self.view_changed.emit()
        super().resizeEvent(event)

    def _stay_under_pointer(self) -> None:
        """A message that comes or goes above the canvas must not shift a stroke under way."""
        fitted, origin = self._fitted, self.mapToGlobal(QPointF())
        moved = (origin - self._origin) * self.devicePixelRatioF()
        self._origin = origin
        self._set_viewport(self._viewport.panned(-moved.y(), -moved.x()))
        self._fitted = fitted

    def wheelEvent(self, event: QWheelEvent) -> None:
        # With Alt held, Qt turns the wheel's axes.
        turned = event.angleDelta().y() or event.angleDelta().x()
        modifiers = event.modifiers()
        if not turned:
            return  # touch pads also tell that fingers were laid down
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self._step(self.size_step, turned)
        elif modifiers & Qt.KeyboardModifier.AltModifier:
            self._step(self.opacity_step, turned)
        else:
            self.zoom_by(_ZOOM_PER_NOTCH ** (turned / _NOTCH), event.position())
        self._move_pointer(event.position(), event.modifiers(), 1.0)
        event.accept()

    def _step(self, signal: SignalInstance, turned: int) -> None:
        """Tell whole notches: touch pads and fine wheels turn by parts of one."""
        if self._turned * turned < 0:
            self._turned = 0
        self._turned += turned
        for _ in range(abs(self._turned) // _NOTCH):
            signal.emit(1 if turned > 0 else -1)
        self._turned = int(math.fmod(self._turned, _NOTCH))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._press(event.position(), event.button(), event.modifiers(), 1.0)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._press(event.position(), event.button(), event.modifiers(), 1.0, clicks=2)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._move(event.position(), event.modifiers(), 1.0)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._release(event.position(), event.button(), event.modifiers(), 1.0)

    def tabletEvent(self, event: QTabletEvent) -> None:
        pressure = max(0.01, event.pressure())
        if event.type() == QEvent.Type.TabletPress:
            self._press(event.position(), event.button(), event.modifiers(), pressure)
        elif event.type() == QEvent.Type.TabletMove:
            self._move(event.position(), event.modifiers(), pressure)
        elif event.type() == QEvent.Type.TabletRelease:
            self._release(event.position(), event.button(), event.modifiers(), pressure)
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        if not self.driver.ongoing:  # else what has been drawn so far stays to be seen
            self._pointer = None
        self._update_cursor()
        self.hovered.emit(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.driver.cancel():
            self._update_cursor()
            return
        if event.key() in _KEYS and self.hand_key(_KEYS[Qt.Key(event.key())]):
            return
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Tab):
            if not event.isAutoRepeat():
                self._hold(event.key(), True)
            return
        super().keyPressEvent(event)

    def hand_key(self, key: Key) -> bool:
        """Hand a key to a gesture of several clicks; says whether there was one."""
        taken = self.driver.key(key)
        if taken:
            self._update_cursor()
        return taken

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Tab):
            if not event.isAutoRepeat():
                self._hold(event.key(), False)
            return
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QEvent) -> None:
        for key in (Qt.Key.Key_Space, Qt.Key.Key_Tab):
            self._hold(key, False)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab is held to see the bare picture; Shift+Tab leaves the canvas."""
        return False if forward else super().focusNextPrevChild(forward)

    def _hold(self, key: int, held: bool) -> None:
        """Space pans while it is held, Tab hides the overlay."""
        if key == Qt.Key.Key_Space:
            self._hold_space(held)
        else:
            self._overlay.held_away = held
            self.update()

    def _press(
        self,
        place: QPointF,
        button: Qt.MouseButton,
        modifiers: Qt.KeyboardModifier,
        pressure: float,
        clicks: int = 1,
    ) -> None:
        if self._document is None:
            return
        panning = button == Qt.MouseButton.MiddleButton or self._space_held
        if panning:
            self._pan_from = place
            self._update_cursor()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif button == Qt.MouseButton.RightButton:
            self._pick(place)
        elif button == Qt.MouseButton.LeftButton:
            if self.refusal:
                self.refused.emit(self.refusal)
                return
            self._origin = self.mapToGlobal(QPointF())
            self._pointer = self._event(place, modifiers, pressure, clicks)
            self.driver.press(self._pointer)
            self._update_cursor()

    def _move(self, place: QPointF, modifiers: Qt.KeyboardModifier, pressure: float) -> None:
        if self._pan_from is not None:
            moved = (place - self._pan_from) * self.devicePixelRatioF()
            self._pan_from = place
            self._set_viewport(self._viewport.panned(moved.y(), moved.x()))
        self._move_pointer(place, modifiers, pressure)
        if self._pointer is not None:
            self.driver.drag(self._pointer)
            self._update_cursor()

    def _release(
        self,
        place: QPointF,
        button: Qt.MouseButton,
        modifiers: Qt.KeyboardModifier,
        pressure: float,
    ) -> None:
        if self._pan_from is not None:
            self._pan_from = None
            self._show_hand()
        elif button == Qt.MouseButton.LeftButton:
            self.driver.release(self._event(place, modifiers, pressure))
            self._update_cursor()

    def _move_pointer(
        self, place: QPointF, modifiers: Qt.KeyboardModifier, pressure: float
    ) -> None:
        self._pointer = self._event(place, modifiers, pressure)
        self._update_cursor()
        self.hovered.emit(self._pixel(self._pointer))

    def _pick(self, place: QPointF) -> None:
        pixel = self._pixel(self._event(place, Qt.KeyboardModifier.NoModifier, 1.0))
        if pixel is not None and self._document is not None:
            found = int(self._document.label_map.ids[pixel])
            if found in self._document.classes:
                self.class_picked.emit(found)

    def _hold_space(self, held: bool) -> None:
        self._space_held = held
        self._update_cursor()
        self._show_hand()

    def _show_hand(self) -> None:
        if self._space_held:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.setCursor(Qt.CursorShape.CrossCursor)

    # --- geometry ------------------------------------------------------------------------------

    def _event(
        self,
        place: QPointF,
        modifiers: Qt.KeyboardModifier,
        pressure: float,
        clicks: int = 1,
    ) -> PointerEvent:
        y, x = self._viewport.to_picture(*self._device(place))
        held = Modifier.NONE
        for key, modifier in _MODIFIERS.items():
            if modifiers & key:
                held |= modifier
        reach = _REACH * self.devicePixelRatioF() / self._viewport.scale
        return PointerEvent(y, x, Button.LEFT, held, pressure, clicks, reach)

    def _pixel(self, event: PointerEvent) -> tuple[int, int] | None:
        if self._document is None:
            return None
        row, column = math.floor(event.y), math.floor(event.x)
        height, width = self._document.frame.shape
        return (row, column) if 0 <= row < height and 0 <= column < width else None

    def _device(self, place: QPointF) -> tuple[float, float]:
        ratio = self.devicePixelRatioF()
        return place.y() * ratio, place.x() * ratio

    def device_size(self) -> tuple[int, int]:
        """Height and width of the canvas in pixels of the screen."""
        ratio = self.devicePixelRatioF()
        return math.ceil(self.height() * ratio), math.ceil(self.width() * ratio)

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
