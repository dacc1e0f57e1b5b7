"""Scissors, GrabCut, cleaning, picking and measuring in the window, by mouse and keys."""

import pathlib

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segstudio.core.classes import ClassTable
from segstudio.core.edit import Edit
from segstudio.core.label_map import VOID
from segstudio.core.rect import Rect
from segstudio.project import Project
from segstudio.tools.parts import livewire
from segstudio.tools.parts.shapes import Note, Path

from .conftest import CONTROL, LEFT, MODEL_CLASSES, NONE, Hands

Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier
Place = tuple[float, float]
SHAPE = (160, 200)
BOX = Rect(40, 50, 120, 150)
AMID: tuple[Place, ...] = ((0.26, 0.5), (0.5, 0.74), (0.74, 0.5), (0.5, 0.26))
"""Just inside the middles of the box's edges."""


@pytest.fixture
def box(hands: Hands, tmp_path: pathlib.Path) -> Hands:
    """A window on a picture of a bright box, with three classes."""
    pixels = np.random.default_rng(0).integers(20, 50, (*SHAPE, 3)).astype(np.uint8)
    pixels[BOX.slices] += 120
    (tmp_path / "one").mkdir()
    Image.fromarray(pixels).save(tmp_path / "one" / "a.png")
    with Project.open(tmp_path / "one") as project:
        project.classes = ClassTable.of_names(MODEL_CLASSES)
    hands.open(tmp_path / "one")
    hands.window.canvas.zoom_by(0.99)  # no click falls between two pixels
    return hands


def click(hands: Hands, *places: Place, modifiers: Qt.KeyboardModifier = NONE) -> None:
    for place in places:
        hands.move(*place)
        QTest.mouseClick(hands.window.canvas, LEFT, modifiers, hands.place(*place))


def label(hands: Hands, where: np.ndarray, class_id: int) -> None:
    """Labels that were there before."""
    hands.document.begin("Before")
    hands.document.apply(Edit(Rect.of_shape(SHAPE), where, class_id))
    hands.document.commit()


def is_the_box(mask: np.ndarray) -> bool:
    expected = np.zeros(SHAPE, bool)
    expected[BOX.slices] = True
    return int((mask != expected).sum()) <= 8  # corners may be cut


def notes(hands: Hands) -> list[str]:
    """What stands beside the pointer."""
    return [shape.text for shape in hands.window.canvas._shapes() if isinstance(shape, Note)]


class TestScissors:
    @pytest.mark.parametrize("ending", ["Enter", "first point", "double click"])
    def test_clicks_near_an_edge_cut_the_object_out(self, box: Hands, ending: str) -> None:
        box.key(Key.Key_2)
        box.key(Key.Key_X)
        click(box, *AMID)
        assert not box.labels.human().any()
        if ending == "Enter":
            box.key(Key.Key_Return)
        elif ending == "first point":
            click(box, AMID[0])
        else:
            QTest.mouseDClick(box.window.canvas, LEFT, NONE, box.place(*AMID[3]))
            box.release(*AMID[3])
        assert is_the_box(box.labels.ids == 1)
        assert box.undo_name == "Scissors"
        box.key(Key.Key_Z, CONTROL)
        assert (box.labels.ids == VOID).all()

    def test_backspace_takes_a_point_back(self, box: Hands) -> None:
        box.key(Key.Key_X)
        click(box, *AMID, (0.95, 0.95))
        box.key(Key.Key_Backspace)
        box.key(Key.Key_Return)
        assert is_the_box(box.labels.ids == 0)

    def test_escape_leaves_nothing(self, box: Hands) -> None:
        box.key(Key.Key_X)
        click(box, *AMID)
        box.key(Key.Key_Escape)
        box.key(Key.Key_Return)
        assert box.undo_name is None
        assert not box.window.canvas.driver.busy

    def test_the_line_to_the_pointer_is_drawn_before_the_click(self, box: Hands) -> None:
        box.key(Key.Key_X)
        click(box, AMID[0])
        box.move(*AMID[1])
        line = box.window.canvas._shapes()[0]
        assert isinstance(line, Path)
        assert any(abs(y - 40) <= 1 and x > 140 for y, x in line.points), "round the corner"


class TestGrabCut:
    def test_a_rectangle_around_an_object_finds_it(self, box: Hands) -> None:
        box.key(Key.Key_3)
        box.key(Key.Key_C)
        box.stroke((0.1, 0.1), (0.9, 0.9))
        assert is_the_box(box.labels.ids == 2)
        assert box.undo_name == "GrabCut"

    def test_escape_before_the_release(self, box: Hands) -> None:
        box.key(Key.Key_C)
        box.press(0.1, 0.1)
        box.move(0.9, 0.9)
        box.key(Key.Key_Escape)
        box.release(0.9, 0.9)
        assert box.undo_name is None


