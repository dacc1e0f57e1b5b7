"""How a wrong region could be covered with a simple shape: a line, a rectangle, an ellipse."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from robot.gesture import SLACK, Gesture, nearest_size
from robot.hand import Hand
from robot.view import Region, View

_LONG = 4.0
"""Regions so many times as long as wide may be a line."""

_BACKGROUND = 4
"""Picture pixels of background on each side of an object, for GrabCut."""

_OBJECT_FROM, _LARGEST_BOX = 300, 20_000
"""Pixels of an object at least, and of the box around it at most: others are not found."""

_TRIMS = (0.0, 0.05)
"""Shares of a region that may stick out on each side of a box around it."""


def line(view: View, region: Region, hand: Hand) -> Iterator[Gesture]:
    """From one end of a long region to the other."""
    rows, columns = np.nonzero(region.mask)
    places = np.stack([rows, columns], axis=1) + 0.5
    middle = places.mean(axis=0)
    _, spread, axes = np.linalg.svd(places - middle, full_matrices=False)
    if len(places) < 3 or spread[0] < _LONG * spread[1]:
        return
    along = (places - middle) @ axes[0]
    width = len(places) / (along.max() - along.min() + 1)
    for size in {nearest_size("line", width), nearest_size("line", 1.5 * width)}:
        inset = min(size / 2, (along.max() - along.min()) / 2)
        ends = [middle + axes[0] * reach for reach in (along.min() + inset, along.max() - inset)]
        corner = (region.rect.top, region.rect.left)
        points = tuple((float(y), float(x)) for y, x in np.array(ends) + corner)
        yield Gesture("line", region.class_id, points, (SLACK, SLACK), (("size", size),))


def box(view: View, region: Region, hand: Hand) -> Iterator[Gesture]:
    """A rectangle or an ellipse around a region, or around most of it."""
    for trim in _TRIMS:
        top, bottom = _ends(region.mask.sum(axis=1), trim)
        left, right = _ends(region.mask.sum(axis=0), trim)
        start = (float(region.rect.top + top), float(region.rect.left + left))
        end = (float(region.rect.top + bottom), float(region.rect.left + right))
        for tool in ("rectangle", "ellipse"):
            yield Gesture(tool, region.class_id, (start, end), (SLACK, SLACK))


def grabcut(view: View, region: Region, hand: Hand) -> Iterator[Gesture]:
    """A rectangle around an object of middling size, with some background in it."""
    around = region.rect.grown(_BACKGROUND)
    if region.area < _OBJECT_FROM or around.height * around.width > _LARGEST_BOX:
        return
    start, end = (around.top, around.left), (around.bottom, around.right)
    yield Gesture("grabcut", region.class_id, (start, end), (_BACKGROUND / 2, _BACKGROUND / 2))


def _ends(counts: NDArray[np.int64], trim: float) -> tuple[int, int]:
    """The rows, or columns, between which all pixels lie but a share at each end."""
    before = np.cumsum(counts) / counts.sum()
    return int(np.searchsorted(before, trim, "right")), int(np.searchsorted(before, 1 - trim)) + 1
