"""The robot's hand: what it does to a document, and what it counts."""

import math
from dataclasses import replace

import numpy as np
import pytest
from robot.effort import KEY, ZOOM, Effort, pointing, steering
from robot.gesture import Gesture, nearest_size, sizes
from robot.hand import Desk, Hand

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.frame import Frame
from segstudio.core.pointer import Modifier

CLASSES = ClassTable.of_names([f"class {number}" for number in range(11)])
STROKE = Gesture("brush", 0, ((20.5, 10.5), (20.5, 50.5)), (2.0, 2.0))
TRIANGLE = Gesture(
    *("polygon", 2, ((5.0, 5.0), (5.0, 45.0), (35.0, 5.0)), (1.0, 1.0, 1.0)),
    modifiers=Modifier.CONTROL,
)


@pytest.fixture
def document() -> Document:
    return Document(Frame("frame", np.zeros((40, 60, 3), np.uint8)), classes=CLASSES)


@pytest.fixture
def hand(document: Document) -> Hand:
    return Hand(document, Desk(), np.random.default_rng(0))


def test_efforts_add_up() -> None:
    assert Effort(1, 2, 3, 4.0, 5.0) + Effort(5, 4, 3, 2.0, 1.0) == Effort(6, 6, 6, 6.0, 6.0)


def test_far_and_small_targets_and_narrow_ways_take_longer() -> None:
    assert pointing(100, 5) < pointing(200, 5) < pointing(200, 2)
    assert steering([(100, 5)]) < steering([(200, 5)]) < steering([(200, 2)])
    assert steering([(100, 5), (60, 2)]) == steering([(100, 5)]) + steering([(60, 2)])


@pytest.mark.parametrize("tool", ["brush", "superpixel", "line"])
def test_sizes_are_those_that_keys_lead_to(tool: str) -> None:
    ladder = sizes(tool)
    assert list(ladder) == sorted(set(ladder))
    assert STROKE.options.size in sizes("brush")
    assert all(nearest_size(tool, size) == size for size in ladder)


def test_a_stroke_paints_and_is_counted(hand: Hand, document: Document) -> None:
    hand.do(STROKE)
    assert (document.label_map.ids[20, 12:48] == 0).all()
    way = math.dist((20, 30), STROKE.points[0]) + 40
    assert (hand.effort.strokes, hand.effort.clicks, hand.effort.keys) == (1, 0, 0)
    assert hand.effort.distance == pytest.approx(way * ZOOM)


def test_corners_are_clicked_and_tool_class_ctrl_and_enter_are_keys(
    hand: Hand, document: Document
) -> None:
    hand.do(TRIANGLE)
    assert document.label_map.ids[10, 10] == 2
    assert (hand.effort.strokes, hand.effort.clicks, hand.effort.keys) == (0, 3, 4)
    assert hand.cost(TRIANGLE).keys == 2  # the tool and the class are in the hand


def test_each_step_of_a_size_is_a_key_and_other_settings_are_set_in_the_panel(hand: Hand) -> None:
    ladder = sizes("brush")
    wider = ladder[ladder.index(20) + 3]
    assert hand.cost(replace(STROKE, settings=(("size", wider),))).keys == 3
    square = hand.cost(replace(STROKE, settings=(("shape", "square"),)))
    assert (square.keys, square.clicks) == (0, 1)


def test_a_class_without_a_key_is_clicked_in_its_panel(hand: Hand) -> None:
    assert hand.cost(replace(STROKE, class_id=9)).keys == 1
    assert hand.cost(replace(STROKE, class_id=10)).clicks == 1


def test_asking_for_the_cost_does_nothing(hand: Hand, document: Document) -> None:
    cost = hand.cost(STROKE)
    assert not document.history.bytes
    hand.do(STROKE)
    assert hand.effort == cost


def test_undo_takes_a_gesture_back_for_two_keys(hand: Hand, document: Document) -> None:
    before = document.label_map.copy()
    hand.do(STROKE)
    spent = hand.effort
    hand.undo()
    assert document.label_map.equals(before)
    assert hand.effort.keys == spent.keys + 2
    assert hand.effort.seconds == pytest.approx(spent.seconds + 2 * KEY)


def test_a_polygon_that_cannot_be_finished_leaves_nothing_open(document: Document) -> None:
    corner = replace(TRIANGLE, points=TRIANGLE.points[:1], slacks=TRIANGLE.slacks[:1])
    Desk().use(document, corner, np.random.default_rng(0))
    assert not document.in_transaction
    assert not document.history.bytes


@pytest.mark.parametrize("gesture", [STROKE, TRIANGLE], ids=lambda gesture: gesture.tool)
def test_the_hand_strays_no_farther_than_its_slack(gesture: Gesture, document: Document) -> None:
    exact = replace(gesture, slacks=tuple(0.0 for _ in gesture.points))
    for made in (gesture, exact):
        Desk().use(document, made, np.random.default_rng(1))
    reach = 2 * max(gesture.slacks) + 2
    rows, columns = np.nonzero(document.label_map.ids != 255)
    painted = np.stack([rows, columns], axis=1)
    document.undo()
    document.undo()
    Desk().use(document, exact, np.random.default_rng(1))
    sure = np.argwhere(document.label_map.ids != 255)
    apart = np.abs(painted[:, None] - sure[None]).max(axis=2).min(axis=1)
    assert apart.max() <= reach
