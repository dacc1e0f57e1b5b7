"""Lines over the picture: their bands and handles lie where they belong, and within bounds."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from segstudio.gui.canvas import outlines
from segstudio.gui.canvas.viewport import Viewport
from segstudio.tools.parts.shapes import Path

PLACES = ((10.0, 10.0), (10.0, 40.0), (30.0, 40.0))
VIEWPORT = Viewport(2.0, 5.0, 7.0)


def touched(path: Path) -> NDArray[np.bool_]:
    """Which device pixels are painted."""
    image = QImage(120, 100, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    outlines.paint(painter, (path,), VIEWPORT)
    painter.end()
    words = np.frombuffer(image.constBits(), np.uint32).reshape(100, 120)
    return (words & 0xFFFFFF) != 0


@pytest.mark.parametrize(
    "path",
    [
        Path(PLACES),
        Path(PLACES, closed=True),
        Path(PLACES, handles=True),
        Path(PLACES, width=9.0),
        Path((), width=9.0, handles=True),
    ],
)
def test_nothing_is_painted_outside_the_bounds(qtbot: QtBot, path: Path) -> None:
    bounds = outlines.bounds((path,), VIEWPORT)
    painted = touched(path)
    assert painted.any() == bool(path.points)
    painted[max(0, bounds.top) : bounds.bottom, max(0, bounds.left) : bounds.right] = False
    assert not painted.any()


def test_a_band_is_as_wide_as_the_brush_and_round_at_its_corners(qtbot: QtBot) -> None:
    painted = touched(Path(PLACES, width=9.0))
    across = np.flatnonzero(painted[:, round(VIEWPORT.to_device(0, 25)[1])])
    assert len(across) == pytest.approx(9 * VIEWPORT.scale, abs=2)
    assert across.mean() == pytest.approx(VIEWPORT.to_device(10, 0)[0], abs=1)
    corner = VIEWPORT.to_device(10 - 4.2, 40 + 4.2)
    assert not painted[round(corner[0]), round(corner[1])]
    nearer = VIEWPORT.to_device(10 - 2.8, 40 + 2.8)
    assert painted[round(nearer[0]), round(nearer[1])]
