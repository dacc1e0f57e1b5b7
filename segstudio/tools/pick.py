"""Pick: the class under the pointer becomes the active one."""

from collections.abc import Iterable
from dataclasses import dataclass

from segstudio.core.edit import Edit
from segstudio.core.pointer import PointerEvent
from segstudio.core.rect import Rect
from segstudio.tools import tool
from segstudio.tools.parts.gesture import Gesture
from segstudio.tools.parts.region import pixel_under
from segstudio.tools.parts.shapes import Note, Shape
from segstudio.tools.parts.spec import ToolContext


@dataclass(frozen=True)
class PickOptions:
    """Picking has no options."""


@tool(
    name="pick",
    label="Pick class",
    icon="mdi6.eyedropper",
    shortcut="I",
    tooltip="Click to go on with the class under the pointer. The right button does the same with "
    "every tool.",
    options=PickOptions,
    order=70,
    gesture="click",
    edits=False,
)
class Pick(Gesture):
    """Void is no class to paint with, so it cannot be picked."""

    def __init__(self) -> None:
        self._picked: int | None = None

    @property
    def picked(self) -> int | None:
        return self._picked

    def begin(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        found = _id_under(context, event)
        known = found is not None and found in context.classes
        self._picked = found if known else None
        return ()

    def move(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        return self.begin(context, event)

    def end(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        self._picked = None
        return ()

    def cancel(self) -> None:
        self._picked = None

    def shapes(self, context: ToolContext, event: PointerEvent) -> tuple[Shape, ...]:
        found = _id_under(context, event)
        if found is None:
            return ()
        label_class = context.classes.get(found)
        return (Note(event.y, event.x, label_class.name if label_class else "void"),)


def _id_under(context: ToolContext, event: PointerEvent) -> int | None:
    pixel = pixel_under(event, Rect.of_shape(context.frame.shape))
    return None if pixel is None else int(context.label_map.ids[pixel])
