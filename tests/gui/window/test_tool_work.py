"""Cleaning a huge picture leaves the window alone: its edits are worked out by a worker."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segstudio.core.edit import Edit
from segstudio.core.rect import Rect
from segstudio.gui.canvas import tool_driver
from segstudio.tools import fill_holes
from segstudio.tools.parts import morphology
from segstudio.tools.parts.morphology import Mask

from .conftest import LEFT, NONE, SHAPE, Hands

Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier
HOLE = Rect(40, 50, 44, 54)


class Gate:
    """Holds the worker up until it is opened, and knows who came through."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.reached = threading.Event()
        self.threads: list[str] = []

    def holes(self, mask: Mask, largest: int) -> Mask:
        if threading.current_thread() is threading.main_thread():
            return morphology.holes(mask, largest)  # what is shown while the button is held
        self.reached.set()
        assert self.open.wait(30)
        self.threads.append(threading.current_thread().name)
        found = np.zeros_like(mask)
        found[HOLE.slices] = True
        return found


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate()
    monkeypatch.setattr(tool_driver, "_LARGE", 0)
    monkeypatch.setattr(fill_holes, "holes", gate.holes)
    yield gate
    gate.open.set()


@pytest.fixture
def filling(at_work: Hands, gate: Gate) -> Hands:
    """A window whose class "road" has a hole, which is just being filled."""
    mask = np.ones(SHAPE, np.bool_)
    mask[HOLE.slices] = False
    with at_work.document.transaction("Before"):
        at_work.document.apply(Edit(Rect.of_shape(SHAPE), mask, 0))
    at_work.key(Key.Key_H, SHIFT)
    QTest.mouseClick(at_work.window.canvas, LEFT, NONE, at_work.place(0.2, 0.2))
    assert gate.reached.wait(30)
    return at_work


def test_a_worker_fills_the_hole_as_one_step(filling: Hands, gate: Gate) -> None:
    assert (filling.labels.ids[HOLE.slices] == 255).all()
    gate.open.set()
    filling.wait(lambda: filling.undo_name == "Fill holes")
    assert (filling.labels.ids == 0).all()
    assert gate.threads != [threading.current_thread().name]
    filling.key(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (filling.labels.ids[HOLE.slices] == 255).all()


def test_nothing_else_is_painted_meanwhile(filling: Hands, gate: Gate) -> None:
    filling.stroke((0.1, 0.1), (0.2, 0.2))
    filling.wait_for_message("Fill holes", "Escape")
    gate.open.set()
    filling.wait(lambda: not filling.window.canvas.driver.busy)
    assert filling.undo_name == "Fill holes"
    assert not filling.window.canvas.refusal


def test_escape_gives_it_up(filling: Hands, gate: Gate) -> None:
    filling.key(Key.Key_Escape)
    assert not filling.window.canvas.driver.busy
    assert not filling.window.canvas.refusal
    gate.open.set()
    filling.window.jobs.drain("tools")
    assert filling.undo_name == "Before"
    assert (filling.labels.ids[HOLE.slices] == 255).all()


def test_going_on_to_another_frame_waits_for_it(filling: Hands, gate: Gate) -> None:
    document = filling.document
    gate.open.set()
    filling.go("b")
    assert document.history.undo_name == "Fill holes"
    assert (document.label_map.ids == 0).all()
