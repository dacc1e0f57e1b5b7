"""The bucket: fills what has one class with another."""

from collections.abc import Iterable
from dataclasses import dataclass

from segstudio.core.edit import Edit
from segstudio.core.label_map import Provenance
from segstudio.core.options import option
from segstudio.core.pointer import PointerEvent
from segstudio.core.rect import Rect
from segstudio.tools import tool
from segstudio.tools.parts.gesture import Gesture
from segstudio.tools.parts.region import WHERES, Mask, Where, fill, pixel_under
from segstudio.tools.parts.spec import ToolContext


@dataclass(frozen=True)
class BucketOptions:
    """Options of the bucket."""

    where: Where = option(
        "connected",
        "Fill",
        "connected: the area under the pointer; "
        "whole frame: every pixel of the class under the pointer",
        choices=WHERES,
    )


@tool(
    name="bucket",
    label="Bucket",
    icon="mdi6.format-color-fill",
    shortcut="K",
    tooltip="Click an area of one class, or of none, to fill it with the active class.",
    options=BucketOptions,
    order=40,
    gesture="click",
)
class Bucket(Gesture):
    """Pixels of the class under the press, void too, become the active class."""

    def begin(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        bounds, ids = Rect.of_shape(context.frame.shape), context.label_map.ids
        seed = pixel_under(event, bounds)
        if seed is None:
            return
        found = ids[seed]

        def same_class(rect: Rect) -> Mask:
            same: Mask = ids[rect.slices] == found
            return same

        for patch in fill(same_class, seed, bounds, context.options.where):
            yield Edit(*patch, context.active_class, Provenance.HUMAN)
