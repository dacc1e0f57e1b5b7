"""How a wrong region could be painted with the brush, and with those that ask a model."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from robot.gesture import SLACK, Gesture, Settings, nearest_size
from robot.hand import Hand
from robot.strokes import Canvas, Stroke
from robot.view import Region, View
from segstudio.core.rect import Rect

_SHARES = (1.0, 0.6, 0.35)
"""Sizes that are tried, in parts of the widest that fits."""

_WIDEST = 120
"""Larger brushes hide what they paint."""

_REACH = 40
"""Picture pixels around a region that are looked at."""

_LEAST_SHARE = 0.3
"""Share of a region that the model must have right to be asked."""

_THRESHOLDS = (0.3, 0.1)


def brush(view: View, region: Region, hand: Hand) -> Iterator[Gesture]:
    """The stroke of the plain brush that brings most in its time."""
    window = view.window(region.rect, _REACH)
    worth = view.worth(region.class_id, window)
    yield from _best(hand, "brush", region.class_id, window, Canvas(worth, region.within(window)))


def probability_brush(view: View, region: Region, hand: Hand) -> Iterator[Gesture]:
    """The same where only probable pixels are painted."""
    window = view.window(region.rect, _REACH)
    plane = view.case.likelihood(region.class_id)
    if plane is None:
        return
    for threshold in _THRESHOLDS:
        probable = plane[window.slices] > threshold
        worth = np.where(probable, view.worth(region.class_id, window), np.int8(0))
        found = region.within(window) & probable
        if found.sum() > _LEAST_SHARE * region.area:
            settings = () if threshold == _THRESHOLDS[0] else (("threshold", threshold),)
            yield from _best(
                hand, "probability_brush", region.class_id, window, Canvas(worth, found), settings
            )


def eraser(view: View, region: Region, hand: Hand) -> Iterator[Gesture]:
    """A stroke that takes pixels back to what the model says, where the model was right."""
    window = view.window(region.rect, _REACH)
    worth = view.worth_of(view.case.model_ids[window.slices], window)
    found = region.within(window) & (worth > 0)
    if found.sum() > _LEAST_SHARE * region.area:
        yield from _best(hand, "eraser", None, window, Canvas(worth, found), (("to", "model"),))


def _best(
    hand: Hand,
    tool: str,
    class_id: int | None,
    window: Rect,
    canvas: Canvas,
    settings: Settings = (),
) -> Iterator[Gesture]:
    """The one stroke, of brushes of several sizes, that brings most in its time."""
    room, rates = canvas.room(), []
    for size in _sizes(tool, canvas, hand.size(tool)):
        for margin in (0, size // 2):
            for stroke in canvas.strokes(size, margin):
                set_so = (("size", size), *settings)
                gesture = _gesture(stroke, room, window, Gesture(tool, class_id, (), (), set_so))
                rates.append((stroke.gain / hand.cost(gesture).seconds, gesture))
    if rates:
        yield max(rates, key=lambda rate: rate[0])[1]


def _sizes(tool: str, canvas: Canvas, now: int) -> list[int]:
    widest = 2 * float(canvas.depth(0, _REACH // 2).max())
    wanted = {nearest_size(tool, min(_WIDEST, widest * share)) for share in _SHARES}
    return sorted(wanted | ({now} if now <= widest else set()))


def _gesture(stroke: Stroke, room: NDArray[np.float32], window: Rect, like: Gesture) -> Gesture:
    """A stroke as a gesture; the hand may stray as far as nothing is spoilt."""
    rows, columns = np.array(stroke.points).astype(int).T
    size = like.options.size
    # Farther beside its way, a brush leaves gaps.
    slacks = np.maximum(SLACK, np.minimum(room[rows, columns] - size / 2, size / 4))
    points = np.array(stroke.points) + np.array([window.top, window.left])
    return replace(like, points=tuple(map(tuple, points.tolist())), slacks=tuple(slacks.tolist()))
