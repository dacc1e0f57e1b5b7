"""Which pixels lie inside a polygon or an ellipse: those whose centres do.

A polygon is filled by the even-odd rule: what its border surrounds twice is a hole. Points are
rounded to 1/256 of a pixel, finer than any screen shows, and the rest is whole numbers, so that a
pixel is never decided by rounding: polygons that share a border neither overlap nor leave a gap.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from segstudio.core.history import TILE
from segstudio.core.rect import Rect
from segstudio.tools.parts.shapes import Point
from segstudio.tools.parts.sweep import Patch

_PARTS = 256
_CENTRE = _PARTS // 2
_FARTHEST = 2**21
"""Points farther out than this many pixels are moved here: products still fit 64 bits."""

Whole = NDArray[np.int64]


def fill_polygon(points: Sequence[Point], bounds: Rect) -> Iterator[Patch]:
    """Patches of the pixels whose centres lie inside a polygon, cut to ``bounds``.

    A centre on a left or top border is inside, one on a right or bottom border outside.

    Parameters
    ----------
    points
        Corners (row, column) in picture pixels; the last is joined to the first. The border may
        cross itself.
    bounds
        The picture; what lies above, below, or right of it costs nothing.

    Yields
    ------
    Rectangles at most one row of tiles high, top to bottom, each with its mask, around those tiles
    that the polygon touches: a large crescent costs its own area.
    """
    corners = np.array(points, np.float64).reshape(-1, 2).clip(-_FARTHEST, _FARTHEST)
    ends = np.rint(corners * _PARTS).astype(np.int64)
    starts = np.roll(ends, 1, axis=0)
    rises = starts[:, :1] > ends[:, :1]
    upper, lower = np.where(rises, ends, starts), np.where(rises, starts, ends)
    first, after = (_first_centre(edge[:, 0]) for edge in (upper, lower))
    for band in _bands(first, after, bounds):
        crossed = (first < band.bottom) & (after > band.top)
        rows, columns = _crossings(upper[crossed], lower[crossed], band)
        order = np.lexsort((columns, rows))
        rows, columns = rows[order], columns[order].clip(band.left, band.right)
        # A closed border crosses each row an even number of times: in, out, in, out.
        yield from _patches(rows[::2], columns[::2], columns[1::2])


def fill_ellipse(box: Rect, bounds: Rect) -> Iterator[Patch]:
    """Patches of the pixels whose centres lie inside an ellipse or on it, cut to ``bounds``.

    Parameters
    ----------
    box
        The rectangle of pixels that the ellipse touches on all four sides.
    bounds
        The picture.

    Yields
    ------
    As :func:`fill_polygon`.
    """
    if box.empty:
        return
    for band in _bands(np.array([box.top]), np.array([box.bottom]), bounds):
        rows = np.arange(max(box.top, band.top), min(box.bottom, band.bottom))
        height = (2 * rows + 1 - box.top - box.bottom) / box.height
        reach = np.sqrt(1 - height * height) * box.width / 2
        middle = (box.left + box.right) / 2
        first = np.ceil(middle - reach - 0.5).astype(np.int64)
        after = np.floor(middle + reach - 0.5).astype(np.int64) + 1
        edges = (edge.clip(band.left, band.right) for edge in (first, after))
        yield from _patches(rows, *edges)


def _first_centre(position: Whole) -> Whole:
    """The first row or column whose centre does not lie before a position in parts of a pixel."""
    return -((_CENTRE - position) // _PARTS)


def _bands(first: Whole, after: Whole, bounds: Rect) -> Iterator[Rect]:
    """Rows of tiles between the first and the last row of a shape that is not empty."""
    if not len(first):
        return
    row, end = max(int(first.min()), bounds.top), min(int(after.max()), bounds.bottom)
    while row < end:
        below = min(end, (row // TILE + 1) * TILE)
        yield Rect(row, bounds.left, below, bounds.right)
        row = below


def _crossings(upper: Whole, lower: Whole, band: Rect) -> tuple[Whole, Whole]:
    """Where edges cross the centres of a band's rows: the row, and the first column behind."""
    first = _first_centre(upper[:, 0]).clip(band.top, band.bottom)
    after = _first_centre(lower[:, 0]).clip(band.top, band.bottom)
    count = after - first
    edge = np.repeat(np.arange(len(count)), count)
    begins = np.cumsum(count) - count
    rows = np.arange(len(edge)) - begins[edge] + first[edge]
    (y0, x0), (y1, x1) = upper[edge].T, lower[edge].T
    # The first column c whose centre, c * _PARTS + _CENTRE, does not lie before the crossing.
    along = (rows * _PARTS + _CENTRE - y0) * (x1 - x0) + (x0 - _CENTRE) * (y1 - y0)
    return rows, -(-along // ((y1 - y0) * _PARTS))


def _patches(rows: Whole, first: Whole, after: Whole) -> Iterator[Patch]:
    """Masks of spans that do not overlap, in one row of tiles: one for each run of tiles.

    A span has a row, a first column, and a column after its last.
    """
    filled = first < after
    rows, first, after = rows[filled], first[filled], after[filled]
    if not len(rows):
        return
    for left, right in _runs(first // TILE, (after - 1) // TILE + 1):
        here = (first >= left * TILE) & (after <= right * TILE)
        yield _patch(rows[here], first[here], after[here])


def _runs(first: Whole, after: Whole) -> Iterator[tuple[int, int]]:
    """Unions of intervals that touch or overlap."""
    order = np.argsort(first)
    first, reached = first[order], np.maximum.accumulate(after[order])
    gaps = np.flatnonzero(first[1:] > reached[:-1])
    begins, ends = np.append(0, gaps + 1), np.append(gaps, len(first) - 1)
    for begin, end in zip(begins, ends, strict=True):
        yield int(first[begin]), int(reached[end])


def _patch(rows: Whole, first: Whole, after: Whole) -> Patch:
    rect = Rect(int(rows.min()), int(first.min()), int(rows.max()) + 1, int(after.max()))
    # Up where a span begins, down where it ends, and the sum along the row is 1 within.
    steps = np.zeros((rect.height, rect.width + 1), np.int8)
    np.add.at(steps, (rows - rect.top, first - rect.left), 1)
    np.add.at(steps, (rows - rect.top, after - rect.left), -1)
    np.cumsum(steps, axis=1, dtype=np.int8, out=steps)
    return rect, steps[:, :-1].astype(np.bool_)
