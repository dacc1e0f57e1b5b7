"""Where a brush should go: along a region's edge, and then inwards, ring by ring.

So people paint. In a region no wider than the brush, the first ring is its middle line.
"""

import math
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from robot.gesture import Point
from robot.view import Mask, Worth

_OVERLAP = 0.85
"""From ring to ring, in widths of the brush."""

_STRIDE = 0.25
"""From place to place along a ring, in widths of the brush."""

_SPECK = 4
"""What is narrower than this part of the brush is not worth sparing: it is put right again."""

_LEAST_SHARE = 0.1
"""Places where the brush gains less than this share of a stride are not worth the way."""


@dataclass
class Stroke:
    """The way of a brush's middle, and the pixels that it gains less those it spoils."""

    points: list[Point] = field(default_factory=list)
    gain: int = 0


@dataclass(frozen=True, eq=False)
class Canvas:
    """What a brush may do in a window of the picture.

    Attributes
    ----------
    worth
        What painting each pixel brings.
    region
        The pixels that are to be painted.
    """

    worth: Worth
    region: Mask

    def strokes(self, size: int, margin: int) -> list[Stroke]:
        """Strokes of a round brush that paint the region.

        Parameters
        ----------
        size
            The brush's width.
        margin
            How far over the region's edge the brush may reach where that spoils nothing.
        """
        depth = self.depth(size, margin)
        painting = _Painting(self.worth, size, depth)
        level = size / 2
        while level <= depth.max():
            for ring in _rings(depth >= level):
                painting.follow(ring)
            level += size * _OVERLAP
        return [stroke for stroke in painting.strokes if stroke.gain > 0]

    def room(self) -> NDArray[np.float32]:
        """How far each pixel is from the nearest that must not be painted."""
        return distance(self.worth >= 0)

    def depth(self, size: int, margin: int) -> NDArray[np.float32]:
        """How far each pixel is from the nearest that the brush must stay off."""
        allowed = self.region
        if margin:
            near = distance(~self.region) <= margin
            allowed = allowed | (near & ~_without_specks(self.worth < 0, size // _SPECK))
        # Over the picture's edge a brush may reach, but most of it should paint something.
        beyond = size // 4
        allowed = np.pad(np.pad(allowed, beyond, mode="edge"), 1)
        inner = np.s_[beyond + 1 : -beyond - 1]
        return distance(allowed)[inner, inner]


class _Painting:
    """Strokes that grow place by place, where each must gain something."""

    def __init__(self, worth: Worth, size: int, depth: NDArray[np.float32]) -> None:
        self._left = worth.copy()
        self._size = size
        self._depth = depth
        self._disc = disc(size)
        self._stride = max(1, round(size * _STRIDE))
        self._least = _LEAST_SHARE * size * self._stride
        self.strokes = [Stroke()]

    def follow(self, ring: NDArray[np.int32]) -> None:
        """Paint along a closed ring of pixels (row, column), from where it is nearest."""
        stroke = self.strokes[-1]
        if stroke.points:
            nearest = int(np.square(ring + 0.5 - stroke.points[-1]).sum(axis=1).argmin())
            ring = np.roll(ring, -nearest, axis=0)
        skipped: list[Point] = []
        for row, column in ring[:: self._stride].tolist():
            place = (row + 0.5, column + 0.5)
            gain = self._gain(row, column)
            if gain < self._least:
                skipped.append(place)
                continue
            self._go_to(place, skipped)
            self._paint(row, column)
            self.strokes[-1].points.append(place)
            self.strokes[-1].gain += gain
            skipped = []

    def _go_to(self, place: Point, skipped: list[Point]) -> None:
        """Go on with the stroke over places that gain little, or begin another one."""
        points = self.strokes[-1].points
        if not points:
            return
        way = [points[-1], *skipped, place]
        if math.dist(way[0], place) <= 2 * self._size and self._open(way[0], place):
            return
        length = len(skipped) * self._stride
        if not skipped or length > 4 * self._size or math.dist(way[0], way[1]) > 2 * self._size:
            self.strokes.append(Stroke())
        else:
            points.extend(skipped)

    def _open(self, start: Point, end: Point) -> bool:
        """Whether the straight way stays as deep as its ends, more or less."""
        count = max(2, math.ceil(math.dist(start, end)))
        rows, columns = np.linspace(start, end, count).T.astype(int)
        return bool(self._depth[rows, columns].min() >= self._size / 2 - 1)

    def _gain(self, row: int, column: int) -> int:
        place, part = self._under(row, column)
        return int(self._left[place][part].sum())

    def _paint(self, row: int, column: int) -> None:
        place, part = self._under(row, column)
        self._left[place][part] = 0

    def _under(self, row: int, column: int) -> tuple[tuple[slice, slice], Mask]:
        reach = len(self._disc) // 2
        height, width = self._left.shape
        top, left = max(0, row - reach), max(0, column - reach)
        bottom, right = min(height, row + reach + 1), min(width, column + reach + 1)
        cut = np.s_[
            top - row + reach : bottom - row + reach, left - column + reach : right - column + reach
        ]
        return np.s_[top:bottom, left:right], self._disc[cut]


def disc(size: int) -> Mask:
    """The pixels under a round brush in the middle of the middle pixel; the side is odd."""
    reach = size // 2
    # An even brush sits on the corner below and to the right.
    places = np.arange(-reach, reach + 1) - (0.5 if size % 2 == 0 else 0.0)
    inside: Mask = np.square(places)[:, None] + np.square(places) <= size * size / 4
    return inside


def _rings(mask: Mask) -> list[NDArray[np.int32]]:
    """The edges of a mask's pieces, pixel by pixel (row, column)."""
    contours, _ = cv2.findContours(mask.view(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    return [np.asarray(contour, np.int32)[:, 0, ::-1] for contour in contours]


def _without_specks(mask: Mask, width: int) -> Mask:
    """A mask without what is narrower than this."""
    if width < 2:
        return mask
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    opened = cv2.morphologyEx(mask.view(np.uint8), cv2.MORPH_OPEN, kernel)
    return np.asarray(opened, np.uint8) > 0


def distance(mask: Mask) -> NDArray[np.float32]:
    """How far each pixel of a mask is from the nearest outside; the picture's edge is none."""
    if mask.all():
        return np.full(mask.shape, np.inf, np.float32)
    return np.asarray(cv2.distanceTransform(mask.view(np.uint8), cv2.DIST_L2, 5), np.float32)
