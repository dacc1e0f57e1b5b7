"""The brush: paints the active class."""

from dataclasses import dataclass

from segstudio.core.edit import Edit
from segstudio.core.label_map import Provenance
from segstudio.core.pointer import PointerEvent
from segstudio.tools import tool
from segstudio.tools.parts.spec import CursorShape, ToolContext
from segstudio.tools.parts.stroke import Stroke, StrokeOptions, outline
from segstudio.tools.parts.sweep import Patch


@dataclass(frozen=True)
class BrushOptions(StrokeOptions):
    """Options of the brush."""


@tool(
    name="brush",
    label="Brush",
    icon="mdi6.brush",
    shortcut="B",
    tooltip="Paint the active class. Shift+click draws a straight line from the last stroke.",
    options=BrushOptions,
    order=10,
)
class Brush:
    """Pixels under the stroke become the active class, decided by the human."""

    def __init__(self) -> None:
        self._stroke = Stroke()

    def begin(self, context: ToolContext, event: PointerEvent) -> list[Edit]:
        return _painted(context, self._stroke.begin(context, event))

    def move(self, context: ToolContext, event: PointerEvent) -> list[Edit]:
        return _painted(context, self._stroke.move(context, event))

    def end(self, context: ToolContext, event: PointerEvent) -> list[Edit]:
        return _painted(context, self._stroke.end(context, event))

    def cursor(self, options: BrushOptions, event: PointerEvent) -> CursorShape:
        return outline(options, event)


def _painted(context: ToolContext, patches: list[Patch]) -> list[Edit]:
    return [Edit(rect, mask, context.active_class, Provenance.HUMAN) for rect, mask in patches]
