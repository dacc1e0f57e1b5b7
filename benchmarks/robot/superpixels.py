"""How a wrong region could be painted with the superpixel brush."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from robot.gesture import SLACK, Gesture
from robot.hand import Hand
from robot.strokes import distance
from robot.view import Mask, Region, View

_SIZES = (20, 10)
"""What the tool has by default, and four keys less."""

_FARTHEST = 3
"""Longest way from one superpixel to the next, in their sizes."""


def superpixel(view: View, region: Region, hand: Hand) -> Iterator[Gesture]:
    """A stroke over superpixels of which most would become right, or a click on one of them."""
    for size in _SIZES:
        window = view.window(region.rect, 2 * size)
        numbers = _renumbered(view.case.superpixels(size).numbers(window))
        worth = np.bincount(numbers.ravel(), view.worth(region.class_id, window).ravel())
        wanted = np.unique(numbers[region.within(window)])
        wanted = wanted[worth[wanted] > 0]
        if not len(wanted):
            continue
        room = distance(np.pad((worth > 0)[numbers], 1, constant_values=False))[1:-1, 1:-1]
        middles = _middles(numbers, wanted)
        way = max(_ways(middles, room > 0, _FARTHEST * size), key=len)
        points = np.array(way)
        slacks = room[points[:, 0], points[:, 1]].clip(SLACK, max(SLACK, size / 4))
        places = (points + np.array([window.top + 0.5, window.left + 0.5])).tolist()
        yield Gesture(
            "superpixel",
            region.class_id,
            tuple((y, x) for y, x in places),
            tuple(slacks.tolist()),
            (("size", size),),
        )


def _renumbered(numbers: NDArray[np.int32]) -> NDArray[np.intp]:
    """Numbers from 0 without gaps."""
    _, found = np.unique(numbers, return_inverse=True)
    return found.reshape(numbers.shape)


def _middles(numbers: NDArray[np.intp], wanted: NDArray[np.intp]) -> list[tuple[int, int]]:
    """For each of these superpixels, the pixel farthest from its edge."""
    found = []
    for number in wanted.tolist():
        depth = distance(np.pad(numbers == number, 1))[1:-1, 1:-1]
        row, column = np.unravel_index(int(depth.argmax()), depth.shape)
        found.append((int(row), int(column)))
    return found


def _ways(
    places: list[tuple[int, int]], open_: Mask, farthest: float
) -> Iterator[list[tuple[int, int]]]:
    """Ways from place to nearest place, as far as nothing but open pixels lies between."""
    left = sorted(places)
    while left:
        way = [left.pop(0)]
        while near := [place for place in left if _reachable(way[-1], place, open_, farthest)]:
            nearest = min(near, key=lambda place: math.dist(way[-1], place))
            left.remove(nearest)
            way.append(nearest)
        yield way


def _reachable(start: tuple[int, int], end: tuple[int, int], open_: Mask, farthest: float) -> bool:
    if math.dist(start, end) > farthest:
        return False
    count = 2 + int(math.dist(start, end))
    rows, columns = np.linspace(start, end, count).round().astype(int).T
    return bool(open_[rows, columns].all())
