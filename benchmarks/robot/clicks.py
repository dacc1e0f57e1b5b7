"""What a click could do for a wrong region: bucket, wand, and the tools that clean."""

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np

from robot.gesture import SLACK, Gesture
from robot.hand import REACH, Hand
from robot.strokes import distance
from robot.view import Region, View

Pixel = tuple[int, int]

_PULLS = (-4, 7)
"""How far up the wand is dragged, in what a pointer hits: it tolerates 6 and 24 instead of 12."""

_BESIDE = 24
"""Picture pixels around a region that are looked at."""

_WAND_FROM = 40
"""Smaller regions have no colour of their own."""


def bucket(view: View, region: Region, hand: Hand) -> Iterator[Gesture]:
    """The area of one class that the region is a part of."""
    yield _click("bucket", region.class_id, *region.deepest())


def wand(view: View, region: Region, hand: Hand) -> Iterator[Gesture]:
    """What looks like the middle of the region; a drag up or down tolerates more or less."""
    if region.area < _WAND_FROM:
        return
    click = _click("wand", region.class_id, *region.deepest())
    yield click
    (y, x) = click.points[0]
    for rows in _PULLS:
        end = (y - rows * REACH, x)
        yield replace(click, points=((y, x), end), slacks=(*click.slacks, REACH / 2))


def cleaning(view: View, region: Region, hand: Hand) -> Iterator[Gesture]:
    """The region, or its neighbour of the class that it should have, made clean."""
    yield _click("remove_specks", None, *region.deepest())
    neighbour = _neighbour(view, region)
    if neighbour is not None:
        for tool in ("fill_holes", "close_gaps", "smooth"):
            yield _click(tool, None, *neighbour)


def _neighbour(view: View, region: Region) -> tuple[Pixel, float] | None:
    """Where to click beside a region what has its class already, and how far one may miss."""
    window = view.window(region.rect, _BESIDE)
    same = view.ids[window.slices] == region.class_id
    mask = region.within(window).view(np.uint8)
    touching = same & (cv2.dilate(mask, np.ones((3, 3), np.uint8)) > 0)
    if not touching.any():
        return None
    _, pieces = cv2.connectedComponents(same.view(np.uint8), connectivity=4)
    number = np.bincount(np.asarray(pieces)[touching]).argmax()
    depth = distance(np.pad(pieces == number, 1))[1:-1, 1:-1]
    row, column = np.unravel_index(int(depth.argmax()), depth.shape)
    return (window.top + int(row), window.left + int(column)), float(depth.max())


def _click(tool: str, class_id: int | None, place: Pixel, depth: float) -> Gesture:
    middle = (place[0] + 0.5, place[1] + 0.5)
    return Gesture(tool, class_id, (middle,), (max(SLACK, depth - 1),))
