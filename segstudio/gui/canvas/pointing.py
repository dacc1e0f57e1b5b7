"""From the events of mouse and pen to those that tools understand."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent

from segstudio.core.pointer import Button, Modifier, PointerEvent
from segstudio.gui.canvas.viewport import Viewport

_REACH = 8.0
"""How far from a point, in logical pixels of the screen, the pointer still takes hold of it."""

_MODIFIERS = {
    Qt.KeyboardModifier.ShiftModifier: Modifier.SHIFT,
    Qt.KeyboardModifier.ControlModifier: Modifier.CONTROL,
    Qt.KeyboardModifier.AltModifier: Modifier.ALT,
}


@dataclass(frozen=True, slots=True)
class Touch:
    """Mouse or pen at a place on the widget, in logical pixels; pressure runs from 0 to 1."""

    place: QPointF
    modifiers: Qt.KeyboardModifier
    pressure: float = 1.0
    clicks: int = 1


def touch_of_mouse(event: QMouseEvent, clicks: int = 1) -> Touch:
    """A mouse presses with all its might."""
    return Touch(event.position(), event.modifiers(), clicks=clicks)


def pointer_event(touch: Touch, viewport: Viewport, ratio: float) -> PointerEvent:
    """The same on the picture; ``ratio`` is device pixels per logical pixel."""
    y, x = viewport.to_picture(touch.place.y() * ratio, touch.place.x() * ratio)
    held = Modifier.NONE
    for key, modifier in _MODIFIERS.items():
        if touch.modifiers & key:
            held |= modifier
    reach = _REACH * ratio / viewport.scale
    return PointerEvent(y, x, Button.LEFT, held, touch.pressure, touch.clicks, reach)
