"""Regions of like pixels: the one around a place, or all of the frame.

What "like" means is a function from a rectangle to a mask of it, so that a small region of a large
picture costs what is around it, and nothing ever holds more than the answer.
"""

import math
from collections.abc import Callable, Iterator
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.history import TILE
from segstudio.core.pointer import PointerEvent
from segstudio.core.rect import Rect
from segstudio.tools.parts.sweep import Patch

Where = Literal["connected", "whole frame"]
WHERES: tuple[Where, ...] = ("connected", "whole frame")

Mask = NDArray[np.bool_]
Pixel = tuple[int, int]
Like = Callable[[Rect], Mask]
"""From a rectangle of the picture to the mask of its pixels that are meant."""

_FIRST_REACH = 256
"""Half the side of the first rectangle in which a connected region is looked for."""


def pixel_under(event: PointerEvent, bounds: Rect) -> Pixel | None:
    """Row and column under the pointer; beside the picture but within reach, of its edge."""
    row = min(max(math.floor(event.y), bounds.top), bounds.bottom - 1)
    column = min(max(math.floor(event.x), bounds.left), bounds.right - 1)
    beside = max(row - event.y, event.y - row - 1, column - event.x, event.x - column - 1)
    return (row, column) if beside <= event.reach else None


def fill(like: Like, seed: Pixel, bounds: Rect, where: Where, smooth: int = 0) -> Iterator[Patch]:
    """Patches of the like pixels that are connected with ``seed``, or of all in the frame.

    Parameters
    ----------
    like
        Which pixels are meant; ``seed`` is one of them.
    seed
        Row and column of a pixel of the picture.
    bounds
        The picture.
    smooth
        Radius in pixels by which the region's edge is smoothed, see :func:`smoothed`.
    """
    within = bounds
    if where == "connected":
        region = connected(like, seed, bounds)
        like, within = _member(region), region[0]
    if smooth:
        like, within = smoothed(like, smooth, bounds), grown(within, smooth).intersect(bounds)
    return pieces(like, within)


def connected(like: Like, seed: Pixel, bounds: Rect) -> Patch:
    """The like pixels that a path of like pixels, side by side, joins with ``seed``.

    They are looked for near the seed first, and farther out where they go on: a region costs as
    much as the rectangle around it.
    """
    row, column = seed
    window = grown(Rect(row, column, row + 1, column + 1), _FIRST_REACH).intersect(bounds)
    mask = _asked(like, window)
    while True:
        rect, region = flood(mask, (row - window.top, column - window.left))
        rect = rect.shifted(window.top, window.left)
        wider = _widened(window, rect).intersect(bounds)
        if wider == window:
            return rect, region
        mask, window = _extended(like, mask, window, wider), wider


def flood(mask: Mask, seed: Pixel) -> Patch:
    """The pixels of a mask that are connected with one of them, in the rectangle around them."""
    height, width = mask.shape
    filled = np.zeros((height + 2, width + 2), np.uint8)
    flags = 4 | cv2.FLOODFILL_MASK_ONLY | 1 << 8
    given = mask.astype(np.uint8)  # a copy: OpenCV wants one to write on, though it will not
    _, _, _, (left, top, right, bottom) = cv2.floodFill(given, filled, seed[::-1], 0, 0, 0, flags)
    rect = Rect(top, left, top + bottom, left + right)
    return rect, filled[1:-1, 1:-1][rect.slices].astype(np.bool_)


def smoothed(like: Like, radius: int, bounds: Rect) -> Like:
    """Like pixels by majority: those in whose square, ``radius`` to each side, most are like.

    Beyond the picture's edge, pixels are as they are on it.
    """

    def majority(rect: Rect) -> Mask:
        around = grown(rect, radius).intersect(bounds)
        inner = rect.shifted(-around.top, -around.left)
        return smooth_mask(like(around), radius)[inner.slices]

    return majority


def smooth_mask(mask: Mask, radius: int) -> Mask:
    """A mask of the pixels in whose square, ``radius`` to each side, most are in ``mask``."""
    side = 2 * radius + 1
    count = cv2.boxFilter(
        mask.view(np.uint8),
        cv2.CV_16U,
        (side, side),
        normalize=False,
        borderType=cv2.BORDER_REPLICATE,
    )
    most: Mask = count > side * side // 2
    return most


def pieces(like: Like, within: Rect) -> Iterator[Patch]:
    """Patches of the like pixels of a rectangle, one for each row of tiles that holds any."""
    for band in _bands(within):
        mask = like(band)
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        if len(rows):
            here = Rect(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)
            yield here.shifted(band.top, band.left), mask[here.slices]


def grown(rect: Rect, reach: int) -> Rect:
    """A rectangle with ``reach`` more pixels on each side."""
    return Rect(rect.top - reach, rect.left - reach, rect.bottom + reach, rect.right + reach)


def _widened(window: Rect, found: Rect) -> Rect:
    """A window twice as large on each side where what was found ends only with it."""
    return Rect(
        window.top - window.height * (found.top == window.top),
        window.left - window.width * (found.left == window.left),
        window.bottom + window.height * (found.bottom == window.bottom),
        window.right + window.width * (found.right == window.right),
    )


def _extended(like: Like, mask: Mask, window: Rect, wider: Rect) -> Mask:
    """The mask of a wider window; what is known of it is not asked again."""
    extended = np.empty((wider.height, wider.width), np.bool_)
    extended[window.shifted(-wider.top, -wider.left).slices] = mask
    for strip in (
        Rect(wider.top, wider.left, window.top, wider.right),
        Rect(window.top, wider.left, window.bottom, window.left),
        Rect(window.top, window.right, window.bottom, wider.right),
        Rect(window.bottom, wider.left, wider.bottom, wider.right),
    ):
        if not strip.empty:
            extended[strip.shifted(-wider.top, -wider.left).slices] = _asked(like, strip)
    return extended


def _asked(like: Like, rect: Rect) -> Mask:
    """What is like in a rectangle, asked in bands: answers may take room on the way."""
    return np.concatenate([like(band) for band in _bands(rect)])


def _bands(rect: Rect) -> Iterator[Rect]:
    """The parts of a rectangle in each row of tiles."""
    row = rect.top
    while row < rect.bottom:
        after = min(rect.bottom, (row // TILE + 1) * TILE)
        yield Rect(row, rect.left, after, rect.right)
        row = after


def _member(region: Patch) -> Like:
    rect, mask = region

    def member(asked: Rect) -> Mask:
        inside = np.zeros((asked.height, asked.width), np.bool_)
        both = asked.intersect(rect)
        if not both.empty:
            source = both.shifted(-rect.top, -rect.left).slices
            inside[both.shifted(-asked.top, -asked.left).slices] = mask[source]
        return inside

    return member
