"""Checks of labels in the window: after saving, when done, in the dialog, and put right."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segstudio.core.edit import Edit
from segstudio.core.label_map import LabelMap, Provenance
from segstudio.core.lint.parts.class_sets import ClassPairs
from segstudio.core.lint.touching import TouchingOptions
from segstudio.core.rect import Rect
from segstudio.gui.dialogs.lint import LintDialog
from segstudio.gui.linting import Linting
from segstudio.gui.widgets.list_rows import ROW_ROLE
from segstudio.project import Project

from .conftest import CONTROL, LEFT, LONG, NONE, SHAPE, Hands

ROAD, SKY, CAR = 0, 1, 2
DOTS = ((20, 30), (20, 60), (70, 90))


@pytest.fixture
def speckled(folder: Path) -> Path:
    """Frame a is road, with three dots of sky; all of it a human's."""
    label_map = LabelMap.blank(SHAPE)
    label_map.ids[:], label_map.provenance[:] = ROAD, Provenance.HUMAN
    for row, column in DOTS:
        label_map.ids[row, column] = SKY
    with Project.open(folder) as project:
        project.save_labels("a", label_map)
    return folder


@pytest.fixture
def window(hands: Hands, speckled: Path) -> Hands:
    hands.open(speckled)
    return hands


def linting(hands: Hands) -> Linting:
    return hands.window.linting


def checked(hands: Hands) -> LintDialog:
    """Press Ctrl+L and wait for the findings."""
    hands.key(Qt.Key.Key_L, CONTROL)
    hands.wait(lambda: linting(hands).state.report is not None)
    return linting(hands).dialog


def texts(dialog: LintDialog) -> list[str]:
    table = dialog.list.table
    return [table.index(row).data() for row in range(table.rowCount())]


def draw(hands: Hands) -> None:
    """A stroke of sky over the lower edge, which joins no dot."""
    hands.key(Qt.Key.Key_2)
    hands.stroke((0.95, 0.2), (0.95, 0.5))


# --- when -----------------------------------------------------------------------------------------


def told(hands: Hands) -> str:
    """What the status bar says of the checks."""
    field = hands.window.status.findings
    return field.text() if field.isVisible() else ""


def test_saving_tells_what_was_found_without_getting_in_the_way(window: Hands) -> None:
    room = window.window.canvas.size()
    draw(window)
    window.wait(lambda: told(window) == "3 specks")
    assert window.messages == [] and window.window.canvas.size() == room
    window.click(window.window.status.findings)
    dialog = linting(window).dialog
    assert dialog.isVisible() and texts(dialog) == ["Speck of sky, 1 pixel"] * 3


def test_what_is_told_follows_the_labels(window: Hands) -> None:
    draw(window)
    window.wait(lambda: told(window) == "3 specks")
    with window.document.transaction("By hand"):
        window.document.apply(Edit(Rect(20, 30, 21, 31), np.ones((1, 1), np.bool_), ROAD))
    window.wait(lambda: told(window) == "2 specks")
    window.go("b")
    assert told(window) == ""


def test_it_can_be_turned_off_and_stays_off(window: Hands, new_window, speckled: Path) -> None:
    window.window.actions_["check_when_saving"].trigger()
    draw(window)
    window.save()
    window.close()
    again = new_window()
    again.open(speckled)
    assert not again.window.actions_["check_when_saving"].isChecked()
    assert linting(again).state.report is None and told(again) == ""


def test_marking_as_done_tells_of_it(window: Hands) -> None:
    window.key(Qt.Key.Key_Return)
    assert window.wait_for_message("done") == "Marked as done: 3 specks."


def test_a_frame_that_no_human_looked_at_is_told(at_work: Hands) -> None:
    at_work.predict()
    at_work.key(Qt.Key.Key_Return)
    assert "1 unseen frame" in at_work.wait_for_message("Marked as done")


def test_a_frame_that_was_left_is_told_with_the_way_back(window: Hands) -> None:
    window.key(Qt.Key.Key_Return)
    window.go("b")
    assert window.wait_for_message("a: ") == "a: 3 specks."
    window.wait(lambda: window.message == "a: 3 specks.")
    window.click(window.window.messages.remedy)
    window.wait_for_frame("a")
    dialog = linting(window).dialog
    window.wait(lambda: len(texts(dialog)) == 3)
    assert dialog.isVisible()


def test_what_was_painted_on_meanwhile_is_not_told(window: Hands) -> None:
    """The answer to a check of older labels says nothing of those on the screen."""
    window.window.labelling._autosave.setInterval(LONG)  # nothing is saved but by hand
    draw(window)
    window.window.labelling.save()
    window.press(0.2, 0.5)
    window.move(0.25, 0.55)
    window.wait(lambda: window.window.labelling.saved)
    window.window.jobs.drain("lint")
    assert linting(window).state.report is None and window.messages == []
    window.release(0.25, 0.55)
    window.save()
    window.wait(lambda: bool(told(window)))


# --- the dialog -----------------------------------------------------------------------------------


def test_a_click_on_a_finding_goes_to_its_place(window: Hands) -> None:
    dialog, canvas = checked(window), window.window.canvas
    before, look = canvas.viewport, window.look()
    row = dialog.list.visualRect(dialog.list.table.index(2)).center()
    QTest.mouseClick(dialog.list.viewport(), LEFT, NONE, row)
    assert canvas.viewport.scale > before.scale
    height, width = canvas.device_size()
    y, x = canvas.viewport.to_picture(height / 2, width / 2)
    assert (y, x) == pytest.approx((70.5, 90.5), abs=0.6)
    outlined = window.look()
    assert outlined != look
    dialog.close()
    assert window.look() != outlined, "the outline goes with the dialog"


