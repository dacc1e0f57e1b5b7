"""Close gaps: cracks, bays and breaks in a class are bridged."""

from dataclasses import dataclass

from segstudio.core.options import option
from segstudio.tools import tool
from segstudio.tools.parts.cleaning import CleaningOptions, CleaningTool
from segstudio.tools.parts.morphology import Mask, closed


@dataclass(frozen=True)
class CloseGapsOptions(CleaningOptions):
    """Options of close gaps."""

    size: int = option(
        8,
        "Gaps up to",
        "Gaps as wide as this are closed",
        minimum=1,
        maximum=200,
        unit="px",
        logarithmic=True,
    )


@tool(
    name="close_gaps",
    label="Close gaps",
    icon="mdi6.link-variant",
    shortcut="Shift+G",
    tooltip="Click a region to close its gaps, and those between it and others of its class. "
    "With Ctrl, the active class closes its gaps there.",
    options=CloseGapsOptions,
    order=61,
    gesture="click",
    patient=True,
)
class CloseGaps(CleaningTool):
    """A morphological closing with a disc that fits into no gap of this width."""

    def cleaned(self, mask: Mask, size: int) -> Mask:
        return closed(mask, _radius(size))

    def reach(self, size: int) -> int:
        return 2 * _radius(size)

    def under_brush(self, change: Mask, brush: Mask) -> Mask:
        return change & brush


def _radius(size: int) -> int:
    return (size + 1) // 2
