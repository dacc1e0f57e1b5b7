"""Ways along the edges that are seen in a picture, from one corner of the pixel grid to another.

They run between the pixels, not over them: what such ways surround is exact to the pixel where an
edge is sharp. The picture's own edge is one, too: objects may be cut by it.
"""

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.rect import Rect
from segstudio.tools.parts.region import grown
from segstudio.tools.parts.shapes import Point

Corner = tuple[int, int]
"""Row and column of a corner of pixels; 0, 0 is the picture's."""

_MOST = 36_000
"""Corners that are searched; a crop with more is searched in a smaller picture."""

_SAMPLES = 4
"""Pixels along each side of a square of corners that are looked at where squares are larger."""

_BEYOND = 2
"""Corners outside of the picture that are looked at, so that its edge is seen as one."""

_LEAST_MARGIN = 32
_MARGIN_SHARE = 8
_CANNY = (32, 100)
_STRONGEST = 200
"""Gradients from here on are as good as any: a strong edge does not draw ways off a fair one."""

_WEAKEST = 24
"""Gradients below this are no edge to snap to."""


class LiveWire:
    """Ways from one start; what is known about the picture is kept from one to the next.

    Mortensen and Barrett, *Intelligent scissors for image composition* (1995), by OpenCV.

    Parameters
    ----------
    pixels
        HxWx3 uint8.
    start
        Where all ways begin.
    """

    def __init__(self, pixels: NDArray[np.uint8], start: Corner) -> None:
        self._pixels = pixels
        self.start = start
        self._crop = Rect(0, 0, 0, 0)
        self._step = 1
        self._scissors = cv2.segmentation.IntelligentScissorsMB()
        self._scissors.setEdgeFeatureCannyParameters(*_CANNY)
        self._scissors.setGradientMagnitudeMaxLimit(_STRONGEST)

    def way(self, end: Corner) -> tuple[Point, ...]:
        """The best way to another corner: its bends, with both ends."""
        if end == self.start:
            return (self.start,)
        self._look_around(end)
        found = self._scissors.getContour(self._cell(end)).reshape(-1, 2)
        cells = _bends(found)[1:-1, ::-1]
        if self._cell(self.start) != tuple(found[0].tolist()):
            cells = cells[::-1]
        middle = (self._step - 1) / 2
        origin = (self._crop.top + middle, self._crop.left + middle)
        between = (cells * self._step + origin).clip(0, self._pixels.shape[:2]).tolist()
        return (self.start, *((y, x) for y, x in between), end)

    def _look_around(self, end: Corner) -> None:
        """Search the picture around both ends, if the last search does not hold this one."""
        crop = self._around(end)
        step = _step(crop)
        if not _within(end, self._crop) or step < self._step:
            self._crop, self._step = crop, step
            self._scissors.applyImage(_searched(self._pixels, crop, step))
            self._scissors.buildMap(self._cell(self.start))

    def _around(self, end: Corner) -> Rect:
        (y0, x0), (y1, x1) = self.start, end
        both = Rect(min(y0, y1), min(x0, x1), max(y0, y1) + 1, max(x0, x1) + 1)
        margin = _LEAST_MARGIN + max(both.height, both.width) // _MARGIN_SHARE
        return grown(both, margin).intersect(_seen(self._pixels))

    def _cell(self, corner: Corner) -> tuple[int, int]:
        """Column and row of a corner in the picture that is searched."""
        top, left = self._crop.top, self._crop.left
        return (corner[1] - left) // self._step, (corner[0] - top) // self._step


def nearest_corner(pixels: NDArray[np.uint8], place: Point) -> Corner:
    """The corner of the picture's pixels that is nearest to a place."""
    height, width = pixels.shape[:2]
    row, column = (math.floor(position + 0.5) for position in place)
    return min(max(row, 0), height), min(max(column, 0), width)


def snapped(pixels: NDArray[np.uint8], corner: Corner, reach: float) -> Corner:
    """The corner within reach on the strongest edge; farther ones must be stronger.

    Without an edge, it is the corner itself.
    """
    radius = math.floor(reach)
    if radius < 1:
        return corner
    at = Rect(corner[0], corner[1], corner[0] + 1, corner[1] + 1)
    window = grown(at, radius).intersect(_seen(pixels))
    seen = cv2.cvtColor(corner_picture(pixels, window), cv2.COLOR_RGB2GRAY)
    down, right = (cv2.Sobel(seen, cv2.CV_32F, *axis) for axis in ((0, 1), (1, 0)))
    rows, columns = np.ogrid[window.top : window.bottom, window.left : window.right]
    distance = np.hypot(rows - corner[0], columns - corner[1])
    strength = np.hypot(down, right) * (1 - distance / (2 * radius))
    height, width = pixels.shape[:2]
    inside = (rows >= 0) & (rows <= height) & (columns >= 0) & (columns <= width)
    strength[~inside | (distance > radius)] = 0
    if strength.max() < _WEAKEST:
        return corner
    row, column = np.unravel_index(int(strength.argmax()), strength.shape)
    return window.top + int(row), window.left + int(column)


