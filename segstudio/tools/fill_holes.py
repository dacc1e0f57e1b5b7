"""Fill holes: what a class surrounds becomes that class."""

from dataclasses import dataclass

from segstudio.core.options import option
from segstudio.tools import tool
from segstudio.tools.parts.cleaning import CleaningOptions, CleaningTool
from segstudio.tools.parts.morphology import Mask, holes


@dataclass(frozen=True)
class FillHolesOptions(CleaningOptions):
    """Options of fill holes."""

    size: int = option(
        1000,
        "Holes up to",
        "Holes of at most this many pixels are filled",
        minimum=1,
        maximum=1_000_000,
        unit="px²",
        logarithmic=True,
    )


@tool(
    name="fill_holes",
    label="Fill holes",
    icon="mdi6.circle-slice-8",
    shortcut="Shift+H",
    tooltip="Click a region to fill what it surrounds. With Ctrl, click a hole of the active "
    "class to fill it.",
    options=FillHolesOptions,
    order=62,
    gesture="click",
    patient=True,
)
class FillHoles(CleaningTool):
    """A hole hangs together over sides; it does not reach the picture's edge."""

    def cleaned(self, mask: Mask, size: int) -> Mask:
        return mask | holes(mask, size)

    def reach(self, size: int) -> int:
        return size // 2 + 1
