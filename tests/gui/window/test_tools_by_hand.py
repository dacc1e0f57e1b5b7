"""Every tool of the registry by mouse, pen, wheel and keys, in the real window."""

from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from segstudio import tools
from segstudio.core.classes import ClassTable
from segstudio.core.edit import Edit
from segstudio.core.label_map import VOID
from segstudio.core.options import describe
from segstudio.core.rect import Rect
from segstudio.project import Project
from segstudio.tools.parts.spec import ToolSpec, UsedBy

from .conftest import CONTROL, LEFT, MODEL_CLASSES, NONE, SHAPE, Hands
from .pen import Pen, Place

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
AROUND: tuple[Place, ...] = ((0.25, 0.3), (0.25, 0.7), (0.75, 0.3), (0.75, 0.7))
OBJECT = Rect(32, 48, 64, 80)
"""Amid what these places surround."""


@pytest.fixture
def with_work(hands: Hands, tmp_path: Path) -> Hands:
    """A frame with work for every tool.

    A bright object, regions full of holes and specks, and probabilities.
    """
    pixels = np.random.default_rng(0).integers(20, 50, (*SHAPE, 3)).astype(np.uint8)
    pixels[OBJECT.slices] += 120
    (tmp_path / "one").mkdir()
    Image.fromarray(pixels).save(tmp_path / "one" / "a.png")
    with Project.open(tmp_path / "one") as project:
        project.classes = ClassTable.of_names(MODEL_CLASSES)
    hands.open(tmp_path / "one")
    rng = np.random.default_rng(3)
    ids = rng.choice(np.array([0, 1, 2, VOID], np.uint8), SHAPE, p=[0.7, 0.1, 0.1, 0.1])
    document, driver = hands.document, hands.window.canvas.driver
    document.begin("Before")
    document.apply(Edit(Rect.of_shape(SHAPE), np.ones(SHAPE, bool), ids))
    document.commit()
    likely = rng.random((3, *SHAPE), np.float32)
    driver.likelihood = lambda class_id: likely[class_id] if class_id < len(likely) else None
    return hands


def state(hands: Hands) -> tuple[bytes, bytes]:
    return hands.labels.ids.tobytes(), hands.labels.provenance.tobytes()


def take(hands: Hands, spec: ToolSpec) -> None:
    """By its key, and as it is set at first."""
    combination = QKeySequence(spec.shortcut)[0]
    hands.key(combination.key(), combination.keyboardModifiers())
    assert hands.window.tools.spec is spec
    hands.window.tools.set_options(spec.options())
    hands.key(Qt.Key.Key_2)


def by_mouse(hands: Hands, spec: ToolSpec) -> None:
    if spec.gesture == "points":
        for place in AROUND:
            hands.move(*place)
            QTest.mouseClick(hands.window.canvas, LEFT, NONE, hands.place(*place))
        hands.key(Qt.Key.Key_Return)
    else:
        hands.stroke(*(AROUND[:1] if spec.gesture == "click" else AROUND))


def by_pen(hands: Hands, spec: ToolSpec) -> None:
    if spec.gesture == "points":
        Pen(hands).tap(*AROUND)
        hands.key(Qt.Key.Key_Return)
    else:
        Pen(hands).stroke(*(AROUND[:1] if spec.gesture == "click" else AROUND))


@pytest.mark.parametrize("gesture", get_args(UsedBy))
def test_mouse_and_pen_do_the_same_and_keys_take_it_back(with_work: Hands, gesture: UsedBy) -> None:
    before, name = state(with_work), with_work.undo_name
    for spec in tools.in_order():
        if spec.gesture != gesture:
            continue
        after = []
        for use in (by_mouse, by_pen):
            take(with_work, spec)
            use(with_work, spec)
            assert not with_work.window.canvas.driver.busy, spec.name
            after.append(state(with_work))
            if spec.edits:
                assert with_work.undo_name == spec.label and after[-1] != before, spec.name
                with_work.key(Qt.Key.Key_Z, CONTROL)
                assert state(with_work) == before, spec.name
                with_work.key(Qt.Key.Key_Y, CONTROL)
                assert state(with_work) == after[-1], spec.name
                with_work.key(Qt.Key.Key_Z, CONTROL)
            assert state(with_work) == before and with_work.undo_name == name, spec.name
        assert after[0] == after[1], spec.name


def test_escape_halfway_leaves_nothing_of_mouse_or_pen(with_work: Hands) -> None:
    before, pen = state(with_work), Pen(with_work)
    first, second, *_ = AROUND
    for spec in tools.in_order():
        take(with_work, spec)
        with_work.press(*first)
        with_work.move(*second)
        with_work.key(Qt.Key.Key_Escape)
        with_work.release(*second)
        pen.press(first)
        pen.move(second)
        with_work.key(Qt.Key.Key_Escape)
        pen.release(second)
        assert state(with_work) == before, spec.name
        assert not with_work.window.canvas.driver.busy, spec.name


def test_the_wheel_sets_size_class_and_strength_whatever_the_tool(with_work: Hands) -> None:
    window = with_work.window
    for spec in tools.in_order():
        take(with_work, spec)
        has_size = any(option.name == "size" for option in describe(spec.options))
        before, opacity = window.tools.options, window.viewing.opacity
        with_work.wheel(1, CONTROL)
        if has_size:
            assert window.tools.options.size > before.size, spec.name
        else:
            assert window.tools.options == before, spec.name
        with_work.wheel(-1, SHIFT)
        assert window.tools.active_class == 2, spec.name
        with_work.wheel(2, SHIFT)
        assert window.tools.active_class == 0, spec.name
        with_work.wheel(1, SHIFT)  # from the first class to the last
        assert window.tools.active_class == 2 == window.class_panel._active, spec.name
        with_work.wheel(-1, ALT)
        assert window.viewing.opacity < opacity, spec.name
        with_work.wheel(1, ALT)
        scale = window.canvas.viewport.scale
        with_work.wheel(1)
        assert window.canvas.viewport.scale > scale, spec.name
        with_work.wheel(-1)