class TestPick:
    def test_a_click_takes_the_class_under_it(self, box: Hands) -> None:
        where = np.zeros(SHAPE, bool)
        where[BOX.slices] = True
        label(box, where, 2)
        box.key(Key.Key_I)
        box.move(0.5, 0.5)
        assert notes(box) == ["car"]
        click(box, (0.5, 0.5))
        assert box.window.tools.active_class == 2
        assert box.undo_name == "Before"
        box.move(0.05, 0.05)
        assert notes(box) == ["void"]
        click(box, (0.05, 0.05))
        assert box.window.tools.active_class == 2, "void cannot be painted with"

    def test_the_class_follows_the_pointer_while_it_is_held(self, box: Hands) -> None:
        rows = np.arange(SHAPE[0])[:, None] + np.zeros(SHAPE[1])
        label(box, rows < 80, 1)
        label(box, rows >= 80, 2)
        seen: list[int] = []
        box.window.tools.active_class_changed.connect(seen.append)
        box.key(Key.Key_I)
        box.stroke((0.1, 0.5), (0.9, 0.5), (0.2, 0.5))
        assert seen == [1, 2, 1]


class TestMeasure:
    def test_it_reads_length_and_angle_until_the_next_press(self, box: Hands) -> None:
        box.key(Key.Key_M)
        box.stroke((0.75, 0.25), (0.75, 0.75))
        (text,) = notes(box)
        assert abs(float(text.split()[0]) - 100) < 2
        assert text.endswith("°")
        box.move(0.1, 0.1)
        assert notes(box) == [text]
        assert box.undo_name is None
        click(box, (0.5, 0.5))
        assert notes(box) == []

    def test_shift_locks_the_angle(self, box: Hands) -> None:
        box.key(Key.Key_M)
        box.press(0.5, 0.2)
        place = box.place(0.45, 0.8)
        QTest.mouseMove(box.window.canvas, place)
        QTest.mouseRelease(box.window.canvas, LEFT, SHIFT, place)
        assert notes(box)[0].endswith("   0.0°")


def speckled() -> np.ndarray:
    """A box with a hole of 9 pixels, a tooth, and a crack."""
    where = np.zeros(SHAPE, bool)
    where[BOX.slices] = True
    where[60:63, 60:63] = False
    where[80:82, 50:100] = False
    where[36:40, 100:103] = True
    return where


class TestCleaning:
    def test_fill_holes(self, box: Hands) -> None:
        label(box, speckled(), 0)
        box.key(Key.Key_H, SHIFT)
        click(box, (0.5, 0.7))
        assert (box.labels.ids[60:63, 60:63] == 0).all()
        assert (box.labels.ids[80:82, 50:100] == VOID).all()
        assert box.undo_name == "Fill holes"

    def test_close_gaps(self, box: Hands) -> None:
        label(box, speckled(), 0)
        box.key(Key.Key_G, SHIFT)
        click(box, (0.5, 0.7))
        assert (box.labels.ids[80:82, 52:100] == 0).all()

    def test_smooth_edge(self, box: Hands) -> None:
        label(box, speckled(), 0)
        box.key(Key.Key_S, SHIFT)
        click(box, (0.6, 0.7))
        assert (box.labels.ids[36:39, 100:103] == VOID).all()
        assert box.undo_name == "Smooth edge"

    def test_ctrl_and_wheel_set_how_much(self, box: Hands) -> None:
        box.key(Key.Key_S, SHIFT)
        size = box.window.tools.options.size
        box.wheel(1, CONTROL)
        assert box.window.tools.options.size > size

    def test_remove_specks_with_ctrl_takes_the_active_class_alone(self, box: Hands) -> None:
        label(box, np.ones(SHAPE, bool), 0)
        for row, class_id in ((20, 1), (140, 2)):
            where = np.zeros(SHAPE, bool)
            where[row : row + 4, 20:24] = True
            label(box, where, class_id)
        box.key(Key.Key_R, SHIFT)
        box.key(Key.Key_2)
        click(box, (0.5, 0.5), modifiers=CONTROL)
        assert not (box.labels.ids == 1).any()
        assert (box.labels.ids == 2).sum() == 16
        click(box, (0.5, 0.5))
        assert (box.labels.ids == 0).all()

    def test_the_pointer_says_which_class_is_meant(self, box: Hands) -> None:
        label(box, speckled(), 2)
        box.key(Key.Key_H, SHIFT)
        box.move(0.6, 0.5)
        assert notes(box) == ["car"]


def test_the_scissors_search_anew_only_far_from_where_they_have_searched(
    box: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.key(Key.Key_X)
    click(box, AMID[0])
    box.move(0.4, 0.7)
    looked_at: list[Rect] = []
    look = livewire.corner_picture

    def counting(pixels: np.ndarray, corners: Rect) -> np.ndarray:
        looked_at.append(corners)
        return look(pixels, corners)

    monkeypatch.setattr(livewire, "corner_picture", counting)
    for step in range(10):
        box.move(0.4 + step / 100, 0.7)
    assert looked_at
    assert max(rect.height for rect in looked_at) < 20, "only around the pointer, to snap"
