"""Changing the class table: the canvas, every label file and undo follow."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QColorDialog, QLineEdit

from segstudio.core.label_map import VOID, Provenance
from segstudio.gui.panels.class_rows import zones
from segstudio.project import Project

from .conftest import CONTROL, LEFT, NONE, SHAPE, Hands

UPPER, LOWER = (0.25, 0.5), (0.75, 0.5)


def zone(hands: Hands, class_id: int, name: str) -> QPoint:
    """The middle of a class's swatch, name, eye or lock on the class panel."""
    view = hands.window.class_panel.view
    index = view.model().index(hands.project.classes.ids.index(class_id), 0)
    return zones(view.visualRect(index))[name].center()


def click_zone(hands: Hands, class_id: int, name: str) -> None:
    QTest.mouseClick(
        hands.window.class_panel.view.viewport(), LEFT, NONE, zone(hands, class_id, name)
    )


def colour_at(hands: Hands, place: tuple[float, float]) -> tuple[int, ...]:
    return hands.canvas_image().pixelColor(hands.place(*place)).getRgb()[:3]


def paint_row(hands: Hands, key: Qt.Key, row: float) -> None:
    hands.key(key)
    hands.stroke((row, 0.1), (row, 0.9))


@pytest.fixture
def painted(at_work: Hands) -> Hands:
    """Frames a and b hold a row of road (0) above a row of car (2); a is open."""
    at_work.window.viewing.set_opacity(1.0)
    for name in "ba":
        at_work.go(name)
        paint_row(at_work, Qt.Key.Key_1, UPPER[0])
        paint_row(at_work, Qt.Key.Key_3, LOWER[0])
    at_work.save()
    return at_work


def pixel(place: tuple[float, float]) -> tuple[int, int]:
    return int(place[0] * SHAPE[0]), int(place[1] * SHAPE[1])


def test_a_locked_class_cannot_be_painted_over(painted: Hands) -> None:
    click_zone(painted, 0, "lock")
    assert painted.project.classes.get(0).locked
    before = painted.labels.ids == 0
    painted.key(Qt.Key.Key_2)
    painted.stroke((0.05, 0.5), (0.95, 0.5))
    assert np.array_equal(painted.labels.ids == 0, before)
    assert painted.labels.ids[pixel(LOWER)] == 1
    click_zone(painted, 0, "lock")
    painted.stroke(UPPER, UPPER)
    assert painted.labels.ids[pixel(UPPER)] == 1


def test_the_eye_hides_a_class_and_only_that(painted: Hands) -> None:
    colours = [entry.colour for entry in painted.project.classes]
    assert colour_at(painted, UPPER) == colours[0] and colour_at(painted, LOWER) == colours[2]
    click_zone(painted, 0, "eye")
    assert colour_at(painted, UPPER) != colours[0] and colour_at(painted, LOWER) == colours[2]
    click_zone(painted, 0, "eye")
    assert colour_at(painted, UPPER) == colours[0]


def test_a_new_colour_is_on_the_canvas_at_once(painted: Hands) -> None:
    click_zone(painted, 2, "swatch")
    painted.wait(lambda: bool(painted.window.findChildren(QColorDialog)))
    dialog = painted.window.findChildren(QColorDialog)[0]
    dialog.setCurrentColor("#123456")
    dialog.accept()
    painted.wait(lambda: painted.project.classes.get(2).colour == (0x12, 0x34, 0x56))
    assert colour_at(painted, LOWER) == (0x12, 0x34, 0x56)


def test_a_class_is_renamed_in_place(painted: Hands) -> None:
    view = painted.window.class_panel.view
    QTest.mouseDClick(view.viewport(), LEFT, NONE, zone(painted, 2, "name"))
    editor = view.findChild(QLineEdit)
    painted.wait(editor.hasFocus)
    editor.selectAll()
    # Letters, digits and Return are keys of actions: while one types they must not be.
    QTest.keyClicks(editor, "A bus 1 PHD")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    painted.wait(lambda: painted.project.classes.names == ("road", "sky", "A bus 1 PHD"))
    assert painted.frame == "a" and painted.status == "edited"
    assert painted.labels.ids[pixel(LOWER)] == 2


