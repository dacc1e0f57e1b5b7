"""The ways of labelling that are compared."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robot.borders import lasso, polygon, scissors
from robot.brushes import brush, eraser, probability_brush
from robot.clicks import bucket, cleaning, wand
from robot.effort import Effort, keys, panel_click
from robot.robot import Outcome, Planner, Robot
from robot.shapes import box, grabcut, line
from robot.superpixels import superpixel
from robot.view import Case
from segstudio.core.classes import ClassTable
from segstudio.core.document import Document

EVERY_TOOL: tuple[Planner, ...] = (
    *(brush, probability_brush, eraser, superpixel),
    *(polygon, lasso, scissors),
    *(line, box, grabcut),
    *(bucket, wand, cleaning),
)


@dataclass(frozen=True)
class Way:
    """A way to label a frame.

    Attributes
    ----------
    name
        As the table shows it.
    asks
        Whether it begins with what the model says, and not with a blank canvas.
    refines
        Whether the CRF's answer may be taken instead, where it is better.
    planners
        What the robot can think of.
    """

    name: str
    asks: bool
    refines: bool
    planners: Sequence[Planner]


WAYS = (
    Way("blank canvas, brush", False, False, (brush,)),
    Way("prediction, brush", True, False, (brush,)),
    Way("prediction, best tools", True, True, EVERY_TOOL),
)


def label(case: Case, classes: ClassTable, way: Way, goal: float, seed: int) -> Outcome:
    """Label one frame one way.

    Parameters
    ----------
    classes
        The project's, with the keys that pick them.
    goal
        The share of the pixels that is to be right.
    seed
        Of how the hand strays.
    """
    document = Document(case.frame, classes=classes)
    beginning = _begin(document, case, way)
    robot = Robot(case, document, way.planners, np.random.default_rng(seed))
    robot.hand.effort += beginning
    return robot.label(goal)


def _begin(document: Document, case: Case, way: Way) -> Effort:
    """Have the label map as it is before the first gesture: a key predicts, a click refines."""
    if not way.asks:
        return Effort()
    document.compose(case.model_ids, "Predict")
    refined = case.refined_ids
    better = refined is not None and case.accuracy(refined) > case.accuracy(case.model_ids)
    if not way.refines or refined is None or not better:
        return keys(1)
    document.compose(refined, "CRF")
    return keys(1) + panel_click()
