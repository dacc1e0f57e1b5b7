"""The class panel, by mouse and by keyboard."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QColorDialog, QLineEdit, QMenu

from segstudio.core.classes import ClassTable
from segstudio.gui.panels.class_rows import zones
from segstudio.gui.panels.classes import ClassPanel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot) -> ClassPanel:
    made = ClassPanel()
    qtbot.addWidget(made)
    made.resize(288, 400)
    made.set_table(ClassTable.of_names(["road", "car", "tree", "sky"]))
    made.set_active(0)
    # As the window does it: what the user wants comes back as the table.
    made.table_edited.connect(made.set_table)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def edits(panel: ClassPanel) -> list[ClassTable]:
    heard: list[ClassTable] = []
    panel.table_edited.connect(heard.append)
    return heard


@pytest.fixture
def actives(panel: ClassPanel) -> list[int]:
    heard: list[int] = []
    panel.active_changed.connect(heard.append)
    return heard


def _point(panel: ClassPanel, class_id: int, zone: str) -> QPoint:
    place = panel._rows.place(class_id)
    return zones(panel.view.visualRect(place))[zone].center()


def _click(panel: ClassPanel, class_id: int, zone: str) -> None:
    QTest.mouseClick(panel.view.viewport(), LEFT, pos=_point(panel, class_id, zone))


def _rename(panel: ClassPanel, name: str) -> None:
    (editor,) = panel.view.findChildren(QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, name)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()  # Qt takes the text over when the key event is done


def test_a_click_makes_a_class_active(panel, actives) -> None:
    _click(panel, 2, "name")
    _click(panel, 2, "name")
    QTest.keyClick(panel.view, Qt.Key.Key_Up)
    assert actives == [2, 1]


def test_set_active_is_silent(panel, actives) -> None:
    panel.set_active(3)
    assert actives == []
    assert [index.data() for index in panel.view.selectedIndexes()] == ["sky"]


def test_eye_and_lock_do_not_change_the_active_class(panel, edits, actives) -> None:
    _click(panel, 2, "eye")
    assert not panel._classes.get(2).visible
    _click(panel, 2, "eye")
    _click(panel, 1, "lock")
    assert edits[-1].get(2).visible
    assert edits[-1].locked_ids == (1,)
    assert actives == []


def test_a_press_that_leaves_the_eye_does_nothing(panel, edits) -> None:
    port = panel.view.viewport()
    QTest.mousePress(port, LEFT, pos=_point(panel, 2, "eye"))
    QTest.mouseRelease(port, LEFT, pos=_point(panel, 1, "eye"))
    assert edits == []


def test_double_click_renames(panel, edits) -> None:
    QTest.mouseDClick(panel.view.viewport(), LEFT, pos=_point(panel, 1, "name"))
    _rename(panel, "lorry")
    assert edits[-1].names == ("road", "lorry", "tree", "sky")


def test_f2_renames_and_escape_does_not(panel, edits) -> None:
    _click(panel, 0, "name")
    QTest.keyClick(panel.view, Qt.Key.Key_F2)
    (editor,) = panel.view.findChildren(QLineEdit)
    QTest.keyClicks(editor, "x")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert edits == []


def test_a_name_that_is_taken_is_refused_with_its_reason(panel, edits) -> None:
    panel.rename(1)
    _rename(panel, "sky")
    assert edits == []
    assert panel._problem.isVisible()
    assert "sky" in panel._problem.text()
    _click(panel, 1, "lock")
    assert not panel._problem.isVisible()


def test_adding_names_the_new_class_at_once(panel, edits, actives) -> None:
    QTest.mouseClick(panel.add, LEFT)
    assert edits[-1].names[-1] == "class 5"
    assert actives == [4]
    _rename(panel, "fence")
    assert edits[-1].named("fence").id == 4


def test_a_row_is_dragged_to_another_place(panel, edits) -> None:
    port = panel.view.viewport()
    start = _point(panel, 0, "name")
    end = panel.view.visualRect(panel._rows.place(2)).bottomLeft() + QPoint(40, -2)
    QTest.mousePress(port, LEFT, pos=start)
    QTest.mouseMove(port, start + QPoint(0, 30))
    QTest.mouseMove(port, end)
    QTest.mouseRelease(port, LEFT, pos=end)
    assert [table.names for table in edits] == [("car", "tree", "road", "sky")]
    assert edits[-1].ids == (1, 2, 0, 3)


def test_a_drag_that_ends_where_it_began_changes_nothing(panel, edits) -> None:
    port = panel.view.viewport()
    start = _point(panel, 1, "name")
    QTest.mousePress(port, LEFT, pos=start)
    QTest.mouseMove(port, start + QPoint(0, 60))
    QTest.mouseMove(port, start)
    QTest.mouseRelease(port, LEFT, pos=start)
    assert edits == []


def test_escape_ends_a_drag(panel, edits) -> None:
    port = panel.view.viewport()
    start, end = _point(panel, 0, "name"), _point(panel, 3, "name")
    QTest.mousePress(port, LEFT, pos=start)
    QTest.mouseMove(port, end)
    QTest.keyClick(panel.view, Qt.Key.Key_Escape)
    QTest.mouseRelease(port, LEFT, pos=end)
    assert edits == []


def test_alt_and_arrows_move_a_class(panel, edits) -> None:
    _click(panel, 0, "name")
    QTest.keyClick(panel.view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert edits[-1].names == ("car", "road", "tree", "sky")
    QTest.keyClick(panel.view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(panel.view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert [table.names[0] for table in edits] == ["car", "road"]


@pytest.mark.parametrize(("steps", "heir"), [(0, 255), (2, 2)])
def test_deleting_asks_who_gets_the_pixels(panel, edits, steps, heir) -> None:
    heard: list[tuple[int, int]] = []
    panel.delete_requested.connect(lambda *ids: heard.append(ids))
    _click(panel, 1, "name")
    QTest.keyClick(panel.view, Qt.Key.Key_Delete)
    assert panel.removal.isVisible()
    assert panel.removal.heir.findText("car") < 0
    for _ in range(steps):
        QTest.keyClick(panel.removal.heir, Qt.Key.Key_Down)
    QTest.mouseClick(panel.removal.delete, LEFT)
    assert heard == [(1, heir)]
    assert edits == []
    assert not panel.removal.isVisible()


def test_deleting_is_called_off_by_escape(panel) -> None:
    heard: list[object] = []
    panel.delete_requested.connect(lambda *ids: heard.append(ids))
    QTest.mouseClick(panel.delete, LEFT)
    QTest.keyClick(panel.removal.heir, Qt.Key.Key_Escape)
    assert not panel.removal.isVisible()
    assert heard == []


def test_a_swatch_opens_the_colour_dialog_without_blocking(panel, edits, actives, qtbot) -> None:
    _click(panel, 2, "swatch")
    (dialog,) = panel.findChildren(QColorDialog)
    dialog.setCurrentColor("#0a0b0c")
    dialog.accept()
    assert edits[-1].get(2).colour == (10, 11, 12)
    assert actives == []
    qtbot.waitUntil(lambda: not panel.findChildren(QColorDialog))


def _menu(panel: ClassPanel, class_id: int) -> QMenu:
    panel.view.customContextMenuRequested.emit(_point(panel, class_id, "name"))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def _pick(menu: QMenu, text: str) -> None:
    action = next(a for a in menu.actions() if a.text().split("\t")[0] == text)
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


def test_the_menu_gives_a_shortcut_and_shows_who_has_it(panel, edits) -> None:
    menu = _menu(panel, 0)
    shortcuts = next(a.menu() for a in menu.actions() if a.text() == "Shortcut")
    assert "3\ttree" in [a.text() for a in shortcuts.actions()]
    next(a for a in shortcuts.actions() if a.text().startswith("3")).trigger()
    menu.close()
    assert edits[-1].get(0).shortcut == "3"
    assert edits[-1].get(2).shortcut == ""


@pytest.mark.parametrize(
    ("text", "visible"),
    [("Show only this class", [False, True, False, False]), ("Hide", [True, False, True, True])],
)
def test_the_menu_shows_and_hides(panel, edits, text, visible) -> None:
    _pick(_menu(panel, 1), text)
    assert [entry.visible for entry in edits[-1]] == visible


def test_the_menu_moves(panel, edits) -> None:
    _pick(_menu(panel, 1), "Move up")
    assert edits[-1].names[:2] == ("car", "road")
    menu = _menu(panel, 1)
    up = next(a for a in menu.actions() if a.text() == "Move up")
    assert not up.isEnabled()
    menu.close()


def test_without_classes_it_says_what_to_do(panel, edits) -> None:
    panel.set_table(ClassTable())
    assert panel._empty.isVisible()
    assert not panel.add.isVisible()
    QTest.mouseClick(panel._empty.button, LEFT)
    assert edits[-1].names == ("class 1",)
    assert panel.view.isVisible()


def test_speaks_to_screen_readers(panel) -> None:
    _click(panel, 1, "eye")
    spoken = panel._rows.place(1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "car, shortcut 2, hidden"
