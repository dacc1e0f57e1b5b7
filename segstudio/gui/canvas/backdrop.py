"""The picture as it lies on the screen, without anything over it."""

import numpy as np
from PySide6.QtGui import QImage

from segstudio.core.rect import Rect
from segstudio.gui import theme
from segstudio.gui.canvas.adjustments import Adjustments, adjusted
from segstudio.gui.canvas.rendering import PicturePyramid
from segstudio.gui.canvas.viewport import Viewport


def draw_backdrop(
    pyramid: PicturePyramid | None,
    viewport: Viewport,
    size: tuple[int, int],
    adjustments: Adjustments,
) -> QImage:
    """The picture, adjusted, on the canvas's colour; ``size`` is height and width in pixels."""
    height, width = size
    backdrop = QImage(width, height, QImage.Format.Format_RGB32)
    screen = Rect(0, 0, height, width)
    covered = viewport.covered(pyramid.shape, screen) if pyramid is not None else Rect(0, 0, 0, 0)
    if covered != screen:
        backdrop.fill(theme.colours().colour("canvas"))
    if pyramid is not None and not covered.empty:
        words = np.frombuffer(backdrop.bits(), np.uint32).reshape(size)
        words[covered.slices] = adjusted(pyramid.render(viewport, covered), adjustments)
    return backdrop
