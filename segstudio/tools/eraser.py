"""The eraser: takes pixels back to void, or to what the model says."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from segstudio.core.edit import Edit
from segstudio.core.label_map import VOID, Provenance
from segstudio.core.options import option
from segstudio.core.pointer import PointerEvent
from segstudio.tools import tool
from segstudio.tools.parts.spec import CursorShape, ToolContext
from segstudio.tools.parts.stroke import Stroke, StrokeOptions, outline
from segstudio.tools.parts.sweep import Patch


@dataclass(frozen=True)
class EraserOptions(StrokeOptions):
    """Options of the eraser."""

    to: Literal["void", "model"] = option(
        "void",
        "Erase to",
        "void: left out of training and scores, and kept so by predictions; "
        "model: back to what the model says",
        choices=("void", "model"),
    )


@tool(
    name="eraser",
    label="Eraser",
    icon="mdi6.eraser",
    shortcut="E",
    tooltip="Erase to void, or back to the model's prediction.",
    options=EraserOptions,
    order=20,
)
class Eraser:
    """Pixels under the stroke become void by the human's decision, or the model's again."""

    def __init__(self) -> None:
        self._stroke = Stroke()

    def begin(self, context: ToolContext, event: PointerEvent) -> list[Edit]:
        return _erased(context, self._stroke.begin(context, event))

    def move(self, context: ToolContext, event: PointerEvent) -> list[Edit]:
        return _erased(context, self._stroke.move(context, event))

    def end(self, context: ToolContext, event: PointerEvent) -> list[Edit]:
        return _erased(context, self._stroke.end(context, event))

    def cursor(self, options: EraserOptions, event: PointerEvent) -> CursorShape:
        return outline(options, event)


def _erased(context: ToolContext, patches: list[Patch]) -> list[Edit]:
    erase = _to_model if context.options.to == "model" else _to_void
    return [erase(context, patch) for patch in patches]


def _to_void(_context: ToolContext, patch: Patch) -> Edit:
    return Edit(*patch, VOID, Provenance.HUMAN)


def _to_model(context: ToolContext, patch: Patch) -> Edit:
    if context.model_ids is None:
        return Edit(*patch, VOID, Provenance.NOBODY)
    ids = context.model_ids[patch[0].slices]
    decided_by = np.where(ids == VOID, Provenance.NOBODY, Provenance.MODEL).astype(np.uint8)
    return Edit(*patch, ids, decided_by)
