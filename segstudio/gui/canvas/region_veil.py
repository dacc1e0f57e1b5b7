"""Shows a region of the picture: its border is dashed, and what lies around it may be dimmed."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter

from segstudio.core.overlay import edges
from segstudio.core.protection import Mask
from segstudio.core.rect import Rect
from segstudio.gui.canvas.viewport import Viewport

Words = NDArray[np.uint32]
"""Premultiplied colours, 0xAARRGGBB."""

_DASH = 5
_DIM, _DARK, _LIGHT = np.uint32(0x78000000), np.uint32(0xFF000000), np.uint32(0xFFFFFFFF)


class RegionVeil:
    """Lies over the canvas; shows nothing while there is no region.

    Attributes
    ----------
    region
        The mask of the picture or of a part of it.
    corner
        Row and column of the mask's first pixel in the picture.
    """

    def __init__(self, *, dims: bool = True) -> None:
        self.region: Mask | None = None
        self.corner = (0, 0)
        self._dim = _DIM if dims else np.uint32(0)

    def paint(self, painter: QPainter, viewport: Viewport, area: Rect) -> None:
        """Draw what lies in a device rectangle, at the screen's own resolution."""
        if self.region is None:
            return
        viewport = Viewport(viewport.scale, *viewport.to_device(*self.corner))
        covered = viewport.covered(self.region.shape, area)
        if covered.empty:
            return
        colours = _colours(self.region, viewport, covered, self._dim)
        image = QImage(
            colours.data,
            covered.width,
            covered.height,
            covered.width * 4,
            QImage.Format.Format_ARGB32_Premultiplied,
        )
        painter.drawImage(covered.left, covered.top, image)


def _colours(region: Mask, viewport: Viewport, covered: Rect, dim: np.uint32) -> Words:
    """Colours of a covered device rectangle."""
    # One more pixel on each side: the border may run along the edge of what is repainted.
    wider = Rect(covered.top - 1, covered.left - 1, covered.bottom + 1, covered.right + 1)
    rows, columns = viewport.picture_indices(region.shape, wider)
    inside = region[rows].take(columns, axis=1)
    colours: Words = ~inside[1:-1, 1:-1] * dim
    border = np.flatnonzero(edges(inside.view(np.uint8))[1:-1, 1:-1])
    y, x = np.divmod(border, covered.width)
    # By their place on the screen, so that parts painted one after the other fit together.
    light = (y + x + covered.top + covered.left) // _DASH % 2 == 1
    colours.flat[border] = np.where(light, _LIGHT, _DARK)
    return colours
