"""The pen's pressure, ends and button; fingers on touchpads and touch screens."""

from functools import cache

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from segstudio import tools
from segstudio.core.label_map import VOID
from segstudio.core.options import describe

from .conftest import CONTROL, NONE, RIGHT, SHAPE, Hands
from .pen import Pen

MIDDLE = Qt.MouseButton.MiddleButton
Phase = Qt.ScrollPhase
PAINTERS = [
    spec.name
    for spec in tools.in_order()
    if any(option.name == "pressure" for option in describe(spec.options))
]


def height(hands: Hands) -> int:
    """Rows that a human decided in the middle of the picture."""
    return int(hands.labels.human()[:, SHAPE[1] // 2].sum())


def set_pressure(hands: Hands, response: str) -> None:
    """By the panel, as a person sets it."""
    row = hands.window.tool_panel.form.rows["pressure"]
    row.combo.setCurrentIndex(row.choices.index(response))


class TestPen:
    def test_brush_and_eraser_heed_pressure(self) -> None:
        assert {"brush", "eraser", "probability_brush"} <= set(PAINTERS)

    @pytest.mark.parametrize("name", PAINTERS)
    def test_pressing_harder_is_wider(self, at_work: Hands, name: str) -> None:
        canvas, in_hand = at_work.window.canvas, at_work.window.tools
        canvas.driver.likelihood = lambda _class_id: np.ones(SHAPE, np.float32)
        in_hand.take(name)
        widths = {}
        for response in ("off", "soft", "even", "firm"):
            set_pressure(at_work, response)
            assert in_hand.options.pressure == response
            Pen(at_work).stroke((0.5, 0.3), (0.5, 0.7), pressure=0.5)
            widths[response] = height(at_work)
            at_work.key(Qt.Key.Key_Z, CONTROL)
        assert widths["off"] == in_hand.options.size
        assert widths["off"] > widths["soft"] > widths["even"] > widths["firm"] > 0

    def test_a_hovering_pen_shows_the_size_and_a_leaving_one_leaves_no_spike(
        self, at_work: Hands
    ) -> None:
        set_pressure(at_work, "even")
        pen, canvas = Pen(at_work), at_work.window.canvas
        pen.hover((0.5, 0.5))
        (hovering,) = canvas._shapes()
        assert hovering.radius == at_work.window.tools.options.size / 2
        pen.press((0.5, 0.3), 1.0)
        pen.move((0.5, 0.5), 1.0)
        before = at_work.labels.ids.copy()
        pen.release((0.5, 0.9))
        assert np.array_equal(at_work.labels.ids, before)

    def test_its_other_end_erases_while_it_is_near(self, at_work: Hands) -> None:
        at_work.key(Qt.Key.Key_T)
        at_work.key(Qt.Key.Key_B)
        in_hand, eraser = at_work.window.tools, Pen(at_work, eraser=True)
        Pen(at_work).stroke((0.5, 0.3), (0.5, 0.7))
        eraser.hover((0.5, 0.5))
        assert in_hand.spec.name == "eraser"
        assert at_work.window.actions_["tool_eraser"].isChecked()
        eraser.stroke((0.5, 0.3), (0.5, 0.7))
        assert (at_work.labels.ids == VOID).all() and at_work.undo_name == "Eraser"
        eraser.leave()
        assert in_hand.spec.name == "brush"
        eraser.hover((0.5, 0.5))
        Pen(at_work).hover((0.5, 0.5))  # turned round without leaving
        assert in_hand.spec.name == "brush"

    def test_what_is_chosen_meanwhile_stays(self, at_work: Hands) -> None:
        eraser = Pen(at_work, eraser=True)
        eraser.hover((0.5, 0.5))
        assert at_work.window.tools.spec.name == "eraser"
        at_work.key(Qt.Key.Key_L)
        eraser.leave()
        assert at_work.window.tools.spec.name == "line"

    def test_a_mouse_that_moves_tells_that_the_pen_has_gone(self, at_work: Hands) -> None:
        Pen(at_work, eraser=True).hover((0.5, 0.5))
        assert at_work.window.tools.spec.name == "eraser"
        at_work.move(0.4, 0.4)
        at_work.move(0.6, 0.6)
        assert at_work.window.tools.spec.name == "brush"

    def test_its_buttons_pick_a_class_and_pan(self, at_work: Hands) -> None:
        pen, canvas = Pen(at_work), at_work.window.canvas
        at_work.key(Qt.Key.Key_3)
        pen.stroke((0.5, 0.4), (0.5, 0.6))
        at_work.key(Qt.Key.Key_1)
        pen.press((0.5, 0.5), 0.0, RIGHT)
        pen.release((0.5, 0.5), RIGHT)
        assert at_work.window.tools.active_class == 2
        left = canvas.viewport.left
        pen.press((0.5, 0.5), 0.0, MIDDLE)
        pen.move((0.5, 0.6), 0.0)
        pen.release((0.5, 0.6), MIDDLE)
        assert canvas.viewport.left > left and at_work.undo_name == "Brush"

    def test_two_quick_presses_at_one_place_close_a_polygon(self, at_work: Hands) -> None:
        at_work.key(Qt.Key.Key_G)
        pen = Pen(at_work)
        pen.tap((0.2, 0.2), (0.2, 0.7), (0.7, 0.7))
        pen.press((0.7, 0.3), when=50_000)
        pen.release((0.7, 0.3))
        assert at_work.window.canvas.driver.ongoing
        pen.press((0.7, 0.3), when=50_100)
        pen.release((0.7, 0.3))
        assert at_work.undo_name == "Polygon"


@cache  # events know their device by its address alone
def device(kind: QInputDevice.DeviceType) -> QPointingDevice:
    return QPointingDevice(
        "fingers",
        2,
        kind,
        QPointingDevice.PointerType.Finger,
        QInputDevice.Capability.Position | QInputDevice.Capability.PixelScroll,
        2,
        2,
    )


def scroll(
    hands: Hands,
    pixels: QPoint,
    angle: QPoint,
    phase: Phase,
    kind: QInputDevice.DeviceType = QInputDevice.DeviceType.TouchPad,
    modifiers: Qt.KeyboardModifier = NONE,
) -> None:
    canvas, place = hands.window.canvas, QPointF(hands.place(0.5, 0.5))
    event = QWheelEvent(
        place,
        canvas.mapToGlobal(place),
        pixels,
        angle,
        Qt.MouseButton.NoButton,
        modifiers,
        phase,
        False,
        Qt.MouseEventSource.MouseEventNotSynthesized,
        device(kind),
    )
    QApplication.sendEvent(canvas, event)


def place_of(hands: Hands) -> tuple[float, float, float]:
    view = hands.window.canvas.viewport
    return view.scale, view.top, view.left


class TestFingers:
    def test_two_pan_and_a_wheel_zooms(self, at_work: Hands) -> None:
        at_work.wheel(6)
        scale, top, left = place_of(at_work)
        down_right = QPoint(7, 5)
        scroll(at_work, down_right, down_right * 2, Phase.ScrollUpdate)
        assert place_of(at_work) == (scale, top + 5, left + 7)
        scroll(at_work, QPoint(), QPoint(-14, -10), Phase.NoScrollPhase)  # no pixels are told
        assert place_of(at_work) == (scale, top, left)
        mouse = QInputDevice.DeviceType.Mouse
        scroll(at_work, QPoint(0, 15), QPoint(0, 120), Phase.NoScrollPhase, mouse)
        assert place_of(at_work)[0] > scale

    def test_with_control_two_set_the_size(self, at_work: Hands) -> None:
        size, before = at_work.window.tools.options.size, place_of(at_work)
        for _ in range(4):
            scroll(at_work, QPoint(0, 15), QPoint(0, 30), Phase.ScrollUpdate, modifiers=CONTROL)
        assert at_work.window.tools.options.size > size and place_of(at_work) == before

    def test_a_pinch_zooms_where_it_is(self, at_work: Hands) -> None:
        canvas, at = at_work.window.canvas, QPointF(at_work.place(0.25, 0.75))
        under = canvas.viewport.to_picture(at.y(), at.x())
        scale = canvas.viewport.scale
        touchpad = device(QInputDevice.DeviceType.TouchPad)
        for kind, value in (
            (Qt.NativeGestureType.BeginNativeGesture, 0.0),
            (Qt.NativeGestureType.ZoomNativeGesture, 0.25),
            (Qt.NativeGestureType.ZoomNativeGesture, 0.2),
            (Qt.NativeGestureType.EndNativeGesture, 0.0),
        ):
            everywhere = canvas.mapToGlobal(at)
            event = QNativeGestureEvent(kind, touchpad, 2, at, at, everywhere, value, QPointF())
            QApplication.sendEvent(canvas, event)
        assert canvas.viewport.scale == pytest.approx(scale * 1.25 * 1.2)
        assert canvas.viewport.to_picture(at.y(), at.x()) == pytest.approx(under)

    def test_one_on_a_touch_screen_paints_and_two_zoom_without_a_trace(
        self, at_work: Hands
    ) -> None:
        canvas, screen = at_work.window.canvas, QTest.createTouchDevice()
        middle = at_work.place(0.5, 0.5)
        scale = canvas.viewport.scale
        first, second = middle - QPoint(20, 0), middle + QPoint(20, 0)
        QTest.touchEvent(canvas, screen).press(0, first, canvas).commit()
        QTest.touchEvent(canvas, screen).stationary(0).press(1, second, canvas).commit()
        for step in range(1, 9):
            away = QPoint(10 * step, 0)
            touch = QTest.touchEvent(canvas, screen)
            touch.move(0, first - away, canvas).move(1, second + away, canvas).commit()
        touch = QTest.touchEvent(canvas, screen)
        touch.release(0, first - away, canvas).release(1, second + away, canvas).commit()
        assert canvas.viewport.scale > 2 * scale
        assert not at_work.labels.human().any() and at_work.undo_name is None


def test_the_mouse_presses_with_all_its_might(at_work: Hands) -> None:
    set_pressure(at_work, "firm")
    at_work.stroke((0.5, 0.3), (0.5, 0.7))
    assert height(at_work) == at_work.window.tools.options.size
