"""Bucket, magic wand, superpixel brush and probability brush in the window, by mouse and keys."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segstudio.core.label_map import VOID, Provenance
from segstudio.gui.widgets.choice_row import ChoiceRow
from segstudio.gui.widgets.slider_row import SliderRow
from segstudio.tools.parts.colour import distances, near
from segstudio.tools.parts.region import smooth_mask
from segstudio.tools.parts.shapes import Area, Borders, Note, Shape

from .conftest import CONTROL, LEFT, NONE, SHAPE, Hands

Key = Qt.Key
BUCKET, WAND, SUPERPIXEL, PROBABILITY = Key.Key_K, Key.Key_W, Key.Key_T, Key.Key_Y
UPPER = np.zeros(SHAPE, bool)
UPPER[: SHAPE[0] // 2] = True
"""The bright half of every picture."""


def click(hands: Hands, down: float, right: float) -> None:
    hands.move(down, right)
    QTest.mouseClick(hands.window.canvas, LEFT, NONE, hands.place(down, right))


def painted(hands: Hands) -> np.ndarray:
    return hands.labels.human()


def shown(hands: Hands, kind: type) -> list[Shape]:
    """What the canvas draws over the picture now."""
    return [shape for shape in hands.window.canvas._shapes() if isinstance(shape, kind)]


def choose(hands: Hands, option: str, text: str) -> None:
    """Pick from a list in the tool's panel by keys, as a person does."""
    form = hands.window.tool_panel.form
    assert form is not None
    row = form.rows[option]
    assert isinstance(row, ChoiceRow)
    while row.combo.currentText() != text and row.combo.currentIndex() < row.combo.count() - 1:
        QTest.keyClick(row.combo, Key.Key_Down)
    assert row.combo.currentText() == text


def slide(hands: Hands, option: str, value: str) -> None:
    """Type a number beside a slider."""
    form = hands.window.tool_panel.form
    assert form is not None
    row = form.rows[option]
    assert isinstance(row, SliderRow)
    row.number.selectAll()
    hands.type(row.number, value)
    QTest.keyClick(row.number, Key.Key_Return)


@pytest.fixture
def cross(at_work: Hands) -> Hands:
    """Two brush strokes of road that part the picture into four."""
    at_work.key(Key.Key_1)
    at_work.key(Key.Key_B)
    at_work.stroke((0.5, 0.0), (0.5, 1.0))
    at_work.stroke((0.0, 0.5), (1.0, 0.5))
    at_work.key(Key.Key_2)
    return at_work


