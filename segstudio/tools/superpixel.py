"""The superpixel brush: paints whole regions of like colour that a stroke touches."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from segstudio.core.edit import Edit
from segstudio.core.label_map import Provenance
from segstudio.core.options import option
from segstudio.core.pointer import PointerEvent
from segstudio.core.rect import Rect
from segstudio.tools import tool
from segstudio.tools.parts.gesture import Gesture
from segstudio.tools.parts.region import grown, pixel_under
from segstudio.tools.parts.shapes import Area, Borders, Shape
from segstudio.tools.parts.spec import ToolContext
from segstudio.tools.parts.stamp import Stamp
from segstudio.tools.parts.superpixels import Superpixels
from segstudio.tools.parts.sweep import Patch, dab, sweep


@dataclass(frozen=True)
class SuperpixelOptions:
    """Options of the superpixel brush."""

    size: int = option(
        20,
        "Size",
        "About how wide the regions are",
        minimum=4,
        maximum=50,
        unit="px",
        logarithmic=True,
    )


@tool(
    name="superpixel",
    label="Superpixel brush",
    icon="mdi6.hexagon-multiple-outline",
    shortcut="T",
    tooltip="Paint over regions of like colour: every region that the stroke touches is filled.",
    options=SuperpixelOptions,
    order=44,
)
class SuperpixelBrush(Gesture):
    """Regions that the pointer's way touches become the active class."""

    def __init__(self) -> None:
        self._known: Superpixels | None = None
        self._last: Stamp | None = None
        self._painted: set[int] = set()

    def begin(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        self._painted = set()
        self._last = _point(event)
        return self._paint(context, dab(self._last, Rect.of_shape(context.frame.shape)))

    def move(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        last, here = self._last, _point(event)
        if last is None:
            return ()
        self._last = here
        return self._paint(context, sweep(last, here, Rect.of_shape(context.frame.shape)))

    def end(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        edits = self.move(context, event)
        self._last = None
        return edits

    def cancel(self) -> None:
        self._last = None

    def shapes(self, context: ToolContext, event: PointerEvent) -> tuple[Shape, ...]:
        pixel = pixel_under(event, Rect.of_shape(context.frame.shape))
        if pixel is None:
            return ()
        known, (row, column) = self._superpixels(context), pixel
        here = Rect(row, column, row + 1, column + 1)
        rect = known.around(here)
        numbers = known.numbers(rect)
        near = grown(here, known.size).intersect(rect).shifted(-rect.top, -rect.left)
        shown = np.where(np.isin(numbers, numbers[near.slices]), numbers, -1)
        touched = numbers == numbers[row - rect.top, column - rect.left]
        return Borders(rect, shown), Area(rect, touched)

    def _paint(self, context: ToolContext, way: Iterable[Patch]) -> Iterator[Edit]:
        known = self._superpixels(context)
        for rect, mask in way:
            touched = set(known.numbers(rect)[mask].tolist()) - self._painted
            if touched:
                self._painted |= touched
                around = known.around(rect)
                regions = np.isin(known.numbers(around), list(touched))
                yield Edit(around, regions, context.active_class, Provenance.HUMAN)

    def _superpixels(self, context: ToolContext) -> Superpixels:
        picture, size = context.frame.display, context.options.size
        if self._known is None or self._known.picture is not picture or self._known.size != size:
            self._known = Superpixels(picture, size)
        return self._known


def _point(event: PointerEvent) -> Stamp:
    return Stamp.at("square", event.y, event.x, 1)
