"""Intelligent scissors: a border that follows the edges of the picture from click to click."""

from collections.abc import Iterable
from dataclasses import dataclass

from segstudio.core.edit import Edit
from segstudio.core.options import option
from segstudio.core.pointer import Modifier, PointerEvent
from segstudio.core.rect import Rect
from segstudio.tools import tool
from segstudio.tools.parts.filling import fill_polygon
from segstudio.tools.parts.livewire import Corner, LiveWire, nearest_corner, snapped
from segstudio.tools.parts.points import PointsTool, apart, place
from segstudio.tools.parts.shapes import Circle, Path, Point, Shape
from segstudio.tools.parts.spec import ToolContext
from segstudio.tools.parts.sweep import Patch

_FARTHEST_SNAP = 32.0


@dataclass(frozen=True)
class ScissorsOptions:
    """Options of the scissors."""

    snap: bool = option(True, "Snap", "A click near an edge of the picture goes to that edge")


@tool(
    name="scissors",
    label="Scissors",
    icon="mdi6.content-cut",
    shortcut="X",
    tooltip="Click along an object's border; the line follows the edge, with Shift it is straight. "
    "The first point, a double click or Enter closes, Backspace takes the last point back.",
    options=ScissorsOptions,
    order=50,
    gesture="points",
)
class Scissors(PointsTool):
    """What the line surrounds becomes the active class."""

    fewest = 3

    def __init__(self) -> None:
        super().__init__()
        self._ways: list[tuple[Point, ...]] = []
        self._wire: LiveWire | None = None

    def begin(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        if event.clicks == 2 or self._closes(event):
            return self.finish(context)
        corner = _aim(context, event)
        if not self._points:
            self._points.append(corner)
        elif corner != self._points[-1]:
            self._ways.append(self._way(context, event, corner))
            self._points.append(corner)
        return ()

    def take_back(self) -> None:
        super().take_back()
        del self._ways[max(0, len(self._points) - 1) :]

    def cancel(self) -> None:
        super().cancel()
        self._ways, self._wire = [], None

    def patches(self, context: ToolContext, bounds: Rect) -> Iterable[Patch]:
        closing = self._wire_from_last(context).way(_corner(context, self._points[0]))
        around = list(fill_polygon(_joined([*self._ways, closing]), bounds))
        # There and back along one edge is around nothing: then the last side is straight.
        return around or fill_polygon(_joined(self._ways), bounds)

    def shapes(self, context: ToolContext, event: PointerEvent) -> tuple[Shape, ...]:
        if not self._points:
            return (Path((_aim(context, event),), handles=True),)
        closes = self._closes(event)
        here = _corner(context, self._points[0]) if closes else _aim(context, event)
        line = Path(_joined([*self._ways, self._way(context, event, here)]))
        points = (Path((point,), handles=True) for point in (*self._points, here))
        # What a press would take hold of.
        aim = (Circle(*here, event.reach),) if closes else ()
        return (line, *points, *aim)

    def _way(self, context: ToolContext, event: PointerEvent, end: Corner) -> tuple[Point, ...]:
        if Modifier.SHIFT in event.modifiers:
            return self._points[-1], end
        return self._wire_from_last(context).way(end)

    def _wire_from_last(self, context: ToolContext) -> LiveWire:
        last = _corner(context, self._points[-1])
        if self._wire is None or self._wire.start != last:
            self._wire = LiveWire(context.frame.display, last)
        return self._wire

    def _closes(self, event: PointerEvent) -> bool:
        enough = len(self._points) >= self.fewest
        return enough and apart(self._points[0], place(event)) < event.reach


def _joined(ways: list[tuple[Point, ...]]) -> tuple[Point, ...]:
    return tuple(point for way in ways for point in way)


def _corner(context: ToolContext, point: Point) -> Corner:
    return nearest_corner(context.frame.display, point)


def _aim(context: ToolContext, event: PointerEvent) -> Corner:
    """The corner where a press would set a point."""
    corner = _corner(context, place(event))
    if not context.options.snap:
        return corner
    return snapped(context.frame.display, corner, min(event.reach, _FARTHEST_SNAP))
