"""The line: a polyline of a given width, drawn click by click."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from segstudio.core.edit import Edit
from segstudio.core.options import option
from segstudio.core.pointer import PointerEvent
from segstudio.core.rect import Rect
from segstudio.tools import tool
from segstudio.tools.parts.points import PointsTool, apart, place
from segstudio.tools.parts.shapes import Circle, Path, Shape
from segstudio.tools.parts.spec import ToolContext
from segstudio.tools.parts.stamp import Stamp
from segstudio.tools.parts.sweep import Patch, sweep


@dataclass(frozen=True)
class LineOptions:
    """Options of the line."""

    size: int = option(
        8,
        "Width",
        "Width of the line in picture pixels",
        minimum=1,
        maximum=2000,
        unit="px",
        logarithmic=True,
    )


@tool(
    name="line",
    label="Line",
    icon="mdi6.vector-line",
    shortcut="L",
    tooltip="Click from corner to corner; Enter or a double click ends the line, "
    "Backspace takes the last corner back.",
    options=LineOptions,
    order=30,
    gesture="points",
)
class Line(PointsTool):
    """Pixels under a round brush that goes straight from point to point."""

    def __init__(self) -> None:
        super().__init__()
        self._pulled = 0

    def begin(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        if event.clicks == 2:
            return self.finish(context)
        self._points.append(place(event))
        # Pulling moves the point just set; the first one stays, and the second is pulled from it.
        self._pulled = max(1, len(self._points) - 1)
        return ()

    def move(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        if self._points and apart(self._points[-1], place(event)) > event.reach:
            self._points[self._pulled :] = [place(event)]
        return ()

    def patches(self, context: ToolContext, bounds: Rect) -> Iterator[Patch]:
        size = context.options.size
        stamps = [Stamp.at("round", *point, size) for point in self._points]
        for start, end in pairwise(stamps):
            yield from sweep(start, end, bounds)

    def shapes(self, context: ToolContext, event: PointerEvent) -> tuple[Shape, ...]:
        here, size = place(event), context.options.size
        brush = Circle(*here, size / 2)
        if not self._points:
            return (brush,)
        return (
            Path((*self._points, here), width=size),
            Path(tuple(self._points), handles=True),
            brush,
        )
