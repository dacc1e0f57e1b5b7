"""The lasso: a border drawn by hand, closed at release."""

from collections.abc import Iterable
from dataclasses import dataclass

from segstudio.core.edit import Edit
from segstudio.core.label_map import Provenance
from segstudio.core.pointer import PointerEvent
from segstudio.core.rect import Rect
from segstudio.tools import tool
from segstudio.tools.parts.filling import fill_polygon
from segstudio.tools.parts.gesture import Gesture
from segstudio.tools.parts.points import apart, place
from segstudio.tools.parts.shapes import Path, Point, Shape
from segstudio.tools.parts.spec import ToolContext

_FINEST = 1 / 4
"""Points closer than this share of what the pointer hits, two pixels of the screen, are one."""


@dataclass(frozen=True)
class LassoOptions:
    """The lasso has no options."""


@tool(
    name="lasso",
    label="Lasso",
    icon="mdi6.lasso",
    shortcut="Q",
    tooltip="Draw around something; the border closes itself.",
    options=LassoOptions,
    order=32,
)
class Lasso(Gesture):
    """Pixels inside become the active class; where the border crosses itself, even-odd."""

    def __init__(self) -> None:
        self._points: list[Point] = []

    def begin(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        self._points = [place(event)]
        return ()

    def move(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        if apart(self._points[-1], place(event)) >= event.reach * _FINEST:
            self._points.append(place(event))
        return ()

    def end(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        points = [*self._points, place(event)]
        self.cancel()
        for patch in fill_polygon(points, Rect.of_shape(context.frame.shape)):
            yield Edit(*patch, context.active_class, Provenance.HUMAN)

    def cancel(self) -> None:
        self._points = []

    def shapes(self, context: ToolContext, event: PointerEvent) -> tuple[Shape, ...]:
        return (Path(tuple(self._points), closed=True),) if self._points else ()
