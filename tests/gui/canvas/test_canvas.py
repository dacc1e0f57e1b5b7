"""The canvas with real mouse, wheel and key events."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from segstudio import tools
from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.frame import Frame
from segstudio.core.label_map import VOID, Provenance
from segstudio.core.rect import Rect
from segstudio.gui.canvas.canvas import Canvas

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(400, 300)
    pixels = np.random.default_rng(1).integers(0, 256, (60, 80, 3), np.uint8)
    canvas.set_document(Document(Frame("one", pixels), classes=ClassTable.of_names(["a", "b"])))
    brush = tools.registry.get("brush")
    canvas.driver.choose(brush, replace(brush.options(), size=5))
    canvas.driver.active_class = 1
    canvas.show()
    return canvas


def _at(canvas: Canvas, row: float, column: float) -> QPoint:
    y, x = canvas.viewport.to_device(row + 0.5, column + 0.5)
    ratio = canvas.devicePixelRatioF()
    return QPoint(round(x / ratio), round(y / ratio))


def _seen(canvas: Canvas, row: float, column: float) -> QColor:
    """What a person sees in the middle of a pixel of the picture."""
    y, x = canvas.viewport.to_device(row + 0.5, column + 0.5)
    return canvas.grab().toImage().pixelColor(int(x), int(y))


def _under(canvas: Canvas, place: QPoint) -> tuple[float, float]:
    """The position of the picture under a place on the widget."""
    ratio = canvas.devicePixelRatioF()
    return canvas.viewport.to_picture(place.y() * ratio, place.x() * ratio)


def _wheel(canvas: Canvas, at: QPoint, notches: int, modifiers: Qt.KeyboardModifier = NONE) -> None:
    place = QPointF(at)
    event = QWheelEvent(
        place,
        place,
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def _stroke(canvas: Canvas, *points: tuple[int, int]) -> None:
    QTest.mousePress(canvas, LEFT, NONE, _at(canvas, *points[0]))
    for point in points[1:]:
        QTest.mouseMove(canvas, _at(canvas, *point))
    QTest.mouseRelease(canvas, LEFT, NONE, _at(canvas, *points[-1]))


def test_a_stroke_paints_the_active_class_as_one_step(canvas: Canvas) -> None:
    _stroke(canvas, (20, 10), (20, 30), (20, 60))
    label_map = canvas.document.label_map
    assert (label_map.ids[20, 10:61] == 1).all()
    assert (label_map.provenance[20, 10:61] == Provenance.HUMAN).all()
    assert label_map.ids[40, 40] == VOID
    assert canvas.document.history.undo_name == "Brush"
    canvas.document.undo()
    assert (label_map.ids == VOID).all()


def test_escape_rolls_the_stroke_back(canvas: Canvas) -> None:
    QTest.mousePress(canvas, LEFT, NONE, _at(canvas, 20, 10))
    QTest.mouseMove(canvas, _at(canvas, 20, 40))
    assert (canvas.document.label_map.ids == 1).any()
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    QTest.mouseRelease(canvas, LEFT, NONE, _at(canvas, 20, 40))
    assert (canvas.document.label_map.ids == VOID).all()
    assert canvas.document.history.undo_name is None


def test_what_is_painted_is_seen(canvas: Canvas) -> None:
    canvas.set_opacity(1.0)
    _stroke(canvas, (30, 40), (30, 41))
    QTest.mouseMove(canvas, QPoint(1, 1))
    assert _seen(canvas, 30, 40).getRgb()[:3] == canvas.document.classes.get(1).colour


def test_contours_leave_the_inside_free(canvas: Canvas) -> None:
    canvas.set_opacity(1.0)
    canvas.set_contours(True)
    canvas.zoom_by(2.0)
    _stroke(canvas, (30, 40), (30, 41))
    QTest.mouseMove(canvas, QPoint(1, 1))
    shown = tuple(canvas.document.frame.display[30, 40])
    assert _seen(canvas, 30, 40).getRgb()[:3] == shown


def test_the_wheel_zooms_to_the_pointer(canvas: Canvas) -> None:
    place = QPoint(120, 90)
    before = _under(canvas, place)
    scale = canvas.viewport.scale
    _wheel(canvas, place, 3)
    assert canvas.viewport.scale > scale * 1.5
    assert np.allclose(_under(canvas, place), before, atol=0.01)


def test_zoom_stops_at_its_ends(canvas: Canvas) -> None:
    for _ in range(60):
        _wheel(canvas, QPoint(200, 150), 4)
    assert canvas.viewport.scale == 64.0
    for _ in range(60):
        _wheel(canvas, QPoint(200, 150), -4)
    assert canvas.viewport.scale == 0.01
    canvas.grab()


@pytest.mark.parametrize(
    ("modifier", "signal"),
    [
        (Qt.KeyboardModifier.ControlModifier, "size_step"),
        (Qt.KeyboardModifier.AltModifier, "opacity_step"),
    ],
)
def test_the_wheel_with_a_key_changes_size_and_opacity(
    canvas: Canvas, qtbot: QtBot, modifier: Qt.KeyboardModifier, signal: str
) -> None:
    scale = canvas.viewport.scale
    with qtbot.waitSignal(getattr(canvas, signal), timeout=1000) as caught:
        _wheel(canvas, QPoint(50, 50), -1, modifier)
    assert caught.args == [-1]
    assert canvas.viewport.scale == scale


def _pan_with_middle_button(canvas: Canvas) -> None:
    middle = Qt.MouseButton.MiddleButton
    QTest.mousePress(canvas, middle, NONE, QPoint(100, 100))
    QTest.mouseMove(canvas, QPoint(130, 90))
    QTest.mouseRelease(canvas, middle, NONE, QPoint(130, 90))


def _pan_with_space(canvas: Canvas) -> None:
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    QTest.mousePress(canvas, LEFT, NONE, QPoint(100, 100))
    QTest.mouseMove(canvas, QPoint(130, 90))
    QTest.mouseRelease(canvas, LEFT, NONE, QPoint(130, 90))
    QTest.keyRelease(canvas, Qt.Key.Key_Space)


@pytest.mark.parametrize("pan", [_pan_with_middle_button, _pan_with_space])
def test_panning_moves_the_picture_and_paints_nothing(
    canvas: Canvas, pan: Callable[[Canvas], None]
) -> None:
    canvas.zoom_by(4.0)
    before = canvas.viewport
    pan(canvas)
    ratio = canvas.devicePixelRatioF()
    moved = canvas.viewport.top - before.top, canvas.viewport.left - before.left
    assert moved == pytest.approx((-10 * ratio, 30 * ratio))
    assert (canvas.document.label_map.ids == VOID).all()


def test_the_right_button_picks_the_class(canvas: Canvas, qtbot: QtBot) -> None:
    _stroke(canvas, (20, 10), (20, 30))
    with qtbot.waitSignal(canvas.class_picked, timeout=1000) as caught:
        QTest.mouseClick(canvas, Qt.MouseButton.RightButton, NONE, _at(canvas, 20, 20))
    assert caught.args == [1]


def test_a_refused_stroke_says_why(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.refuse("project", "Read-only")
    with qtbot.waitSignal(canvas.refused, timeout=1000) as caught:
        _stroke(canvas, (20, 10), (20, 30))
    assert caught.args == ["Read-only"]
    assert (canvas.document.label_map.ids == VOID).all()


def test_resizing_keeps_a_fitted_picture_fitted(canvas: Canvas) -> None:
    canvas.resize(800, 600)
    rect = canvas.viewport.device_rect(Rect.of_shape((60, 80)))
    assert rect.width > 700
    canvas.zoom_by(1.3)
    scale = canvas.viewport.scale
    canvas.resize(500, 400)
    assert canvas.viewport.scale == scale


def test_another_frame_of_the_same_size_keeps_the_view(canvas: Canvas) -> None:
    canvas.zoom_by(3.0)
    before = canvas.viewport
    canvas.set_document(Document(Frame("two", np.zeros((60, 80), np.uint8))))
    assert canvas.viewport == before
    canvas.set_document(Document(Frame("three", np.zeros((10, 10), np.uint16))))
    assert canvas.viewport != before
    canvas.set_document(None)
    canvas.grab()


def test_hovering_tells_the_pixel(canvas: Canvas, qtbot: QtBot) -> None:
    told: list[object] = []
    canvas.hovered.connect(told.append)
    QTest.mouseMove(canvas, _at(canvas, 12, 34))
    assert told[-1] == (12, 34)
    QTest.mouseMove(canvas, QPoint(1, 1))
    assert told[-1] is None
