"""Remove specks: small pieces go to what surrounds them."""

from dataclasses import dataclass

import numpy as np

from segstudio.core.label_map import Ids
from segstudio.core.options import option
from segstudio.core.pointer import Modifier, PointerEvent
from segstudio.tools import tool
from segstudio.tools.parts.cleaning import CleaningOptions, CleaningTool
from segstudio.tools.parts.morphology import Mask, specks
from segstudio.tools.parts.spec import ToolContext


@dataclass(frozen=True)
class RemoveSpecksOptions(CleaningOptions):
    """Options of remove specks."""

    size: int = option(
        50,
        "Specks up to",
        "Pieces of at most this many pixels are removed",
        minimum=1,
        maximum=10_000,
        unit="px²",
        logarithmic=True,
    )


@tool(
    name="remove_specks",
    label="Remove specks",
    icon="mdi6.broom",
    shortcut="Shift+R",
    tooltip="Click a speck, or the region that it lies in or beside, to give it to what it "
    "borders most. With Ctrl, only specks of the active class go.",
    options=RemoveSpecksOptions,
    order=63,
    gesture="click",
    patient=True,
)
class RemoveSpecks(CleaningTool):
    """Specks of all classes and of void, unless a class is meant."""

    def cleaned(self, mask: Mask, size: int) -> Mask:
        return mask & ~specks(mask, size)

    def reach(self, size: int) -> int:
        return size // 2 + 1

    def targets(self, context: ToolContext, press: PointerEvent, ids: Ids) -> list[int]:
        if context.options.where == "whole class" or Modifier.CONTROL in press.modifiers:
            return super().targets(context, press, ids)
        return [int(found) for found in np.flatnonzero(np.bincount(ids.ravel()))]
