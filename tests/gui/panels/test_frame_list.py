"""The frame list: choosing, sorting, filtering, searching, and thumbnails on demand."""

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest

from segstudio.core.classes import ClassTable
from segstudio.gui.panels.frame_list import FrameListPanel, FrameRow
from segstudio.gui.panels.frame_order import Arrangement, Sorting
from segstudio.project import FrameRecord, Status

ROWS = [
    FrameRow("frame10", FrameRecord(Status.DONE, empty=True, seconds=3900)),
    FrameRow("frame2", FrameRecord(uncertainty=0.31, classes=frozenset({0, 2}))),
    FrameRow("Frame1", FrameRecord(Status.EDITED, flag="<b>fog</b>", corrected=12345)),
    FrameRow("other", FrameRecord(Status.PREDICTED, uncertainty=0.7, classes=frozenset({2}))),
]
CLASSES = ClassTable.of_names(["road", "sky & sea", "car"])


def _row(name: str, status: str) -> FrameRow:
    return FrameRow(name, FrameRecord(Status(status)))


@pytest.fixture
def panel(qtbot) -> FrameListPanel:
    made = FrameListPanel()
    qtbot.addWidget(made)
    made.resize(224, 480)
    made.set_entries(ROWS)
    made.set_classes(CLASSES)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def chosen(panel: FrameListPanel) -> list[str]:
    heard: list[str] = []
    panel.frame_chosen.connect(heard.append)
    return heard


def _click(panel: FrameListPanel, name: str) -> None:
    middle = panel.list.visualRect(panel.table.place(name)).center()
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=middle)


def _count(panel: FrameListPanel) -> str:
    return panel.summary.words.text()


def test_numbers_in_names_sort_as_numbers(panel) -> None:
    assert panel.visible_names() == ["Frame1", "frame2", "frame10", "other"]


def test_a_click_chooses_and_the_same_again_does_not(panel, chosen) -> None:
    _click(panel, "frame10")
    _click(panel, "frame10")
    assert chosen == ["frame10"]


def test_arrow_keys_choose(panel, chosen) -> None:
    panel.set_current("Frame1")
    QTest.keyClick(panel.list, Qt.Key.Key_Down)
    QTest.keyClick(panel.list, Qt.Key.Key_Down)
    QTest.keyClick(panel.list, Qt.Key.Key_Up)
    assert chosen == ["frame2", "frame10", "frame2"]


def test_set_current_is_silent_and_marks(panel, chosen) -> None:
    panel.set_current("other")
    assert chosen == []
    (index,) = panel.list.selectedIndexes()
    assert index.data() == "other"


def test_the_focus_alone_chooses_nothing(panel, chosen) -> None:
    panel.search.setFocus()
    panel.list.setFocus()
    assert chosen == []


def test_searching_by_typing(panel) -> None:
    QTest.keyClicks(panel.search, "FRAME1")
    assert panel.visible_names() == ["Frame1", "frame10"]
    assert _count(panel) == "1 of 4 done · 2 shown · 1 h 5 min"


def _in_menu(button, *texts: str, look=lambda: None) -> None:
    """Click on a button, on these lines of its menu, look, and close it."""

    def act() -> None:
        try:
            for text in texts:
                _pick(button.menu(), text)
            look()
        finally:
            button.menu().close()

    QTimer.singleShot(0, act)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)  # comes back when the menu is closed


def _pick(menu, text: str) -> None:
    """Click on a line of an open menu, by what it says before the number."""
    assert menu.isVisible()
    entry = next(a for a in menu.actions() if a.text().split("\t")[0] == text)
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(entry).center())


@pytest.mark.parametrize(
    ("choices", "names", "button"),
    [
        (["All frames"], ["Frame1", "frame2", "frame10", "other"], "All frames"),
        (["Unlabelled"], ["frame2"], "Unlabelled"),
        (["Not done"], ["Frame1", "frame2", "other"], "Not done"),
        (["Unlabelled", "Done"], ["frame2", "frame10"], "2 filters"),
        (["Flagged"], ["Frame1"], "Flagged"),
        (["Flagged", "Done"], [], "2 filters"),
        (["Empty"], ["frame10"], "Empty"),
        (["Done", "Not done"], ["Frame1", "frame2", "other"], "Not done"),
        (["Not done", "Not done"], ["Frame1", "frame2", "frame10", "other"], "All frames"),
        (["Done", "Flagged", "All frames"], ["Frame1", "frame2", "frame10", "other"], "All frames"),
    ],
)
def test_filters(panel, choices, names, button) -> None:
    _in_menu(panel.filter.filter, *choices)
    assert panel.visible_names() == names
    assert panel.filter.filter.text() == button