def corner_picture(pixels: NDArray[np.uint8], corners: Rect) -> NDArray[np.uint8]:
    """The mean of the four pixels around each corner: its gradient is strongest between pixels.

    Parameters
    ----------
    pixels
        HxWx3 uint8.
    corners
        Rows 0 to H, columns 0 to W, and beyond: pixels outside are those of the picture's edge,
        but far from them in brightness.

    Returns
    -------
    hxwx3 uint8, h and w as ``corners``.
    """
    around = Rect(corners.top - 1, corners.left - 1, corners.bottom, corners.right)
    inner = around.intersect(Rect.of_shape(pixels.shape))
    rows = (inner.top - around.top, around.bottom - inner.bottom)
    columns = (inner.left - around.left, around.right - inner.right)
    seen = np.pad(pixels[inner.slices], (rows, columns, (0, 0)), mode="edge")
    outside = np.ones(seen.shape[:2], np.bool_)
    outside[inner.shifted(-around.top, -around.left).slices] = False
    seen[outside] += 128  # beyond 255, it begins anew at 0
    four = seen.astype(np.uint16)
    four = four[:-1] + four[1:]
    four = four[:, :-1] + four[:, 1:]
    mean: NDArray[np.uint8] = ((four + 2) // 4).astype(np.uint8)
    return mean


def _step(crop: Rect) -> int:
    return math.ceil(math.sqrt(max(1.0, crop.height * crop.width / _MOST)))


def _searched(pixels: NDArray[np.uint8], crop: Rect, step: int) -> NDArray[np.uint8]:
    """The picture that is searched: each square of ``step`` corners of a crop is one pixel."""
    if step == 1:
        return corner_picture(pixels, crop)
    if step <= _SAMPLES:
        return _shrunk(corner_picture(pixels, crop), step)
    return _shrunk(_sampled(pixels, crop, step), _SAMPLES)


def _sampled(pixels: NDArray[np.uint8], crop: Rect, step: int) -> NDArray[np.uint8]:
    """A few pixels of each square of ``step`` corners: a large crop costs no more than others."""
    height, width = pixels.shape[:2]
    rows, columns = _samples(crop.top, crop.bottom, step), _samples(crop.left, crop.right, step)
    down, right = rows.clip(0, height - 1), columns.clip(0, width - 1)
    # One axis after the other: several times faster than both at once.
    wide = pixels[:, right[0] : right[-1] + 1][down]
    seen: NDArray[np.uint8] = wide.take(right - right[0], axis=1)
    seen[down != rows] += 128  # as beyond the edge of a corner picture
    seen[:, right != columns] += 128
    return seen


def _samples(first: int, last: int, step: int) -> NDArray[np.intp]:
    """``_SAMPLES`` places, evenly spaced, in each ``step`` from ``first`` on."""
    count = -(-(last - first) // step) * _SAMPLES
    return first + ((np.arange(count) + 0.5) * (step / _SAMPLES) - 0.5).astype(np.intp)


def _shrunk(seen: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    """The means of squares of ``step`` corners."""
    height, width = (-(-side // step) for side in seen.shape[:2])
    beyond = (height * step - seen.shape[0], width * step - seen.shape[1])
    whole = np.pad(seen, ((0, beyond[0]), (0, beyond[1]), (0, 0)), mode="edge")
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _bends(cells: NDArray[Any]) -> NDArray[Any]:
    """The ends of a way and those of its cells at which it turns."""
    ways = np.diff(cells, axis=0)
    turns = (ways[1:] != ways[:-1]).any(axis=1)
    return cells[np.concatenate(([True], turns, [True]))] if len(cells) > 1 else cells[[0, 0]]


def _seen(pixels: NDArray[np.uint8]) -> Rect:
    """All corners that are looked at."""
    return grown(Rect(0, 0, pixels.shape[0] + 1, pixels.shape[1] + 1), _BEYOND)


def _within(corner: Corner, rect: Rect) -> bool:
    return rect.top <= corner[0] < rect.bottom and rect.left <= corner[1] < rect.right
