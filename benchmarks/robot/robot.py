"""The robot: looks for what is wrong, tries out what could be done, does what pays most."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np

from robot.effort import Effort
from robot.gesture import Gesture
from robot.hand import Desk, Hand
from robot.view import Case, Region, View
from segstudio.core.document import Document
from segstudio.core.label_map import Ids
from segstudio.core.rect import Rect

Planner = Callable[[View, Region, Hand], Iterator[Gesture]]
"""Ways to put a wrong region right."""

_LOOKS_AT = 3
"""Regions that are compared before each gesture."""

_ATTEMPTS = 3
"""Times that everything is tried anew before the robot gives up."""

_MOST_GESTURES = 2000
_NEAR = 48


class Tried(NamedTuple):
    """A gesture and how many more pixels are right after it."""

    gesture: Gesture
    gain: int


@dataclass(frozen=True)
class Use:
    """One gesture as it went: pixels that it made right, less those it spoilt, and its time."""

    tool: str
    gain: int
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """How a frame went: shares of right pixels before and after, effort, and each gesture."""

    start: float
    end: float
    effort: Effort
    uses: tuple[Use, ...]


class Robot:
    """Labels one frame.

    Parameters
    ----------
    case
        The frame and what is known about it.
    document
        The frame as it is to begin with.
    planners
        What the robot can think of.
    rng
        Says how the hand strays.
    """

    def __init__(
        self, case: Case, document: Document, planners: Sequence[Planner], rng: np.random.Generator
    ) -> None:
        self._case = case
        self._document = document
        self._planners = planners
        self._desk = Desk(case.model_ids, case.likelihood)
        self._trial_rng, hand_rng = rng.spawn(2)
        self._trials: dict[tuple[int, Rect, bytes], list[Tried]] = {}
        self.hand = Hand(document, self._desk, hand_rng)

    def label(self, goal: float) -> Outcome:
        """Go on until this share of the pixels is right, or nothing helps any more."""
        start = self._accuracy()
        uses = []
        for _ in range(_MOST_GESTURES):
            gesture = self._next() if self._accuracy() < goal else None
            if gesture is None:
                break
            uses.append(self._use(gesture))
        return Outcome(start, self._accuracy(), self.hand.effort, tuple(uses))

    def _accuracy(self) -> float:
        return self._case.accuracy(self._document.label_map.ids)

    def _use(self, gesture: Gesture) -> Use:
        """Do a gesture, and take it back where the hand slipped."""
        before, seconds = self._case.right(self._document.label_map.ids), self.hand.effort.seconds
        self.hand.do(gesture)
        gain = self._case.right(self._document.label_map.ids) - before
        if gain < 0:
            self.hand.undo()
        return Use(gesture.tool, max(0, gain), self.hand.effort.seconds - seconds)

    def _next(self) -> Gesture | None:
        """The gesture that brings most in its time, for the largest wrong regions."""
        view = View.of(self._case, self._document)
        for _ in range(_ATTEMPTS):
            helpful = (tried for region in view.regions() if (tried := self._tried(view, region)))
            found = [one for tried in islice(helpful, _LOOKS_AT) for one in tried]
            found.sort(key=lambda one: -one.gain / self.hand.cost(one.gesture).seconds)
            for gesture, gain in found:
                # A tool that fills may find other neighbours far away than when it was tried.
                if self._gain(view.ids, gesture) >= gain / 2:
                    return gesture
            self._trials.clear()
        return None

    def _tried(self, view: View, region: Region) -> list[Tried]:
        """What helps with a region; known already where nothing near it has changed."""
        near = view.window(region.rect, _NEAR)
        key = region.class_id, region.rect, view.ids[near.slices].tobytes()
        if key not in self._trials:
            self._trials[key] = [one for one in self._try(view, region) if one.gain > 0]
        return self._trials[key]

    def _try(self, view: View, region: Region) -> Iterator[Tried]:
        """Try out what the planners say, as far as it might be better than what was tried."""
        plans = [plan for planner in self._planners for plan in planner(view, region, self.hand)]
        seconds = [self.hand.cost(plan).seconds for plan in plans]
        hopes = [_most(view, plan) / s for plan, s in zip(plans, seconds, strict=True)]
        best = 0.0
        for index in sorted(range(len(plans)), key=lambda index: -hopes[index]):
            if hopes[index] <= best:
                return
            gain = self._gain(view.ids, plans[index])
            best = max(best, gain / seconds[index])
            yield Tried(plans[index], gain)

    def _gain(self, ids: Ids, gesture: Gesture) -> int:
        """How many more pixels are right after a gesture, on a copy."""
        document = self._document
        copy = Document(document.frame, document.label_map.copy(), document.classes)
        self._desk.use(copy, gesture, self._trial_rng)
        return self._case.right(copy.label_map.ids) - self._case.right(ids)


def _most(view: View, gesture: Gesture) -> int:
    """A gesture's gain if all went well: it goes on from a click, but stays near other ways."""
    around = Rect.of_shape(view.ids.shape)
    if gesture.spec.gesture != "click":
        rows, columns = np.array(gesture.points).astype(int).T.tolist()
        rect = Rect(min(rows), min(columns), max(rows) + 1, max(columns) + 1)
        around = view.window(rect, 3 * getattr(gesture.options, "size", 1))
    if gesture.class_id is None:
        return int((view.worth_of(view.case.truth[around.slices], around) > 0).sum())
    return int((view.worth(gesture.class_id, around) > 0).sum())