def test_the_filter_menu_counts_and_ticks(panel) -> None:
    entries: dict[str, bool] = {}

    def look() -> None:
        entries.update((a.text(), a.isChecked()) for a in panel.filter.menu.actions() if a.text())

    _in_menu(panel.filter.filter, "Done", look=look)
    assert entries == {
        "All frames\t4": False,
        "Unlabelled\t1": False,
        "Predicted\t1": False,
        "Edited\t1": False,
        "Done\t1": True,
        "Not done\t3": False,
        "Flagged\t1": False,
        "Empty\t1": False,
        "Holding the class": False,
    }


def test_filtering_by_class(panel) -> None:
    heard: list[Arrangement] = []
    panel.arranged.connect(heard.append)
    texts: list[str] = []

    def by_class() -> None:
        (entry,) = (a for a in panel.filter.menu.actions() if a.menu() is not None)
        panel.filter.menu.setActiveAction(entry)
        texts.extend(a.text() for a in entry.menu().actions())
        _pick(entry.menu(), "car")

    _in_menu(panel.filter.filter, look=by_class)
    assert texts == ["road\t1", "sky && sea\t0", "car\t2"]
    assert panel.visible_names() == ["frame2", "other"]
    assert panel.filter.filter.text() == "car"
    panel.set_classes(CLASSES.without(2))
    assert len(panel.visible_names()) == 4
    assert [a.classes for a in heard] == [{2}, frozenset()]


def _sort(panel: FrameListPanel, *texts: str) -> None:
    for text in texts:
        _in_menu(panel.filter.sorting, text)


@pytest.mark.parametrize(
    ("sorting", "names"),
    [
        (Sorting.NAME, ["Frame1", "frame2", "frame10", "other"]),
        (Sorting.STATUS, ["frame2", "other", "Frame1", "frame10"]),
        (Sorting.UNCERTAINTY, ["other", "frame2", "Frame1", "frame10"]),
        (Sorting.TIME, ["frame10", "Frame1", "frame2", "other"]),
        (Sorting.CORRECTED, ["Frame1", "frame2", "frame10", "other"]),
        (Sorting.FLAGGED, ["Frame1", "frame2", "frame10", "other"]),
    ],
)
def test_sorting(panel, sorting, names) -> None:
    _sort(panel, sorting.value)
    assert panel.visible_names() == names


def test_turning_the_order_round(panel) -> None:
    _sort(panel, "Reverse order")
    assert panel.visible_names() == ["other", "frame10", "frame2", "Frame1"]
    _sort(panel, "Most uncertain first")
    assert panel.visible_names()[:2] == ["frame2", "other"]
    _sort(panel, "Reverse order")
    assert panel.visible_names()[:2] == ["other", "frame2"]


def test_an_arrangement_is_shown_as_it_was_left(panel) -> None:
    wanted = Arrangement("o", frozenset({Status.PREDICTED}), sorting=Sorting.TIME, reverse=True)
    panel.set_entries(ROWS, wanted)
    assert panel.visible_names() == ["other"]
    assert panel.search.text() == "o"
    assert panel.filter.filter.text() == "Predicted"
    assert panel.filter.sorting.orders[Sorting.TIME].isChecked()
    assert panel.filter.sorting.reverse.isChecked()


def test_a_status_moves_a_frame_out_of_the_filter_and_keeps_the_current_one(panel, chosen) -> None:
    panel.set_current("frame2")
    _in_menu(panel.filter.filter, "Not done")
    panel.set_row(_row("Frame1", "done"))
    assert panel.visible_names() == ["frame2", "other"]
    assert [index.data() for index in panel.list.selectedIndexes()] == ["frame2"]
    assert _count(panel).startswith("2 of 4 done · 2 shown")
    panel.set_row(_row("frame2", "done"))  # the open frame itself goes: no other is opened
    assert panel.visible_names() == ["other"]
    assert panel.list.selectedIndexes() == []
    panel.set_row(_row("frame2", "edited"))
    assert [index.data() for index in panel.list.selectedIndexes()] == ["frame2"]
    assert chosen == []