def test_a_name_that_is_taken_is_refused(painted: Hands) -> None:
    panel = painted.window.class_panel
    panel.rename(2)
    editor = panel.view.findChild(QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, "road")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    painted.wait(panel._problem.isVisible)
    assert painted.project.classes.names == ("road", "sky", "car")


def test_another_order_keeps_ids_and_keys(painted: Hands) -> None:
    view = painted.window.class_panel.view
    view.setFocus()
    QTest.mouseClick(view.viewport(), LEFT, NONE, zone(painted, 2, "name"))
    QTest.keyClick(view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert painted.project.classes.names == ("road", "car", "sky")
    assert painted.labels.ids[pixel(LOWER)] == 2
    painted.key(Qt.Key.Key_3)
    assert painted.window.tools.active_class == 2


def test_an_added_class_is_painted_at_once(painted: Hands) -> None:
    painted.click(painted.button(painted.window.class_panel, "Add class"))
    editor = painted.window.class_panel.view.findChild(QLineEdit)
    QTest.keyClicks(editor, "tree")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    painted.wait(lambda: painted.project.classes.names[-1] == "tree")
    new = painted.project.classes.named("tree")
    assert painted.window.tools.active_class == new.id == 3 and new.shortcut == "4"
    painted.stroke((0.5, 0.2), (0.5, 0.8))
    assert painted.labels.ids[SHAPE[0] // 2, SHAPE[1] // 2] == 3


def delete_car(hands: Hands, heir: int) -> None:
    panel = hands.window.class_panel
    panel.view.setFocus()
    QTest.mouseClick(panel.view.viewport(), LEFT, NONE, zone(hands, 2, "name"))
    QTest.keyClick(panel.view, Qt.Key.Key_Delete)
    panel.removal.heir.setCurrentIndex(panel.removal.heir.findData(heir))
    hands.click(panel.removal.delete)
    hands.wait(lambda: 2 not in hands.project.classes)
    hands.wait_for_frame("a")


@pytest.mark.parametrize("heir", [1, VOID])
def test_a_deleted_class_leaves_every_frame(painted: Hands, heir: int) -> None:
    folder = painted.project.folder
    delete_car(painted, heir)
    for name in "ab":
        painted.go(name)
        assert set(np.unique(painted.labels.ids)) == {0, heir, VOID}
        assert painted.labels.ids[pixel(LOWER)] == heir
        decided = Provenance.NOBODY if heir == VOID else Provenance.HUMAN
        assert painted.labels.provenance[pixel(LOWER)] == decided
    painted.close()
    with Project.open(folder) as project:
        for name in "ab":
            assert 2 not in project.load_labels(name, SHAPE).ids


def test_undo_behind_another_edit_brings_no_deleted_class_back(painted: Hands) -> None:
    delete_car(painted, VOID)
    for name in "ab":
        painted.go(name)
        paint_row(painted, Qt.Key.Key_2, 0.9)
        for _ in range(4):
            painted.key(Qt.Key.Key_Z, CONTROL)
            assert 2 not in painted.labels.ids
        assert painted.undo_name is None
    assert 2 not in painted.project.classes


def test_choosing_another_frame_while_a_class_is_deleted_counts(painted: Hands) -> None:
    painted.window.class_changes.delete(2, 1)
    painted.click_frame("c")
    painted.wait(lambda: 2 not in painted.project.classes)
    painted.wait_for_frame("c")
    painted.qtbot.wait(50)
    assert painted.frame == "c"


def test_the_frame_that_was_deleted_from_shows_what_was_not_saved_yet(painted: Hands) -> None:
    painted.key(Qt.Key.Key_1)
    painted.stroke((0.5, 0.1), (0.5, 0.9))
    delete_car(painted, VOID)
    assert painted.labels.ids[SHAPE[0] // 2, SHAPE[1] // 2] == 0
