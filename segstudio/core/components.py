"""Connected components of label maps, of all classes at once.

A label map is cut into runs, stretches of one id within a row, and runs that touch are joined. The
work grows with the runs, not with the pixels: borders are few, so that a picture of 24 megapixels
takes about as long as comparing its pixels with their neighbours.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segstudio.core.label_map import VOID, Ids
from segstudio.core.rect import Rect

Mask = NDArray[np.bool_]
Indices = NDArray[np.int64]
Values = NDArray[np.unsignedinteger[Any]]

_SIDES = ((np.s_[1:, :], np.s_[:-1, :]), (np.s_[:, 1:], np.s_[:, :-1]))
"""The two slices that put each pixel beside its lower, or right, neighbour."""


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """The components of a plane, in the order of their first pixels.

    Attributes
    ----------
    shape
        Rows and columns of the plane.
    values
        C: the value of each component's pixels.
    areas
        C: pixels of each.
    boxes
        Cx4: the rectangle around each, as top, left, bottom, right (half open).
    firsts
        C: the first pixel of each, as an index into the flat plane.
    """

    shape: tuple[int, int]
    values: Values
    areas: Indices
    boxes: Indices
    firsts: Indices
    _of_run: Indices
    _lengths: Indices

    def __len__(self) -> int:
        return len(self.values)

    def rect(self, number: int) -> Rect:
        """The rectangle around a component."""
        top, left, bottom, right = self.boxes[number].tolist()
        return Rect(top, left, bottom, right)

    def mask(self, chosen: Mask) -> Mask:
        """HxW: the pixels of the components that are True in ``chosen`` (C)."""
        return np.repeat(chosen[self._of_run], self._lengths).reshape(self.shape)

    def numbers(self) -> Indices:
        """HxW: which component each pixel belongs to."""
        return np.repeat(self._of_run, self._lengths).reshape(self.shape)

    def sums(self, plane: NDArray[Any]) -> NDArray[np.float64]:
        """C: the sum over each component of an HxW plane of numbers or truths."""
        starts = np.cumsum(self._lengths) - self._lengths
        of_runs = np.add.reduceat(plane.reshape(-1), starts, dtype=np.float64)
        sums = np.zeros(len(self))
        np.add.at(sums, self._of_run, of_runs)
        return sums


def components(plane: Values | Mask) -> Components:
    """Components of equal pixels, which hang together over sides and over corners (8 neighbours).

    Over corners too, as pieces of a class do for the tools that clean: a slanting line of one pixel
    is one piece.

    Parameters
    ----------
    plane
        HxW unsigned integers or bool.
    """
    values: Values = np.asarray(plane, np.uint8) if plane.dtype == np.bool_ else plane  # type: ignore[assignment]
    height, width = values.shape
    starts, lengths = _runs(values)
    rows, columns = np.divmod(starts, max(1, width))
    value = values.reshape(-1)[starts]
    one, other = _touching(starts, rows, columns, lengths, width)
    same = value[one] == value[other]
    roots = _joined(len(starts), one[same], other[same])
    firsts, of_run = np.unique(roots, return_inverse=True)
    boxes = np.tile(np.array([height, width, 0, 0]), (len(firsts), 1))
    np.minimum.at(boxes[:, 0], of_run, rows)
    np.minimum.at(boxes[:, 1], of_run, columns)
    np.maximum.at(boxes[:, 2], of_run, rows + 1)
    np.maximum.at(boxes[:, 3], of_run, columns + lengths)
    areas = np.bincount(of_run, lengths, len(firsts)).astype(np.int64)
    return Components((height, width), value[firsts], areas, boxes, starts[firsts], of_run, lengths)


def heirs(ids: Ids, removed: Mask) -> Ids:
    """Whom removed pixels go to: each piece to the id that it has the longest border with.

    Parameters
    ----------
    ids
        HxW ids as they are. Void is as good an heir as any.
    removed
        HxW: the pixels that lose their id. Pixels of the same id do not inherit.

    Returns
    -------
    HxW ids, to be read under ``removed``: among equals the smaller id, void where nothing borders.
    """
    pieces = components(removed)
    numbers = pieces.numbers()
    borders = []
    for one, other in _SIDES:
        for here, there in ((one, other), (other, one)):
            border = removed[here] & ~removed[there] & (ids[here] != ids[there])
            borders.append(numbers[here][border] * 256 + ids[there][border])
    pairs, lengths = np.unique(np.concatenate(borders), return_counts=True)
    # The last one stays: the longest border, and among those the smallest id.
    pairs = pairs[np.lexsort((-pairs, lengths))]
    heir = np.full(len(pieces), VOID, np.uint8)
    heir[pairs // 256] = (pairs % 256).astype(np.uint8)
    taken: Ids = heir[numbers]
    return taken


def _runs(values: Values) -> tuple[Indices, Indices]:
    """Where runs begin, as an index into the flat plane, and their lengths."""
    new = np.ones(values.shape, np.bool_)
    np.not_equal(values[:, 1:], values[:, :-1], out=new[:, 1:])
    starts = np.flatnonzero(new)
    return starts, np.diff(starts, append=values.size)


def _touching(
    starts: Indices, rows: Indices, columns: Indices, lengths: Indices, width: int
) -> tuple[Indices, Indices]:
    """All pairs of runs that touch across two rows: the lower one, and the upper one."""
    lower = np.flatnonzero(rows > 0)
    above = (rows[lower] - 1) * width
    left = np.maximum(columns[lower] - 1, 0)
    right = np.minimum(columns[lower] + lengths[lower], width - 1)
    first = np.searchsorted(starts, above + left, side="right") - 1
    count = np.searchsorted(starts, above + right, side="right") - first
    # Each run's partners stand side by side: count on from the first of them.
    begins = np.cumsum(count) - count
    upper = np.arange(count.sum()) - np.repeat(begins - first, count)
    return np.repeat(lower, count), upper


def _joined(count: int, one: Indices, other: Indices) -> Indices:
    """The smallest number in each of the groups that the pairs make of ``count`` numbers."""
    parent = np.arange(count)
    while len(one):
        one, other = parent[one], parent[other]
        low, high = np.minimum(one, other), np.maximum(one, other)
        open_pairs = low != high
        one, other = low[open_pairs], high[open_pairs]
        np.minimum.at(parent, other, one)
        while not np.array_equal(parent, shorter := parent[parent]):
            parent = shorter
    return parent
