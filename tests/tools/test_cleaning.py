"""Cleaning tools on label maps that say what is wrong with them."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from segstudio import tools
from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.frame import Frame
from segstudio.core.label_map import VOID, LabelMap, Provenance
from segstudio.core.pointer import Modifier, PointerEvent
from segstudio.gui.canvas.tool_driver import ToolDriver
from segstudio.tools.parts import cleaning
from segstudio.tools.parts.shapes import Area, Circle, Note

CLASSES = ClassTable.of_names(["road", "car", "tree"])
NAMES = ["smooth", "close_gaps", "fill_holes", "remove_specks"]
CONTROL = Modifier.CONTROL

# "." is road, "c" car, "t" tree, "_" void
MEANING = {".": 0, "c": 1, "t": 2, "_": VOID}


def labels(drawing: str) -> np.ndarray:
    return np.array([[MEANING[c] for c in line.strip()] for line in drawing.split()], np.uint8)


def drawn(ids: np.ndarray) -> str:
    letters = {value: letter for letter, value in MEANING.items()}
    return "\n".join("".join(letters[int(value)] for value in row) for row in ids)


class Cleaner:
    """One cleaning tool over a drawn label map."""

    def __init__(self, name: str, drawing: str | np.ndarray, **options: Any) -> None:
        ids = labels(drawing) if isinstance(drawing, str) else drawing
        pixels = np.zeros((*ids.shape, 3), np.uint8)
        label_map = LabelMap(ids.copy(), np.full(ids.shape, Provenance.MODEL, np.uint8))
        self.document = Document(Frame("f", pixels), label_map, CLASSES)
        self.driver = ToolDriver()
        self.driver.document = self.document
        spec = tools.registry.get(name)
        self.driver.choose(spec, replace(spec.options(), **options))

    def use(self, *way: tuple[int, int], held: Modifier = Modifier.NONE, active: int = 1) -> str:
        self.driver.active_class = active
        events = [PointerEvent(y + 0.5, x + 0.5, modifiers=held) for y, x in way]
        self.driver.press(events[0])
        for event in events[1:]:
            self.driver.drag(event)
        self.driver.release(events[-1])
        return drawn(self.document.label_map.ids)


HOLES = """
..........
.ccccc.cc.
.c.tc..cc.
.cc.c..c.c
.ccccc.ccc
.........."""


def test_a_click_fills_the_holes_of_its_region_alone() -> None:
    # The ring on the right is one over its corners, and open to the road at none.
    assert Cleaner("fill_holes", HOLES).use((1, 1)) == drawn(
        labels(
            """
