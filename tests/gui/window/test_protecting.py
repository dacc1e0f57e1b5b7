"""Rules that protect, in the window: set by hand, obeyed by tools, kept with the project."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segstudio.core.label_map import VOID
from segstudio.gui.panels.class_rows import zones
from segstudio.gui.panels.protection import ProtectionPanel
from segstudio.project import Project

from .conftest import LEFT, NONE, SHAPE, Hands, draw

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
ROAD, SKY, CAR = Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3
BOX = ((0.3, 0.2), (0.3, 0.6), (0.8, 0.6), (0.8, 0.2))


def paint(hands: Hands, key: Qt.Key, row: float) -> None:
    """A stroke of a class across the picture."""
    hands.key(key)
    hands.stroke((row, 0.1), (row, 0.9))


def at(hands: Hands, down: float, right: float) -> int:
    return int(hands.labels.ids[int(down * SHAPE[0]), int(right * SHAPE[1])])


def sign(hands: Hands) -> str:
    """What stands above the canvas; empty where nothing does."""
    shown = hands.window.rule_sign
    return shown.text.text() if shown.isVisible() else ""


def lightness(hands: Hands, down: float, right: float) -> int:
    return hands.canvas_image().pixelColor(hands.place(down, right)).lightness()


def shown_panel(hands: Hands) -> ProtectionPanel:
    """The panel, whose tab is clicked first."""
    panel = hands.window.protection_panel
    (dock,) = (dock for dock in hands.window.docks if dock.widget() is panel)
    dock.raise_()
    hands.wait(panel.isVisible)
    return panel


def lasso(hands: Hands, modifiers: Qt.KeyboardModifier = NONE, box=BOX) -> None:
    canvas = hands.window.canvas
    QTest.mousePress(canvas, LEFT, modifiers, hands.place(*box[0]))
    for place in box:
        QTest.mouseMove(canvas, hands.place(*place))
    QTest.mouseRelease(canvas, LEFT, modifiers, hands.place(*box[-1]))


@pytest.fixture
def banded(at_work: Hands) -> Hands:
    """Frame a holds a band of road above void above a band of car."""
    paint(at_work, ROAD, 0.2)
    paint(at_work, CAR, 0.8)
    return at_work


def stroke_down(hands: Hands, key: Qt.Key) -> None:
    """A stroke of a class over road, void and car."""
    hands.key(key)
    hands.stroke((0.1, 0.5), (0.9, 0.5))


# --- what is painted over ------------------------------------------------------------------------


def test_painting_only_over_void(banded: Hands) -> None:
    before = banded.labels.ids.copy()
    banded.key(Qt.Key.Key_2, ALT)
    assert sign(banded) == "Painting only over void"
    stroke_down(banded, SKY)
    changed = banded.labels.ids != before
    assert changed.any() and (before[changed] == VOID).all()
    assert at(banded, 0.5, 0.5) == 1 and at(banded, 0.2, 0.5) == 0


def test_painting_only_over_the_class_in_hand(banded: Hands) -> None:
    before = banded.labels.ids.copy()
    banded.key(CAR)
    banded.key(Qt.Key.Key_3, ALT)
    assert sign(banded) == "Painting only over car"
    stroke_down(banded, SKY)
    changed = banded.labels.ids != before
    assert changed.any() and (before[changed] == 2).all()


def test_the_eraser_obeys_too(banded: Hands) -> None:
    before = banded.labels.ids.copy()
    banded.key(ROAD)
    banded.key(Qt.Key.Key_3, ALT)
    banded.key(Qt.Key.Key_E)
    banded.stroke((0.1, 0.5), (0.9, 0.5))
    changed = banded.labels.ids != before
    assert changed.any() and (before[changed] == 0).all()


def test_the_panel_chooses_what_is_painted_over(banded: Hands) -> None:
    panel = banded.window.protection_panel
    panel.over.setCurrentIndex(3)
    assert sign(banded) == "Painting only over sky"
    banded.key(Qt.Key.Key_1, ALT)
    assert panel.over.currentText() == "Everything unlocked" and not sign(banded)


def test_models_ask_no_rules(at_work: Hands) -> None:
    at_work.key(ROAD)
    at_work.key(Qt.Key.Key_3, ALT)
    at_work.predict()
    assert (at_work.labels.ids != VOID).all()


# --- pairs ---------------------------------------------------------------------------------------


def test_a_forbidden_pair_is_not_painted(banded: Hands) -> None:
    banded.key(Qt.Key.Key_4, ALT)
    dialog = banded.window.protecting._dialog
    assert dialog is not None and dialog.isVisible()
    place = dialog.view.visualRect(dialog.table.index(1, 0)).center()
    QTest.mouseClick(dialog.view.viewport(), LEFT, NONE, place)
    dialog.close()
    assert sign(banded) == "Painting with 1 overwrite rule"
    assert banded.window.protection_panel.rules.text() == "Overwrite rules (1)…"
    stroke_down(banded, SKY)
    assert at(banded, 0.2, 0.5) == 0 and at(banded, 0.8, 0.5) == 1
    stroke_down(banded, CAR)
    assert at(banded, 0.2, 0.5) == 2


# --- the region ----------------------------------------------------------------------------------


def test_a_region_is_drawn_and_obeyed(at_work: Hands) -> None:
    plain = at_work.look()
    at_work.key(Qt.Key.Key_5, ALT)
    assert "Draw around" in sign(at_work)
    lasso(at_work)
    assert sign(at_work) == "Painting only inside the region"
    assert not at_work.labels.human().any()
    assert at_work.look() != plain
    at_work.key(SKY)
    at_work.stroke((0.5, 0.05), (0.5, 0.95))
    rows, columns = np.nonzero(at_work.labels.human())
    assert rows.size
    assert rows.min() >= 0.3 * SHAPE[0] - 1 and rows.max() <= 0.8 * SHAPE[0] + 1
    assert columns.min() >= 0.2 * SHAPE[1] - 1 and columns.max() <= 0.6 * SHAPE[1] + 1
    assert at(at_work, 0.5, 0.4) == 1


def test_the_surroundings_of_the_region_are_dimmed(at_work: Hands) -> None:
    inside, outside = lightness(at_work, 0.4, 0.4), lightness(at_work, 0.4, 0.9)
    at_work.key(Qt.Key.Key_5, ALT)
    lasso(at_work)
    assert lightness(at_work, 0.4, 0.4) == inside
    assert lightness(at_work, 0.4, 0.9) < outside


def test_shift_adds_to_the_region(at_work: Hands) -> None:
    for modifiers, box in ((NONE, BOX), (SHIFT, [(y, x + 0.3) for y, x in BOX])):
        at_work.key(Qt.Key.Key_5, ALT)
        lasso(at_work, modifiers, box)
    paint(at_work, SKY, 0.5)
    assert [at(at_work, 0.5, right) for right in (0.15, 0.3, 0.55, 0.8)] == [VOID, 1, 1, 1]


def test_the_region_can_be_left_out_and_heeded_again(at_work: Hands) -> None:
    at_work.key(Qt.Key.Key_5, ALT)
    lasso(at_work)
    panel = shown_panel(at_work)
    dimmed = at_work.look()
    at_work.click(panel.inside.switch)
    assert not sign(at_work) and at_work.look() != dimmed
    at_work.key(Qt.Key.Key_6, ALT)
    assert sign(at_work) and panel.inside.value()
    at_work.click(panel.forget)
    assert not sign(at_work) and not panel.forget.isEnabled()


def test_switching_on_without_a_region_lets_it_be_drawn(at_work: Hands) -> None:
    panel = shown_panel(at_work)
    at_work.click(panel.inside.switch)
    assert "Draw around" in sign(at_work) and panel.inside.value()
    at_work.click(panel.inside.switch)
    assert not sign(at_work)
    paint(at_work, SKY, 0.5)
    assert at(at_work, 0.5, 0.9) == 1


def test_escape_takes_back_the_border_and_then_the_wish(at_work: Hands) -> None:
    at_work.key(Qt.Key.Key_5, ALT)
    at_work.press(*BOX[0])
    for place in BOX:
        at_work.move(*place)
    at_work.key(Qt.Key.Key_Escape)
    at_work.release(*BOX[-1])
    assert "Draw around" in sign(at_work)
    at_work.key(Qt.Key.Key_Escape)
    assert not sign(at_work)
    paint(at_work, SKY, 0.5)
    assert at(at_work, 0.5, 0.9) == 1 and at_work.undo_name == "Brush"


def test_a_click_is_no_region(at_work: Hands) -> None:
    at_work.key(Qt.Key.Key_5, ALT)
    QTest.mouseClick(at_work.window.canvas, LEFT, NONE, at_work.place(0.5, 0.5))
    assert "Draw around" in sign(at_work)
    at_work.click(at_work.window.rule_sign.cancel)
    assert not sign(at_work)


def test_another_tool_ends_drawing_the_region(at_work: Hands) -> None:
    at_work.key(Qt.Key.Key_5, ALT)
    at_work.key(Qt.Key.Key_E)
    assert not sign(at_work)
    at_work.key(Qt.Key.Key_B)
    paint(at_work, SKY, 0.5)
    assert at(at_work, 0.5, 0.9) == 1


def test_the_region_stays_with_its_frame(at_work: Hands) -> None:
    at_work.key(Qt.Key.Key_2, ALT)
    at_work.key(Qt.Key.Key_5, ALT)
    lasso(at_work)
    at_work.go("b")
    assert sign(at_work) == "Painting only over void"
    paint(at_work, SKY, 0.5)
    assert at(at_work, 0.5, 0.9) == 1


def test_going_on_while_a_region_is_drawn(at_work: Hands) -> None:
    at_work.key(Qt.Key.Key_5, ALT)
    at_work.press(*BOX[0])
    for place in BOX[1:]:
        at_work.move(*place)
    at_work.key(Qt.Key.Key_D)
    at_work.wait_for_frame("b")
    at_work.release(*BOX[-1])
    assert not sign(at_work) and not at_work.labels.human().any()
    paint(at_work, SKY, 0.5)
    assert at(at_work, 0.5, 0.9) == 1


# --- clearing ------------------------------------------------------------------------------------


def test_one_click_clears_all_rules(banded: Hands) -> None:
    banded.key(Qt.Key.Key_2, ALT)
    banded.window.protecting.forbid(frozenset({(1, 0)}))
    banded.key(Qt.Key.Key_5, ALT)
    lasso(banded)
    assert "void" in sign(banded) and "region" in sign(banded) and "1 overwrite" in sign(banded)
    banded.click(banded.window.rule_sign.clear)
    assert not sign(banded) and not banded.document.protection.active
    stroke_down(banded, SKY)
    assert [at(banded, row, 0.5) for row in (0.2, 0.5, 0.8)] == [1, 1, 1]


def test_rules_are_found_in_the_command_palette(at_work: Hands) -> None:
    titles = {made.text().replace("&", "") for made in at_work.window.actions_}
    assert {"Paint only over void", "Overwrite rules…", "Clear all rules"} <= titles


# --- a stroke in vain ----------------------------------------------------------------------------


def test_a_stroke_in_vain_says_why_once_and_offers_the_way_out(banded: Hands) -> None:
    banded.key(Qt.Key.Key_2, ALT)
    paint(banded, SKY, 0.2)
    assert banded.message == "Nothing was painted there: painting only over void."
    banded.click(banded.window.messages.dismiss)
    paint(banded, SKY, 0.2)
    assert not banded.message
    banded.key(CAR)
    banded.key(Qt.Key.Key_3, ALT)
    paint(banded, SKY, 0.2)
    assert banded.message == "Nothing was painted there: painting only over car."
    banded.click(banded.window.messages.remedy)
    assert not sign(banded)
    paint(banded, SKY, 0.2)
    assert at(banded, 0.2, 0.5) == 1


def test_a_stroke_over_a_locked_class_says_so(banded: Hands) -> None:
    view = banded.window.class_panel.view
    lock = zones(view.visualRect(view.model().index(0, 0)))["lock"].center()
    QTest.mouseClick(view.viewport(), LEFT, NONE, lock)
    banded.key(SKY)
    banded.stroke((0.2, 0.4), (0.2, 0.6))
    assert "locked" in banded.message and at(banded, 0.2, 0.5) == 0
    banded.click(banded.window.messages.remedy)
    assert not banded.project.classes.locked_ids
    banded.stroke((0.2, 0.4), (0.2, 0.6))
    assert at(banded, 0.2, 0.5) == 1


def test_a_stroke_that_paints_something_says_nothing(banded: Hands) -> None:
    banded.key(Qt.Key.Key_2, ALT)
    stroke_down(banded, SKY)
    assert not banded.messages


# --- kept ----------------------------------------------------------------------------------------


def test_rules_but_not_the_region_are_kept_through_a_restart(
    at_work: Hands, folder: Path, new_window: Callable[[], Hands]
) -> None:
    at_work.key(SKY)
    at_work.key(Qt.Key.Key_3, ALT)
    at_work.window.protecting.forbid(frozenset({(2, 1), (VOID, 0)}))
    at_work.key(Qt.Key.Key_5, ALT)
    lasso(at_work)
    at_work.close()
    again = new_window()
    again.open(folder)
    assert sign(again) == "Painting only over sky, with 2 overwrite rules"
    assert again.document.protection.forbidden == {(2, 1), (VOID, 0)}
    assert again.document.protection.region is None
    assert again.window.protection_panel.over.currentText() == "sky only"
    again.key(CAR)
    again.stroke((0.5, 0.1), (0.5, 0.9))
    assert not again.labels.human().any()


def test_rules_belong_to_their_project(at_work: Hands, tmp_path: Path) -> None:
    at_work.key(Qt.Key.Key_2, ALT)
    draw(tmp_path / "other" / "x.png")
    at_work.window.open_path(tmp_path / "other")
    at_work.wait_for_frame("x")
    assert not sign(at_work) and not at_work.document.protection.active


def test_damaged_rules_are_told_and_the_project_opens(hands: Hands, folder: Path) -> None:
    with Project.open(folder) as project:
        project.settings["protection"] = {"over": "cars"}
        project.save_settings()
    hands.open(folder)
    assert any("rules that protect" in text for text in hands.messages)
    assert not sign(hands)


def test_a_deleted_class_takes_its_rules_along(banded: Hands) -> None:
    banded.key(CAR)
    banded.key(Qt.Key.Key_3, ALT)
    banded.window.protecting.forbid(frozenset({(2, 1), (1, 0)}))
    banded.window.class_changes.delete(2, VOID)
    banded.wait_for_message("that you painted over is gone")
    banded.wait_for_frame("a")
    assert sign(banded) == "Painting with 1 overwrite rule"
    assert banded.document.protection.forbidden == {(1, 0)}
    assert banded.project.settings["protection"]["forbidden"] == [[1, 0]]


def test_the_order_of_classes_does_not_matter(banded: Hands) -> None:
    banded.key(CAR)
    banded.key(Qt.Key.Key_3, ALT)
    classes = banded.project.classes
    banded.window.labelling.set_classes(classes.moved(2, 0).changed(2, name="van"))
    assert sign(banded) == "Painting only over van"
    stroke_down(banded, SKY)
    assert at(banded, 0.8, 0.5) == 1 and at(banded, 0.2, 0.5) == 0
