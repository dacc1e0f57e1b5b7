"""Stamps and sweeps against their definition: a pixel is in when its centre lies in the shape."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from segstudio.core.history import TILE
from segstudio.core.rect import Rect
from segstudio.tools.parts.stamp import SHAPES, Stamp
from segstudio.tools.parts.sweep import Patch, dab, sweep

BOUNDS = Rect(0, 0, 50, 60)
UNDECIDED = 1e-6
positions = st.tuples(st.floats(-12, 62), st.floats(-12, 72))
sizes = st.integers(1, 30)
pairs = st.builds(
    lambda shape, one, other, size, other_size, even: (
        Stamp.at(shape, *one, size),
        Stamp.at(shape, *other, size if even else other_size),
    ),
    st.sampled_from(SHAPES),
    positions,
    positions,
    sizes,
    sizes,
    st.booleans(),
)


def centres(bounds: Rect) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rows, columns = np.mgrid[bounds.slices]
    return rows + 0.5, columns + 0.5


def depth(start: Stamp, end: Stamp, bounds: Rect) -> NDArray[np.float64]:
    """How far each centre lies inside the stamp that covers it best on the way; < 0 is outside.

    Along the way the depth in one stamp is concave for a square (a minimum of linear functions)
    and for a disc (a linear function minus a norm), so that a ternary search finds the best one.
    """
    y, x = centres(bounds)

    def inside(t: NDArray[np.float64]) -> NDArray[np.float64]:
        radius = start.radius + (end.radius - start.radius) * t
        dy = y - (start.y + (end.y - start.y) * t)
        dx = x - (start.x + (end.x - start.x) * t)
        if start.shape == "round":
            return radius - np.hypot(dy, dx)
        return radius - np.maximum(np.abs(dy), np.abs(dx))

    low, high = np.zeros_like(y), np.ones_like(y)
    for _ in range(90):
        third = (high - low) / 3
        rising = inside(low + third) < inside(high - third)
        low, high = np.where(rising, low + third, low), np.where(rising, high, high - third)
    return np.maximum.reduce([inside(low), inside(np.zeros_like(y)), inside(np.ones_like(y))])


def painted(patches: list[Patch], bounds: Rect) -> NDArray[np.bool_]:
    mask = np.zeros((bounds.bottom, bounds.right), bool)
    for rect, patch in patches:
        mask[rect.slices] |= patch
    return mask[bounds.slices]


@given(pairs)
def test_a_sweep_covers_the_pixels_of_its_definition(pair: tuple[Stamp, Stamp]) -> None:
    got = painted(list(sweep(*pair, BOUNDS)), BOUNDS)
    deep = depth(*pair, BOUNDS)
    decided = np.abs(deep) > UNDECIDED
    assert (got == (deep > 0))[decided].all()


@given(st.sampled_from(SHAPES), positions, sizes)
def test_a_dab_covers_the_pixels_of_its_definition(
    shape: str, position: tuple[float, float], size: int
) -> None:
    stamp = Stamp.at(shape, *position, size)
    y, x = centres(BOUNDS)
    if shape == "round":
        expected = (y - stamp.y) ** 2 + (x - stamp.x) ** 2 <= stamp.radius**2
    else:
        expected = np.maximum(abs(y - stamp.y), abs(x - stamp.x)) <= stamp.radius
    assert (painted(list(dab(stamp, BOUNDS)), BOUNDS) == expected).all()


@given(pairs)
def test_leaving_out_what_is_done_leaves_no_gap(pair: tuple[Stamp, Stamp]) -> None:
    start, end = pair
    rest = list(sweep(start, end, BOUNDS, start_done=True))
    whole = painted(list(sweep(start, end, BOUNDS)), BOUNDS)
    assert (painted([*dab(start, BOUNDS), *rest], BOUNDS) == whole).all()


@given(pairs)
def test_patches_lie_on_the_picture_in_tight_rectangles(pair: tuple[Stamp, Stamp]) -> None:
    for rect, mask in sweep(*pair, BOUNDS):
        assert rect.intersect(BOUNDS) == rect
        assert mask.shape == (rect.height, rect.width)
        assert mask[0].any()
        assert mask[-1].any()
        assert mask[:, 0].any()
        assert mask[:, -1].any()


@given(st.floats(0, 50, exclude_max=True), st.floats(0, 60, exclude_max=True))
@pytest.mark.parametrize("shape", SHAPES)
def test_size_1_paints_the_pixel_under_the_pointer(shape: str, y: float, x: float) -> None:
    mask = painted(list(dab(Stamp.at(shape, y, x, 1), BOUNDS)), BOUNDS)
    assert np.argwhere(mask).tolist() == [[int(y), int(x)]]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("size", [1, 2, 3, 8, 25, 40])
@pytest.mark.parametrize("position", [(25.0, 30.0), (25.2, 30.7), (25.5, 30.5), (24.99, 30.01)])
def test_size_n_paints_n_pixels_across(
    shape: str, size: int, position: tuple[float, float]
) -> None:
    stamp = Stamp.at(shape, *position, size)
    mask = painted(list(dab(stamp, BOUNDS)), BOUNDS)
    assert mask.any(axis=0).sum() == mask.any(axis=1).sum() == size
    if shape == "square":
        assert mask.sum() == size * size


@pytest.mark.parametrize("shape", SHAPES)
def test_a_diagonal_line_of_width_1_is_one_pixel_wide(shape: str) -> None:
    start, end = Stamp.at(shape, 2, 2, 1), Stamp.at(shape, 30, 30, 1)
    mask = painted(list(sweep(start, end, BOUNDS)), BOUNDS)
    assert np.argwhere(mask).tolist() == [[i, i] for i in range(2, 31)]


@given(positions, positions, st.sampled_from(SHAPES))
def test_a_line_of_width_1_has_no_gap(
    one: tuple[float, float], other: tuple[float, float], shape: str
) -> None:
    everywhere = Rect(0, 0, 100, 100)
    start = Stamp.at(shape, one[0] + 20, one[1] + 20, 1)
    end = Stamp.at(shape, other[0] + 20, other[1] + 20, 1)
    mask = painted(list(sweep(start, end, everywhere)), everywhere)
    along_rows = abs(end.y - start.y) >= abs(end.x - start.x)
    steps = np.argwhere(mask if along_rows else mask.T)
    lines, first = np.unique(steps[:, 0], return_index=True)
    assert (np.diff(lines) == 1).all()
    groups = np.split(steps[:, 1], first[1:])
    for before, after in itertools.pairwise(groups):
        assert min(abs(a - b) for a in before for b in after) <= 1


@pytest.mark.parametrize("shape", SHAPES)
def test_a_sweep_beside_the_picture_yields_nothing(shape: str) -> None:
    start, end = Stamp.at(shape, -40, 5, 9), Stamp.at(shape, -40, 50, 9)
    assert list(sweep(start, end, BOUNDS)) == []


def test_a_long_diagonal_line_costs_its_own_area() -> None:
    picture = Rect(0, 0, 10_000, 10_000)
    line = sweep(Stamp.at("round", 5, 5, 5), Stamp.at("round", 9995, 9995, 5), picture)
    assert sum(mask.size for _, mask in line) < 10_000 * 2 * TILE


def test_a_wide_brush_that_moves_a_little_costs_a_little() -> None:
    picture = Rect(0, 0, 10_000, 10_000)
    start, end = Stamp.at("round", 5000, 5000, 2000), Stamp.at("round", 5003, 5004, 2000)
    assert sum(mask.size for _, mask in sweep(start, end, picture, start_done=True)) < 2000 * 200
