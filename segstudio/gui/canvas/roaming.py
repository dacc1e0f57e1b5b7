"""A view that mouse, pen, wheel and the held Space move about its picture."""

import math

from PySide6.QtCore import QEvent, QPointF, Qt, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent, QMouseEvent, QTabletEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from segstudio.core.pointer import PointerEvent
from segstudio.gui.canvas.pointing import Touch, pointer_event, touch_of_mouse, touch_of_pen
from segstudio.gui.canvas.view import View

_ZOOM_PER_NOTCH = 1.2
_NOTCH = 120
_HELD = (Qt.Key.Key_Space, Qt.Key.Key_Tab)
"""Keys that do something for as long as they are held."""


class RoamingView(View):
    """Zooms, pans and tells where the pointer is. What else buttons do is left to others."""

    hovered = Signal(object)
    """Picture pixel (row, column) under the pointer, or None outside the picture."""

    size_step = Signal(int)
    """The wheel asks for a larger (+1) or smaller (-1) tool."""

    opacity_step = Signal(int)
    """The wheel asks for a stronger (+1) or weaker (-1) overlay."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._pan_from: QPointF | None = None
        self._space_held = False
        self._turned = 0

    # --- what others do with mouse and pen -----------------------------------------------------

    def _pressed(self, touch: Touch, button: Qt.MouseButton) -> None:
        """A button that does not pan went down."""

    def _released(self, touch: Touch, button: Qt.MouseButton) -> None:
        """A button went up, and there was no panning."""

    def _hand_changed(self) -> None:
        """Panning is about to begin, or has ended."""

    def _move_pointer(self, touch: Touch) -> None:
        """The pointer is elsewhere on the picture."""
        self.hovered.emit(self._pixel(self._pointer_event(touch)))

    # --- mouse and pen -------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._press(touch_of_mouse(event), event.button())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._press(touch_of_mouse(event, clicks=2), event.button())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._move(touch_of_mouse(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._release(touch_of_mouse(event), event.button())

    def tabletEvent(self, event: QTabletEvent) -> None:
        touch = touch_of_pen(event)
        if event.type() == QEvent.Type.TabletPress:
            self._press(touch, event.button())
        elif event.type() == QEvent.Type.TabletMove:
            self._move(touch)
        elif event.type() == QEvent.Type.TabletRelease:
            self._release(touch, event.button())
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered.emit(None)
        super().leaveEvent(event)

    def _press(self, touch: Touch, button: Qt.MouseButton) -> None:
        if self._pans(button):
            self._pan_from = touch.place
            self._hand_changed()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        else:
            self._pressed(touch, button)

    def _move(self, touch: Touch) -> None:
        if self._pan_from is not None:
            moved = (touch.place - self._pan_from) * self.devicePixelRatioF()
            self._pan_from = touch.place
            self.set_viewport(self._viewport.panned(moved.y(), moved.x()))
        self._move_pointer(touch)

    def _release(self, touch: Touch, button: Qt.MouseButton) -> None:
        if self._pan_from is not None:
            self._pan_from = None
            self._show_hand()
        else:
            self._released(touch, button)

    def _pans(self, button: Qt.MouseButton) -> bool:
        return button == Qt.MouseButton.MiddleButton or self._space_held

    # --- wheel ---------------------------------------------------------------------------------

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
        self._move_pointer(Touch(event.position(), modifiers))
        event.accept()

    def _step(self, signal: SignalInstance, turned: int) -> None:
        """Tell whole notches: touch pads and fine wheels turn by parts of one."""
        if self._turned * turned < 0:
            self._turned = 0
        self._turned += turned
        for _ in range(abs(self._turned) // _NOTCH):
            signal.emit(1 if turned > 0 else -1)
        self._turned = int(math.fmod(self._turned, _NOTCH))

    # --- keys ----------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in _HELD:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self._hold(event.key(), True)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() not in _HELD:
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat():
            self._hold(event.key(), False)

    def focusOutEvent(self, event: QEvent) -> None:
        for key in _HELD:
            self._hold(key, False)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab is held to see the bare picture; Shift+Tab leaves the canvas."""
        return False if forward else super().focusNextPrevChild(forward)

    def _hold(self, key: int, held: bool) -> None:
        """Space pans while it is held, Tab hides the overlay."""
        if key == Qt.Key.Key_Space:
            self._space_held = held
            self._hand_changed()
            self._show_hand()
        else:
            self.set_held_away(held)

    def _show_hand(self) -> None:
        if self._space_held:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.setCursor(Qt.CursorShape.CrossCursor)

    # --- geometry ------------------------------------------------------------------------------

    def _pointer_event(self, touch: Touch) -> PointerEvent:
        return pointer_event(touch, self._viewport, self.devicePixelRatioF())

    def _pixel(self, event: PointerEvent) -> tuple[int, int] | None:
        if self._pyramid is None:
            return None
        row, column = math.floor(event.y), math.floor(event.x)
        height, width = self._pyramid.shape
        return (row, column) if 0 <= row < height and 0 <= column < width else None
