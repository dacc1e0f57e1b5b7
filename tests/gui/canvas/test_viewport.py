"""Zoom and pan, without a widget."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.rect import Rect
from segstudio.gui.canvas.viewport import LARGEST_SCALE, SMALLEST_SCALE, Viewport

SHAPE = (300, 500)
places = st.floats(-2000, 2000)
scales = st.floats(SMALLEST_SCALE, LARGEST_SCALE)


@given(scales, places, places, st.floats(0.1, 10), places, places)
def test_zooming_keeps_the_picture_under_the_pointer(
    scale: float, top: float, left: float, factor: float, y: float, x: float
) -> None:
    before = Viewport(scale, top, left)
    after = before.zoomed(factor, y, x)
    assert np.allclose(before.to_picture(y, x), after.to_picture(y, x), atol=1e-4 / scale)


@given(scales, places, places, places, places)
def test_picture_and_device_positions_are_inverse(
    scale: float, top: float, left: float, y: float, x: float
) -> None:
    viewport = Viewport(scale, top, left)
    assert np.allclose(viewport.to_device(*viewport.to_picture(y, x)), (y, x), atol=1e-6)


def test_zoom_runs_from_one_to_6400_percent() -> None:
    assert Viewport(1.0).zoomed(1e9, 0, 0).scale == 64.0
    assert Viewport(1.0).zoomed(1e-9, 0, 0).scale == 0.01


def test_fit_shows_the_whole_picture_in_the_middle() -> None:
    viewport = Viewport.fitting(SHAPE, (800, 1000))
    shown = viewport.device_rect(Rect.of_shape(SHAPE))
    assert shown.top >= 0 and shown.bottom <= 800 and shown.left >= 0 and shown.right <= 1000
    assert abs((shown.top + shown.bottom) / 2 - 400) <= 1
    assert abs((shown.left + shown.right) / 2 - 500) <= 1


@given(scales, st.floats(-1e5, 1e5), st.floats(-1e5, 1e5))
def test_the_picture_cannot_be_lost(scale: float, top: float, left: float) -> None:
    kept = Viewport(scale, top, left).kept_visible(SHAPE, (800, 1000))
    seen = kept.device_rect(Rect.of_shape(SHAPE)).intersect(Rect(0, 0, 800, 1000))
    assert not seen.empty


@given(scales, places, places)
def test_each_device_pixel_shows_the_picture_pixel_under_its_middle(
    scale: float, top: float, left: float
) -> None:
    viewport = Viewport(scale, top, left)
    area = viewport.covered(SHAPE, Rect(0, 0, 60, 80))
    if area.empty:
        return
    rows, columns = viewport.picture_indices(SHAPE, area)
    for found, first, axis in ((rows, area.top, 0), (columns, area.left, 1)):
        middles = np.arange(first, first + len(found)) + 0.5
        exact = np.array([viewport.to_picture(m, m)[axis] for m in middles])
        # On a border between two picture pixels, rounding may choose either.
        sure = np.abs(exact - np.round(exact)) > 1e-6
        assert np.array_equal(found[sure], np.floor(exact[sure]))
