"""Brush and eraser: what they write where."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.frame import Frame
from segstudio.core.label_map import VOID, LabelMap, Provenance
from segstudio.core.pointer import Modifier, PointerEvent
from segstudio.core.rect import Rect
from segstudio.tools.brush import Brush, BrushOptions
from segstudio.tools.eraser import Eraser, EraserOptions
from segstudio.tools.parts.shapes import Square
from segstudio.tools.parts.spec import ToolContext
from segstudio.tools.parts.stamp import Stamp
from segstudio.tools.parts.stroke import StrokeOptions, outline
from segstudio.tools.parts.sweep import sweep

CLASSES = ClassTable.of_names(["road", "car"])
SHAPE = (64, 80)
ways = st.lists(st.tuples(st.floats(-5, 69), st.floats(-5, 85)), min_size=1, max_size=7)


def open_document(name: str = "frame") -> Document:
    return Document(Frame(name, np.zeros(SHAPE, np.uint8)), LabelMap.blank(SHAPE), CLASSES)


def gesture(
    document: Document,
    tool: Brush | Eraser,
    options: StrokeOptions,
    events: list[PointerEvent],
    model_ids: NDArray[np.uint8] | None = None,
) -> NDArray[np.bool_]:
    """Run a gesture; gives the mask of the pixels that the tool's edits covered."""
    covered = np.zeros(SHAPE, bool)
    steps = [tool.begin, *[tool.move] * (len(events) - 1), tool.end]
    with document.transaction("Stroke"):
        for step, event in zip(steps, [*events, events[-1]], strict=True):
            for edit in step(ToolContext.of(document, 1, options, model_ids=model_ids), event):
                document.apply(edit)
                covered[edit.rect.slices] |= edit.mask
    return covered


def at(y: float, x: float, **more: object) -> PointerEvent:
    return PointerEvent(y, x, **more)


@given(ways, st.integers(1, 20), st.sampled_from(["round", "square"]))
def test_a_stroke_is_the_union_of_the_sweeps_between_its_events(
    way: list[tuple[float, float]], size: int, shape: str
) -> None:
    document, options = open_document(), BrushOptions(size=size, shape=shape)
    covered = gesture(document, Brush(), options, [at(*point) for point in way])
    stamps = [Stamp.at(options.shape, *point, size) for point in way]
    expected = np.zeros(SHAPE, bool)
    for one, other in itertools.pairwise([stamps[0], *stamps]):
        for rect, mask in sweep(one, other, Rect.of_shape(SHAPE)):
            expected[rect.slices] |= mask
    assert (covered == expected).all()
    assert ((document.label_map.ids == 1) == expected).all()
    assert (document.label_map.human() == expected).all()


def test_a_fast_stroke_has_no_gap() -> None:
    covered = gesture(
        open_document(), Brush(), BrushOptions(size=3), [at(5.5, 5.5), at(60.5, 75.5)]
    )
    assert covered.any(axis=1)[5:61].all()
    assert covered.any(axis=0)[5:76].all()


def test_a_pointer_that_rests_paints_nothing_again() -> None:
    tool, document = Brush(), open_document()
    context = ToolContext.of(document, 1, BrushOptions(size=5))
    assert tool.begin(context, at(10.5, 10.5))
    assert tool.move(context, at(10.6, 10.4)) == []
    assert tool.end(context, at(10.6, 10.4)) == []


def test_a_move_without_a_press_paints_nothing() -> None:
    context = ToolContext.of(open_document(), 1, BrushOptions())
    assert Brush().move(context, at(10, 10)) == []


def test_pressing_harder_makes_the_brush_wider_where_that_is_on() -> None:
    for response, width in (("off", 20), ("soft", 10), ("even", 5), ("firm", 1)):
        covered = gesture(
            open_document(),
            Brush(),
            BrushOptions(size=20, pressure=response),
            [at(30, 30, pressure=0.25)],
        )
        assert covered.any(axis=0).sum() == width


def test_a_pen_that_leaves_does_not_end_the_stroke_in_a_spike() -> None:
    options = BrushOptions(size=20, pressure="even")
    tool, document = Brush(), open_document()
    context = ToolContext.of(document, 1, options)
    tool.begin(context, at(30, 30, pressure=1.0))
    assert tool.end(context, at(30, 60, pressure=0.0)) == []


