"""A stroke: the way of a stamp from press to release, shared by brush and eraser."""

from dataclasses import dataclass
from typing import Literal

from segstudio.core.edit import Edit
from segstudio.core.options import option
from segstudio.core.pointer import Modifier, PointerEvent
from segstudio.core.rect import Rect
from segstudio.tools.parts.gesture import Gesture
from segstudio.tools.parts.shapes import Circle, Square
from segstudio.tools.parts.shapes import Shape as Outline
from segstudio.tools.parts.spec import ToolContext
from segstudio.tools.parts.stamp import SHAPES, Shape, Stamp
from segstudio.tools.parts.sweep import Patch, dab, sweep

_RESPONSES = {"soft": 0.5, "even": 1.0, "firm": 2.0}
"""The power of a pen's pressure that the width of the brush follows."""


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
    pressure: Literal["off", "soft", "even", "firm"] = option(
        "off",
        "Pen pressure",
        "Pressing a pen harder makes the brush wider, up to its size; soft: a light touch is wide "
        "already; firm: only a heavy one is",
        choices=("off", *_RESPONSES),
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


class StrokeTool(Gesture):
    """A tool that does the same to all pixels under its stroke: it only says what, in ``edit``."""

    def __init__(self) -> None:
        self._stroke = Stroke()

    def edit(self, context: ToolContext, patch: Patch) -> Edit:
        """What becomes of the pixels of a patch."""
        raise NotImplementedError

    def begin(self, context: ToolContext, event: PointerEvent) -> list[Edit]:
        return self._edits(context, self._stroke.begin(context, event))

    def move(self, context: ToolContext, event: PointerEvent) -> list[Edit]:
        return self._edits(context, self._stroke.move(context, event))

    def end(self, context: ToolContext, event: PointerEvent) -> list[Edit]:
        return self._edits(context, self._stroke.end(context, event))

    def shapes(self, context: ToolContext, event: PointerEvent) -> tuple[Outline, ...]:
        return (outline(context.options, event),)

    def _edits(self, context: ToolContext, patches: list[Patch]) -> list[Edit]:
        return [self.edit(context, patch) for patch in patches]


def stamp(options: StrokeOptions, event: PointerEvent) -> Stamp:
    """The stamp under the pointer; a pen that hovers (pressure 0) shows the whole size."""
    scale = event.pressure ** _RESPONSES.get(options.pressure, 0.0) if event.pressure > 0 else 1.0
    return Stamp.at(options.shape, event.y, event.x, max(1, round(options.size * scale)))


def outline(options: StrokeOptions, event: PointerEvent) -> Outline:
    """Outline of a stamp: it sits where the stamp would paint."""
    here = stamp(options, event)
    kind = Circle if here.shape == "round" else Square
    return kind(here.y, here.x, here.radius)
