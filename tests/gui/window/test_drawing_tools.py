"""Lines, polygons, lassos, rectangles and ellipses, drawn in the window by mouse and keys."""

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from segstudio.core.label_map import VOID
from segstudio.gui.engine import Engine
from segstudio.project import Status

from .conftest import CONTROL, LEFT, NONE, SHAPE, Hands

Key = Qt.Key
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
MIDDLE = Qt.MouseButton.MiddleButton
Place = tuple[float, float]

LINE, POLYGON, LASSO, RECTANGLE, ELLIPSE = Key.Key_L, Key.Key_G, Key.Key_Q, Key.Key_R, Key.Key_V
BOX: tuple[Place, ...] = ((0.2, 0.2), (0.2, 0.8), (0.8, 0.8), (0.8, 0.2))


def click(hands: Hands, *places: Place, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """One click after the other, the pointer moving there as a hand moves it."""
    for place in places:
        hands.move(*place)
        QTest.mouseClick(hands.window.canvas, LEFT, modifiers, hands.place(*place))


def double_click(hands: Hands, place: Place) -> None:
    click(hands, place)
    QTest.mouseDClick(hands.window.canvas, LEFT, NONE, hands.place(*place))
    hands.release(*place)


def drag(hands: Hands, start: Place, end: Place, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Pull from one place to another, the modifiers held at the release."""
    hands.press(*start)
    hands.move(*end)
    QTest.mouseRelease(hands.window.canvas, LEFT, modifiers, hands.place(*end))


def at(hands: Hands, down: float, right: float) -> int:
    """The class at a place, by its share of the picture's height and width."""
    return int(hands.labels.ids[int(down * SHAPE[0]), int(right * SHAPE[1])])


def painted(hands: Hands) -> np.ndarray:
    return hands.labels.human()


def extent(hands: Hands) -> tuple[int, int, int, int]:
    """First and last row, first and last column that a human decided."""
    rows, columns = np.nonzero(painted(hands))
    return rows.min(), rows.max(), columns.min(), columns.max()


def share(hands: Hands) -> float:
    return float(painted(hands).mean())


class TestLine:
    def test_it_goes_through_its_points_as_wide_as_it_is_set(self, at_work: Hands) -> None:
        at_work.key(Key.Key_3)
        at_work.key(LINE)
        click(at_work, (0.5, 0.2), (0.5, 0.8))
        at_work.move(0.9, 0.9)
        assert not painted(at_work).any(), "nothing is painted before it ends"
        at_work.key(Key.Key_Return)
        column = painted(at_work)[:, SHAPE[1] // 2]
        assert column.sum() == at_work.window.tools.options.size == 8
        assert at(at_work, 0.5, 0.5) == 2 and at_work.undo_name == "Line"
        assert abs(np.flatnonzero(column).mean() - 0.5 * SHAPE[0]) <= 1
        assert not painted(at_work)[:, int(0.85 * SHAPE[1])].any()
        at_work.key(Key.Key_Z, CONTROL)
        assert not painted(at_work).any()

    def test_corners_are_round_and_nothing_is_left_out_between(self, at_work: Hands) -> None:
        at_work.key(LINE)
        at_work.wheel(6, CONTROL)
        assert at_work.window.tools.options.size > 16
        click(at_work, (0.3, 0.3), (0.3, 0.7))
        double_click(at_work, (0.7, 0.7))
        for place in ((0.3, 0.3), (0.3, 0.5), (0.3, 0.7), (0.5, 0.7), (0.7, 0.7)):
            assert at(at_work, *place) == 0
        top, _, _, right = extent(at_work)
        assert not painted(at_work)[top, right], "a corner of the square is outside of the disc"
        assert at_work.status == Status.EDITED

    def test_pulling_draws_the_first_piece(self, at_work: Hands) -> None:
        at_work.key(LINE)
        drag(at_work, (0.5, 0.2), (0.5, 0.8))
        at_work.key(Key.Key_Enter)
        assert at(at_work, 0.5, 0.5) == 0

    def test_one_point_is_no_line(self, at_work: Hands) -> None:
        at_work.key(LINE)
        click(at_work, (0.5, 0.5))
        at_work.key(Key.Key_Return)
        click(at_work, (0.5, 0.8))
        at_work.key(Key.Key_Return)
        assert at(at_work, 0.5, 0.65) == 0


class TestPolygon:
    @pytest.mark.parametrize("ending", ["Enter", "first corner", "double click"])
    def test_it_is_closed_in_three_ways(self, at_work: Hands, ending: str) -> None:
        at_work.key(Key.Key_2)
        at_work.key(POLYGON)
        click(at_work, *BOX[:3])
        if ending == "double click":
            double_click(at_work, BOX[3])
        else:
            click(at_work, BOX[3])
            assert not painted(at_work).any()
            at_work.key(Key.Key_Return) if ending == "Enter" else click(at_work, BOX[0])
        assert share(at_work) == pytest.approx(0.36, abs=0.02)
        assert at(at_work, 0.5, 0.5) == 1 and at_work.undo_name == "Polygon"
        assert at_work.status == Status.EDITED, "Enter marks nothing as done meanwhile"
        assert not at_work.window.canvas.driver.busy
        at_work.key(Key.Key_Z, CONTROL)
        assert not painted(at_work).any()

    def test_a_hasty_double_click_on_the_first_corner_begins_no_other(self, at_work: Hands) -> None:
        at_work.key(POLYGON)
        click(at_work, *BOX)
        double_click(at_work, BOX[0])
        assert share(at_work) == pytest.approx(0.36, abs=0.02)
        assert not at_work.window.canvas.driver.busy

    def test_corners_can_be_moved(self, at_work: Hands) -> None:
        at_work.key(POLYGON)
        click(at_work, (0.5, 0.5), *BOX[1:])
        drag(at_work, (0.5, 0.5), BOX[0])
        assert at_work.window.canvas.driver.busy, "moving the first corner does not close"
        at_work.key(Key.Key_Return)
        assert share(at_work) == pytest.approx(0.36, abs=0.02)

    def test_corners_can_be_inserted_on_edges(self, at_work: Hands) -> None:
        at_work.key(POLYGON)
        click(at_work, *BOX)
        drag(at_work, (0.2, 0.5), (0.6, 0.5))
        at_work.key(Key.Key_Return)
        assert at(at_work, 0.4, 0.5) == VOID and at(at_work, 0.7, 0.5) == 0
        assert share(at_work) == pytest.approx(0.24, abs=0.02)

    def test_with_control_a_corner_goes_beside_an_edge(self, at_work: Hands) -> None:
        at_work.key(POLYGON)
        click(at_work, (0.2, 0.2), (0.2, 0.8))
        click(at_work, (0.2, 0.5), (0.8, 0.5), modifiers=CONTROL)
        at_work.key(Key.Key_Return)
        assert at(at_work, 0.4, 0.6) == VOID
        assert at(at_work, 0.4, 0.45) == 0

    def test_where_it_crosses_itself_even_and_odd_decide(self, at_work: Hands) -> None:
        at_work.key(POLYGON)
        outer = ((0.1, 0.1), (0.1, 0.9), (0.9, 0.9), (0.9, 0.1))
        inner = ((0.4, 0.4), (0.4, 0.6), (0.6, 0.6), (0.6, 0.4))
        click(at_work, *outer)
        click(at_work, outer[0], *inner, inner[0], modifiers=CONTROL)
        at_work.key(Key.Key_Return)
        assert at(at_work, 0.5, 0.5) == VOID
        assert at(at_work, 0.5, 0.2) == at(at_work, 0.2, 0.5) == at(at_work, 0.8, 0.8) == 0
        at_work.key(Key.Key_Z, CONTROL)
        click(at_work, (0.2, 0.2), (0.8, 0.8), (0.8, 0.2), (0.2, 0.8))
        at_work.key(Key.Key_Return)
        assert at(at_work, 0.5, 0.3) == at(at_work, 0.5, 0.7) == VOID
        assert at(at_work, 0.3, 0.5) == at(at_work, 0.7, 0.5) == 0

    def test_two_points_are_not_enough_but_not_lost(self, at_work: Hands) -> None:
        at_work.key(POLYGON)
        click(at_work, *BOX[:2])
        at_work.key(Key.Key_Return)
        double_click(at_work, BOX[1])
        click(at_work, *BOX[2:])
        at_work.key(Key.Key_Return)
        assert share(at_work) == pytest.approx(0.36, abs=0.02)
        assert at_work.status == Status.EDITED

    def test_it_is_to_be_seen_while_it_grows(self, at_work: Hands) -> None:
        at_work.key(POLYGON)
        at_work.move(0.5, 0.5)
        looks = [at_work.look()]
        for place in BOX:
            click(at_work, place)
            looks.append(at_work.look())
        assert len(set(looks)) == len(looks)
        QApplication.sendEvent(at_work.window.canvas, QEvent(QEvent.Type.Leave))
        assert at_work.look() == looks[-1], "also when the pointer is elsewhere"
        at_work.key(Key.Key_Escape)
        assert at_work.look() == looks[0]
        assert not painted(at_work).any() and at_work.undo_name is None


class TestLasso:
    def test_it_closes_itself_at_the_release(self, at_work: Hands) -> None:
        at_work.key(Key.Key_2)
        at_work.key(LASSO)
        at_work.press(*BOX[0])
        for place in BOX:
            at_work.move(*place)
        assert not painted(at_work).any()
        at_work.release(*BOX[-1])
        assert share(at_work) == pytest.approx(0.36, abs=0.02)
        assert at(at_work, 0.5, 0.25) == 1 and at_work.undo_name == "Lasso"

    def test_escape_lets_it_go(self, at_work: Hands) -> None:
        at_work.key(LASSO)
        at_work.press(*BOX[0])
        for place in BOX:
            at_work.move(*place)
        at_work.key(Key.Key_Escape)
        at_work.release(*BOX[-1])
        assert not painted(at_work).any()

    def test_a_click_paints_nothing(self, at_work: Hands) -> None:
        at_work.key(LASSO)
        click(at_work, (0.5, 0.5))
        assert not painted(at_work).any() and at_work.undo_name is None


class TestBoxes:
    @pytest.mark.parametrize(("key", "full"), [(RECTANGLE, 1.0), (ELLIPSE, np.pi / 4)])
    def test_from_corner_to_corner(self, at_work: Hands, key: Key, full: float) -> None:
        at_work.key(key)
        drag(at_work, (0.75, 0.75), (0.25, 0.25))
        top, bottom, left, right = extent(at_work)
        assert top == pytest.approx(24, abs=1) and bottom == pytest.approx(71, abs=1)
        assert left == pytest.approx(32, abs=1) and right == pytest.approx(95, abs=1)
        assert painted(at_work).sum() == pytest.approx(full * 48 * 64, rel=0.05)
        at_work.key(Key.Key_Z, CONTROL)
        assert not painted(at_work).any()

    @pytest.mark.parametrize(("key", "full"), [(RECTANGLE, 1.0), (ELLIPSE, np.pi / 4)])
    def test_shift_makes_its_sides_equal(self, at_work: Hands, key: Key, full: float) -> None:
        at_work.key(key)
        drag(at_work, (0.2, 0.2), (0.4, 0.7), SHIFT)
        top, bottom, left, right = extent(at_work)
        assert bottom - top == right - left == pytest.approx(63, abs=1)
        assert painted(at_work).sum() == pytest.approx(full * 64 * 64, rel=0.05)

    @pytest.mark.parametrize("key", [RECTANGLE, ELLIPSE])
    def test_alt_begins_in_the_centre(self, at_work: Hands, key: Key) -> None:
        at_work.key(key)
        drag(at_work, (0.5, 0.5), (0.75, 0.75), ALT)
        assert extent(at_work) == pytest.approx((24, 71, 32, 95), abs=1)

    @pytest.mark.parametrize("key", [RECTANGLE, ELLIPSE])
    def test_shift_and_alt_together(self, at_work: Hands, key: Key) -> None:
        at_work.key(key)
        drag(at_work, (0.5, 0.5), (0.6, 0.75), SHIFT | ALT)
        assert extent(at_work) == pytest.approx((16, 79, 32, 95), abs=1)

    def test_it_is_shown_before_it_is_painted(self, at_work: Hands) -> None:
        canvas = at_work.window.canvas
        at_work.key(RECTANGLE)
        at_work.move(0.3, 0.3)
        bare = canvas.grab().toImage()
        at_work.press(0.3, 0.3)
        at_work.move(0.6, 0.6)
        assert canvas.grab().toImage() != bare and not painted(at_work).any()
        at_work.key(Key.Key_Escape)
        assert canvas.grab().toImage() == bare
        at_work.release(0.6, 0.6)
        assert not painted(at_work).any()


class TestTakingBack:
    @pytest.mark.parametrize("key", [(Key.Key_Backspace, NONE), (Key.Key_Z, CONTROL)])
    @pytest.mark.parametrize("tool", [LINE, POLYGON])
    def test_the_last_point(
        self, at_work: Hands, tool: Key, key: tuple[Key, Qt.KeyboardModifier]
    ) -> None:
        at_work.key(tool)
        click(at_work, *BOX, (0.95, 0.5))
        at_work.key(*key)
        at_work.key(Key.Key_Return)
        assert not painted(at_work)[int(0.88 * SHAPE[0]) :].any()
        assert at(at_work, 0.8, 0.5) == 0 or tool == POLYGON

    def test_before_the_last_step(self, at_work: Hands) -> None:
        at_work.stroke((0.5, 0.1), (0.5, 0.15))
        before = painted(at_work).copy()
        undo = at_work.window.actions_["undo"]
        at_work.key(POLYGON)
        click(at_work, *BOX[:2])
        assert undo.text() == "&Undo last point"
        for _ in range(2):
            assert np.array_equal(painted(at_work), before)
            at_work.key(Key.Key_Z, CONTROL)
        assert undo.text() == "&Undo Brush" and np.array_equal(painted(at_work), before)
        assert not at_work.window.canvas.driver.busy
        at_work.key(Key.Key_Z, CONTROL)
        assert not painted(at_work).any()

    def test_by_the_button_where_there_is_no_other_step(self, at_work: Hands) -> None:
        undo = at_work.window.actions_["undo"]
        assert not undo.isEnabled()
        at_work.key(POLYGON)
        click(at_work, *BOX[:1])
        assert undo.isEnabled()
        undo.trigger()
        assert not undo.isEnabled() and undo.text() == "&Undo"


class TestKeysFromElsewhere:
    @pytest.fixture
    def growing(self, at_work: Hands) -> Hands:
        """A polygon of three corners and one too many."""
        at_work.key(POLYGON)
        click(at_work, *BOX[:3], (0.95, 0.5))
        return at_work

    def elsewhere(self, hands: Hands) -> list[QWidget]:
        window = hands.window
        return [
            window.frame_list.list,
            window.class_panel.view,
            window.tool_box.widgetForAction(window.actions_["tool_polygon"]),
            window.class_panel.findChild(QWidget),
        ]

    @pytest.mark.parametrize("where", range(4))
    def test_a_list_or_a_button_has_the_focus(self, growing: Hands, where: int) -> None:
        focused = self.elsewhere(growing)[where]
        focused.setFocus()
        QTest.keyClick(focused, Key.Key_Backspace)
        QTest.keyClick(focused, Key.Key_Return)
        assert at(growing, 0.3, 0.7) == 0 and at(growing, 0.7, 0.3) == VOID
        assert not painted(growing)[int(0.85 * SHAPE[0]) :].any()
        assert growing.status == Status.EDITED, "Enter was for the polygon"
        QTest.keyClick(focused, Key.Key_Return)
        assert growing.status == Status.DONE or where == 2

    @pytest.mark.parametrize("where", range(4))
    def test_escape(self, growing: Hands, where: int) -> None:
        focused = self.elsewhere(growing)[where]
        focused.setFocus()
        QTest.keyClick(focused, Key.Key_Escape)
        assert not growing.window.canvas.driver.busy and not painted(growing).any()

    def test_who_types_means_text(self, growing: Hands) -> None:
        search = growing.window.frame_list.search
        growing.type(search, "ab")
        QTest.keyClick(search, Key.Key_Backspace)
        QTest.keyClick(search, Key.Key_Return)
        assert search.text() == "a"
        assert growing.window.canvas.driver.busy and not painted(growing).any()
        growing.key(Key.Key_Backspace)
        growing.key(Key.Key_Return)
        assert not painted(growing)[int(0.85 * SHAPE[0]) :].any()

    def test_a_menu_keeps_its_keys(self, growing: Hands) -> None:
        menu = growing.window.menuBar().actions()[0].menu()
        menu.popup(growing.window.mapToGlobal(QPoint(20, 20)))
        growing.wait(menu.isVisible)
        QTest.keyClick(menu, Key.Key_Escape)
        growing.wait(lambda: not menu.isVisible())
        assert growing.window.canvas.driver.busy


class TestMeanwhile:
    def test_the_wheel_zooms_and_the_middle_button_pans(self, at_work: Hands) -> None:
        canvas = at_work.window.canvas
        at_work.key(POLYGON)
        click(at_work, BOX[0])
        scale = canvas.viewport.scale
        at_work.wheel(3)
        assert canvas.viewport.scale > scale
        click(at_work, (0.5, 0.6))
        before, look = canvas.viewport, at_work.look()
        start = at_work.place(0.5, 0.5)
        QTest.mousePress(canvas, MIDDLE, NONE, start)
        QTest.mouseMove(canvas, start - QPoint(60, 40))
        assert at_work.look() != look
        QTest.mouseRelease(canvas, MIDDLE, NONE, start - QPoint(60, 40))
        assert canvas.viewport.left < before.left
        at_work.wheel(-3)
        click(at_work, (0.5, 0.9))
        at_work.key(Key.Key_F)
        click(at_work, *BOX[2:])
        at_work.key(Key.Key_Return)
        assert at(at_work, 0.22, 0.21) == 0, "where the first corner was set"
        assert at(at_work, 0.52, 0.6) == at(at_work, 0.52, 0.85) == at(at_work, 0.75, 0.25) == 0
        assert at(at_work, 0.4, 0.7) == VOID

    def test_panning_does_not_hide_it(self, at_work: Hands) -> None:
        canvas = at_work.window.canvas
        at_work.key(POLYGON)
        click(at_work, *BOX)
        at_work.move(0.5, 0.5)
        shown = at_work.look()
        QTest.mousePress(canvas, MIDDLE, NONE, at_work.place(0.5, 0.5))
        assert at_work.look() == shown
        QTest.mouseRelease(canvas, MIDDLE, NONE, at_work.place(0.5, 0.5))
        assert canvas.driver.busy

    @pytest.mark.parametrize(("tool", "enough"), [(LINE, 2), (POLYGON, 3)])
    def test_another_frame_finishes_it_as_far_as_it_has_come(
        self, at_work: Hands, tool: Key, enough: int
    ) -> None:
        at_work.key(tool)
        click(at_work, *BOX[:enough])
        at_work.go("b")
        assert not painted(at_work).any() and not at_work.window.canvas.driver.busy
        click(at_work, *BOX[: enough - 1])
        at_work.go("a")
        assert painted(at_work).any() and at_work.status == Status.EDITED
        at_work.key(Key.Key_Z, CONTROL)
        assert not painted(at_work).any()
        assert at_work.project.status("b") == Status.UNLABELLED, "too little for anything"

    @pytest.mark.parametrize("tool", [LASSO, RECTANGLE, ELLIPSE])
    def test_another_frame_with_the_button_down(self, at_work: Hands, tool: Key) -> None:
        at_work.key(tool)
        at_work.press(*BOX[0])
        for place in BOX[:3]:
            at_work.move(*place)
        at_work.key(Key.Key_D)
        at_work.wait_for_frame("b")
        bare = at_work.look()
        at_work.move(0.4, 0.4)
        at_work.release(0.4, 0.4)
        assert not painted(at_work).any() and at_work.look() == bare
        at_work.go("a")
        assert at(at_work, 0.4, 0.6) == 0

    def test_another_tool_finishes_it(self, at_work: Hands) -> None:
        at_work.key(POLYGON)
        click(at_work, *BOX)
        at_work.key(Key.Key_B)
        assert share(at_work) == pytest.approx(0.36, abs=0.02)

    def test_another_class_and_another_width_count_at_the_end(self, at_work: Hands) -> None:
        at_work.key(LINE)
        click(at_work, *BOX[:2])
        at_work.key(Key.Key_3)
        at_work.key(Key.Key_BracketRight)
        at_work.key(Key.Key_Return)
        assert at(at_work, 0.2, 0.5) == 2
        assert painted(at_work)[:, SHAPE[1] // 2].sum() == at_work.window.tools.options.size == 10

    def test_a_prediction_arrives(
        self, at_work: Hands, slow: tuple[threading.Event, list[str]]
    ) -> None:
        go, asked = slow
        at_work.key(Key.Key_2)
        at_work.key(POLYGON)
        click(at_work, *BOX[:2])
        at_work.key(Key.Key_P)
        at_work.wait(lambda: asked == ["a"])
        click(at_work, BOX[2])
        go.set()
        at_work.wait(lambda: at_work.undo_name == "Predict")
        predicted = at_work.labels.ids.copy()
        click(at_work, BOX[3])
        at_work.key(Key.Key_Return)
        assert share(at_work) == pytest.approx(0.36, abs=0.02)
        assert (at_work.labels.ids[painted(at_work)] == 1).all()
        at_work.key(Key.Key_Z, CONTROL)
        assert np.array_equal(at_work.labels.ids, predicted)
        at_work.key(Key.Key_Z, CONTROL)
        assert (at_work.labels.ids == VOID).all()

    @pytest.fixture
    def slow(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[threading.Event, list[str]]]:
        """Predictions wait until the event is set; gives the event and what was asked for."""
        go, asked = threading.Event(), []
        real: Callable = Engine.predict

        def predict(self, key, device, document):
            asked.append(document.frame.name)
            while not go.wait(0.01):
                yield from ()
            yield from real(self, key, device, document)

        monkeypatch.setattr(Engine, "predict", predict)
        yield go, asked
        go.set()
