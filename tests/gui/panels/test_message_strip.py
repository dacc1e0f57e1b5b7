"""Messages above the canvas."""

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from segstudio.gui import message_strip
from segstudio.gui.message_strip import MessageStrip

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def strip(qtbot, monkeypatch) -> MessageStrip:
    monkeypatch.setattr(message_strip, "INFO_MS", 60)
    made = MessageStrip()
    qtbot.addWidget(made)
    made.setGeometry(100, 100, 700, 40)  # away from where the pointer rests
    return made


def test_an_info_goes_by_itself(strip, qtbot) -> None:
    strip.show_message("Saved")
    assert strip.isVisible()
    qtbot.waitUntil(lambda: not strip.isVisible())


@pytest.mark.parametrize("severity", ["warning", "error"])
def test_what_matters_stays_until_it_is_closed(strip, qtbot, severity) -> None:
    strip.show_message("Cannot read", severity)
    qtbot.wait(150)
    assert strip.isVisible()
    QTest.mouseClick(strip.dismiss, LEFT)
    assert not strip.isVisible()


def test_the_remedy_is_done_and_the_message_goes(strip) -> None:
    done: list[str] = []
    strip.show_message("No classes", "warning", "Add them", lambda: done.append("added"))
    assert strip.remedy.text() == "Add them"
    QTest.mouseClick(strip.remedy, LEFT)
    assert done == ["added"]
    assert not strip.isVisible()


def test_a_remedy_may_bring_its_own_message(strip) -> None:
    strip.show_message("one", "error", "Again", lambda: strip.show_message("two", "error"))
    QTest.mouseClick(strip.remedy, LEFT)
    assert strip.text.text() == "two"


def test_messages_queue_and_are_counted(strip) -> None:
    for text in ("one", "two", "three"):
        strip.show_message(text, "error")
    assert strip.text.text() == "one"
    assert strip._more.text() == "2 more"
    QTest.mouseClick(strip.dismiss, LEFT)
    assert (strip.text.text(), strip._more.text()) == ("two", "1 more")
    strip.clear()
    assert not strip.isVisible()


def test_the_same_message_is_said_once(strip) -> None:
    for _ in range(3):
        strip.show_message("disk full", "error")
    QTest.mouseClick(strip.dismiss, LEFT)
    assert not strip.isVisible()


def test_an_info_makes_room_at_once(strip) -> None:
    strip.show_message("Saved")
    strip.show_message("Cannot read", "error")
    assert strip.text.text() == "Cannot read"


def test_an_info_stays_while_the_pointer_is_on_it(strip, qtbot) -> None:
    strip.show_message("Saved")
    there = QPointF(5, 5)
    QApplication.sendEvent(strip, QEnterEvent(there, there, there))
    qtbot.wait(150)
    assert strip.isVisible()


def test_a_long_message_wraps_instead_of_being_cut(strip) -> None:
    strip.show_message("/a/long/path: " + "a reason of many words " * 12, "error")
    assert strip.text.hasHeightForWidth()
    assert strip.sizeHint().width() < 2000
