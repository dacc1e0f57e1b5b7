"""Filled polygons and ellipses against their definition: a pixel is in when its centre is."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from segstudio.core.history import TILE, tiles_under
from segstudio.core.rect import Rect
from segstudio.tools.parts import filling
from segstudio.tools.parts.filling import fill_ellipse, fill_polygon
from segstudio.tools.parts.shapes import Point
from segstudio.tools.parts.sweep import Patch

BOUNDS = Rect(0, 0, 24, 30)
HUGE = Rect(0, 0, 10_000, 10_000)
Polygon = list[Point]


def points(unit: int) -> st.SearchStrategy[Polygon]:
    """Corners on and off the picture, on a grid of this share of a pixel."""
    place = st.tuples(st.integers(-6 * unit, 30 * unit), st.integers(-6 * unit, 36 * unit))
    return st.lists(place.map(lambda p: (p[0] / unit, p[1] / unit)), max_size=9)


# Halves meet centres of pixels exactly, whole numbers their corners.
polygons = st.one_of(points(256), points(2), points(1))


def inside(polygon: Polygon, y: Fraction, x: Fraction) -> bool:
    """The even-odd rule, counting the edges left of a place, in exact arithmetic."""
    crossed = 0
    for (y0, x0), (y1, x1) in pairwise([*polygon, polygon[0]] if polygon else []):
        if (y0 <= y) != (y1 <= y):
            t = (y - Fraction(y0)) / (Fraction(y1) - Fraction(y0))
            crossed += Fraction(x0) + t * (Fraction(x1) - Fraction(x0)) <= x
    return crossed % 2 == 1


def by_definition(polygon: Polygon) -> NDArray[np.bool_]:
    half = Fraction(1, 2)
    return np.array(
        [
            [inside(polygon, row + half, column + half) for column in range(BOUNDS.right)]
            for row in range(BOUNDS.bottom)
        ]
    )


def painted(patches: list[Patch], bounds: Rect = BOUNDS) -> NDArray[np.int64]:
    """How often each pixel was painted."""
    count = np.zeros((bounds.bottom, bounds.right), np.int64)
    for rect, mask in patches:
        assert mask.shape == (rect.height, rect.width)
        assert rect.intersect(bounds) == rect
        count[rect.slices] += mask
    return count


@given(polygons)
def test_a_polygon_covers_the_centres_inside_by_the_even_odd_rule(polygon: Polygon) -> None:
    assert (painted(list(fill_polygon(polygon, BOUNDS))) == by_definition(polygon)).all()


@given(polygons)
def test_small_tiles_change_nothing(polygon: Polygon) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filling, "TILE", 4)
        patches = list(fill_polygon(polygon, BOUNDS))
    assert (painted(patches) == painted(list(fill_polygon(polygon, BOUNDS)))).all()
    for rect, mask in patches:
        assert rect.top // 4 == (rect.bottom - 1) // 4
        for left in range(rect.left // 4 * 4, rect.right, 4):
            here = slice(max(0, left - rect.left), left + 4 - rect.left)
            assert mask[:, here].any(), "a tile that is not touched costs nothing"


@given(polygons, st.integers(0, 8), st.booleans())
def test_where_it_begins_and_which_way_it_goes_does_not_matter(
    polygon: Polygon, shift: int, backwards: bool
) -> None:
    turned = polygon[shift:] + polygon[:shift]
    again = fill_polygon(turned[::-1] if backwards else turned, BOUNDS)
    assert (painted(list(again)) == painted(list(fill_polygon(polygon, BOUNDS)))).all()


@given(points(256).filter(bool), points(256), st.data())
def test_two_that_share_a_border_neither_overlap_nor_leave_a_gap(
    whole: Polygon, border: Polygon, data: st.DataObject
) -> None:
    """A border drawn through a polygon parts it; what both parts surround is a hole again."""
    at = data.draw(st.integers(0, len(whole) - 1))
    one = [*whole[: at + 1], *border]
    other = [*whole[at:], whole[0], *reversed(border)]
    both = painted(list(fill_polygon(one, BOUNDS))) + painted(list(fill_polygon(other, BOUNDS)))
    assert (both % 2 == painted(list(fill_polygon(whole, BOUNDS)))).all()


def test_a_hole_stays_empty() -> None:
    outer = [(2, 2), (2, 20), (20, 20), (20, 2), (2, 2)]
    inner = [(8, 8), (8, 14), (14, 14), (14, 8), (8, 8)]
    count = painted(list(fill_polygon([*outer, *inner], BOUNDS)))
    assert count.sum() == 18 * 18 - 6 * 6
    assert not count[8:14, 8:14].any()


@pytest.mark.parametrize(
    "polygon", [[], [(3, 3)], [(3, 3), (9, 9)], [(3, 3)] * 5, [(-9, 0), (-9, 9), (-2, 5)]]
)
def test_nothing_inside_gives_no_patches(polygon: Polygon) -> None:
    assert not list(fill_polygon(polygon, BOUNDS))


def test_corners_at_the_end_of_the_world_do_not_overflow() -> None:
    far = 1e15
    polygon = [(-far, -far), (-far, far), (far, far), (far, -far)]
    assert (painted(list(fill_polygon(polygon, BOUNDS))) == 1).all()


@given(st.integers(-8, 24), st.integers(-8, 30), st.integers(0, 40), st.integers(0, 40))
def test_an_ellipse_covers_the_centres_inside(top: int, left: int, high: int, wide: int) -> None:
    box = Rect(top, left, top + high, left + wide)
    count = painted(list(fill_ellipse(box, BOUNDS)))
    rows, columns = np.mgrid[BOUNDS.slices] + 0.5
    with np.errstate(divide="ignore", invalid="ignore"):
        far = np.hypot(
            (rows - top - high / 2) / (high / 2), (columns - left - wide / 2) / (wide / 2)
        )
    decided = np.abs(far - 1) > 1e-9
    assert (count == (far < 1))[decided].all()
    assert (count <= 1).all()


@given(st.integers(1, 40), st.integers(1, 40))
def test_an_ellipse_is_symmetrical_and_reaches_its_box_where_it_has_a_middle(
    high: int, wide: int
) -> None:
    box = Rect(0, 0, high, wide)
    whole = painted(list(fill_ellipse(box, box)), box)
    assert (whole == whole[::-1]).all()
    assert (whole == whole[:, ::-1]).all()
    assert whole.any()
    if high % 2 and wide % 2:
        assert whole[0].any() and whole[:, 0].any()


def cost(patches: list[Patch]) -> int:
    return sum(mask.size for _, mask in patches)


def test_a_crescent_on_a_huge_picture_costs_its_own_tiles() -> None:
    """A border one pixel wide along three sides: not the 100 megapixels between."""
    outer = [(0, 0), (0, 10_000), (10_000, 10_000), (10_000, 9_990)]
    inner = [(10, 9_990), (10, 10), (10_000, 10), (10_000, 0)]
    patches = list(fill_polygon([*outer, *inner], HUGE))
    assert sum(mask.sum() for _, mask in patches) == cost(patches) - (TILE - 10) * 9_980
    assert cost(patches) < 3 * TILE * 10_000
    touched = {tile for rect, _ in patches for tile in tiles_under(rect)}
    assert len(touched) <= 3 * (10_000 // TILE + 1)


def test_a_shape_costs_nothing_off_the_picture() -> None:
    far = [(-90_000, -90_000), (-90_000, 90_000), (90_000, 90_000), (90_000, -90_000)]
    assert cost(list(fill_polygon(far, BOUNDS))) == BOUNDS.height * BOUNDS.width
    assert cost(list(fill_ellipse(Rect(-90_000, 5, 90_000, 9), BOUNDS))) == 4 * BOUNDS.height
