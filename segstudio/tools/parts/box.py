"""A box pulled open from corner to corner, shared by rectangle and ellipse."""

import math
from collections.abc import Iterable

from segstudio.core.edit import Edit
from segstudio.core.label_map import Provenance
from segstudio.core.pointer import Modifier, PointerEvent
from segstudio.core.rect import Rect
from segstudio.tools.parts.gesture import Gesture
from segstudio.tools.parts.shapes import Note, Path, Point, Shape
from segstudio.tools.parts.spec import ToolContext
from segstudio.tools.parts.sweep import Patch


class BoxTool(Gesture):
    """Paints the active class in a shape that fills a box; tools say which shape.

    The box lies on the pixel grid. Shift makes it square, Alt pulls it open from its centre.
    """

    def __init__(self) -> None:
        self._start: PointerEvent | None = None

    def patches(self, context: ToolContext, box: Rect, bounds: Rect) -> Iterable[Patch]:
        """The pixels of the shape, cut to the picture."""
        raise NotImplementedError

    def outline(self, box: Rect) -> Path:
        """The border of the shape."""
        raise NotImplementedError

    def begin(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        self._start = event
        return ()

    def end(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        start, self._start = self._start, None
        if start is None:
            return
        box, bounds = spanned(start, event), Rect.of_shape(context.frame.shape)
        for patch in self.patches(context, box, bounds):
            yield Edit(*patch, context.active_class, Provenance.HUMAN)

    def cancel(self) -> None:
        self._start = None

    def shapes(self, context: ToolContext, event: PointerEvent) -> tuple[Shape, ...]:
        if self._start is None:
            return ()
        box = spanned(self._start, event)
        return self.outline(box), Note(event.y, event.x, f"{box.width} × {box.height} px")


def spanned(start: PointerEvent, event: PointerEvent) -> Rect:
    """The box from a press to here, its corners on the nearest corners of pixels."""
    y, x = _corner(start.y), _corner(start.x)
    down, right = _corner(event.y) - y, _corner(event.x) - x
    if Modifier.SHIFT in event.modifiers:
        side = max(abs(down), abs(right))
        down, right = (int(math.copysign(side, way)) for way in (down, right))
    top, left = (y - down, x - right) if Modifier.ALT in event.modifiers else (y, x)
    bottom, right = y + down, x + right
    return Rect(min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def corners(box: Rect) -> tuple[Point, ...]:
    """The four corners of a box, going round."""
    return (
        (box.top, box.left),
        (box.top, box.right),
        (box.bottom, box.right),
        (box.bottom, box.left),
    )


def _corner(position: float) -> int:
    return math.floor(position + 0.5)
