"""The worst places of a frame, held against trying every window."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.label_map import Ids
from segstudio.core.protection import Mask
from segstudio.core.rect import Rect
from segstudio.core.worst import worst_places

shapes = st.tuples(st.integers(1, 60), st.integers(1, 90))
seeds = st.integers(0, 2**32 - 1)


def doubts(shape: tuple[int, int], seed: int) -> tuple[Ids, Mask]:
    """A mostly sure plane with a few doubts, and pixels that were decided."""
    rng = np.random.default_rng(seed)
    plane = rng.integers(0, 256, shape, np.uint8) * (rng.random(shape) < 0.2)
    return plane.astype(np.uint8), rng.random(shape) < 0.3


def doubt_in(plane: Ids, verified: Mask, place: Rect) -> int:
    return int(np.where(verified, 0, plane)[place.slices].sum())


@given(shapes, seeds)
def test_the_worst_come_first_and_lie_apart_on_the_picture(
    shape: tuple[int, int], seed: int
) -> None:
    plane, verified = doubts(shape, seed)
    places = worst_places(plane, verified)
    found = [doubt_in(plane, verified, place) for place in places]
    assert found == sorted(found, reverse=True) and 0 not in found
    for number, place in enumerate(places):
        assert place == place.intersect(Rect.of_shape(shape)) and not place.empty
        assert all(place.intersect(other).empty for other in places[:number])


@given(shapes, seeds)
def test_the_first_is_the_worst_of_all_windows_of_its_grid(
    shape: tuple[int, int], seed: int
) -> None:
    plane, verified = doubts(shape, seed)
    places = worst_places(plane, verified)
    edge = max(4, max(shape) // 12)
    steps = [
        [*range(0, max(1, side - edge), max(1, edge // 4)), max(0, side - edge)] for side in shape
    ]
    windows = [Rect(y, x, y + edge, x + edge) for y in steps[0] for x in steps[1]]
    worst = max(doubt_in(plane, verified, window) for window in windows)
    if places:
        assert doubt_in(plane, verified, places[0]) == worst
    else:
        assert worst < max(1.0, 0.02 * 255 * min(edge, shape[0]) * min(edge, shape[1]))


def test_what_a_human_has_decided_is_no_place_to_look_at() -> None:
    plane = np.zeros((120, 240), np.uint8)
    plane[10:20, 10:20], plane[90:110, 200:220] = 200, 250
    nobody = np.zeros(plane.shape, np.bool_)
    first, second = worst_places(plane, nobody)[:2]
    assert not first.intersect(Rect(90, 200, 110, 220)).empty
    assert not second.intersect(Rect(90, 200, 110, 220)).empty or second.top <= 20
    verified = plane == 250
    (only, *_) = worst_places(plane, verified)
    assert not only.intersect(Rect(10, 10, 20, 20)).empty
    assert worst_places(plane, plane > 0) == ()


def test_no_more_than_asked_for() -> None:
    plane = np.full((100, 100), 255, np.uint8)
    assert len(worst_places(plane, np.zeros(plane.shape, np.bool_), limit=3)) == 3
