"""Shows the region to paint in: what lies around it is dimmed, and its border dashed."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter

from segstudio.core.overlay import edges
from segstudio.core.protection import Mask
from segstudio.core.rect import Rect
from segstudio.gui.canvas.viewport import Viewport

Words = NDArray[np.uint32]

_DASH = 5
_WORDS = np.array([0x78000000, 0x00000000, 0xFF000000, 0xFFFFFFFF], np.uint32)
"""Premultiplied 0xAARRGGBB of what lies outside, inside, and of the dark and light dashes."""


class RegionVeil:
    """Lies over the canvas; shows nothing while there is no region."""

    def __init__(self) -> None:
        self.region: Mask | None = None

    def paint(self, painter: QPainter, viewport: Viewport, area: Rect) -> None:
        """Draw what lies in a device rectangle, at the screen's own resolution."""
        if self.region is None:
            return
        covered = viewport.covered(self.region.shape, area)
        if covered.empty:
            return
        colours = _colours(self.region, viewport, covered)
        image = QImage(
            colours.data,
            covered.width,
            covered.height,
            covered.width * 4,
            QImage.Format.Format_ARGB32_Premultiplied,
        )
        painter.drawImage(covered.left, covered.top, image)


def _colours(region: Mask, viewport: Viewport, covered: Rect) -> Words:
    """Colours of a covered device rectangle."""
    # One more pixel on each side: the border may run along the edge of what is repainted.
    wider = Rect(covered.top - 1, covered.left - 1, covered.bottom + 1, covered.right + 1)
    rows, columns = viewport.picture_indices(region.shape, wider)
    inside = region[rows].take(columns, axis=1)
    border = edges(inside.view(np.uint8))[1:-1, 1:-1]
    kinds = inside[1:-1, 1:-1].astype(np.uint8)
    y, x = np.nonzero(border)
    # By their place on the screen, so that parts painted one after the other fit together.
    kinds[y, x] = 2 + (y + x + covered.top + covered.left) // _DASH % 2
    return _WORDS[kinds]