class TestBucket:
    def test_it_fills_a_quarter_of_void(self, cross: Hands) -> None:
        road = cross.labels.ids == 0
        cross.key(BUCKET)
        click(cross, 0.2, 0.2)
        expected = ~road & UPPER
        expected[:, SHAPE[1] // 2 :] = False
        assert np.array_equal(cross.labels.ids == 1, expected)
        assert np.array_equal(cross.labels.ids == 0, road)
        assert cross.undo_name == "Bucket"
        cross.key(Key.Key_Z, CONTROL)
        assert set(np.unique(cross.labels.ids)) == {0, VOID}

    def test_it_fills_all_of_a_class(self, cross: Hands) -> None:
        void = cross.labels.ids == VOID
        cross.key(BUCKET)
        choose(cross, "where", "Whole frame")
        click(cross, 0.2, 0.2)
        assert np.array_equal(cross.labels.ids == 1, void)
        click(cross, 0.5, 0.5)
        assert (cross.labels.ids == 1).all()

    def test_a_locked_class_is_not_filled(self, cross: Hands) -> None:
        before = cross.labels.ids.copy()
        cross.document.classes = cross.document.classes.changed(0, locked=True)
        cross.key(BUCKET)
        click(cross, 0.5, 0.2)
        assert np.array_equal(cross.labels.ids, before)


class TestWand:
    def test_a_drag_up_takes_more_in_and_release_paints_what_was_shown(
        self, at_work: Hands
    ) -> None:
        at_work.key(Key.Key_2)
        at_work.key(WAND)
        at_work.press(0.4, 0.5)
        few = sum(int(area.mask.sum()) for area in shown(at_work, Area))
        at_work.move(0.1, 0.5)
        assert not painted(at_work).any(), "nothing is painted before the release"
        many = shown(at_work, Area)
        (note,) = shown(at_work, Note)
        assert note.text.startswith("Tolerance ") and float(note.text.split()[1]) > 40
        at_work.release(0.1, 0.5)
        assert painted(at_work).sum() > 10 * few
        assert (painted(at_work) & UPPER).sum() > 0.95 * UPPER.sum()
        assert not (painted(at_work) & ~UPPER).any()
        step = many[0].step
        drawn = sum(int(area.mask.sum()) for area in many) * step**2
        assert drawn == pytest.approx(int(painted(at_work).sum()), rel=0.1)
        assert at_work.undo_name == "Magic wand" and not shown(at_work, Area)

    def test_tolerance_smoothing_and_where_come_from_the_panel(self, at_work: Hands) -> None:
        at_work.key(WAND)
        slide(at_work, "tolerance", "30")
        slide(at_work, "smooth", "3")
        choose(at_work, "where", "Whole frame")
        click(at_work, 72.5 / SHAPE[0], 64.5 / SHAPE[1])
        options = at_work.window.tools.options
        assert (options.tolerance, options.smooth, options.where) == (30, 3, "whole frame")
        picture = at_work.document.frame.display
        like = near(distances(picture, picture[72, 64], "Lab"), 30)
        assert like.any()
        assert np.array_equal(painted(at_work), smooth_mask(like, 3))

    def test_escape_while_the_button_is_held_paints_nothing(self, at_work: Hands) -> None:
        at_work.key(WAND)
        at_work.press(0.4, 0.5)
        at_work.move(0.2, 0.5)
        at_work.key(Key.Key_Escape)
        assert not shown(at_work, Area)
        at_work.release(0.2, 0.5)
        assert not painted(at_work).any() and at_work.undo_name is None


class TestSuperpixels:
    def test_a_stroke_paints_whole_regions_that_keep_to_the_edge_of_things(
        self, at_work: Hands
    ) -> None:
        at_work.key(Key.Key_3)
        at_work.key(SUPERPIXEL)
        at_work.move(0.4, 0.1)
        (borders,), (area,) = shown(at_work, Borders), shown(at_work, Area)
        assert np.unique(borders.regions).size > 3
        at_work.press(0.4, 0.1)
        here = np.zeros(SHAPE, bool)
        here[area.rect.slices] = area.mask
        assert np.array_equal(painted(at_work), here), "the press paints the region that was shown"
        at_work.move(0.4, 0.9)
        at_work.release(0.4, 0.9)
        assert (painted(at_work) & UPPER).sum() > 2 * here.sum()
        assert (painted(at_work) & ~UPPER).sum() < 0.05 * painted(at_work).sum()
        assert at_work.undo_name == "Superpixel brush"
        at_work.key(Key.Key_Z, CONTROL)
        assert not painted(at_work).any()

    def test_the_wheel_changes_the_size_of_the_regions(self, at_work: Hands) -> None:
        at_work.key(SUPERPIXEL)
        at_work.move(0.4, 0.5)
        before = shown(at_work, Area)[0].rect
        at_work.wheel(3, CONTROL)
        assert at_work.window.tools.options.size > 30
        at_work.move(0.4, 0.5)
        assert shown(at_work, Area)[0].rect.width > before.width


class TestProbabilityBrush:
    def test_without_a_prediction_it_says_so_and_paints_nothing(self, at_work: Hands) -> None:
        at_work.key(PROBABILITY)
        at_work.stroke((0.5, 0.2), (0.5, 0.8))
        (note,) = shown(at_work, Note)
        assert "Predict first" in note.text
        assert at_work.undo_name is None and not painted(at_work).any()

    def test_it_paints_where_the_model_holds_the_class_probable(
        self, at_work: Hands, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        at_work.predict()
        driver = at_work.window.canvas.driver
        assert driver.likelihood is not None
        car = driver.likelihood(2)
        assert car is not None and car.shape == SHAPE
        # An untrained network is hardly sure of anything: its small differences, made large.
        clear = (car.argsort(axis=None).argsort() / car.size).reshape(SHAPE).astype(np.float32)
        monkeypatch.setattr(driver, "likelihood", {2: clear}.get)
        at_work.key(Key.Key_3)
        at_work.key(PROBABILITY)
        slide(at_work, "threshold", "0.4")
        at_work.stroke((0.5, 0.1), (0.5, 0.9))
        assert not shown(at_work, Note)
        under = np.zeros(SHAPE, bool)
        under[SHAPE[0] // 2 - 5 : SHAPE[0] // 2 + 5, 20:108] = True
        assert np.array_equal(painted(at_work)[under], (clear > 0.4)[under])
        assert (clear[painted(at_work)] > 0.4).all()
        assert (at_work.labels.ids[painted(at_work)] == 2).all()
        assert (at_work.labels.provenance == Provenance.MODEL).any()
        assert at_work.undo_name == "Probability brush"

    def test_a_class_that_the_model_does_not_know_is_named(
        self, at_work: Hands, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        at_work.predict()
        knows: Callable[[int], None] = lambda class_id: None  # noqa: E731
        monkeypatch.setattr(at_work.window.canvas.driver, "likelihood", knows)
        at_work.key(PROBABILITY)
        at_work.stroke((0.5, 0.2), (0.5, 0.8))
        (note,) = shown(at_work, Note)
        assert "does not know" in note.text
        assert not painted(at_work).any()
