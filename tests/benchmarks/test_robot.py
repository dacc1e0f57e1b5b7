"""The robot labels a small drawn scene in each of the ways that are compared."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from robot.robot import Robot
from robot.strokes import Canvas, disc
from robot.view import Case, View
from robot.ways import EVERY_TOOL, WAYS, Way, label

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.frame import Frame
from segstudio.core.label_map import VOID, Ids
from segstudio.core.rect import Rect
from segstudio.tools.parts.stamp import Stamp
from segstudio.tools.parts.sweep import dab

SKY, ROAD, CAR, POLE = range(4)
CLASSES = ClassTable.of_names(["sky", "road", "car", "pole"])
COLOURS = np.array([[120, 160, 220], [90, 90, 90], [180, 40, 40], [220, 200, 60]])
GOAL = 0.98
SHAPE = (72, 96)


def scene() -> Ids:
    """Sky over road, a car, a pole, and some pixels that nobody knows."""
    truth = np.full(SHAPE, SKY, np.uint8)
    truth[40:] = ROAD
    truth[34:56, 20:52] = CAR
    truth[10:50, 70:74] = POLE
    truth[60:66, 80:] = VOID
    return truth


def said(truth: Ids) -> Ids:
    """What a poor model says: all too low, specks in the sky, the pole forgotten."""
    ids = np.roll(np.where(truth == VOID, ROAD, truth), 5, axis=0)
    ids[ids == POLE] = SKY
    ids[4:12:3, 4:60:7] = CAR
    return ids.astype(np.uint8)


@pytest.fixture(scope="module")
def case() -> Case:
    truth, rng = scene(), np.random.default_rng(0)
    pixels = COLOURS[np.where(truth == VOID, ROAD, truth)] + rng.integers(-12, 13, (*SHAPE, 3))
    ids = said(truth)
    likely = np.stack([0.1 + 0.7 * (ids == class_id) for class_id in CLASSES.ids])
    frame = Frame("scene", pixels.clip(0, 255).astype(np.uint8))
    refined = ids.copy()
    refined[:12] = SKY
    return Case(frame, truth, ids, refined, lambda class_id: likely[class_id].astype(np.float32))


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_each_way_reaches_the_goal_and_its_counts_add_up(case: Case, way: Way) -> None:
    outcome = label(case, CLASSES, way, GOAL, seed=0)
    assert outcome.end >= GOAL
    asked = {False: 0.0, True: case.accuracy(case.model_ids)}[way.asks]
    assert outcome.start == (case.accuracy(case.refined_ids) if way.refines else asked)
    pixels = np.count_nonzero(case.known)
    gained = sum(use.gain for use in outcome.uses)
    assert gained == round((outcome.end - outcome.start) * pixels)
    in_gestures = sum(use.seconds for use in outcome.uses)
    assert in_gestures <= outcome.effort.seconds <= in_gestures + 2
    assert outcome.effort.strokes + outcome.effort.clicks >= len(outcome.uses)


def test_the_same_seed_gives_the_same_account(case: Case) -> None:
    first, again = (label(case, CLASSES, WAYS[-1], GOAL, seed=3) for _ in range(2))
    assert first == again


def test_every_change_can_be_undone(case: Case) -> None:
    document = Document(case.frame, classes=CLASSES)
    before = document.label_map.copy()
    Robot(case, document, EVERY_TOOL, np.random.default_rng(0)).label(GOAL)
    while document.undo() is not None:
        pass
    assert document.label_map.equals(before)


def test_a_right_frame_costs_nothing(case: Case) -> None:
    document = Document(case.frame, classes=CLASSES)
    document.compose(case.truth, "Predict")
    outcome = Robot(case, document, EVERY_TOOL, np.random.default_rng(0)).label(1.0)
    assert (outcome.end, outcome.uses) == (1.0, ())
    assert outcome.effort.seconds == 0


@pytest.mark.parametrize("planner", EVERY_TOOL, ids=lambda planner: planner.__name__)
def test_what_planners_say_can_be_done(case: Case, planner: Sequence[object]) -> None:
    """Whatever a tool is asked for, it is a gesture that the hand can do and undo."""
    document = Document(case.frame, classes=CLASSES)
    document.compose(case.model_ids, "Predict")
    robot = Robot(case, document, (), np.random.default_rng(0))
    view = View.of(case, document)
    for region in list(view.regions())[:6]:
        for gesture in planner(view, region, robot.hand):  # type: ignore[operator]
            assert len(gesture.points) == len(gesture.slacks)
            robot.hand.do(gesture)
            assert not document.in_transaction


def test_void_counts_neither_way(case: Case) -> None:
    document = Document(case.frame, classes=CLASSES)
    worth = View.of(case, document).worth(ROAD, Rect.of_shape(SHAPE))
    assert (worth[case.truth == VOID] == 0).all()
    assert (worth[case.truth == ROAD] == 1).all()
    document.compose(case.truth, "Predict")
    assert (View.of(case, document).worth(SKY, Rect.of_shape(SHAPE)) <= 0).all()


def test_regions_are_what_is_wrong_each_pixel_once(case: Case) -> None:
    document = Document(case.frame, classes=CLASSES)
    document.compose(case.model_ids, "Predict")
    regions = list(View.of(case, document).regions())
    wrong = (case.model_ids != case.truth) & case.known
    assert sum(region.area for region in regions) == np.count_nonzero(wrong)
    assert [region.area for region in regions] == sorted((r.area for r in regions), reverse=True)
    for region in regions:
        (row, column), _ = region.deepest()
        assert wrong[row, column]
        assert case.truth[row, column] == region.class_id


@given(size=st.integers(1, 30))
def test_the_planned_disc_is_the_brush_s(size: int) -> None:
    reach = size // 2
    bounds, painted = Rect(0, 0, 40, 40), np.zeros((40, 40), np.bool_)
    for rect, mask in dab(Stamp.at("round", 20.5, 20.5, size), bounds):
        painted[rect.slices] |= mask
    expected = np.zeros((40, 40), np.bool_)
    expected[20 - reach : 21 + reach, 20 - reach : 21 + reach] = disc(size)
    assert np.array_equal(painted, expected)


@given(
    height=st.integers(6, 40),
    width=st.integers(6, 40),
    size=st.integers(1, 9),
    margin=st.integers(0, 4),
)
def test_strokes_paint_a_box_and_spoil_little(
    height: int, width: int, size: int, margin: int
) -> None:
    region = np.zeros((60, 60), np.bool_)
    region[8 : 8 + height, 8 : 8 + width] = True
    worth = np.where(region, 1, -1).astype(np.int8)
    strokes = Canvas(worth, region).strokes(min(size, height, width), margin)
    assert sum(stroke.gain for stroke in strokes) > 0.5 * region.sum()
    for stroke in strokes:
        rows, columns = np.array(stroke.points).astype(int).T
        assert region[rows, columns].all()
