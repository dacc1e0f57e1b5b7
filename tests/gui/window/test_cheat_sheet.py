"""The sheet of shortcuts: complete, current, within the window, and quick to go."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segstudio import tools
from segstudio.gui.cheat_sheet import CheatSheet
from segstudio.gui.key_text import caps
from segstudio.gui.sheet_columns import Row

from .conftest import LEFT, NONE, Hands


def sheet_of(hands: Hands) -> CheatSheet:
    sheet = hands.window.keyboard._sheet
    assert sheet is not None and sheet.isVisible()
    return sheet


def rows_of(sheet: CheatSheet) -> set[Row]:
    return {row for column in sheet.columns._columns for row in column}


@pytest.mark.parametrize("key", [Qt.Key.Key_Question, Qt.Key.Key_F1])
def test_the_key_that_opens_it_closes_it(at_work: Hands, key: Qt.Key) -> None:
    at_work.key(key)
    sheet = sheet_of(at_work)
    assert sheet.hasFocus() and sheet.size() == at_work.window.size()
    QTest.keyClick(sheet, key)
    assert at_work.window.keyboard._sheet is None and at_work.window.canvas.hasFocus()


def test_escape_and_clicks_close_it_and_paint_nothing(at_work: Hands) -> None:
    at_work.key(Qt.Key.Key_F1)
    QTest.keyClick(sheet_of(at_work), Qt.Key.Key_Escape)
    at_work.key(Qt.Key.Key_F1)
    QTest.mouseClick(sheet_of(at_work).columns, LEFT)
    assert at_work.window.keyboard._sheet is None
    assert not at_work.labels.human().any()


def test_it_tells_all_keys_as_they_are_now_and_all_gestures(at_work: Hands) -> None:
    at_work.window.keyboard.shortcuts.set_keys("tool_brush", ("F12",))
    at_work.key(Qt.Key.Key_F1)
    rows = rows_of(sheet_of(at_work))
    assert Row("Brush", (("F12",),)) in rows
    for made in at_work.window.actions_:
        name = at_work.window.actions_.spec_of(made).title
        shown = tuple(caps(key.toString()) for key in made.shortcuts()[:2])
        assert Row(name, shown) in rows
    assert {spec.label for spec in tools.in_order()} <= {row.text for row in rows}
    gestures = {each for row in rows for combination in row.caps for each in combination}
    assert {"Wheel", "Right click", "Middle drag", "Pinch", "Space", "Tab"} <= gestures


def test_nothing_is_clipped_in_a_window_of_1280_by_800(at_work: Hands) -> None:
    at_work.window.resize(1280, 800)
    at_work.wait(lambda: at_work.window.height() == 800)
    at_work.key(Qt.Key.Key_F1)
    sheet = sheet_of(at_work)
    assert sheet.rect().contains(sheet._card.geometry())
    view = sheet._scroll.viewport()
    at_work.wait(lambda: view.rect().contains(sheet.columns.geometry()))


def test_in_a_small_window_it_scrolls(at_work: Hands) -> None:
    at_work.key(Qt.Key.Key_F1)
    sheet = sheet_of(at_work)
    sheet.columns.fit(sheet.size() / 3)
    assert sheet.columns.height() > sheet.height() / 3 and len(rows_of(sheet)) > 50


def test_it_leads_to_the_dialog(at_work: Hands) -> None:
    at_work.key(Qt.Key.Key_Question)
    at_work.click(sheet_of(at_work).change)
    assert at_work.window.keyboard._sheet is None
    dialog = at_work.window.keyboard._dialog
    assert dialog is not None and dialog.isVisible()


def test_a_question_mark_is_typed_into_fields(at_work: Hands) -> None:
    search = at_work.window.frame_list.search
    at_work.type(search, "?")
    QTest.keyClick(search, Qt.Key.Key_Question, NONE)
    assert search.text() == "??" and at_work.window.keyboard._sheet is None
