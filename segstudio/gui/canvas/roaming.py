"""A view that mouse, pen, wheel and the held Space move about its picture."""

import math

from PySide6.QtCore import QEvent, QPointF, Qt, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPointingDevice, QTabletEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from segstudio.core.pointer import PointerEvent
from segstudio.gui.canvas.fingers import listen, pinch_of, scroll_of
from segstudio.gui.canvas.pen import Pen
from segstudio.gui.canvas.pointing import Touch, pointer_event, touch_of_mouse
from segstudio.gui.canvas.view import View
from segstudio.gui.hand_keys import HandKeys, Meaning

_ZOOM_PER_NOTCH = 1.2
_NOTCH = 120


class RoamingView(View):
    """Zooms, pans and tells where the pointer is. What else buttons do is left to others."""

    hovered = Signal(object)
    """Picture pixel (row, column) under the pointer, or None outside the picture."""

    size_step = Signal(int)
    """The wheel asks for a larger (+1) or smaller (-1) tool."""

    opacity_step = Signal(int)
    """The wheel asks for a stronger (+1) or weaker (-1) overlay."""

    class_step = Signal(int)
    """The wheel asks for the class before (+1) or after (-1) the one in the hand."""

    pen_seen = Signal(bool)
    """A pen is near, and whether it is its eraser's end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.keys = HandKeys()
        self._stylus = Pen()
        listen(self)
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
        self.pen_seen.emit(event.pointerType() == QPointingDevice.PointerType.Eraser)
        touch = self._stylus.touch(event)
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
            self._pan_by(touch.place - self._pan_from)
            self._pan_from = touch.place
        self._move_pointer(touch)

    def _pan_by(self, moved: QPointF) -> None:
        """Move the picture by logical pixels."""
        down, right = self._device(moved)
        self.set_viewport(self._viewport.panned(down, right))

    def _release(self, touch: Touch, button: Qt.MouseButton) -> None:
        if self._pan_from is not None:
            self._pan_from = None
            self._show_hand()
        else:
            self._released(touch, button)

    def _pans(self, button: Qt.MouseButton) -> bool:
        return button == Qt.MouseButton.MiddleButton or self._space_held

    # --- wheel and fingers ---------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        # With Alt held, Qt turns the wheel's axes.
        turned = event.angleDelta().y() or event.angleDelta().x()
        modifiers, scrolled = event.modifiers(), scroll_of(event)
        if not turned and not scrolled:
            return  # touchpads also tell that fingers were laid down
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self._step(self.size_step, turned)
        elif modifiers & Qt.KeyboardModifier.AltModifier:
            self._step(self.opacity_step, turned)
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            self._step(self.class_step, turned)
        elif scrolled is not None:
            self._pan_by(scrolled)
        else:
            self.zoom_by(_ZOOM_PER_NOTCH ** (turned / _NOTCH), event.position())
        self._move_pointer(Touch(event.position(), modifiers))
        event.accept()

    def event(self, event: QEvent) -> bool:
        pinch = pinch_of(event, self)
        if pinch is None:
            return super().event(event)
        if pinch.begins:
            self._pinch_begins()
        self.zoom_by(pinch.factor, pinch.place)
        event.accept()
        return True

    def _pinch_begins(self) -> None:
        """Of two fingers the first may have begun something else."""

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
        held = self.keys.held(event)
        if held is None:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self._hold(held, True)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        held = self.keys.held(event)
        if held is None:
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat():
            self._hold(held, False)

    def focusOutEvent(self, event: QEvent) -> None:
        self._hold("pan", False)
        self._hold("bare", False)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab that is held to see the bare picture leaves the canvas with Shift only."""
        stays = forward and self.keys.is_held("Tab")
        return False if stays else super().focusNextPrevChild(forward)

    def _hold(self, meaning: Meaning, held: bool) -> None:
        """Pan for as long as a key is held, or hide the overlay."""
        if meaning == "pan":
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
