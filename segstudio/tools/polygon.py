"""The polygon: corners are clicked, moved and inserted until they are right."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from segstudio.core.edit import Edit
from segstudio.core.pointer import Key, Modifier, PointerEvent
from segstudio.core.rect import Rect
from segstudio.tools import tool
from segstudio.tools.parts.filling import fill_polygon
from segstudio.tools.parts.points import PointsTool, apart, place
from segstudio.tools.parts.shapes import Circle, Path, Point, Shape
from segstudio.tools.parts.spec import ToolContext
from segstudio.tools.parts.sweep import Patch


@dataclass(frozen=True)
class PolygonOptions:
    """The polygon has no options."""


@tool(
    name="polygon",
    label="Polygon",
    icon="mdi6.vector-polygon",
    shortcut="G",
    tooltip="Click the corners; drag one to move it, press on an edge to insert one, with Ctrl to "
    "set one beside others. The first corner, a double click or Enter closes, "
    "Backspace takes the last corner back.",
    options=PolygonOptions,
    order=31,
    gesture="points",
)
class Polygon(PointsTool):
    """Pixels inside become the active class; where the border crosses itself, even-odd."""

    fewest = 3

    def __init__(self) -> None:
        super().__init__()
        self._held: int | None = None
        self._moved = False

    def begin(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        if event.clicks == 2:
            return self.finish(context)
        self._held, is_new = self._aim(event)
        self._moved = is_new
        if is_new:
            self._points.insert(self._held, place(event))
        return ()

    def move(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        if self._held is None:
            return ()
        # A hand that trembles during a click moves nothing.
        if self._moved or apart(self._points[self._held], place(event)) > event.reach / 2:
            self._points[self._held], self._moved = place(event), True
        return ()

    def end(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        held, self._held = self._held, None
        return self.finish(context) if held == 0 and not self._moved else ()

    def key(self, context: ToolContext, key: Key) -> Iterable[Edit]:
        self._held = None
        return super().key(context, key)

    def cancel(self) -> None:
        super().cancel()
        self._held = None

    def patches(self, context: ToolContext, bounds: Rect) -> Iterable[Patch]:
        return fill_polygon(self._points, bounds)

    def shapes(self, context: ToolContext, event: PointerEvent) -> tuple[Shape, ...]:
        if not self._points:
            return ()
        here, points = place(event), self._points
        at, is_new = self._aim(event)
        if self._held is None and is_new:
            points = [*points[:at], here, *points[at:]]
        border = Path(tuple(points), closed=True)
        corners = Path(tuple(self._points), handles=True)
        if is_new and at == len(self._points):
            return border, corners
        # What a press would take hold of.
        return border, corners, Circle(*points[at], event.reach)

    def _aim(self, event: PointerEvent) -> tuple[int, bool]:
        """What a press would do: the place in the list, and whether a new corner goes there."""
        here, end = place(event), len(self._points)
        if not self._points or Modifier.CONTROL in event.modifiers:
            return end, True
        distances = [apart(corner, here) for corner in self._points]
        nearest = int(np.argmin(distances))
        if distances[nearest] <= event.reach:
            return nearest, False
        edge = _nearest_edge(self._points, here, event.reach / 2)
        return (end if edge is None else edge + 1), True


def _nearest_edge(points: list[Point], here: Point, reach: float) -> int | None:
    """The edge that begins with this point and passes within reach; the closing one is not one."""
    if len(points) < 2:
        return None
    corners = np.array(points)
    starts, ways = corners[:-1], np.diff(corners, axis=0)
    lengths = np.maximum((ways**2).sum(axis=1), np.finfo(float).tiny)
    along = (((here - starts) * ways).sum(axis=1) / lengths).clip(0, 1)
    distances = np.hypot(*(starts + along[:, None] * ways - here).T)
    nearest = int(distances.argmin())
    return nearest if distances[nearest] <= reach else None
