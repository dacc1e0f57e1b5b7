"""The picture as it lies on the screen, without anything over it."""

import numpy as np
from PySide6.QtGui import QImage, QPainter, QPixmap

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
) -> QPixmap:
    """The picture, adjusted, on the canvas's colour; ``size`` is height and width in pixels."""
    height, width = size
    backdrop = QPixmap(width, height)
    backdrop.fill(theme.colours().colour("canvas"))
    if pyramid is None:
        return backdrop
    covered = viewport.covered(pyramid.shape, Rect(0, 0, height, width))
    if covered.empty:
        return backdrop
    pixels = np.ascontiguousarray(adjusted(pyramid.render(viewport, covered), adjustments))
    image = QImage(
        pixels.data,
        covered.width,
        covered.height,
        covered.width * 4,
        QImage.Format.Format_RGB32,
    )
    painter = QPainter(backdrop)
    painter.drawImage(covered.left, covered.top, image)
    painter.end()
    return backdrop
