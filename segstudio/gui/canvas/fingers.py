"""Fingers on a touchpad or a touch screen: two that move together pan, two that part zoom."""

import sys
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QWidget

_STEPS_PER_PIXEL = 2.0
"""Where a touchpad tells parts of a wheel's turn only: 60 pixels are what a notch scrolls."""


@dataclass(frozen=True, slots=True)
class Pinch:
    """How far fingers have parted since they were last heard of, as a factor, and where."""

    factor: float
    place: QPointF
    begins: bool


def listen(widget: QWidget) -> None:
    """Have a widget told of pinches."""
    if sys.platform != "darwin":  # there, and on touchpads everywhere, the system tells
        widget.grabGesture(Qt.GestureType.PinchGesture)


def pinch_of(event: QEvent, widget: QWidget) -> Pinch | None:
    """What an event says about fingers that part; None where it says nothing."""
    if isinstance(event, QNativeGestureEvent):
        return _native(event)
    if isinstance(event, QGestureEvent):
        pinch = event.gesture(Qt.GestureType.PinchGesture)
        if isinstance(pinch, QPinchGesture):
            begins = pinch.state() == Qt.GestureState.GestureStarted
            return Pinch(pinch.scaleFactor(), widget.mapFromGlobal(pinch.centerPoint()), begins)
    return None


def scroll_of(event: QWheelEvent) -> QPointF | None:
    """How far two fingers have moved, in logical pixels; None where it was a wheel that turned.

    Some systems tell pixels of wheels, too, so that pixels alone prove nothing.
    """
    by_fingers = event.deviceType() == QInputDevice.DeviceType.TouchPad
    if not by_fingers and event.phase() == Qt.ScrollPhase.NoScrollPhase:
        return None
    if event.hasPixelDelta():
        return QPointF(event.pixelDelta())
    return QPointF(event.angleDelta()) / _STEPS_PER_PIXEL


def _native(event: QNativeGestureEvent) -> Pinch | None:
    kind = event.gestureType()
    if kind == Qt.NativeGestureType.BeginNativeGesture:
        return Pinch(1.0, event.position(), True)
    if kind == Qt.NativeGestureType.ZoomNativeGesture:
        return Pinch(max(0.1, 1.0 + event.value()), event.position(), False)
    return None
