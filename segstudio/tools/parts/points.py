"""A gesture of several clicks: points are set, moved and taken back until it is finished."""

import math
from collections.abc import Iterable

from segstudio.core.edit import Edit
from segstudio.core.label_map import Provenance
from segstudio.core.pointer import Key, PointerEvent
from segstudio.core.rect import Rect
from segstudio.tools.parts.gesture import Gesture
from segstudio.tools.parts.shapes import Point
from segstudio.tools.parts.spec import ToolContext
from segstudio.tools.parts.sweep import Patch


class PointsTool(Gesture):
    """Paints the active class where its points say; tools say how, in ``patches``.

    Enter or a double click finishes, Backspace takes the last point back.
    """

    fewest = 2
    """Points that it takes to paint anything."""

    def __init__(self) -> None:
        self._points: list[Point] = []

    def patches(self, context: ToolContext, bounds: Rect) -> Iterable[Patch]:
        """The pixels that the points stand for, cut to the picture."""
        raise NotImplementedError

    @property
    def ongoing(self) -> bool:
        return bool(self._points)

    def key(self, context: ToolContext, key: Key) -> Iterable[Edit]:
        if key is Key.ENTER:
            return self.finish(context)
        self.take_back()
        return ()

    def take_back(self) -> None:
        """Forget the last point."""
        self._points.pop()

    def cancel(self) -> None:
        self._points = []

    def finish(self, context: ToolContext) -> Iterable[Edit]:
        """Paint and begin anew; with too few points, go on."""
        if len(self._points) < self.fewest:
            return
        for patch in self.patches(context, Rect.of_shape(context.frame.shape)):
            yield Edit(*patch, context.active_class, Provenance.HUMAN)
        self.cancel()


def place(event: PointerEvent) -> Point:
    """Where a pointer is."""
    return event.y, event.x


def apart(one: Point, other: Point) -> float:
    """Distance in picture pixels."""
    return math.hypot(one[0] - other[0], one[1] - other[1])
