"""How a wrong region could be drawn around: with the polygon, the lasso, the scissors."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from robot.gesture import SLACK, Gesture, Point
from robot.hand import Hand
from robot.strokes import distance
from robot.view import Region, View
from segstudio.core.pointer import Modifier

_REACH = 16
"""Picture pixels around a region that are looked at."""

_BRIDGES = (2, 8)
"""Picture pixels beyond a region that are drawn around with it, where that spoils nothing."""

_FINE = 3
"""Parts of a pixel that borders are found in."""

_POLYGON, _LASSO, _SCISSORS = (1.0, 2.0, 4.0), 0.7, 6.0
"""How far, in picture pixels, a simpler border may be from the exact one."""

_FEWEST = 3
_NEAREST = cv2.INTER_NEAREST
_SNAP = 3.0
"""Picture pixels that a click of the scissors may be beside an edge: it goes there by itself."""

_SCISSORS_FROM = 300
"""Smaller regions have borders too short for the scissors to find."""


def polygon(view: View, region: Region, hand: Hand) -> Iterator[Gesture]:
    """Corners are clicked; Ctrl is held, so that none takes hold of another."""
    for border in _borders(view, region):
        for error in _POLYGON:
            points = border.simplified(error)
            if len(points) >= _FEWEST:
                slacks = border.slacks(points, error / 2)
                yield Gesture(
                    "polygon", region.class_id, points, slacks, modifiers=Modifier.CONTROL
                )


def lasso(view: View, region: Region, hand: Hand) -> Iterator[Gesture]:
    """The border is drawn in one go."""
    for border in _borders(view, region):
        points = border.simplified(_LASSO)
        if len(points) >= _FEWEST:
            yield Gesture("lasso", region.class_id, points, border.slacks(points, _LASSO))


def scissors(view: View, region: Region, hand: Hand) -> Iterator[Gesture]:
    """Some places of the border are clicked; between them it follows the picture's edges."""
    if region.area < _SCISSORS_FROM:
        return
    for border in _borders(view, region):
        points = border.simplified(_SCISSORS)
        if len(points) >= _FEWEST:
            yield Gesture("scissors", region.class_id, points, border.slacks(points, _SNAP))


@dataclass(frozen=True, eq=False)
class _Border:
    """The outer border of a piece of the picture, and how exact it must be drawn.

    ``contour`` is Nx1x2 (column, row) in fine parts of a window's pixels; ``room`` is how far each
    pixel of the window is from the nearest that would be spoilt, ``corner`` the window's.
    """

    contour: NDArray[np.int32]
    room: NDArray[np.float32]
    corner: Point

    def simplified(self, error: float) -> tuple[Point, ...]:
        """The corners of a polygon that is nowhere farther from the border than this."""
        kept = cv2.approxPolyDP(self.contour, error * _FINE, True)
        places = (kept[:, 0, ::-1] + 0.5) / _FINE + self.corner
        return tuple((y, x) for y, x in places.tolist())

    def slacks(self, points: tuple[Point, ...], least: float) -> tuple[float, ...]:
        """How far the hand may stray at each point."""
        rows, columns = (np.array(points) - self.corner).astype(int).T
        return tuple(np.maximum(max(SLACK, least), self.room[rows, columns]).tolist())


def _borders(view: View, region: Region) -> Iterator[_Border]:
    """Borders of a region, widened to where nothing is spoilt: they are the simpler for it."""
    window = view.window(region.rect, _REACH)
    worth, mask = view.worth(region.class_id, window), region.within(window)
    harmless = worth >= 0
    room, apart = distance(harmless), distance(~mask)
    for bridge in _BRIDGES:
        wide = mask | ((apart <= bridge) & harmless)
        fine = cv2.resize(wide.view(np.uint8), None, fx=_FINE, fy=_FINE, interpolation=_NEAREST)
        contours, _ = cv2.findContours(fine, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        largest = np.asarray(max(contours, key=cv2.contourArea), np.int32)
        yield _Border(largest, np.minimum(room, bridge), (window.top, window.left))
