"""The brush: paints the active class."""

from dataclasses import dataclass

from segstudio.core.edit import Edit
from segstudio.core.label_map import Provenance
from segstudio.tools import tool
from segstudio.tools.parts.spec import ToolContext
from segstudio.tools.parts.stroke import StrokeOptions, StrokeTool
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
class Brush(StrokeTool):
    """Pixels under the stroke become the active class, decided by the human."""

    def edit(self, context: ToolContext, patch: Patch) -> Edit:
        return Edit(*patch, context.active_class, Provenance.HUMAN)