def test_a_hovering_pen_shows_the_whole_size() -> None:
    options = BrushOptions(size=20, shape="square", pressure="even")
    hovering = outline(options, at(30, 30, pressure=0.0))
    assert hovering == Square(30, 30, 10)
    assert outline(options, at(30, 30, pressure=0.5)).radius == 5


@given(st.floats(0, 60), st.floats(0, 70), st.integers(1, 9))
def test_the_cursor_sits_where_the_brush_paints(y: float, x: float, size: int) -> None:
    options = BrushOptions(size=size, shape="square")
    covered = gesture(open_document(), Brush(), options, [at(y, x)])
    shape = outline(options, at(y, x))
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]] + 0.5
    inside = np.maximum(abs(rows - shape.y), abs(columns - shape.x)) <= shape.radius
    assert (covered == inside).all()


def test_shift_draws_a_straight_line_from_the_last_stroke() -> None:
    document, tool, options = open_document(), Brush(), BrushOptions(size=3)
    gesture(document, tool, options, [at(5.5, 5.5), at(9.5, 9.5)])
    covered = gesture(document, tool, options, [at(9.5, 70.5, modifiers=Modifier.SHIFT)])
    assert covered[9, 9:71].all()
    assert covered.sum() <= 3 * 64


def test_shift_starts_no_line_where_nothing_was_drawn() -> None:
    covered = gesture(
        open_document(), Brush(), BrushOptions(size=1), [at(9, 9, modifiers=Modifier.SHIFT)]
    )
    assert covered.sum() == 1


def test_a_line_does_not_reach_over_from_another_frame() -> None:
    tool, options = Brush(), BrushOptions(size=1)
    gesture(open_document("one"), tool, options, [at(5, 5)])
    covered = gesture(open_document("two"), tool, options, [at(50, 50, modifiers=Modifier.SHIFT)])
    assert covered.sum() == 1


def test_a_line_starts_again_after_the_stroke_before_it_was_undone() -> None:
    document, tool, options = open_document(), Brush(), BrushOptions(size=3)
    gesture(document, tool, options, [at(5.5, 5.5)])
    document.undo()
    gesture(document, tool, options, [at(5.5, 40.5, modifiers=Modifier.SHIFT)])
    assert (document.label_map.ids[5, 4:42] == 1).all()


def test_erasing_to_void_is_the_humans_decision_and_outlives_predictions() -> None:
    document = open_document()
    document.compose(np.zeros(SHAPE, np.uint8), "Predict")
    erased = gesture(document, Eraser(), EraserOptions(size=9), [at(20, 20), at(40, 50)])
    assert (document.label_map.ids[erased] == VOID).all()
    assert (document.label_map.provenance[erased] == Provenance.HUMAN).all()
    document.compose(np.ones(SHAPE, np.uint8), "Predict")
    assert (document.label_map.ids[erased] == VOID).all()
    assert (document.label_map.ids[~erased] == 1).all()


def test_erasing_to_the_model_brings_its_word_back() -> None:
    document = open_document()
    said = np.random.default_rng(0).choice(np.array([0, 1, VOID], np.uint8), SHAPE)
    document.compose(said, "Predict")
    model_said = document.label_map.copy()
    gesture(document, Brush(), BrushOptions(size=30), [at(30, 30)])
    options = EraserOptions(size=40, to="model")
    gesture(document, Eraser(), options, [at(30, 30), at(31, 33)], said)
    assert (document.label_map.ids == model_said.ids).all()
    assert (document.label_map.provenance == model_said.provenance).all()


def test_erasing_to_the_model_without_one_leaves_the_pixel_to_nobody() -> None:
    document = open_document()
    gesture(document, Brush(), BrushOptions(size=30), [at(30, 30)])
    gesture(document, Eraser(), EraserOptions(size=40, to="model"), [at(30, 30)])
    assert (document.label_map.ids == VOID).all()
    assert (document.label_map.provenance == Provenance.NOBODY).all()


@pytest.mark.parametrize("options", [BrushOptions, EraserOptions])
def test_sizes_run_from_1_to_2000(options: type[StrokeOptions]) -> None:
    size = options.__dataclass_fields__["size"].metadata["segstudio"]
    assert (size["minimum"], size["maximum"], size["unit"]) == (1, 2000, "px")