def test_nothing_to_show_says_what_to_do(panel) -> None:
    QTest.keyClicks(panel.search, "nothing is called so")
    assert panel._no_match.isVisible()
    QTest.mouseClick(panel._no_match.button, Qt.MouseButton.LeftButton)
    assert len(panel.visible_names()) == 4
    assert panel.list.isVisible()
    panel.set_entries([])
    assert "Open a folder" in panel._no_frames.sentence()
    assert panel._no_frames.isVisible()
    assert not panel.search.isEnabled()
    assert panel.summary.words.text() == panel.summary.toolTip() == ""


def test_the_status_is_told_by_word_and_icon_and_to_screen_readers(panel) -> None:
    index = panel.table.place("frame2")
    tip = index.data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "<b>frame2</b><br>Unlabelled<br>Mean uncertainty: 0.31 of 1"
    assert "Unlabelled" in index.data(Qt.ItemDataRole.AccessibleTextRole)
    before = panel.list.grab().toImage()
    panel.set_row(_row("frame2", "done"))
    assert panel.list.grab().toImage() != before


def test_the_tooltip_tells_all_and_takes_a_comment_for_text(panel) -> None:
    tip = panel.table.place("Frame1").data(Qt.ItemDataRole.ToolTipRole)
    assert "Flagged: &lt;b&gt;fog&lt;/b&gt;" in tip
    assert "Corrected pixels: 12,345" in tip
    tip = panel.table.place("frame10").data(Qt.ItemDataRole.ToolTipRole)
    assert "Empty" in tip and "Time spent: 1 h 5 min" in tip


def test_a_flag_is_painted(panel) -> None:
    before = panel.list.grab().toImage()
    panel.set_row(FrameRow("frame2", FrameRecord(uncertainty=0.31, flag="")))
    assert panel.list.grab().toImage() != before


def test_the_search_finds_comments_too(panel) -> None:
    QTest.keyClicks(panel.search, "FOG")
    assert panel.visible_names() == ["Frame1"]


def test_the_summary_tells_of_the_whole_project(panel) -> None:
    assert _count(panel) == "1 of 4 done · 1 h 5 min"
    assert panel.summary.toolTip().splitlines() == [
        "Unlabelled: 1",
        "Predicted: 1",
        "Edited: 1",
        "Done: 1 (1 empty)",
        "Flagged: 1",
        "Time spent: 1 h 5 min",
    ]
    before = panel.summary.bar.grab().toImage()
    panel.set_row(_row("frame2", "done"))
    assert panel.summary.bar.grab().toImage() != before


def test_only_rows_on_the_screen_want_thumbnails(qtbot) -> None:
    panel = FrameListPanel()
    qtbot.addWidget(panel)
    panel.resize(224, 480)
    panel.set_entries([FrameRow(f"f{i}") for i in range(10_000)])
    wanted: list[str] = []
    panel.thumbnail_wanted.connect(wanted.append)
    panel.show()
    qtbot.waitUntil(lambda: len(wanted) > 3)
    assert wanted[0] == "f0"
    assert len(wanted) < 12
    wanted.clear()
    panel.list.verticalScrollBar().setValue(panel.list.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: "f9999" in wanted)
    assert len(wanted) < 12


def test_a_thumbnail_is_painted_and_asked_for_once(panel, qtbot) -> None:
    wanted: list[str] = []
    panel.thumbnail_wanted.connect(wanted.append)
    panel.list.viewport().update()
    qtbot.waitUntil(lambda: len(wanted) == 4)
    red = QImage(128, 96, QImage.Format.Format_RGB888)
    red.fill(QColor(200, 0, 0))
    panel.set_thumbnail("Frame1", red)
    box = panel.list.visualRect(panel.table.place("Frame1"))
    shown = panel.list.viewport().grab().toImage()
    scale = shown.devicePixelRatio()
    assert shown.pixelColor((box.topLeft() + QPoint(40, 28)) * scale) == QColor(200, 0, 0)
    panel.list.viewport().update()
    qtbot.wait(100)
    assert sorted(wanted) == sorted(row.name for row in ROWS)


def test_one_frame_of_many_changes_without_a_reset_of_the_list(qtbot) -> None:
    panel = FrameListPanel()
    qtbot.addWidget(panel)
    panel.show()
    panel.set_entries([FrameRow(f"frame{i:05d}") for i in range(10_000)])
    resets: list[int] = []
    panel.table.modelReset.connect(lambda: resets.append(1))
    for sorting in (Sorting.NAME, Sorting.STATUS):
        panel.filter.sorting.orders[sorting].trigger()
        resets.clear()
        for place in range(100):
            panel.set_row(_row(f"frame{place:05d}", "done"))
        assert not resets  # a list that is read anew each time takes minutes
    assert _count(panel).startswith("100 of 10,000 done")
