"""A stroke: the way of a stamp from press to release, shared by brush and eraser."""

from dataclasses import dataclass

from segstudio.core.options import option
from segstudio.core.pointer import Modifier, PointerEvent
from segstudio.core.rect import Rect
from segstudio.tools.parts.spec import CursorShape, ToolContext
from segstudio.tools.parts.stamp import SHAPES, Shape, Stamp
from segstudio.tools.parts.sweep import Patch, dab, sweep


@dataclass(frozen=True)
class StrokeOptions:
    """What brush and eraser share."""

    size: int = option(
        20,
        "Size",
        "Width of the brush in picture pixels",
        minimum=1,
        maximum=2000,
        unit="px",
        logarithmic=True,
    )
    shape: Shape = option("round", "Shape", "Outline of the brush", choices=SHAPES)
    pressure: bool = option(
        False, "Pressure", "Pressing a pen harder makes the brush wider, up to its size"
    )


class Stroke:
    """Joins pointer events to strokes without gaps.

    Shift at the press draws a straight line from where the last stroke on this frame ended.
    """

    def __init__(self) -> None:
        self._last: Stamp | None = None
        self._ended: tuple[str, PointerEvent] | None = None

    def begin(self, context: ToolContext, event: PointerEvent) -> list[Patch]:
        """Patches under the press, or of the line from the last stroke's end to it."""
        self._last = stamp(context.options, event)
        start = self._line_start(context, event)
        bounds = Rect.of_shape(context.frame.shape)
        return list(sweep(start, self._last, bounds) if start else dab(self._last, bounds))

    def move(self, context: ToolContext, event: PointerEvent) -> list[Patch]:
        """Patches that the way from the last event adds."""
        start, here = self._last, stamp(context.options, event)
        if start is None or here == start:
            return []
        self._last = here
        return list(sweep(start, here, Rect.of_shape(context.frame.shape), start_done=True))

    def end(self, context: ToolContext, event: PointerEvent) -> list[Patch]:
        """As :meth:`move`; the next line may start here."""
        # A pen that leaves the tablet presses with 0: its last way must not shrink to nothing.
        patches = self.move(context, event) if event.pressure > 0 else []
        self._last, self._ended = None, (context.frame.name, event)
        return patches

    def _line_start(self, context: ToolContext, event: PointerEvent) -> Stamp | None:
        if self._ended is None or Modifier.SHIFT not in event.modifiers:
            return None
        frame_name, ended = self._ended
        return stamp(context.options, ended) if frame_name == context.frame.name else None


def stamp(options: StrokeOptions, event: PointerEvent) -> Stamp:
    """The stamp under the pointer; a pen that hovers (pressure 0) shows the whole size."""
    scale = event.pressure if options.pressure and event.pressure > 0 else 1.0
    return Stamp.at(options.shape, event.y, event.x, max(1, round(options.size * scale)))


def outline(options: StrokeOptions, event: PointerEvent) -> CursorShape:
    """Cursor of a stamp: it sits where the stamp would paint."""
    here = stamp(options, event)
    return CursorShape("circle" if here.shape == "round" else "square", here.y, here.x, here.radius)
