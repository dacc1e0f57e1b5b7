"""Keys of the user's own: chosen in the dialog, at work at once and after a restart."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton

from segstudio.gui.command_palette import CommandPalette
from segstudio.gui.dialogs.shortcuts import ShortcutsDialog

from .conftest import CONTROL, NONE, Hands

SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


def open_dialog(hands: Hands, search: str = "") -> ShortcutsDialog:
    hands.key(Qt.Key.Key_K, CONTROL | SHIFT)
    dialog = hands.window.keyboard._dialog
    assert dialog is not None and dialog.isVisible()
    dialog.search.clear()
    hands.type(dialog.search, search)
    return dialog


def press(dialog: ShortcutsDialog, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Enter asks for other keys, which are then pressed."""
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    QTest.keyClick(QApplication.focusWidget(), key, modifiers)


def action(hands: Hands, name: str) -> QAction:
    return hands.window.actions_[name]


def test_every_action_has_keys_of_its_own(hands: Hands) -> None:
    without = [made.objectName() for made in hands.window.actions_ if not made.shortcuts()]
    assert not without
    shortcuts = hands.window.keyboard.shortcuts
    for entry in shortcuts.entries:
        assert entry.defaults and not shortcuts.owners(entry.name, entry.defaults), entry.name
        refusals = [shortcuts.refusal(entry.name, keys) for keys in entry.defaults]
        assert not any(refusals), entry.name


def test_everything_is_listed_under_its_menu(hands: Hands) -> None:
    dialog = open_dialog(hands)
    rows = {row.entry.name: row.entry.group for row in dialog.list._rows()}
    for made in hands.window.actions_:
        assert rows.pop(made.objectName()) == hands.window.actions_.title_of(made)
    assert set(rows.values()) == {"Held keys", "While drawing"}


def test_new_keys_work_at_once_are_shown_everywhere_and_last(at_work: Hands, new_window) -> None:
    dialog = open_dialog(at_work, "model predict")
    press(dialog, Qt.Key.Key_F11)
    assert "(F11)" in at_work.window.model_panel.predict.text()
    assert "F11</small>" in action(at_work, "predict").toolTip()
    dialog.close()
    at_work.key(Qt.Key.Key_P)
    assert not at_work.window.predicting._job
    at_work.key(Qt.Key.Key_F11)
    at_work.wait(lambda: at_work.undo_name == "Predict")
    action(at_work, "command_palette").trigger()
    (palette,) = at_work.window.findChildren(CommandPalette)
    QTest.keyClicks(palette._search, "model predict")
    assert palette._list.currentItem().keys == "F11"
    palette.close()
    at_work.close()
    again = new_window()
    assert action(again, "predict").shortcut().toString() == "F11"
    assert "(F11)" in again.window.model_panel.predict.text()


def test_keys_of_another_are_taken_only_when_told_to(at_work: Hands) -> None:
    dialog = open_dialog(at_work, "next frame")
    press(dialog, Qt.Key.Key_O)
    editor = dialog.editor
    assert "Contours only" in editor.notice.text() and editor.remedy.isVisible()
    assert action(at_work, "contours_only").shortcut().toString() == "O"
    at_work.click(editor.remedy)
    assert action(at_work, "contours_only").shortcuts() == []
    assert "<small>" not in action(at_work, "contours_only").toolTip()
    dialog.close()
    at_work.key(Qt.Key.Key_O)
    at_work.wait_for_frame("b")
    assert not action(at_work, "contours_only").isChecked()


def test_some_keys_are_nobodys_to_have(at_work: Hands) -> None:
    dialog = open_dialog(at_work, "model predict")
    for key, modifiers, why in (
        (Qt.Key.Key_3, NONE, "classes"),
        (Qt.Key.Key_F, ALT, "menu"),
    ):
        press(dialog, key, modifiers)
        assert why in dialog.editor.notice.text() and not dialog.editor.remedy.isVisible()
    dialog.search.clear()
    at_work.type(dialog.search, "pan by dragging")
    press(dialog, Qt.Key.Key_E, CONTROL)
    assert "one key" in dialog.editor.notice.text()
    assert not at_work.window.keyboard.shortcuts.any_changed


def test_escape_leaves_the_keys_and_the_dialog_as_they_are(at_work: Hands) -> None:
    dialog = open_dialog(at_work, "model predict")
    press(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible() and not dialog.editor.buttons[0]._waits
    assert action(at_work, "predict").shortcut().toString() == "P"


def test_more_keys_none_and_those_from_before(at_work: Hands) -> None:
    dialog = open_dialog(at_work, "lasso")
    editor, lasso = dialog.editor, action(at_work, "tool_lasso")
    at_work.click(editor.buttons[-1])
    QTest.keyClick(editor.buttons[-1], Qt.Key.Key_F12)
    assert [key.toString() for key in lasso.shortcuts()] == ["Q", "F12"]
    assert dialog.list.currentItem().text() == "Lasso: Q, F12, changed"
    for _ in range(2):
        QApplication.processEvents()
        at_work.click(next(b for b in editor.findChildren(QToolButton) if b.isVisible()))
    assert lasso.shortcuts() == [] and "no keys" in dialog.list.currentItem().text()
    at_work.click(editor.reset)
    assert lasso.shortcut().toString() == "Q" and not editor.reset.isEnabled()


def test_all_are_reset_and_that_is_undone(at_work: Hands) -> None:
    shortcuts = at_work.window.keyboard.shortcuts
    dialog = open_dialog(at_work, "changed")
    assert dialog._found.currentIndex() == 1 and not dialog.reset_all.isEnabled()
    shortcuts.set_keys("save", ("F12",))
    dialog.search.clear()
    at_work.click(dialog.reset_all)
    assert not shortcuts.any_changed
    at_work.click(dialog.editor.remedy)
    assert shortcuts.keys("save") == ("F12",)


def test_held_keys_and_those_of_shapes_are_changed_too(at_work: Hands) -> None:
    dialog = open_dialog(at_work, "bare picture")
    press(dialog, Qt.Key.Key_F11)
    dialog.search.clear()
    at_work.type(dialog.search, "finish the shape")
    press(dialog, Qt.Key.Key_E, CONTROL)  # which exports, while nothing is being drawn
    dialog.close()
    bare = at_work.look()
    at_work.stroke((0.5, 0.3), (0.5, 0.7))
    shown = at_work.look()
    canvas = at_work.window.canvas
    QTest.keyPress(canvas, Qt.Key.Key_F11)
    assert at_work.look() == bare
    QTest.keyRelease(canvas, Qt.Key.Key_F11)
    assert at_work.look() == shown
    at_work.key(Qt.Key.Key_G)
    for place in ((0.1, 0.1), (0.1, 0.4), (0.4, 0.4)):
        at_work.stroke(place)
    at_work.key(Qt.Key.Key_Return)
    assert canvas.driver.ongoing
    at_work.key(Qt.Key.Key_E, CONTROL)
    assert not canvas.driver.ongoing and at_work.undo_name == "Polygon"
    assert at_work.window.batch._export is None
