"""Which pixels a brush covers on its way from one place to the next.

The way is the convex hull of the two stamps, which is the union of all stamps between them, their
size changing evenly. A convex shape meets a row of pixels in one span, so that a sweep costs a few
numbers per row plus the mask itself.
"""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from segstudio.core.history import TILE
from segstudio.core.rect import Rect
from segstudio.tools.parts.stamp import Stamp

Patch = tuple[Rect, NDArray[np.bool_]]
Point = tuple[float, float]
Spans = NDArray[np.int64]

# A centre on a slanted edge is outside: one on each edge of a diagonal line of width 1 would make
# it three pixels wide. The margin keeps rounding from deciding.
_MARGIN = 1e-9


def dab(stamp: Stamp, bounds: Rect) -> Iterator[Patch]:
    """Patches of the pixels under one stamp, cut to ``bounds``."""
    return _patches(*_spans(stamp, stamp), bounds)


def sweep(start: Stamp, end: Stamp, bounds: Rect, *, start_done: bool = False) -> Iterator[Patch]:
    """Patches of the pixels between two stamps of the same shape, cut to ``bounds``.

    Parameters
    ----------
    start, end
        Where the brush comes from and where it is.
    bounds
        The picture; what lies outside costs nothing.
    start_done
        The pixels under ``start`` are painted: the patches need not hold them again.

    Yields
    ------
    Rectangles at most one tile high, top to bottom, each with its mask: a long diagonal line costs
    its own area, not that of the rectangle around it.
    """
    top, left, right = _spans(start, end)
    if start_done:
        left, right = _without(top, left, right, start)
    return _patches(top, left, right, bounds)


def _spans(start: Stamp, end: Stamp) -> tuple[int, Spans, Spans]:
    """First row, and each row's first covered column and the one after the last."""
    top = min(start.top, end.top)
    rows = max(start.top + start.size, end.top + end.size) - top
    low, high = np.full(rows, np.inf), np.full(rows, -np.inf)
    for stamp in (start, end):
        here = slice(stamp.top - top, stamp.top - top + stamp.size)
        np.minimum(low[here], stamp.x - stamp.reaches(), out=low[here])
        np.maximum(high[here], stamp.x + stamp.reaches(), out=high[here])
    for edge in _edges(start, end):
        _widen(low, high, top, *edge)
    left = np.ceil(low - 0.5 + _MARGIN).astype(np.int64)
    right = np.floor(high - 0.5 - _MARGIN).astype(np.int64) + 1
    return top, left, right


def _edges(start: Stamp, end: Stamp) -> Iterator[tuple[Point, Point]]:
    """Straight edges of the hull: the outer tangents, or the lines that corners draw."""
    if start.shape == "square":
        for down, right in ((-1, -1), (-1, 1), (1, -1), (1, 1)):
            yield _corner(start, down, right), _corner(end, down, right)
        return
    dy, dx = end.y - start.y, end.x - start.x
    length = math.hypot(dy, dx)
    if length <= abs(end.radius - start.radius):
        return  # one disc holds the other
    # Outer tangents touch both discs at the same angle from the way between the centres.
    cosine = (start.radius - end.radius) / length
    sine = math.sqrt(1.0 - cosine * cosine)
    for side in (-1.0, 1.0):
        tangent = (
            (dy * cosine + side * dx * sine) / length,
            (dx * cosine - side * dy * sine) / length,
        )
        yield _corner(start, *tangent), _corner(end, *tangent)


def _corner(stamp: Stamp, down: float, right: float) -> Point:
    return stamp.y + down * stamp.radius, stamp.x + right * stamp.radius


def _widen(
    low: NDArray[np.float64], high: NDArray[np.float64], top: int, one: Point, other: Point
) -> None:
    """Let the spans reach the edge in every row whose middle it crosses."""
    (y0, x0), (y1, x1) = sorted((one, other))
    first, last = math.ceil(y0 - 0.5), math.floor(y1 - 0.5)
    if first > last or y1 - y0 < _MARGIN:
        return  # level edges run through stamps, which have done these rows
    x = x0 + (np.arange(first, last + 1) + 0.5 - y0) * ((x1 - x0) / (y1 - y0))
    here = slice(first - top, last + 1 - top)
    np.minimum(low[here], x, out=low[here])
    np.maximum(high[here], x, out=high[here])


def _without(top: int, left: Spans, right: Spans, stamp: Stamp) -> tuple[Spans, Spans]:
    """The spans less a stamp's, where that leaves one piece."""
    _, first, after = _spans(stamp, stamp)
    left, right = left.copy(), right.copy()
    here = slice(stamp.top - top, stamp.top - top + stamp.size)
    grows_left, grows_right = left[here] < first, right[here] > after
    left[here] = np.where(grows_left, left[here], after)
    right[here] = np.where(grows_left & ~grows_right, first, right[here])
    return left, right


def _patches(top: int, left: Spans, right: Spans, bounds: Rect) -> Iterator[Patch]:
    """Masks of spans, one for each row of tiles."""
    left, right = (edge.clip(bounds.left, bounds.right) for edge in (left, right))
    row, end = max(top, bounds.top), min(top + len(left), bounds.bottom)
    while row < end:
        after = min(end, (row // TILE + 1) * TILE)
        first, last = left[row - top : after - top], right[row - top : after - top]
        filled = np.flatnonzero(first < last)
        if len(filled):
            begin, stop = int(filled[0]), int(filled[-1]) + 1
            yield _patch(row + begin, first[begin:stop], last[begin:stop])
        row = after


def _patch(top: int, first: Spans, last: Spans) -> Patch:
    filled = np.flatnonzero(first < last)
    left, right = int(first[filled].min()), int(last[filled].max())
    mask = np.zeros((len(first), right - left), np.bool_)
    # Row by row: comparing every column with every row's span costs more where brushes are wide.
    spans = (filled, first[filled] - left, last[filled] - left)
    for row, begin, end in zip(*(numbers.tolist() for numbers in spans), strict=True):
        mask[row, begin:end] = True
    return Rect(top, left, top + len(first), right), mask
