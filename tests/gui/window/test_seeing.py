"""What is shown over and of the picture, by keys and mouse."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from segstudio.core.label_map import Provenance

from .conftest import CONTROL, LEFT, NONE, SHAPE, Hands

SHIFT = Qt.KeyboardModifier.ShiftModifier
KEYS = {
    "labels": Qt.Key.Key_F4,
    "class_in_hand": Qt.Key.Key_F5,
    "mine": Qt.Key.Key_F6,
    "prediction": Qt.Key.Key_F7,
    "difference": Qt.Key.Key_F8,
    "uncertainty": Qt.Key.Key_F9,
}


def _colour(hands: Hands, down: float, right: float) -> QColor:
    image = hands.canvas_image()
    return image.pixelColor(hands.place(down, right) * image.devicePixelRatio())


def _caption(hands: Hands) -> str:
    caption = hands.window.seeing._caption
    return caption.text() if caption.isVisible() else ""


def test_each_layer_has_its_key_and_the_tool_bar_follows(at_work: Hands) -> None:
    at_work.predict()
    at_work.stroke((0.5, 0.3), (0.5, 0.7))
    seen = set()
    for name, key in KEYS.items():
        at_work.key(key)
        assert at_work.window.seeing.layer.name == name
        assert at_work.window.display_panel.layers.currentData() == name
        assert at_work.window.actions_[f"layer_{name}"].isChecked()
        if name == "uncertainty":
            at_work.wait(lambda: _caption(at_work) == "Uncertainty")
        seen.add(at_work.look())
    assert len(seen) == len(KEYS)


def test_the_tool_bar_chooses_a_layer_and_gives_the_keys_back(at_work: Hands) -> None:
    box = at_work.window.display_panel.layers
    at_work.window.activateWindow()
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert at_work.window.seeing.layer.name == "class_in_hand"
    assert _caption(at_work) == "Class in hand"
    assert at_work.window.canvas.hasFocus()
    at_work.key(KEYS["labels"])
    assert _caption(at_work) == ""


def test_one_class_alone_is_the_one_in_the_hand(at_work: Hands) -> None:
    bare = _colour(at_work, 0.2, 0.5)
    at_work.stroke((0.2, 0.3), (0.2, 0.7))
    at_work.key(Qt.Key.Key_2)
    at_work.stroke((0.8, 0.3), (0.8, 0.7))
    at_work.key(KEYS["class_in_hand"])
    assert _colour(at_work, 0.2, 0.5) == bare
    second = _colour(at_work, 0.8, 0.5)
    at_work.key(Qt.Key.Key_1)
    assert _colour(at_work, 0.2, 0.5) != bare
    assert _colour(at_work, 0.8, 0.5) != second


def test_my_pixels_are_what_i_painted(at_work: Hands) -> None:
    bare = _colour(at_work, 0.2, 0.5)
    at_work.predict()
    at_work.stroke((0.8, 0.3), (0.8, 0.7))
    painted = _colour(at_work, 0.8, 0.5)
    at_work.key(KEYS["mine"])
    assert _colour(at_work, 0.2, 0.5) == bare
    assert _colour(at_work, 0.8, 0.5) == painted


def test_the_prediction_stays_and_the_difference_shows_corrections(at_work: Hands) -> None:
    at_work.predict()
    at_work.key(KEYS["prediction"])
    predicted = at_work.look()
    at_work.key(KEYS["difference"])
    nothing = at_work.look()
    at_work.stroke((0.5, 0.2), (0.5, 0.8))
    assert at_work.look() != nothing
    at_work.key(KEYS["prediction"])
    assert at_work.look() == predicted
    at_work.key(KEYS["difference"])
    at_work.key(Qt.Key.Key_Z, CONTROL)
    assert at_work.look() == nothing


def test_without_a_prediction_the_canvas_says_what_to_do(at_work: Hands) -> None:
    at_work.key(KEYS["uncertainty"])
    assert "Press P" in _caption(at_work)
    at_work.predict()
    at_work.wait(lambda: _caption(at_work) == "Uncertainty")
    at_work.go("b")
    assert "Press P" in _caption(at_work)
    assert at_work.window.canvas.driver.model_ids is None


def test_the_overlay_is_away_while_tab_is_held(at_work: Hands) -> None:
    bare = at_work.look()
    at_work.stroke((0.5, 0.3), (0.5, 0.7))
    painted = at_work.look()
    canvas = at_work.window.canvas
    canvas.setFocus()
    QTest.keyPress(canvas, Qt.Key.Key_Tab)
    assert canvas.hasFocus()
    assert at_work.look() == bare
    QTest.keyRelease(canvas, Qt.Key.Key_Tab)
    assert at_work.look() == painted
    QTest.keyPress(canvas, Qt.Key.Key_Tab)
    at_work.window.frame_list.list.setFocus()  # the key goes up elsewhere
    assert at_work.look() == painted


def test_shift_tab_leaves_the_canvas(at_work: Hands) -> None:
    at_work.key(Qt.Key.Key_Backtab, SHIFT)
    assert not at_work.window.canvas.hasFocus()


def test_the_status_bar_tells_class_and_probability(at_work: Hands) -> None:
    def told() -> str:
        at_work.move(0.5, 0.45)
        at_work.move(0.5, 0.5)
        return at_work.window.status._class.text()

    assert told() == "void"
    at_work.stroke((0.5, 0.4), (0.5, 0.6))
    assert told() == "road · you"
    at_work.predict()
    row, column = SHAPE[0] // 2, SHAPE[1] // 2
    assert at_work.labels.provenance[row, column] == Provenance.HUMAN
    plane = at_work.window.canvas.driver.likelihood(0)
    assert told() == f"road · you · model {plane[row, column]:.2f}"
    at_work.key(Qt.Key.Key_Z, CONTROL)
    at_work.key(Qt.Key.Key_Z, CONTROL)
    at_work.key(Qt.Key.Key_P)
    at_work.wait(lambda: at_work.labels.provenance[row, column] == Provenance.MODEL)
    assert told().split(" · ")[1].startswith("model 0.")


def test_the_grid_appears_above_800_percent(at_work: Hands) -> None:
    canvas = at_work.window.canvas
    for zoom, expected in ((8.0, False), (9.0, True)):
        canvas.zoom_to(zoom)
        with_grid = at_work.look()
        at_work.key(Qt.Key.Key_F4, SHIFT)
        assert (at_work.look() != with_grid) is expected
        at_work.key(Qt.Key.Key_F4, SHIFT)
        assert at_work.look() == with_grid


def test_the_crosshair_follows_the_pointer_and_leaves_nothing_behind(at_work: Hands) -> None:
    at_work.key(Qt.Key.Key_F5, SHIFT)
    clean = at_work.look()
    canvas = at_work.window.canvas
    for place in ((0.3, 0.3), (0.7, 0.6)):
        at_work.move(*place)
        shown = canvas.grab().toImage()
        pixel = (int(place[0] * SHAPE[0]) + 0.5, int(place[1] * SHAPE[1]) + 0.5)
        y, x = (int(at) for at in canvas.viewport.to_device(*pixel))
        assert shown.pixelColor(x, 2).lightness() > 150 > shown.pixelColor(x + 5, 2).lightness()
        assert shown.pixelColor(2, y).lightness() > 150 > shown.pixelColor(2, y + 5).lightness()
    assert at_work.look() == clean
    at_work.key(Qt.Key.Key_F5, SHIFT)


def test_the_overview_appears_when_zoomed_in_and_goes_there(at_work: Hands) -> None:
    canvas, overview = at_work.window.canvas, at_work.window.seeing.minimap
    assert not overview.isVisible()
    at_work.wheel(12)
    assert overview.isVisible()
    for down, right in ((0.2, 0.2), (0.75, 0.6)):
        place = QPoint(round(right * overview.width()), round(down * overview.height()))
        QTest.mousePress(overview, LEFT, NONE, place)
        QTest.mouseRelease(overview, LEFT, NONE, place)
        height, width = canvas.device_size()
        y, x = canvas.viewport.to_picture(height / 2, width / 2)
        assert y / SHAPE[0] == pytest.approx(down, abs=0.02)
        assert x / SHAPE[1] == pytest.approx(right, abs=0.02)
    QTest.mousePress(overview, LEFT, NONE, QPoint(20, 20))
    before = canvas.viewport
    QTest.mouseMove(overview, QPoint(60, 60))
    assert canvas.viewport == before or canvas.viewport.left < before.left
    QTest.mouseRelease(overview, LEFT, NONE, QPoint(60, 60))
    assert not at_work.labels.human().any(), "the brush below heard of no button"
    at_work.key(Qt.Key.Key_F6, SHIFT)
    assert not overview.isVisible()
    at_work.key(Qt.Key.Key_F6, SHIFT)
    assert overview.isVisible()
    at_work.key(Qt.Key.Key_F)
    assert not overview.isVisible()


def test_adjusting_the_picture_changes_the_screen_alone(at_work: Hands) -> None:
    panel = at_work.window.picture_panel
    at_work.predict()
    pixels, shown = at_work.document.frame.pixels.copy(), at_work.document.frame.display.copy()
    ids = at_work.window.canvas.driver.model_ids
    plain = at_work.look()
    for dock in at_work.window.docks:
        if dock.widget() is panel:
            dock.raise_()
    QApplication.processEvents()
    assert not panel.reset.isEnabled()
    for name in ("brightness", "contrast", "gamma", "local_contrast"):
        before = at_work.look()
        slider = panel.form.rows[name].slider
        slider.setFocus()
        for _ in range(6):
            QTest.keyClick(slider, Qt.Key.Key_Right)
        assert at_work.look() != before, name
    combo = panel.form.rows["channel"].combo
    before = at_work.look()
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert at_work.look() != before
    at_work.key(Qt.Key.Key_P)
    at_work.wait(lambda: at_work.window.canvas.driver.model_ids is not ids)
    assert np.array_equal(at_work.window.canvas.driver.model_ids, ids)
    assert np.array_equal(at_work.document.frame.pixels, pixels)
    assert np.array_equal(at_work.document.frame.display, shown)
    at_work.go("b")
    at_work.go("a")
    assert panel.reset.isEnabled()  # they stay for the next frames
    at_work.click(panel.reset)
    assert at_work.look() == plain and not panel.reset.isEnabled()