def test_keys_step_through_findings_and_ignore_one(window: Hands, new_window) -> None:
    dialog, folder = checked(window), window.project.folder
    window.wait(dialog.isActiveWindow)
    QTest.keyClick(dialog.list, Qt.Key.Key_Down)
    QTest.keyClick(dialog.list, Qt.Key.Key_Down)
    assert dialog.list.current.rect == Rect(20, 60, 21, 61)
    QTest.keyClick(dialog.list, Qt.Key.Key_Delete)
    assert len(texts(dialog)) == 2
    assert dialog.list.current.rect == Rect(70, 90, 71, 91), "the next one is stepped on"
    window.close()
    again = new_window()
    again.open(folder)
    dialog = checked(again)
    assert len(texts(dialog)) == 2 and dialog.heed.isVisible()
    again.click(dialog.heed)
    assert len(texts(dialog)) == 3 and not dialog.heed.isVisible()


def test_specks_are_removed_as_one_step(window: Hands) -> None:
    dialog, before = checked(window), window.labels.copy()
    window.click(dialog.remedies["specks"])
    window.wait(lambda: window.undo_name == "Remove specks")
    assert (window.labels.ids == ROAD).all()
    window.wait(lambda: texts(dialog) == [])
    assert dialog.empty.isVisible() and not dialog.remedies["specks"].isVisible()
    window.key(Qt.Key.Key_Z, CONTROL)
    assert window.labels.equals(before)


def test_removing_leaves_what_is_ignored_or_protected(window: Hands) -> None:
    dialog = checked(window)
    window.wait(dialog.isActiveWindow)
    QTest.keyClick(dialog.list, Qt.Key.Key_Down)
    window.click(dialog.ignore)
    region = np.zeros(SHAPE, np.bool_)
    region[:, 50:] = True
    window.window.protecting._take_region(region, added=False)
    window.window.protecting.paint_inside(True)
    window.click(dialog.remedies["specks"])
    window.wait(lambda: window.undo_name == "Remove specks")
    assert [int(window.labels.ids[dot]) for dot in DOTS] == [SKY, ROAD, ROAD]


def test_a_locked_class_is_not_removed(window: Hands) -> None:
    dialog = checked(window)
    labelling = window.window.labelling
    labelling.set_classes(window.project.classes.changed(SKY, locked=True))
    before = window.labels.copy()
    window.click(dialog.remedies["specks"])
    window.window.jobs.drain("lint")
    assert window.labels.equals(before) and window.undo_name != "Remove specks"


def test_findings_follow_the_labels_while_the_dialog_is_open(window: Hands) -> None:
    dialog = checked(window)
    with window.document.transaction("By hand"):
        window.document.apply(Edit(Rect(20, 30, 21, 31), np.ones((1, 1), np.bool_), ROAD))
    window.wait(lambda: len(texts(dialog)) == 2)


def test_without_findings_it_says_so(at_work: Hands) -> None:
    dialog = checked(at_work)
    assert dialog.empty.isVisible() and "Nothing found" in dialog.empty.sentence()
    at_work.click(at_work.button(dialog, "Close"))
    assert not dialog.isVisible()


# --- the rules ------------------------------------------------------------------------------------


def test_rules_are_set_by_hand_and_kept(window: Hands, new_window) -> None:
    dialog, folder = checked(window), window.project.folder
    window.click(window.button(dialog, "Checks…"))
    forms = dialog.rules.checks
    (table,) = [pairs.table for pairs in forms["touching"]._pairs.values()]
    (view,) = [pairs.view for pairs in forms["touching"]._pairs.values()]
    cell = view.visualRect(table.index(SKY, ROAD)).center()
    QTest.mouseClick(view.viewport(), LEFT, NONE, cell)
    QTest.mouseClick(forms["specks"].switch.switch, LEFT)
    (row,) = forms["slivers"]._sets.values()
    row.menu.popup(dialog.pos())
    car = row.menu.actions()[CAR]
    QTest.mouseClick(row.menu, LEFT, NONE, row.menu.actionGeometry(car).center())
    assert row.menu.isVisible() and row.button.text() == "car"
    row.menu.close()
    window.click(window.button(dialog, "Back to the findings"))
    window.wait(lambda: texts(dialog) == ["road touches sky, 5 pixels"] * 3)
    window.close()
    again = new_window()
    again.open(folder)
    rules = linting(again).state.rules
    assert rules.off == {"specks"} and rules.options["slivers"].thin == {CAR}
    assert rules.options["touching"] == TouchingOptions(ClassPairs([(ROAD, SKY)]))


def test_a_class_that_goes_takes_its_rules_along(window: Hands) -> None:
    rules = linting(window).state.rules
    pairs = TouchingOptions(ClassPairs([(ROAD, CAR), (ROAD, SKY)]))
    linting(window).set_rules(rules.with_options("touching", pairs))
    window.window.labelling.set_classes(window.project.classes.without(CAR))
    assert linting(window).state.rules.options["touching"].forbidden == {(ROAD, SKY)}


def test_rows_know_their_finding(window: Hands) -> None:
    dialog = checked(window)
    found = dialog.list.table.index(0).data(ROW_ROLE)
    assert (found.check, found.class_ids) == ("specks", (SKY,))
