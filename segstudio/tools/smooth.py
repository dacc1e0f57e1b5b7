"""Smooth edge: a ragged border becomes a calm line."""

from dataclasses import dataclass

from segstudio.core.label_map import Ids
from segstudio.core.options import option
from segstudio.tools import tool
from segstudio.tools.parts.cleaning import CleaningOptions, CleaningTool
from segstudio.tools.parts.morphology import Mask, nearest, smoothed, smoothing_reach


@dataclass(frozen=True)
class SmoothOptions(CleaningOptions):
    """Options of smooth edge."""

    size: int = option(
        8,
        "Smooth",
        "Bars and bays narrower than this vanish",
        minimum=1,
        maximum=100,
        unit="px",
        logarithmic=True,
    )


@tool(
    name="smooth",
    label="Smooth edge",
    icon="mdi6.chart-bell-curve",
    shortcut="Shift+S",
    tooltip="Click a region to smooth its edge. With Ctrl, the active class is smoothed there.",
    options=SmoothOptions,
    order=60,
    gesture="click",
    patient=True,
)
class Smooth(CleaningTool):
    """Pixels that the class loses go to the nearest of the others."""

    def cleaned(self, mask: Mask, size: int) -> Mask:
        return smoothed(mask, size)

    def reach(self, size: int) -> int:
        return smoothing_reach(size)

    def under_brush(self, change: Mask, brush: Mask) -> Mask:
        return change & brush

    def heirs(self, ids: Ids, removed: Mask) -> Ids:
        return nearest(ids, removed)
