"""A slider row: mouse, keyboard, typing, reset, and when it tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from segstudio.gui.widgets.slider_row import Scale, SliderRow


@pytest.fixture
def row(qtbot) -> SliderRow:
    made = SliderRow("Size", 1, 2000, 20, unit="px", tooltip="How wide", logarithmic=True)
    qtbot.addWidget(made)
    made.resize(320, 24)
    made.show()
    return made


@pytest.fixture
def told(row: SliderRow) -> list[tuple[str, float]]:
    heard: list[tuple[str, float]] = []
    row.valueChanged.connect(lambda value: heard.append(("changed", value)))
    row.settled.connect(lambda value: heard.append(("settled", value)))
    return heard


def _type(row: SliderRow, text: str) -> None:
    row.number.setFocus()
    row.number.selectAll()
    QTest.keyClicks(row.number, text)
    QTest.keyClick(row.number, Qt.Key.Key_Return)


def test_shows_value_and_unit(row: SliderRow) -> None:
    assert row.number.text() == "20 px"
    assert "How wide" in row.toolTip()


def test_the_number_is_not_cut_off(row: SliderRow) -> None:
    row.set_value(2000)
    needed = row.number.fontMetrics().horizontalAdvance("2000 px")
    assert row.number.lineEdit().contentsRect().width() >= needed


def test_typing_sets_the_slider_and_settles_after_a_pause(row, told, qtbot) -> None:
    _type(row, "400")
    assert row.value() == 400
    assert told == [("changed", 400)]
    qtbot.waitUntil(lambda: told[-1] == ("settled", 400), timeout=2000)
    assert row.slider.value() == pytest.approx(788, abs=2)


def test_dragging_tells_while_it_moves_and_settles_at_release(row, told) -> None:
    start, end = QPoint(4, 12), QPoint(row.slider.width() - 1, 12)
    QTest.mousePress(row.slider, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(row.slider, QPoint(40, 12))
    QTest.mouseMove(row.slider, end)
    assert row.value() == 2000
    assert ("changed", 2000) in told
    assert "settled" not in dict(told)
    QTest.mouseRelease(row.slider, Qt.MouseButton.LeftButton, pos=end)
    assert told[-1] == ("settled", 2000)


def test_a_click_beside_the_handle_goes_there(row) -> None:
    middle = QPoint(row.slider.width() // 2, 12)
    QTest.mouseClick(row.slider, Qt.MouseButton.LeftButton, pos=middle)
    assert 30 < row.value() < 65  # the middle of a logarithmic 1 to 2000 is about 45


@pytest.mark.parametrize("part", ["label", "slider"])
def test_a_double_click_sets_the_default(row, told, part: str) -> None:
    _type(row, "900")
    QTest.mouseDClick(getattr(row, part), Qt.MouseButton.LeftButton)
    assert row.value() == 20
    assert told[-2:] == [("changed", 20), ("settled", 20)]


def test_delete_on_the_slider_sets_the_default(row) -> None:
    _type(row, "900")
    QTest.keyClick(row.slider, Qt.Key.Key_Delete)
    assert row.value() == 20


def test_every_arrow_key_press_changes_something(row) -> None:
    row.set_value(1)
    seen = []
    for _ in range(5):
        QTest.keyClick(row.slider, Qt.Key.Key_Right)
        seen.append(row.value())
    assert seen == [2, 3, 4, 5, 6]
    QTest.keyClick(row.slider, Qt.Key.Key_Left)
    assert row.value() == 5
    QTest.keyClick(row.slider, Qt.Key.Key_End)
    assert row.value() == 2000


def test_set_value_is_silent_and_clips(row, told) -> None:
    row.set_value(99999)
    assert row.value() == 2000
    assert row.number.text() == "2000 px"
    assert told == []


def test_a_value_set_from_outside_is_not_settled_later(row, told, qtbot) -> None:
    _type(row, "400")
    row.set_value(30)
    qtbot.wait(400)
    assert told == [("changed", 400)]


def test_the_wheel_leaves_values_alone(row, qtbot) -> None:
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QWheelEvent

    for target in (row.slider, row.number):
        turn = QWheelEvent(
            QPointF(5, 5),
            QPointF(target.mapToGlobal(QPoint(5, 5))),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        row.label.setFocus()
        QApplication.sendEvent(target, turn)
        assert row.value() == 20
        assert not turn.isAccepted()


def test_names_its_parts_for_screen_readers(row) -> None:
    assert row.slider.accessibleName() == row.number.accessibleName() == "Size"


@given(
    low=st.integers(1, 50),
    span=st.integers(1, 5000),
    logarithmic=st.booleans(),
    share=st.floats(0, 1),
)
def test_scale_goes_there_and_back(low, span, logarithmic, share) -> None:
    scale = Scale(low, low + span, 0, logarithmic)
    value = scale.value(share)
    assert low <= value <= low + span
    assert scale.value(scale.fraction(value)) == value


@pytest.mark.parametrize(
    ("low", "high", "logarithmic"), [(1, 1, False), (5, 1, False), (0, 5, True)]
)
def test_a_scale_that_is_none_is_refused(low, high, logarithmic) -> None:
    with pytest.raises(ValueError, match="no scale"):
        Scale(low, high, 0, logarithmic)
