"""A hand that uses tools on a document as a person at the screen does, and counts what it does."""

import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np

from robot.effort import (
    PRESS,
    THINK,
    WIDEST,
    ZOOM,
    Effort,
    keys,
    panel_click,
    pointing,
    pulling,
    steering,
)
from robot.gesture import Gesture, Point, sizes
from segstudio import tools
from segstudio.core.document import Document
from segstudio.core.label_map import Ids
from segstudio.core.pointer import Key, Modifier, PointerEvent
from segstudio.gui.canvas.tool_driver import ToolDriver
from segstudio.tools.parts.spec import Likelihood

REACH = 8.0 / ZOOM
"""Picture pixels from which a pointer hits a point: 8 of the screen, as on the canvas."""

_SPACING = 8.0 / ZOOM
"""Picture pixels between two movements of the pointer that a stroke is told of."""

_STRAYS = 0.5
"""Standard deviation of where the pointer is, in parts of what the hand may stray.

It uses the room it has: nearly all of a movement lies within four standard deviations.
"""


class Desk:
    """The tools, in the state that a person left them, and what the model said."""

    def __init__(self, model_ids: Ids | None = None, likelihood: Likelihood | None = None) -> None:
        self._model_ids = model_ids
        self._likelihood = likelihood
        # One driver for each setting of a tool: some tools remember what they know of a picture.
        self._drivers: dict[tuple[str, Any], ToolDriver] = {}

    def use(self, document: Document, gesture: Gesture, rng: np.random.Generator) -> None:
        """Do a gesture on a document; the hand strays as ``rng`` has it."""
        driver = self._driver(gesture)
        driver.document = document
        if gesture.class_id is not None:
            driver.active_class = gesture.class_id
        if gesture.spec.gesture == "points":
            for event in _events(
                gesture, list(zip(gesture.points, gesture.slacks, strict=True)), rng
            ):
                driver.press(event)
                driver.release(event)
            driver.key(Key.ENTER)
        else:
            first, *others = _events(gesture, list(_moves(gesture)), rng)
            driver.press(first)
            for event in others:
                driver.drag(event)
            driver.release(others[-1] if others else first)
        driver.cancel()  # what the tool could not finish

    def _driver(self, gesture: Gesture) -> ToolDriver:
        key = gesture.tool, gesture.settings
        if key not in self._drivers:
            driver = ToolDriver()
            driver.model_ids, driver.likelihood = self._model_ids, self._likelihood
            driver.choose(gesture.spec, gesture.options)
            self._drivers[key] = driver
        return self._drivers[key]


class Hand:
    """Does gestures for good and keeps account of them.

    Attributes
    ----------
    effort
        What everything so far has cost.
    """

    def __init__(self, document: Document, desk: Desk, rng: np.random.Generator) -> None:
        self._document = document
        self._desk = desk
        self._rng = rng
        self._tool = tools.in_order()[0].name
        self._class = document.classes.ids[0]
        self._settings = {spec.name: asdict(spec.options()) for spec in tools.registry}
        height, width = document.frame.shape
        self._place: Point = (height / 2, width / 2)
        self.effort = Effort()

    def size(self, tool: str) -> int:
        """The size that a tool has at the moment."""
        return int(self._settings[tool]["size"])

    def cost(self, gesture: Gesture) -> Effort:
        """What a gesture would cost from here, with all that must be chosen and set before."""
        return self._choosing(gesture) + self._moving(gesture)

    def undo(self) -> None:
        """Take the last gesture back: Ctrl and Z."""
        self.effort += keys(2)
        self._document.undo()

    def do(self, gesture: Gesture) -> None:
        """Do a gesture."""
        self.effort += self.cost(gesture)
        self._tool = gesture.tool
        self._class = self._class if gesture.class_id is None else gesture.class_id
        self._settings[gesture.tool] = asdict(gesture.options)
        self._place = gesture.points[-1]
        self._desk.use(self._document, gesture, self._rng)

    def _choosing(self, gesture: Gesture) -> Effort:
        effort = keys(gesture.tool != self._tool)
        if gesture.class_id not in (None, self._class):
            chosen = self._document.classes.get(gesture.class_id)
            effort += keys(1) if chosen and chosen.shortcut else panel_click()
        now = self._settings[gesture.tool]
        for name, wanted in asdict(gesture.options).items():
            if wanted != now[name]:
                effort += _setting(gesture.tool, name, now[name], wanted)
        return effort + keys(gesture.modifiers is not Modifier.NONE)

    def _moving(self, gesture: Gesture) -> Effort:
        there = math.dist(self._place, gesture.points[0]) * ZOOM
        seconds = THINK + pointing(there, gesture.slacks[0] * ZOOM)
        ways = [(length * ZOOM, slack * ZOOM) for length, slack in gesture.ways]
        distance = there + sum(length for length, _ in ways)
        kind = gesture.spec.gesture
        if kind == "points":
            clicks = len(gesture.points)
            seconds += sum(pointing(*way) for way in ways) + clicks * 2 * PRESS
            return Effort(clicks=clicks, distance=distance, seconds=seconds) + keys(1)
        seconds += 2 * PRESS
        if not ways:
            return Effort(clicks=1, distance=distance, seconds=seconds)
        drawn = kind == "stroke"
        seconds += steering(ways) if drawn else sum(pulling(*way) for way in ways)
        return Effort(strokes=1, distance=distance, seconds=seconds)


def _setting(tool: str, name: str, now: Any, wanted: Any) -> Effort:
    if name != "size":
        return panel_click()
    ladder = sizes(tool)
    return keys(abs(ladder.index(now) - ladder.index(wanted)))


def _moves(gesture: Gesture) -> Iterator[tuple[Point, float]]:
    """Places where the pointer is seen, as near to each other as a mouse tells, and the slacks."""
    start = gesture.points[0]
    yield start, gesture.slacks[0]
    for end, slack in zip(gesture.points[1:], gesture.slacks[1:], strict=True):
        steps = max(1, math.ceil(math.dist(start, end) / _SPACING))
        for step in range(1, steps + 1):
            share = step / steps
            place = (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
            yield place, slack
        start = end


def _events(
    gesture: Gesture, places: list[tuple[Point, float]], rng: np.random.Generator
) -> list[PointerEvent]:
    aims = np.array([place for place, _ in places])
    slacks = np.array([slack for _, slack in places])[:, None].clip(max=WIDEST / 2 / ZOOM)
    strayed = rng.normal(0, _STRAYS * slacks, aims.shape).clip(-slacks, slacks)
    return [
        PointerEvent(y, x, modifiers=gesture.modifiers, reach=REACH)
        for y, x in (aims + strayed).tolist()
    ]
