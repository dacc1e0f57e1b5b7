"""The ellipse, pulled open in its box."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from segstudio.core.rect import Rect
from segstudio.tools import tool
from segstudio.tools.parts.box import BoxTool
from segstudio.tools.parts.filling import fill_ellipse
from segstudio.tools.parts.shapes import Path
from segstudio.tools.parts.spec import ToolContext
from segstudio.tools.parts.sweep import Patch

_SIDES = 120
"""So many straight lines look round at the size of a screen."""


@dataclass(frozen=True)
class EllipseOptions:
    """The ellipse has no options."""


@tool(
    name="ellipse",
    label="Ellipse",
    icon="mdi6.ellipse-outline",
    shortcut="V",
    tooltip="Drag from corner to corner. Shift makes a circle, Alt begins in the centre.",
    options=EllipseOptions,
    order=34,
    gesture="drag",
)
class Ellipse(BoxTool):
    """Pixels whose centres lie in the ellipse become the active class."""

    def patches(self, context: ToolContext, box: Rect, bounds: Rect) -> Iterable[Patch]:
        return fill_ellipse(box, bounds)

    def outline(self, box: Rect) -> Path:
        turns = [2 * math.pi * side / _SIDES for side in range(_SIDES)]
        middle = (box.top + box.bottom) / 2, (box.left + box.right) / 2
        points = tuple(
            (
                middle[0] + math.sin(turn) * box.height / 2,
                middle[1] + math.cos(turn) * box.width / 2,
            )
            for turn in turns
        )
        return Path(points, closed=True)
