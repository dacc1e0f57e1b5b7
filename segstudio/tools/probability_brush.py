"""The probability brush: paints only where the model holds the active class probable enough."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from segstudio.core.edit import Edit
from segstudio.core.label_map import Provenance
from segstudio.core.options import option
from segstudio.core.pointer import PointerEvent
from segstudio.core.rect import Rect
from segstudio.tools import tool
from segstudio.tools.parts.shapes import Area, Note, Shape
from segstudio.tools.parts.spec import ToolContext
from segstudio.tools.parts.stroke import StrokeOptions, StrokeTool, stamp
from segstudio.tools.parts.sweep import Patch, dab


@dataclass(frozen=True)
class _Threshold:
    threshold: float = option(
        0.3,
        "More than",
        "How probable the model must hold the active class where the brush may paint",
        minimum=0.0,
        maximum=1.0,
        decimals=2,
    )


@dataclass(frozen=True)
class ProbabilityBrushOptions(StrokeOptions, _Threshold):
    """Options of the probability brush; as fields of the last base, the threshold comes first."""


@tool(
    name="probability_brush",
    label="Probability brush",
    icon="mdi6.brush-variant",
    shortcut="Y",
    tooltip="Paint the active class only where the model holds it probable. Predict first.",
    options=ProbabilityBrushOptions,
    order=12,
)
class ProbabilityBrush(StrokeTool):
    """Probable pixels under the stroke become the active class, decided by the human."""

    def edit(self, context: ToolContext, patch: Patch) -> Edit:
        return Edit(*_probable(context, patch), context.active_class, Provenance.HUMAN)

    def shapes(self, context: ToolContext, event: PointerEvent) -> tuple[Shape, ...]:
        if refusal := _refusal(context):
            return *super().shapes(context, event), Note(event.y, event.x, refusal)
        return *_paintable(context, event), *super().shapes(context, event)


def _probable(context: ToolContext, patch: Patch) -> Patch:
    rect, mask = patch
    plane = context.likelihood(context.active_class) if context.likelihood else None
    if plane is None:
        return rect, np.zeros_like(mask)
    return rect, mask & (plane[rect.slices] > context.options.threshold)


def _paintable(context: ToolContext, event: PointerEvent) -> Iterator[Area]:
    """What a dab here would paint."""
    for patch in dab(stamp(context.options, event), Rect.of_shape(context.frame.shape)):
        yield Area(*_probable(context, patch))


def _refusal(context: ToolContext) -> str:
    """Why nothing can be painted here; empty where it can."""
    if context.likelihood is None:
        return "Predict first: this brush asks the model."
    if context.likelihood(context.active_class) is None:
        return "The model does not know this class."
    return ""
