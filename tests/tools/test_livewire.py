"""Ways along edges, on pictures whose edges are known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.core.rect import Rect
from segstudio.tools.parts.filling import fill_polygon
from segstudio.tools.parts.livewire import Corner, LiveWire, corner_picture, nearest_corner, snapped

BOX = Rect(20, 30, 70, 95)


def picture(noise: int = 0, size: int = 120) -> np.ndarray:
    rng = np.random.default_rng(0)
    pixels = rng.integers(40, 41 + noise, (size, size, 3)).astype(np.uint8)
    pixels[BOX.slices] += 120
    return pixels


def surrounded(pixels: np.ndarray, corners: list[Corner]) -> np.ndarray:
    """What the live wire surrounds on its way round."""
    border = []
    for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
        border += LiveWire(pixels, start).way(end)
    mask = np.zeros(pixels.shape[:2], bool)
    for rect, part in fill_polygon(border, Rect.of_shape(pixels.shape)):
        mask[rect.slices] |= part
    return mask


@pytest.mark.parametrize("noise", [0, 40])
def test_clicks_amid_a_boxs_edges_give_the_box_to_the_pixel(noise: int) -> None:
    pixels = picture(noise)
    mask = surrounded(pixels, [(20, 60), (45, 95), (70, 60), (45, 30)])
    expected = np.zeros_like(mask)
    expected[BOX.slices] = True
    assert (mask != expected).sum() <= 4, "at most the four corners are cut"


def test_clicks_on_the_corners_give_the_box_exactly() -> None:
    mask = surrounded(picture(), [(20, 30), (20, 95), (70, 95), (70, 30)])
    expected = np.zeros_like(mask)
    expected[BOX.slices] = True
    assert (mask == expected).all()


@pytest.mark.parametrize("noise", [1, 30])
def test_an_object_cut_by_the_pictures_edge_reaches_it(noise: int) -> None:
    pixels = np.random.default_rng(0).integers(30, 30 + noise, (60, 60, 3)).astype(np.uint8)
    pixels[:25, 10:40] += 120
    mask = surrounded(pixels, [(0, 25), (12, 40), (25, 25), (12, 10)])
    expected = np.zeros_like(mask)
    expected[:25, 10:40] = True
    assert (mask != expected).sum() <= 10, "at most the four corners are cut"
    assert mask[0, 13:37].all()


@settings(max_examples=40, deadline=None)
@given(
    st.tuples(st.integers(1, 90), st.integers(1, 90)),
    st.lists(st.tuples(st.integers(-20, 120), st.integers(-20, 120)), min_size=2, max_size=6),
)
def test_a_way_joins_its_ends_without_a_jump(shape: tuple[int, int], places: list[Corner]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (*shape, 3)).astype(np.uint8)
    start, *ends = (nearest_corner(pixels, place) for place in places)
    wire = LiveWire(pixels, start)
    for end in ends:
        way = np.array(wire.way(end))
        assert tuple(way[0]) == start
        assert tuple(way[-1]) == end
        steps = abs(np.diff(way, axis=0))
        # Straight or diagonal from bend to bend, but where it was bent back onto the picture.
        at_edge = ((way == 0) | (way == shape)).any(axis=1)
        even = (steps.min(axis=1) == 0) | (steps[:, 0] == steps[:, 1])
        assert (even | at_edge[1:] | at_edge[:-1]).all()
        assert (way >= 0).all()
        assert (way <= shape).all()


def test_a_long_way_is_found_in_a_smaller_picture_and_a_short_one_then_again_in_the_whole() -> None:
    pixels = np.full((900, 900, 3), 30, np.uint8)
    pixels[100:800, 100:800] = 200
    wire = LiveWire(pixels, (100, 100))
    far = np.array(wire.way((800, 800)))
    assert np.minimum(*(abs(far - edge).min(axis=1) for edge in (100, 800))).max() <= 4
    near = np.array(wire.way((100, 180)))
    assert (near[:, 0] == 100).all()


def test_what_was_searched_before_does_not_change_a_way() -> None:
    pixels = picture(40)
    fresh = LiveWire(pixels, (20, 60)).way((45, 95))
    used = LiveWire(pixels, (20, 60))
    used.way((40, 90))
    assert used.way((45, 95)) == fresh


@given(st.floats(-3, 3), st.floats(5, 60))
def test_a_click_near_an_edge_goes_to_it(beside: float, along: float) -> None:
    pixels = np.full((70, 70, 3), 30, np.uint8)
    pixels[:, 35:] = 200
    corner = nearest_corner(pixels, (along, 35 + beside))
    assert snapped(pixels, corner, 4) == (corner[0], 35)
    assert snapped(pixels, corner, 0.5) == corner


def test_without_an_edge_a_click_stays() -> None:
    pixels = np.full((70, 70, 3), 30, np.uint8)
    assert snapped(pixels, (20, 20), 10) == (20, 20)


def test_a_sharp_edge_is_strongest_between_its_pixels() -> None:
    pixels = np.zeros((4, 10, 3), np.uint8)
    pixels[:, 5:] = 200
    row = corner_picture(pixels, Rect(0, 1, 5, 10))[2, :, 0].tolist()
    assert row == [0, 0, 0, 0, 100, 200, 200, 200, 200]


def test_so_is_the_pictures_own_edge() -> None:
    pixels = np.full((4, 4, 3), 20, np.uint8)
    row = corner_picture(pixels, Rect(2, -2, 3, 7))[0, :, 0].tolist()
    assert row == [148, 148, 84, 20, 20, 20, 84, 148, 148]


def test_a_long_way_follows_an_edge_to_the_square_of_corners_that_is_searched_as_one() -> None:
    pixels = picture(noise=40, size=3000)
    pixels[1700:] += 100
    way = np.array(LiveWire(pixels, (1680, 60)).way((1720, 2900)))
    rows, columns = way[1:-1].T
    assert np.ptp(columns) > 2700, "most of the way"
    assert np.abs(rows - 1700).max() <= 16
