"""The frame list: choosing, sorting, filtering, searching, and thumbnails on demand."""

import time

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest

from segstudio.gui.panels.frame_list import FrameListPanel, FrameRow

ROWS = [
    FrameRow("frame10", "done"),
    FrameRow("frame2", "unlabelled", "0.31"),
    FrameRow("Frame1", "edited"),
    FrameRow("other", "predicted"),
]


@pytest.fixture
def panel(qtbot) -> FrameListPanel:
    made = FrameListPanel()
    qtbot.addWidget(made)
    made.resize(224, 480)
    made.set_entries(ROWS)
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
    return panel._count.text()


def test_numbers_in_names_sort_as_numbers(panel) -> None:
    assert panel.visible_names() == ["Frame1", "frame2", "frame10", "other"]
    assert _count(panel) == "1 of 4 done"


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
    assert _count(panel) == "1 of 4 done · 2 shown"


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        ("All frames", ["Frame1", "frame2", "frame10", "other"]),
        ("Unlabelled", ["frame2"]),
        ("Not done", ["Frame1", "frame2", "other"]),
        ("Done", ["frame10"]),
    ],
)
def test_filters(panel, choice, names) -> None:
    QTest.keyClicks(panel.showing, choice)  # a drop-down list finds what is typed
    assert panel.showing.currentText() == choice
    assert panel.visible_names() == names


def test_sorting_by_status_follows_the_work(panel) -> None:
    by_status = next(a for a in panel.sorting.menu().actions() if a.text() == "By status")
    by_status.trigger()
    assert panel.visible_names() == ["frame2", "other", "Frame1", "frame10"]


def test_a_status_moves_a_frame_out_of_the_filter_and_keeps_the_current_one(panel, chosen) -> None:
    panel.set_current("frame2")
    QTest.keyClicks(panel.showing, "Not done")
    panel.set_status("Frame1", "done")
    assert panel.visible_names() == ["frame2", "other"]
    assert [index.data() for index in panel.list.selectedIndexes()] == ["frame2"]
    assert _count(panel) == "2 of 4 done · 2 shown"
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


def test_the_status_is_told_by_word_and_icon_and_to_screen_readers(panel) -> None:
    index = panel.table.place("frame2")
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "frame2\nUnlabelled\n0.31"
    assert "Unlabelled" in index.data(Qt.ItemDataRole.AccessibleTextRole)
    before = panel.list.grab().toImage()
    panel.set_status("frame2", "done")
    assert panel.list.grab().toImage() != before


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


def test_ten_thousand_frames_are_listed_and_changed_fast(qtbot) -> None:
    panel = FrameListPanel()
    qtbot.addWidget(panel)
    panel.show()
    started = time.perf_counter()
    panel.set_entries([FrameRow(f"frame{i:05d}") for i in range(10_000)])
    for place in range(100):
        panel.set_status(f"frame{place:05d}", "done")
    panel.search.setText("99")
    assert time.perf_counter() - started < 1.5  # takes 0.2 s; a quadratic list takes minutes
    assert _count(panel).startswith("100 of 10000 done")
