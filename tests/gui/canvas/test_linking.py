"""Two pictures at one place: pure geometry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.gui.canvas.linking import same_pixel, same_place
from segstudio.gui.canvas.viewport import Viewport

SIDES = st.integers(1, 5000)
SHAPES = st.tuples(SIDES, SIDES)
OFFSETS = st.floats(-4000, 4000)
VIEWPORTS = st.builds(Viewport, st.floats(0.05, 20.0), OFFSETS, OFFSETS)


@given(VIEWPORTS, SHAPES, SHAPES)
def test_pictures_of_one_size_on_screens_of_one_size_lie_alike(
    viewport: Viewport, shape: tuple[int, int], size: tuple[int, int]
) -> None:
    found = same_place(viewport, shape, size, shape, size)
    assert found.scale == viewport.scale
    assert (found.top, found.left) == pytest.approx((viewport.top, viewport.left), abs=1e-6)


@given(VIEWPORTS, SHAPES, SHAPES, SHAPES, SHAPES)
def test_the_middles_of_both_screens_are_the_same_share_of_the_pictures(
    viewport: Viewport,
    shape: tuple[int, int],
    size: tuple[int, int],
    other: tuple[int, int],
    other_size: tuple[int, int],
) -> None:
    found = same_place(viewport, shape, size, other, other_size)
    here = viewport.to_picture(size[0] / 2, size[1] / 2)
    there = found.to_picture(other_size[0] / 2, other_size[1] / 2)
    for at, extent, place, length in zip(here, shape, there, other, strict=True):
        assert place / length == pytest.approx(at / extent, rel=1e-6, abs=1e-6)


@given(SHAPES, SHAPES, st.data())
def test_every_pixel_has_a_fellow_in_the_other_picture(
    shape: tuple[int, int], other: tuple[int, int], data: st.DataObject
) -> None:
    pixel = tuple(data.draw(st.integers(0, side - 1)) for side in shape)
    row, column = same_pixel((pixel[0], pixel[1]), shape, other)
    assert 0 <= row < other[0] and 0 <= column < other[1]
