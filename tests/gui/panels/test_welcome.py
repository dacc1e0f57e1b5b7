"""The welcome page."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segstudio.gui.welcome import RecentRow, WelcomePage

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(qtbot) -> WelcomePage:
    made = WelcomePage()
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    return made


def test_the_two_ways_in(page, qtbot) -> None:
    with qtbot.waitSignal(page.open_folder_requested):
        QTest.mouseClick(page.open_folder, LEFT)
    with qtbot.waitSignal(page.open_sample_requested):
        QTest.mouseClick(page.open_sample, LEFT)


def test_recent_projects_are_chosen_by_mouse_and_key(page, qtbot) -> None:
    page.set_recent(["/data/one", "/data/two"])
    rows = page.findChildren(RecentRow)
    assert [row.text() for row in rows] == ["one", "two"]
    with qtbot.waitSignal(page.recent_chosen) as chosen:
        QTest.mouseClick(rows[1], LEFT)
    assert chosen.args == ["/data/two"]
    with qtbot.waitSignal(page.recent_chosen) as chosen:
        QTest.keyClick(rows[0], Qt.Key.Key_Space)
    assert chosen.args == ["/data/one"]


def test_a_new_list_replaces_the_old_one(page, qtbot) -> None:
    page.set_recent([f"/data/{i}" for i in range(20)])
    assert len(page.findChildren(RecentRow)) == 6
    page.set_recent(["/data/x"])
    qtbot.waitUntil(lambda: [row.text() for row in page.findChildren(RecentRow)] == ["x"])


def test_nothing_is_cut_in_a_small_window(page) -> None:
    assert page.minimumSizeHint().width() < 600
    assert page.minimumSizeHint().height() < 600
