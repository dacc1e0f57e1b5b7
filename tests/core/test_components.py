"""Components of label maps, with scipy.ndimage as the judge."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from segstudio.core.components import components, heirs
from segstudio.core.label_map import VOID

EVERYWHERE = np.ones((3, 3), bool)
shapes = st.tuples(st.integers(1, 24), st.integers(1, 24))
label_maps = shapes.flatmap(
    lambda shape: arrays(np.uint8, shape, elements=st.sampled_from([0, 1, 2, VOID]))
)


def judged(ids: np.ndarray) -> set[tuple[int, frozenset[tuple[int, int]]]]:
    """Each component as its value and its pixels."""
    found = set()
    for value in np.unique(ids):
        pieces, count = ndimage.label(ids == value, EVERYWHERE)
        for piece in range(1, count + 1):
            found.add((int(value), frozenset(map(tuple, np.argwhere(pieces == piece).tolist()))))
    return found


@given(label_maps)
def test_components_are_those_of_scipy(ids: np.ndarray) -> None:
    found = components(ids)
    numbers = found.numbers()
    told = set()
    for number, value in enumerate(found.values.tolist()):
        here = numbers == number
        told.add((value, frozenset(map(tuple, np.argwhere(here).tolist()))))
        assert found.areas[number] == here.sum()
        rect = found.rect(number)
        rows, columns = np.nonzero(here)
        assert (rect.top, rect.bottom) == (rows.min(), rows.max() + 1)
        assert (rect.left, rect.right) == (columns.min(), columns.max() + 1)
        assert (found.mask(np.arange(len(found)) == number) == here).all()
    assert told == judged(ids)


def test_a_spiral_is_one_component() -> None:
    """One of many turns: runs are joined over a long way."""
    size = 41
    ids, y, x, (down, right) = np.zeros((size, size), np.uint8), 0, 0, (0, 1)
    for length in [size - 1, *(n for n in range(size - 1, 1, -2) for _ in (0, 1))]:
        for _ in range(length):
            ids[y, x] = 1
            y, x = y + down, x + right
        down, right = right, -down
    found = components(ids)
    assert sorted(found.values.tolist()).count(1) == 1
    assert found.areas[found.values == 1].item() == ids.sum()


@pytest.mark.parametrize("shape", [(0, 5), (5, 0), (0, 0)])
def test_nothing_has_no_components(shape: tuple[int, int]) -> None:
    found = components(np.zeros(shape, np.uint8))
    assert len(found) == 0 and found.numbers().shape == shape


@given(label_maps, st.integers(0, 2))
def test_heirs_have_the_longest_border(ids: np.ndarray, target: int) -> None:
    removed = ids == target
    found = heirs(ids, removed)
    pieces, count = ndimage.label(removed, EVERYWHERE)
    for piece in range(1, count + 1):
        here = pieces == piece
        lengths: dict[int, int] = {}
        for y, x in np.argwhere(here):
            for row, column in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                if 0 <= row < ids.shape[0] and 0 <= column < ids.shape[1] and not here[row, column]:
                    other = int(ids[row, column])
                    lengths[other] = lengths.get(other, 0) + 1
        expected = min(lengths, key=lambda i: (-lengths[i], i)) if lengths else VOID
        assert (found[here] == expected).all()
