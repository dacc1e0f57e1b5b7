"""What the hand does on the canvas: undo and redo, picking classes, sizes, what is shown."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from segstudio.core.label_map import VOID

from .conftest import CONTROL, LEFT, NONE, RIGHT, SHAPE, Hands

ALT = Qt.KeyboardModifier.AltModifier
KEYPAD = Qt.KeyboardModifier.KeypadModifier


def test_undo_and_redo_by_keys(at_work: Hands) -> None:
    states = [at_work.labels.ids.copy()]
    for row in (0.2, 0.4, 0.6):
        at_work.stroke((row, 0.2), (row, 0.8))
        states.append(at_work.labels.ids.copy())
    for state in states[-2::-1]:
        at_work.key(Qt.Key.Key_Z, CONTROL)
        assert np.array_equal(at_work.labels.ids, state)
    undo, redo = (at_work.window.actions_[name] for name in ("undo", "redo"))
    assert not undo.isEnabled() and redo.isEnabled() and redo.text() == "&Redo Brush"
    at_work.key(Qt.Key.Key_Y, CONTROL)
    at_work.key(Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert np.array_equal(at_work.labels.ids, states[2])
    at_work.stroke((0.9, 0.2), (0.9, 0.8))
    assert not redo.isEnabled()


def test_undo_is_still_there_when_one_comes_back(at_work: Hands) -> None:
    at_work.stroke((0.2, 0.2), (0.2, 0.8))
    before = at_work.labels.ids.copy()
    at_work.stroke((0.5, 0.2), (0.5, 0.8))
    after = at_work.labels.ids.copy()
    at_work.go("b")
    assert not at_work.window.actions_["undo"].isEnabled()
    at_work.go("a")
    at_work.key(Qt.Key.Key_Z, CONTROL)
    assert np.array_equal(at_work.labels.ids, before)
    at_work.go("c")
    at_work.go("a")
    at_work.key(Qt.Key.Key_Y, CONTROL)
    assert np.array_equal(at_work.labels.ids, after)


def test_undo_in_the_middle_of_a_stroke_waits(at_work: Hands) -> None:
    at_work.stroke((0.2, 0.2), (0.2, 0.8))
    at_work.press(0.6, 0.2)
    at_work.key(Qt.Key.Key_Z, CONTROL)
    at_work.release(0.6, 0.8)
    assert at_work.labels.human()[int(0.2 * SHAPE[0]), SHAPE[1] // 2]


@pytest.mark.parametrize("modifiers", [NONE, KEYPAD])
def test_digits_pick_classes(at_work: Hands, modifiers: Qt.KeyboardModifier) -> None:
    for key, class_id in ((Qt.Key.Key_3, 2), (Qt.Key.Key_1, 0), (Qt.Key.Key_2, 1)):
        at_work.key(key, modifiers)
        assert at_work.window.tools.active_class == class_id
        assert at_work.window.class_panel._active == class_id
    at_work.key(Qt.Key.Key_9, modifiers)
    assert at_work.window.tools.active_class == 1


def test_digits_pick_classes_when_a_list_has_the_focus(at_work: Hands) -> None:
    at_work.go("b")
    for focused in (at_work.window.frame_list.list, at_work.window.class_panel.view):
        focused.setFocus()
        QTest.keyClick(focused, Qt.Key.Key_3)
        assert at_work.window.tools.active_class == 2
        QTest.keyClick(focused, Qt.Key.Key_1)
        assert at_work.window.tools.active_class == 0


def test_the_right_button_picks_what_is_under_it(at_work: Hands) -> None:
    at_work.key(Qt.Key.Key_3)
    at_work.stroke((0.5, 0.4), (0.5, 0.6))
    at_work.key(Qt.Key.Key_1)
    at_work.right_click(0.95, 0.5)  # void has no class to pick
    assert at_work.window.tools.active_class == 0
    at_work.right_click(0.5, 0.5)
    assert at_work.window.tools.active_class == 2
    assert at_work.window.class_panel.view.currentIndex().row() == 2


def test_the_right_button_does_not_end_a_stroke(at_work: Hands) -> None:
    canvas = at_work.window.canvas
    at_work.press(0.2, 0.2)
    QTest.mousePress(canvas, RIGHT, NONE, at_work.place(0.2, 0.2))
    QTest.mouseRelease(canvas, RIGHT, NONE, at_work.place(0.2, 0.2))
    at_work.move(0.2, 0.8)
    at_work.release(0.2, 0.8)
    assert at_work.labels.human()[int(0.2 * SHAPE[0]), SHAPE[1] // 2]


def test_wheel_and_brackets_set_the_size_within_its_bounds(at_work: Hands) -> None:
    tools = at_work.window.tools
    start = tools.options.size
    at_work.wheel(1, CONTROL)
    larger = tools.options.size
    assert larger > start
    at_work.key(Qt.Key.Key_BracketLeft)
    at_work.key(Qt.Key.Key_BracketLeft)
    assert tools.options.size < start
    at_work.key(Qt.Key.Key_BracketRight)
    for _ in range(60):
        at_work.wheel(-1, CONTROL)
    assert tools.options.size == 1
    at_work.wheel(1, CONTROL)
    assert tools.options.size == 2
    assert at_work.window.tool_panel.form.rows["size"].value() == 2


def test_another_size_in_the_middle_of_a_stroke_does_not_lose_it(at_work: Hands) -> None:
    at_work.press(0.3, 0.2)
    at_work.move(0.3, 0.5)
    at_work.key(Qt.Key.Key_BracketRight)
    at_work.move(0.3, 0.8)
    at_work.release(0.3, 0.8)
    human = at_work.labels.human()[int(0.3 * SHAPE[0])]
    assert human[int(0.3 * SHAPE[1])] and human[int(0.7 * SHAPE[1])]
    at_work.key(Qt.Key.Key_Z, CONTROL)
    assert not at_work.labels.human().any()


def test_parts_of_a_notch_add_up(at_work: Hands) -> None:
    tools = at_work.window.tools
    start = tools.options.size
    for _ in range(7):
        at_work.wheel(1, CONTROL, 15)
    assert tools.options.size == start
    at_work.wheel(1, CONTROL, 15)
    assert tools.options.size > start
    at_work.wheel(1, CONTROL, 100)
    at_work.wheel(-1, CONTROL, 119)  # turning round begins anew
    assert tools.options.size > start


def test_a_message_does_not_shift_a_stroke_under_way(at_work: Hands) -> None:
    canvas = at_work.window.canvas

    def under_pointer() -> tuple[float, float]:
        here = QPointF(canvas.mapFromGlobal(pointer)) * canvas.devicePixelRatioF()
        return canvas.viewport.to_picture(here.y(), here.x())

    at_work.press(0.3, 0.3)
    pointer = canvas.mapToGlobal(at_work.place(0.3, 0.3))
    before, height = under_pointer(), canvas.height()
    at_work.window.messages.show_message("Something went wrong.", "error")
    at_work.wait(lambda: canvas.height() < height)
    assert under_pointer() == pytest.approx(before)
    at_work.window.messages.clear()
    at_work.wait(lambda: canvas.height() == height)
    assert under_pointer() == pytest.approx(before)


def test_opacity_is_the_same_by_slider_wheel_and_keys(at_work: Hands) -> None:
    viewing, row = at_work.window.viewing, at_work.window.display_panel.opacity
    at_work.type(row.number, "")
    row.number.selectAll()
    QTest.keyClicks(row.number, "40")
    QTest.keyClick(row.number, Qt.Key.Key_Tab)
    assert viewing.opacity == pytest.approx(0.4)
    at_work.wheel(2, ALT)
    assert viewing.opacity == pytest.approx(0.5) and row.value() == 50
    at_work.key(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert viewing.opacity == pytest.approx(0.45) and row.value() == 45
    for _ in range(20):
        at_work.wheel(-1, ALT)
    assert viewing.opacity == 0 and row.value() == 0
    assert at_work.window.settings.opacity == 0


def test_labels_are_hidden_and_outlined_by_a_key(at_work: Hands) -> None:
    bare = at_work.look()
    at_work.stroke((0.5, 0.3), (0.5, 0.7))
    filled = at_work.look()
    at_work.key(Qt.Key.Key_O)
    outlined = at_work.look()
    assert len({bare, filled, outlined}) == 3
    at_work.key(Qt.Key.Key_H)
    assert at_work.look() == bare
    at_work.key(Qt.Key.Key_H)
    assert at_work.look() == outlined
    at_work.key(Qt.Key.Key_O)
    assert at_work.look() == filled


def test_escape_takes_a_stroke_back(at_work: Hands) -> None:
    at_work.press(0.5, 0.3)
    at_work.move(0.5, 0.7)
    at_work.key(Qt.Key.Key_Escape)
    at_work.release(0.5, 0.7)
    assert (at_work.labels.ids == VOID).all() and at_work.undo_name is None


def test_done_and_reopened_by_return(at_work: Hands) -> None:
    at_work.stroke((0.5, 0.3), (0.5, 0.7))
    at_work.key(Qt.Key.Key_Return)
    assert at_work.status == "done"
    at_work.key(Qt.Key.Key_Return)
    assert at_work.status == "edited"


def test_next_unlabelled_goes_round_and_says_when_there_is_none(at_work: Hands) -> None:
    for name in "abc":
        at_work.wait_for_frame(name)
        at_work.stroke((0.5, 0.3), (0.5, 0.7))
        at_work.key(Qt.Key.Key_U)
    assert at_work.wait_for_message("Every frame")


def test_zoom_stays_between_frames_of_one_size(at_work: Hands) -> None:
    at_work.wheel(4)
    scale = at_work.window.canvas.viewport.scale
    at_work.go("b")
    assert at_work.window.canvas.viewport.scale == scale
    at_work.key(Qt.Key.Key_F)
    assert at_work.window.canvas.viewport.scale < scale


def test_a_window_without_classes_asks_for_one(hands: Hands, pictures) -> None:
    hands.open(pictures)
    hands.stroke((0.5, 0.3), (0.5, 0.7))
    assert "Add a class" in hands.message
    QTest.mouseClick(hands.button(hands.window.class_panel, "Add class"), LEFT)
    assert hands.project.classes.names == ("class 1",)
    hands.stroke((0.5, 0.3), (0.5, 0.7))
    assert hands.labels.human().any()
