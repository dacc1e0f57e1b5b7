"""The rectangle, pulled open from corner to corner."""

from collections.abc import Iterable
from dataclasses import dataclass

from segstudio.core.rect import Rect
from segstudio.tools import tool
from segstudio.tools.parts.box import BoxTool, corners
from segstudio.tools.parts.filling import fill_polygon
from segstudio.tools.parts.shapes import Path
from segstudio.tools.parts.spec import ToolContext
from segstudio.tools.parts.sweep import Patch


@dataclass(frozen=True)
class RectangleOptions:
    """The rectangle has no options."""


@tool(
    name="rectangle",
    label="Rectangle",
    icon="mdi6.rectangle-outline",
    shortcut="R",
    tooltip="Drag from corner to corner. Shift makes a square, Alt begins in the centre.",
    options=RectangleOptions,
    order=33,
    gesture="drag",
)
class Rectangle(BoxTool):
    """All pixels of the box become the active class."""

    def patches(self, context: ToolContext, box: Rect, bounds: Rect) -> Iterable[Patch]:
        return fill_polygon(corners(box), bounds)

    def outline(self, box: Rect) -> Path:
        return Path(corners(box), closed=True)
