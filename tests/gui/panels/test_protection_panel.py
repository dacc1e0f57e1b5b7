"""The panel of the rules that protect, the sign above the canvas, and the table of pairs."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from segstudio.core.classes import ClassTable
from segstudio.core.label_map import VOID
from segstudio.core.protection import Protection
from segstudio.gui.dialogs.overwrite_rules import OverwriteDialog
from segstudio.gui.panels.protection import ProtectionPanel
from segstudio.gui.protection_state import ProtectionState
from segstudio.gui.rule_sign import RuleSign

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
CLASSES = ClassTable.of_names(["road", "car", "pedestrian"])
MANY = ClassTable.of_names([f"class number {i}" for i in range(30)])
NOBODY_OVER_PEDESTRIAN = frozenset({(0, 2), (1, 2), (VOID, 2)})


def state(**rules) -> ProtectionState:
    return ProtectionState(Protection(**rules), CLASSES)


# --- panel ---------------------------------------------------------------------------------------


@pytest.fixture
def panel(qtbot) -> ProtectionPanel:
    made = ProtectionPanel()
    qtbot.addWidget(made)
    made.resize(288, 200)
    made.show()
    made.show_state(state())
    return made


def test_what_is_painted_over_is_chosen_by_key(panel, qtbot) -> None:
    told = []
    panel.over_chosen.connect(lambda *choice: told.append(choice))
    panel.over.setFocus()
    for _ in range(3):
        QTest.keyClick(panel.over, Qt.Key.Key_Down)
    assert told == [("void", VOID), ("class", 0), ("class", 1)]
    assert panel.over.currentText() == "car only"


def test_classes_are_listed_with_their_colours(panel) -> None:
    texts = [panel.over.itemText(place) for place in range(panel.over.count())]
    assert texts == ["Everything unlocked", "Void only", "road only", "car only", "pedestrian only"]
    for place, entry in enumerate(CLASSES, 2):
        image = panel.over.itemIcon(place).pixmap(16, 16).toImage()
        middle = image.pixelColor(image.width() // 2, image.height() // 2)
        assert middle.getRgb()[:3] == entry.colour


def test_the_panel_shows_rules_without_telling(panel, qtbot) -> None:
    with qtbot.assertNotEmitted(panel.over_chosen), qtbot.assertNotEmitted(panel.inside_toggled):
        panel.show_state(
            ProtectionState(
                Protection(over="class", over_class=2, forbidden=NOBODY_OVER_PEDESTRIAN),
                CLASSES,
                drawn=True,
                inside=True,
            )
        )
    assert panel.over.currentText() == "pedestrian only"
    assert panel.rules.text() == "Overwrite rules (3)…"
    assert panel.inside.value() and panel.forget.isEnabled()


def test_another_class_table_keeps_the_choice(panel) -> None:
    panel.show_state(state(over="class", over_class=2))
    other = CLASSES.moved(2, 0).changed(2, name="person")
    panel.show_state(ProtectionState(Protection(over="class", over_class=2), other))
    assert panel.over.currentText() == "person only" and panel.over.currentIndex() == 2


def test_the_region_has_a_switch_and_two_buttons(panel, qtbot) -> None:
    assert not panel.forget.isEnabled()
    with qtbot.waitSignal(panel.inside_toggled) as toggled:
        QTest.mouseClick(panel.inside.switch, LEFT)
    assert toggled.args == [True]
    with qtbot.waitSignal(panel.draw_requested):
        QTest.mouseClick(panel.draw, LEFT)
    panel.show_state(ProtectionState(classes=CLASSES, drawn=True))
    assert not panel.inside.value()
    with qtbot.waitSignal(panel.forget_requested):
        QTest.mouseClick(panel.forget, LEFT)


# --- sign ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (state(), ""),
        (state(over="void"), "Painting only over void"),
        (state(over="class", over_class=1), "Painting only over car"),
        (state(forbidden=frozenset({(0, 1)})), "Painting with 1 overwrite rule"),
        (
            ProtectionState(
                Protection(over="void", forbidden=NOBODY_OVER_PEDESTRIAN), CLASSES, True, True
            ),
            "Painting only over void, only inside the region, with 3 overwrite rules",
        ),
    ],
)
def test_rules_in_words(shown: ProtectionState, text: str) -> None:
    assert shown.in_words() == text
    assert shown.active == bool(text)


def test_the_sign_is_there_as_long_as_a_rule_is(qtbot) -> None:
    sign = RuleSign()
    qtbot.addWidget(sign)
    sign.show_state(state())
    assert sign.isHidden()
    sign.show_state(state(over="void"))
    assert sign.isVisible() and sign.text.text() == "Painting only over void"
    with qtbot.waitSignal(sign.clear_requested):
        QTest.mouseClick(sign.clear, LEFT)
    sign.show_state(ProtectionState(drawing=True))
    assert not sign.clear.isVisible() and "Draw around" in sign.text.text()
    with qtbot.waitSignal(sign.cancel_requested):
        QTest.mouseClick(sign.cancel, LEFT)


# --- table of pairs ------------------------------------------------------------------------------


class Dialog:
    """The dialog with somebody who keeps what it says, as the window does."""

    def __init__(self, qtbot, classes: ClassTable = CLASSES) -> None:
        self.dialog = OverwriteDialog()
        qtbot.addWidget(self.dialog)
        self.state = ProtectionState(classes=classes)
        self.dialog.edited.connect(self.take)
        self.take(frozenset())
        self.dialog.fit()
        self.dialog.show()
        qtbot.waitExposed(self.dialog)
        self.view, self.table = self.dialog.view, self.dialog.table

    def take(self, pairs) -> None:
        self.state = ProtectionState(Protection(forbidden=pairs), self.state.classes)
        self.dialog.show_state(self.state)

    @property
    def forbidden(self):
        return self.state.rules.forbidden

    def click(self, row: int, column: int) -> None:
        place = self.view.visualRect(self.table.index(row, column)).center()
        QTest.mouseClick(self.view.viewport(), LEFT, NONE, place)

    def click_name(self, header, section: int) -> None:
        along = header.sectionViewportPosition(section) + 5
        across = header is self.view.horizontalHeader()
        place = QPoint(along, 20) if across else QPoint(20, along)
        QTest.mouseClick(header.viewport(), LEFT, NONE, place)


@pytest.fixture
def dialog(qtbot) -> Dialog:
    return Dialog(qtbot)


def test_a_click_forbids_and_allows_a_pair(dialog) -> None:
    dialog.click(1, 0)
    assert dialog.forbidden == {(1, 0)}
    assert dialog.dialog.sentence.text() == "car may not be painted over road."
    dialog.click(3, 2)
    assert dialog.forbidden == {(1, 0), (VOID, 2)}
    assert dialog.dialog.sentence.text() == "The eraser may not erase pedestrian."
    dialog.click(1, 0)
    assert dialog.forbidden == {(VOID, 2)}
    assert dialog.dialog.sentence.text() == "car may be painted over road."


def test_a_class_may_always_be_painted_over_itself(dialog) -> None:
    dialog.click(1, 1)
    assert not dialog.forbidden


def test_one_click_keeps_everything_from_a_class(dialog) -> None:
    header = dialog.view.horizontalHeader()
    dialog.click(0, 2)
    dialog.click_name(header, 2)
    assert dialog.forbidden == NOBODY_OVER_PEDESTRIAN
    dialog.click_name(header, 2)
    assert not dialog.forbidden


def test_one_click_keeps_a_class_from_everything(dialog) -> None:
    dialog.click_name(dialog.view.verticalHeader(), 1)
    assert dialog.forbidden == {(1, 0), (1, 2), (1, VOID)}


def test_pairs_by_keys_alone(dialog) -> None:
    view = dialog.view
    view.setFocus()
    view.setCurrentIndex(dialog.table.index(0, 1))
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert dialog.forbidden == {(0, 1)}
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Space, CONTROL)
    assert dialog.forbidden == NOBODY_OVER_PEDESTRIAN | {(0, 1)}
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Return, SHIFT)
    assert dialog.forbidden == NOBODY_OVER_PEDESTRIAN | {(0, 1), (1, 0), (1, VOID)}
    assert dialog.dialog.isVisible()
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not dialog.dialog.isVisible()


def test_everything_is_allowed_again_by_one_button(dialog) -> None:
    assert not dialog.dialog.allow_all.isEnabled()
    dialog.click(1, 0)
    dialog.click(2, 0)
    QTest.mouseClick(dialog.dialog.allow_all, LEFT)
    assert not dialog.forbidden and not dialog.dialog.allow_all.isEnabled()


def test_thirty_classes_are_scrolled_to(qtbot) -> None:
    dialog = Dialog(qtbot, MANY)
    view, last = dialog.view, dialog.table.index(29, 28)
    assert view.horizontalScrollBar().maximum() > 0 and view.verticalScrollBar().maximum() > 0
    view.scrollTo(last)
    dialog.click(29, 28)
    assert dialog.forbidden == {(29, 28)}


def test_cells_speak_to_screen_readers(dialog) -> None:
    dialog.click(0, 1)
    role = Qt.ItemDataRole.AccessibleTextRole
    assert dialog.table.index(0, 1).data(role) == "road may not be painted over car."
    across = dialog.table.headerData(1, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert across == "Let nothing be painted over car, or everything again"


def test_forbidden_cells_look_forbidden(dialog) -> None:
    dialog.view.setCurrentIndex(dialog.table.index(3, 2))
    box = dialog.view.visualRect(dialog.table.index(1, 0))
    before = dialog.view.viewport().grab(box).toImage()
    dialog.take(frozenset({(1, 0)}))
    assert dialog.view.viewport().grab(box).toImage() != before
