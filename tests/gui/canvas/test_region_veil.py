"""The dimmed surroundings and the dashed border of the region to paint in."""

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter

from segstudio.core.rect import Rect
from segstudio.gui.canvas.region_veil import RegionVeil
from segstudio.gui.canvas.viewport import Viewport

SCREEN = Rect(0, 0, 90, 120)
VIEWPORT = Viewport(2.5, 6.0, 9.0)


@pytest.fixture
def veil(qtbot) -> RegionVeil:
    """Around a square of a picture of 30x40 pixels."""
    made = RegionVeil()
    made.region = np.zeros((30, 40), np.bool_)
    made.region[10:20, 10:25] = True
    return made


def seen(veil: RegionVeil, *areas: Rect) -> QImage:
    """A white screen, on which these rectangles are painted one after the other."""
    image = QImage(SCREEN.width, SCREEN.height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    for area in areas:
        painter.setClipRect(QRect(area.left, area.top, area.width, area.height))
        veil.paint(painter, VIEWPORT, area)
    painter.end()
    return image


def grey(image: QImage, y: float, x: float) -> int:
    """Lightness at a place of the picture."""
    down, right = VIEWPORT.to_device(y, x)
    return image.pixelColor(int(right), int(down)).lightness()


def test_the_surroundings_are_dimmed_and_the_region_is_not(veil) -> None:
    image = seen(veil, SCREEN)
    assert grey(image, 15, 17) == 255
    assert 0 < grey(image, 5, 5) < 200
    assert image.pixelColor(2, 2).lightness() == 255, "beside the picture there is nothing to dim"


def test_the_border_is_dashed_dark_and_light(veil) -> None:
    image = seen(veil, SCREEN)
    top = int(VIEWPORT.to_device(10, 0)[0])
    left, right = (int(VIEWPORT.to_device(0, x)[1]) for x in (12, 23))
    along = {image.pixelColor(x, top).lightness() for x in range(left, right)}
    assert along == {0, 255}


def test_parts_painted_one_after_the_other_are_the_whole(veil) -> None:
    strips = [Rect(top, 0, min(top + 7, 90), 120) for top in range(0, 90, 7)]
    assert seen(veil, *strips) == seen(veil, SCREEN)


def test_nothing_is_drawn_without_a_region(qtbot) -> None:
    assert seen(RegionVeil(), SCREEN).pixelColor(60, 45).lightness() == 255
