"""Tints and borders over the picture: each device pixel shows the picture pixel under it."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter

from segstudio.core.rect import Rect
from segstudio.gui.canvas import outlines
from segstudio.gui.canvas.viewport import Viewport
from segstudio.tools.parts.shapes import Area, Borders, Note, Shape

pytestmark = pytest.mark.usefixtures("qapp")

SCREEN = (70, 90)
viewports = st.builds(Viewport, st.floats(0.3, 9.0), st.floats(-40, 40), st.floats(-40, 40))


def painted(shape: Shape, viewport: Viewport) -> NDArray[np.uint32]:
    """The colours of the device pixels on a grey screen."""
    height, width = SCREEN
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(0xFF808080)
    painter = QPainter(image)
    outlines.paint(painter, (shape,), viewport)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint32).reshape(SCREEN) & 0xFFFFFF


def under(
    viewport: Viewport, rect: Rect, step: int = 1
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row and column of the cell of an array at ``rect`` under each device pixel's middle."""
    cells = Viewport(viewport.scale * step, *viewport.to_device(rect.top, rect.left))
    y, x = cells.to_picture(*(np.indices(SCREEN) + 0.5))
    assume(min(abs(y - np.rint(y)).min(), abs(x - np.rint(x)).min()) > 1e-6)  # no matter of taste
    return np.floor(y).astype(int), np.floor(x).astype(int)


@given(viewports, st.integers(1, 5), st.integers(0, 2**32))
def test_a_tint_lies_where_its_mask_is(viewport: Viewport, step: int, seed: int) -> None:
    mask = np.random.default_rng(seed).random((6, 7)) < 0.5
    rect = Rect(3, 2, 3 + 6 * step, 2 + 7 * step)
    row, column = under(viewport, rect, step)
    within = (row >= 0) & (row < 6) & (column >= 0) & (column < 7)
    expected = within & mask[row.clip(0, 5), column.clip(0, 6)]
    colours = painted(Area(rect, mask, step), viewport)
    assert np.array_equal(colours != 0x808080, expected)


@given(viewports, st.integers(0, 2**32))
def test_borders_lie_between_unlike_numbers_and_within_bounds(
    viewport: Viewport, seed: int
) -> None:
    regions = np.random.default_rng(seed).integers(0, 3, (5, 6))
    rect = Rect(3, 2, 8, 8)
    row, column = under(viewport, rect)
    within = (row >= 0) & (row < 5) & (column >= 0) & (column < 6)
    shown = np.where(within, regions[row.clip(0, 4), column.clip(0, 5)], -1)
    wide = np.pad(shown, 1, constant_values=-1)
    beside = [wide[:-2, 1:-1], wide[2:, 1:-1], wide[1:-1, :-2], wide[1:-1, 2:]]
    expected = within & np.any([(other != shown) & (other >= 0) for other in beside], axis=0)
    shape = Borders(rect, regions)
    colours = painted(shape, viewport) != 0x808080
    assert np.array_equal(colours, expected)
    around = outlines.bounds((shape,), viewport)
    colours[max(0, around.top) : max(0, around.bottom), max(0, around.left) : around.right] = 0
    assert not colours.any()


def test_what_is_off_the_screen_or_empty_is_not_painted() -> None:
    for rect in (Rect(500, 500, 502, 502), Rect(-90, 0, -88, 2)):
        assert (painted(Area(rect, np.ones((2, 2), bool)), Viewport()) == 0x808080).all()
    nothing = Area(Rect(5, 5, 5, 5), np.zeros((0, 0), bool))
    assert (painted(nothing, Viewport()) == 0x808080).all()


def test_a_note_at_the_edge_of_the_screen_can_be_read() -> None:
    def width(x: float, y: float = 60.0) -> int:
        columns = np.flatnonzero((painted(Note(y, x, "12 px"), Viewport()) != 0x808080).any(axis=0))
        return int(columns[-1] - columns[0])

    assert width(85) == width(50) == width(50, 3) == width(10)
