"""Rectangles: what they cover, cut and join."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.rect import Rect

numbers = st.integers(0, 12)
rects = st.builds(Rect, numbers, numbers, numbers, numbers)


def cells(rect: Rect) -> set[tuple[int, int]]:
    return {
        (row, column)
        for row in range(rect.top, rect.bottom)
        for column in range(rect.left, rect.right)
    }


@given(rects, rects)
def test_intersection_holds_the_pixels_of_both(one: Rect, other: Rect) -> None:
    assert cells(one.intersect(other)) == cells(one) & cells(other)


@given(rects, rects)
def test_union_is_the_smallest_rectangle_around_both(one: Rect, other: Rect) -> None:
    both = cells(one) | cells(other)
    union = one.union(other)
    assert both <= cells(union)
    if both:
        rows, columns = zip(*both, strict=True)
        assert union == Rect(min(rows), min(columns), max(rows) + 1, max(columns) + 1)
    else:
        assert union.empty


@given(rects)
def test_slices_height_and_width_agree_with_the_pixels(rect: Rect) -> None:
    grid = np.zeros((12, 12), bool)
    grid[rect.slices] = True
    assert grid.sum() == len(cells(rect)) == rect.height * rect.width
    assert rect.empty == (not cells(rect))


@given(rects, st.integers(-5, 5), st.integers(-5, 5))
def test_shifting_moves_every_pixel(rect: Rect, down: int, right: int) -> None:
    moved = {(row + down, column + right) for row, column in cells(rect)}
    assert cells(rect.shifted(down, right)) == moved


def test_rectangle_of_a_shape_ignores_further_axes() -> None:
    assert Rect.of_shape((3, 5, 4)) == Rect(0, 0, 3, 5)