..........
.ccccc.cc.
.cccc..cc.
.cccc..c.c
.ccccc.ccc
.........."""
        )
    )


def test_the_whole_class_fills_all_its_holes() -> None:
    now = Cleaner("fill_holes", HOLES, where="whole class").use((1, 1))
    assert now.split()[3] == ".cccc..ccc"


def test_ctrl_click_into_a_hole_fills_it_with_the_active_class() -> None:
    now = Cleaner("fill_holes", HOLES).use((3, 8), held=CONTROL)
    assert now.split()[3] == ".cc.c..ccc"


def test_larger_holes_stay() -> None:
    assert Cleaner("fill_holes", HOLES, size=2).use((1, 1)) == drawn(labels(HOLES))


SPECKS = """
......tttt
.c....tttt
......tttt
..t...ttct
.....ct.tt
......tttt"""


def test_a_click_clears_a_region_of_specks_that_go_to_what_they_border_most() -> None:
    cleaner = Cleaner("remove_specks", SPECKS, size=3)
    assert cleaner.use((0, 0)).split()[3] == "......ttct"
    assert cleaner.use((0, 8)) == "\n".join(["......tttt"] * 6)


def test_a_click_on_a_speck_removes_it() -> None:
    now = Cleaner("remove_specks", SPECKS, size=3).use((3, 8))
    assert now.split()[3] == "..t...tttt"
    assert now.split()[1] == ".c....tttt"


def test_with_ctrl_only_specks_of_the_active_class_go() -> None:
    now = Cleaner("remove_specks", SPECKS, size=3).use((0, 0), held=CONTROL)
    assert now.split()[1] == "......tttt"
    assert now.split()[3] == "..t...ttct"


def test_all_specks_of_a_class_go_at_once() -> None:
    now = Cleaner("remove_specks", SPECKS, size=3, where="whole class").use((1, 1))
    assert "c" not in now
    assert now.split()[3] == "..t...tttt"


def test_specks_in_void_become_void() -> None:
    ids = np.full((7, 7), VOID, np.uint8)
    ids[3, 3] = 1
    cleaner = Cleaner("remove_specks", ids)
    cleaner.use((3, 3))
    assert (cleaner.document.label_map.ids == VOID).all()
    assert cleaner.document.label_map.provenance[3, 3] == Provenance.HUMAN
    assert cleaner.document.label_map.provenance[0, 0] == Provenance.MODEL


def test_a_stroke_removes_the_specks_that_it_touches() -> None:
    ids = np.zeros((40, 40), np.uint8)
    ids[5::10, 5::10] = 1
    cleaner = Cleaner("remove_specks", ids, where="brush", brush=5)
    cleaner.use((5, 0), (5, 39))
    left = cleaner.document.label_map.ids == 1
    assert not left[5].any()
    assert left[15::10, 5::10].all()


def test_gaps_between_regions_of_a_class_close() -> None:
    line = "......ccccc..ccccc....ccccc"
    empty = "." * len(line)
    drawing = "\n".join([empty] * 4 + [line] * 4 + [empty] * 4)
    now = Cleaner("close_gaps", drawing, size=2).use((5, 8))
    assert now.split()[5] == "......cccccccccccc....ccccc"


def comb() -> np.ndarray:
    """A car whose upper edge has teeth of 2 pixels."""
    ids = np.zeros((60, 90), np.uint8)
    ids[30:, :] = 1
    ids[26:30, ::4] = ids[26:30, 1::4] = 1
    return ids


def test_a_toothed_edge_becomes_straight() -> None:
    cleaner = Cleaner("smooth", comb(), size=8)
    cleaner.use((50, 40))
    car = cleaner.document.label_map.ids == 1
    heights = car.argmax(axis=0)
    assert heights.max() - heights.min() <= 1
    assert 26 < heights.mean() < 30


def test_smoothing_under_the_brush_stays_under_it() -> None:
    cleaner = Cleaner("smooth", comb(), where="brush", brush=20)
    cleaner.use((28, 40), (28, 45))
    changed = cleaner.document.label_map.ids != comb()
    assert changed.any()
    assert not changed[:, :29].any()
    assert not changed[:, 56:].any()


def test_lost_pixels_go_to_the_nearest_class() -> None:
    ids = np.zeros((60, 60), np.uint8)
    ids[:, 30:] = 2
    y, x = np.ogrid[:60, :60]
    ids[np.hypot(y - 30, x - 30) < 10] = 1
    cleaner = Cleaner("smooth", ids, size=18)
    cleaner.use((30, 30))
    now = cleaner.document.label_map.ids
    assert (now != ids).any()
    assert (now[:, :28] != 2).all()
    assert (now[:, 32:] != 0).all()


@given(st.integers(0, 1000), st.sampled_from(NAMES), st.booleans())
def test_a_region_is_cleaned_as_the_whole_class_would_be_but_only_there(
    seed: int, name: str, ctrl: bool
) -> None:
    ids = np.random.default_rng(seed).choice(np.array([0, 1, 2, VOID], np.uint8), (30, 34))
    ids = ndimage.median_filter(ids, 3)
    held = CONTROL if ctrl or name == "remove_specks" else Modifier.NONE
    region, everywhere = (
        Cleaner(name, ids, size=4, where=where) for where in ("region", "whole class")
    )
    for cleaner in (region, everywhere):
        cleaner.use((15, 17), held=held)
    now, all_of_it = (cleaner.document.label_map.ids for cleaner in (region, everywhere))
    target = 1 if held else int(ids[15, 17])
    changed = now != ids
    gained, lost = changed & (now == target), changed & (ids == target)
    assert (changed == (gained | lost)).all()
    assert (all_of_it[gained] == target).all()
    assert (all_of_it[lost] != target).all()
    seed_region, _ = ndimage.label(ids == ids[15, 17])
    near = ndimage.binary_dilation(seed_region == seed_region[15, 17], np.ones((3, 3)))
    for part in (gained, lost):
        pieces, count = ndimage.label(part, np.ones((3, 3)))
        assert set(np.unique(pieces[near])) >= set(range(1, count + 1))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_clean_stays_and_leaves_no_step(name: str) -> None:
    ids = np.zeros((60, 60), np.uint8)
    ids[:, 30:] = 1
    for where in ("region", "whole class", "brush"):
        cleaner = Cleaner(name, ids, where=where)
        cleaner.use((30, 29), (30, 31))
        assert (cleaner.document.label_map.ids == ids).all()
        assert cleaner.document.history.undo_name is None


@pytest.mark.parametrize("name", NAMES)
def test_the_class_that_is_meant_stands_beside_the_pointer(name: str) -> None:
    cleaner = Cleaner(name, comb(), where="brush", brush=10)
    event = PointerEvent(50, 40)
    circle, note = cleaner.driver.shapes(event)
    assert isinstance(circle, Circle)
    assert circle.radius == 5
    assert isinstance(note, Note)
    assert note.text == "car"
    (*_, note) = cleaner.driver.shapes(replace(event, modifiers=CONTROL))
    assert isinstance(note, Note)
    assert note.text == "road"
    assert cleaner.driver.shapes(PointerEvent(500, 400))[1:] == ()


@pytest.mark.parametrize("where", ["region", "whole class"])
@pytest.mark.parametrize("name", NAMES)
def test_a_press_shows_what_its_release_does(name: str, where: str) -> None:
    rng = np.random.default_rng(7)
    ids = ndimage.median_filter(rng.choice(np.array([0, 1, 2, VOID], np.uint8), (60, 80)), 5)
    ids[rng.random(ids.shape) < 0.02] = VOID
    cleaner = Cleaner(name, ids, where=where)
    press = PointerEvent(30.5, 40.5)
    assert not any(isinstance(shape, Area) for shape in cleaner.driver.shapes(press))
    cleaner.driver.press(press)
    shown = np.zeros(ids.shape, np.bool_)
    for shape in cleaner.driver.shapes(press):
        if isinstance(shape, Area):
            shown[shape.rect.slices] |= shape.mask
    assert (cleaner.document.label_map.ids == ids).all()
    cleaner.driver.release(press)
    assert ((cleaner.document.label_map.ids != ids) == shown).all() and shown.any()
    assert not any(isinstance(shape, Area) for shape in cleaner.driver.shapes(press))


def test_in_a_large_picture_a_press_works_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    cleaner = Cleaner("fill_holes", HOLES)
    monkeypatch.setattr(cleaning, "_SHOWN_AT_ONCE", 1)
    cleaner.driver.press(PointerEvent(1.5, 1.5))
    assert not any(isinstance(s, Area) for s in cleaner.driver.shapes(PointerEvent(1.5, 1.5)))
    cleaner.driver.release(PointerEvent(1.5, 1.5))
    assert cleaner.document.history.undo_name == "Fill holes"
