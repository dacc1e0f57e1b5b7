"""Cleaning masks, with scipy.ndimage as the judge."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from segstudio.core.label_map import VOID
from segstudio.tools.parts import morphology
from segstudio.tools.parts.morphology import Mask

EVERYWHERE = np.ones((3, 3), bool)
shapes = st.tuples(st.integers(1, 24), st.integers(1, 24))
masks = shapes.flatmap(lambda shape: arrays(bool, shape))
ids_of_three = shapes.flatmap(
    lambda shape: arrays(np.uint8, shape, elements=st.sampled_from([0, 1, 2, VOID]))
)


def disc(radius: int) -> Mask:
    y, x = np.ogrid[-radius : radius + 1, -radius : radius + 1]
    within: Mask = y * y + x * x <= radius * radius
    return within


@given(masks, st.integers(1, 6))
def test_closing_is_that_of_a_disc_on_an_endless_plane(mask: Mask, radius: int) -> None:
    room = 2 * radius + 1
    judged = ndimage.binary_closing(np.pad(mask, room), disc(radius))[room:-room, room:-room]
    assert (morphology.closed(mask, radius) == judged).all()


@given(masks)
def test_holes_of_any_size_are_those_of_scipy(mask: Mask) -> None:
    judged = ndimage.binary_fill_holes(mask)
    assert (mask | morphology.holes(mask, mask.size) == judged).all()


@given(masks, st.integers(1, 30))
def test_only_holes_up_to_a_size_count(mask: Mask, largest: int) -> None:
    pieces, _ = ndimage.label(ndimage.binary_fill_holes(mask) & ~mask)
    areas = np.bincount(pieces.ravel())
    judged = (areas[pieces] <= largest) & (pieces > 0)
    assert (morphology.holes(mask, largest) == judged).all()


@given(masks, st.integers(1, 30))
def test_specks_are_pieces_up_to_a_size(mask: Mask, largest: int) -> None:
    pieces, _ = ndimage.label(mask, EVERYWHERE)
    areas = np.bincount(pieces.ravel())
    judged = (areas[pieces] <= largest) & mask
    assert (morphology.specks(mask, largest) == judged).all()


@given(masks, st.floats(1, 12))
def test_smoothing_is_a_gaussian_cut_at_one_half(mask: Mask, size: float) -> None:
    reach = morphology.smoothing_reach(size)
    blurred = ndimage.gaussian_filter(
        np.pad(mask.astype(float), reach, mode="edge"), size / 1.349, radius=reach, mode="nearest"
    )[reach:-reach, reach:-reach]
    decided = abs(blurred - 0.5) > 1e-4
    assert (morphology.smoothed(mask, size) == (blurred > 0.5))[decided].all()


@given(st.integers(2, 30), st.integers(1, 20))
def test_bars_vanish_below_the_size_and_stay_above(size: int, width: int) -> None:
    mask = np.zeros((1, 200), bool)
    mask[0, 100 : 100 + width] = True
    stays = bool(morphology.smoothed(mask, size).any())
    if abs(width - size) > 1:
        assert stays == (width > size)


@given(masks.flatmap(lambda mask: st.tuples(st.just(mask), arrays(bool, mask.shape))))
def test_pieces_are_touched_as_a_whole(pair: tuple[Mask, Mask]) -> None:
    change, by = pair
    pieces, _ = ndimage.label(change, EVERYWHERE)
    reached = np.unique(pieces[ndimage.binary_dilation(by, EVERYWHERE)])
    judged = np.isin(pieces, reached[reached > 0])
    assert (morphology.touched(change, by) == judged).all()


@given(ids_of_three, st.integers(0, 2))
def test_the_nearest_is_near(ids: np.ndarray, target: int) -> None:
    removed = ids == target
    if removed.all():
        return
    taken = morphology.nearest(ids, removed)
    assert (taken[~removed] == ids[~removed]).all() or not removed.any()
    least = ndimage.distance_transform_edt(removed)
    for found in np.unique(taken[removed]):
        assert found != target
        to_it = ndimage.distance_transform_edt(ids != found)
        # OpenCV's labels come from a 5x5 mask: distances are right within 2 %.
        here = removed & (taken == found)
        assert (to_it[here] <= 1.03 * least[here] + 0.1).all()
