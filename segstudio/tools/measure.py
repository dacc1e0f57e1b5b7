"""Measure: how long something is, and at which angle it lies."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from segstudio.core.edit import Edit
from segstudio.core.frame import Frame
from segstudio.core.pointer import Modifier, PointerEvent
from segstudio.tools import tool
from segstudio.tools.parts.gesture import Gesture
from segstudio.tools.parts.points import place
from segstudio.tools.parts.shapes import Note, Path, Point, Shape
from segstudio.tools.parts.spec import ToolContext

_LOCK = math.radians(45)


@dataclass(frozen=True)
class MeasureOptions:
    """Measuring has no options."""


@tool(
    name="measure",
    label="Measure",
    icon="mdi6.ruler",
    shortcut="M",
    tooltip="Drag from one place to another to read the length and the angle. "
    "Shift locks to steps of 45°.",
    options=MeasureOptions,
    order=71,
    gesture="drag",
    edits=False,
)
class Measure(Gesture):
    """A line that stays to be read until the next press, as long as its frame is shown."""

    def __init__(self) -> None:
        self._frame_name = ""
        self._line: tuple[Point, Point] | None = None

    def begin(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        self._frame_name, self._line = context.frame.name, (place(event), place(event))
        return ()

    def move(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        if self._line is not None:
            self._line = (self._line[0], _pulled(self._line[0], event))
        return ()

    def end(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        self.move(context, event)
        if self._line is not None and self._line[0] == self._line[1]:
            self.cancel()  # a click takes the line away
        return ()

    def cancel(self) -> None:
        self._line = None

    def shapes(self, context: ToolContext, event: PointerEvent) -> tuple[Shape, ...]:
        if self._line is None or self._frame_name != context.frame.name:
            return ()
        return Path(self._line, handles=True), Note(
            *self._line[1], reading(context.frame, *self._line)
        )


def reading(frame: Frame, start: Point, end: Point) -> str:
    """Length and angle of a way, as people read them.

    The length is in pixels, and also in millimetres where the frame knows its spacing. The angle is
    counter-clockwise from the right, -180° to 180°, as it is in nature where the spacing is known.
    """
    down, right = end[0] - start[0], end[1] - start[1]
    pixels = f"{math.hypot(down, right):.1f} px"
    if frame.spacing is None:
        return f"{pixels}   {_angle(down, right)}"
    down, right = down * frame.spacing[0], right * frame.spacing[1]
    return f"{math.hypot(down, right):.2f} mm   {pixels}   {_angle(down, right)}"


def _angle(down: float, right: float) -> str:
    degrees = math.degrees(math.atan2(0.0 - down, right))
    return f"{round(degrees, 1) + 0.0:.1f}°"  # no minus before a zero


def _pulled(start: Point, event: PointerEvent) -> Point:
    """Where the line ends; with Shift, on the nearest of eight directions."""
    if Modifier.SHIFT not in event.modifiers:
        return place(event)
    down, right = event.y - start[0], event.x - start[1]
    direction = round(math.atan2(down, right) / _LOCK) * _LOCK
    length = down * math.sin(direction) + right * math.cos(direction)
    return start[0] + length * math.sin(direction), start[1] + length * math.cos(direction)
