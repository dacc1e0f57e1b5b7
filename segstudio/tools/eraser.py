"""The eraser: takes pixels back to void, or to what the model says."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from segstudio.core.edit import Edit
from segstudio.core.label_map import VOID, Provenance
from segstudio.core.options import option
from segstudio.tools import tool
from segstudio.tools.parts.spec import ToolContext
from segstudio.tools.parts.stroke import StrokeOptions, StrokeTool
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
class Eraser(StrokeTool):
    """Pixels under the stroke become void by the human's decision, or the model's again."""

    def edit(self, context: ToolContext, patch: Patch) -> Edit:
        if context.options.to == "model":
            return _to_model(context, patch)
        return Edit(*patch, VOID, Provenance.HUMAN)


def _to_model(context: ToolContext, patch: Patch) -> Edit:
    if context.model_ids is None:
        return Edit(*patch, VOID, Provenance.NOBODY)
    ids = context.model_ids[patch[0].slices]
    decided_by = np.where(ids == VOID, Provenance.NOBODY, Provenance.MODEL).astype(np.uint8)
    return Edit(*patch, ids, decided_by)
