"""Documents: transactions, undo to exact bytes, protection, and the model's place."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document, TransactionError
from segstudio.core.edit import Edit
from segstudio.core.frame import Frame
from segstudio.core.history import TILE, TileState, write_states
from segstudio.core.label_map import VOID, LabelMap, Provenance
from segstudio.core.rect import Rect

CLASSES = ClassTable.of_names(["road", "car", "tree"])
SHAPE = (TILE + 20, TILE + 30)


def open_document(shape: tuple[int, int] = SHAPE, seed: int | None = None) -> Document:
    label_map = None
    if seed is not None:
        rng = np.random.default_rng(seed)
        label_map = LabelMap(
            rng.choice(np.array([0, 1, 2, VOID], np.uint8), shape),
            rng.integers(0, 3, shape).astype(np.uint8),
        )
    return Document(Frame("frame", np.zeros(shape, np.uint8)), label_map, CLASSES)


def state(document: Document) -> tuple[bytes, bytes]:
    return document.label_map.ids.tobytes(), document.label_map.provenance.tobytes()


def fill(rect: Rect, class_id: int, decided_by: int = Provenance.HUMAN) -> Edit:
    return Edit(rect, np.ones((rect.height, rect.width), bool), class_id, decided_by)


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    top, left = draw(st.integers(-20, SHAPE[0] + 5)), draw(st.integers(-20, SHAPE[1] + 5))
    height, width = draw(st.integers(0, 60)), draw(st.integers(0, 60))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    mask = rng.random((height, width)) < draw(st.floats(0, 1))
    if draw(st.booleans()):
        ids = rng.integers(0, 256, (height, width)).astype(np.uint8)
        decided_by = rng.integers(0, 3, (height, width)).astype(np.uint8)
        return Edit(Rect(top, left, top + height, left + width), mask, ids, decided_by)
    return Edit(Rect(top, left, top + height, left + width), mask, draw(st.sampled_from([0, 1])))


strokes = st.lists(st.tuples(st.lists(edits(), max_size=3), st.sampled_from(["", "k"])), max_size=5)


@given(strokes)
def test_undoing_all_gives_the_first_bytes_and_redoing_all_the_last(
    gestures: list[tuple[list[Edit], str]],
) -> None:
    document = open_document(seed=3)
    first = state(document)
    for gesture, key in gestures:
        with document.transaction("Stroke", key):
            for edit in gesture:
                document.apply(edit)
    last = state(document)
    while document.undo():
        pass
    assert state(document) == first
    while document.redo():
        pass
    assert state(document) == last


@given(st.lists(edits(), min_size=1, max_size=4))
def test_edits_change_the_masked_pixels_and_no_other(gesture: list[Edit]) -> None:
    document = open_document(seed=4)
    expected = document.label_map.copy()
    document.begin("Stroke")
    for edit in gesture:
        document.apply(edit)
        cut = edit.clipped(SHAPE)
        for plane, values in ((expected.ids, cut.ids), (expected.provenance, cut.provenance)):
            everywhere = np.broadcast_to(np.asarray(values, np.uint8), cut.mask.shape)
            plane[cut.rect.slices][cut.mask] = everywhere[cut.mask]
    document.commit()
    assert state(document) == (expected.ids.tobytes(), expected.provenance.tobytes())


@given(st.lists(edits(), min_size=1, max_size=4))
def test_rolling_back_leaves_no_trace(gesture: list[Edit]) -> None:
    document = open_document(seed=5)
    before = state(document)
    document.begin("Stroke")
    for edit in gesture:
        document.apply(edit)
    document.rollback()
    assert state(document) == before
    assert document.history.undo_name is None
    assert not document.in_transaction


def test_rolling_back_keeps_what_could_be_redone() -> None:
    document = open_document()
    with document.transaction("Kept"):
        document.apply(fill(Rect(0, 0, 5, 5), 1))
    document.undo()
    document.begin("Given up")
    document.apply(fill(Rect(0, 0, 9, 9), 2))
    document.rollback()
    assert document.history.redo_name == "Kept"


def test_an_edit_needs_a_transaction() -> None:
    document = open_document()
    with pytest.raises(TransactionError, match="outside a transaction"):
        document.apply(fill(Rect(0, 0, 1, 1), 0))
    for close in (document.commit, document.rollback):
        with pytest.raises(TransactionError, match="no transaction"):
            close()
    assert document.revision == 0


def test_nothing_else_happens_inside_a_transaction() -> None:
    document = open_document()
    document.begin("Brush")
    for forbidden in (lambda: document.begin("Eraser"), document.undo, document.redo):
        with pytest.raises(TransactionError, match="'Brush'"):
            forbidden()
    with pytest.raises(TransactionError, match="'Brush'"):
        document.compose(np.zeros(SHAPE, np.uint8), "Predict")
    assert document.in_transaction


def test_a_transaction_whose_body_fails_is_rolled_back() -> None:
    document = open_document()
    before = state(document)

    def fail() -> None:
        with document.transaction("Broken"):
            document.apply(fill(Rect(0, 0, 9, 9), 1))
            raise KeyError("in the middle")

    with pytest.raises(KeyError):
        fail()
    assert state(document) == before
    assert not document.in_transaction


def test_an_edit_that_changes_nothing_is_no_step() -> None:
    document = open_document()
    document.compose(np.zeros(SHAPE, np.uint8), "Predict")
    document.begin("Again")
    document.apply(fill(Rect(0, 0, 10, 10), 0, Provenance.MODEL))
    assert document.commit() is None
    assert document.history.undo_name == "Predict"


def test_a_step_holds_only_the_tiles_that_changed() -> None:
    document = open_document()
    document.begin("Brush")
    document.apply(fill(Rect.of_shape(SHAPE), VOID, Provenance.NOBODY))
    document.apply(fill(Rect(0, 0, 1, 1), 0))
    step = document.commit()
    assert step is not None
    assert [(tile.row, tile.column) for tile in step.after] == [(0, 0)]


@given(edits(), st.sets(st.sampled_from([0, 1, 2])))
def test_locked_classes_stay_and_all_else_may_change(edit: Edit, locked: set[int]) -> None:
    free, guarded = open_document(seed=6), open_document(seed=6)
    for class_id in locked:
        guarded.classes = guarded.classes.changed(class_id, locked=True)
    before = guarded.label_map.copy()
    for document in (free, guarded):
        with document.transaction("Stroke"):
            document.apply(edit)
    kept = np.isin(before.ids, list(locked))
    for plane in ("ids", "provenance"):
        was, now = getattr(before, plane), getattr(guarded.label_map, plane)
        assert (now == np.where(kept, was, getattr(free.label_map, plane))).all()


def test_a_model_cannot_change_locked_classes() -> None:
    document = open_document(seed=9)
    document.classes = CLASSES.changed(1, locked=True)
    before = document.label_map.copy()
    document.compose(np.zeros(SHAPE, np.uint8), "Predict")
    locked = before.ids == 1
    assert (document.label_map.ids[locked] == 1).all()
    assert (document.label_map.provenance[locked] == before.provenance[locked]).all()
    assert (document.label_map.ids[~locked & ~before.human()] == 0).all()


def test_unlocking_lets_a_class_change_again() -> None:
    document = open_document()
    document.compose(np.zeros(SHAPE, np.uint8), "Predict")
    document.classes = CLASSES.changed(0, locked=True)
    document.compose(np.ones(SHAPE, np.uint8), "Predict")
    assert (document.label_map.ids == 0).all()
    document.classes = CLASSES
    document.compose(np.ones(SHAPE, np.uint8), "Predict")
    assert (document.label_map.ids == 1).all()


@given(st.integers(0, 50))
def test_a_model_decides_what_no_human_decided(seed: int) -> None:
    document = open_document(seed=seed)
    before = document.label_map.copy()
    said = np.random.default_rng(seed).choice(np.array([0, 1, 2, VOID], np.uint8), SHAPE)
    document.compose(said, "Predict")
    human = before.human()
    after = document.label_map
    assert (after.ids[human] == before.ids[human]).all()
    assert (after.provenance[human] == Provenance.HUMAN).all()
    assert (after.ids[~human] == said[~human]).all()
    silent = ~human & (said == VOID)
    assert (after.provenance[silent] == Provenance.NOBODY).all()
    assert (after.provenance[~human & ~silent] == Provenance.MODEL).all()


def test_a_slider_that_is_dragged_is_one_step() -> None:
    document = open_document(seed=7)
    before = state(document)
    for class_id in (0, 1, 2, 1):
        document.compose(np.full(SHAPE, class_id, np.uint8), "CRF", merge_key="crf")
    document.undo()
    assert state(document) == before
    assert document.undo() is None


def test_a_prediction_of_another_size_is_refused_without_a_trace() -> None:
    document = open_document()
    with pytest.raises(ValueError, match="label map"):
        document.compose(np.zeros((SHAPE[0], SHAPE[1] + 1), np.uint8), "Predict")
    assert not document.in_transaction
    assert document.revision == 0


def test_a_label_map_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="for a frame"):
        Document(Frame("frame", np.zeros((4, 5), np.uint8)), LabelMap.blank((5, 4)))


def test_listeners_hear_where_pixels_changed_and_each_change_counts() -> None:
    document = open_document()
    heard: list[Rect] = []
    document.pixels_changed.connect(heard.append)
    document.begin("Brush")
    document.apply(fill(Rect(-5, -5, 3, 4), 1))
    document.apply(fill(Rect(-5, -5, 0, 0), 1))
    document.commit()
    assert heard == [Rect(0, 0, 3, 4)]
    assert document.revision == 1
    document.undo()
    assert document.revision == 2
    assert heard[1].intersect(heard[0]) == heard[0]


def test_the_journal_can_rebuild_the_label_map_from_what_it_hears() -> None:
    document = open_document(seed=8)
    twin = document.label_map.copy()

    def replay(tiles: tuple[TileState, ...]) -> None:
        write_states(twin, tiles)

    document.committed.connect(replay)
    with document.transaction("Brush"):
        document.apply(fill(Rect(0, 0, 40, 140), 1))
    with document.transaction("Brush"):
        document.apply(fill(Rect(100, 100, 148, 158), 2))
    for change in (document.undo, document.undo, document.redo):
        change()
        assert state(document) == (twin.ids.tobytes(), twin.provenance.tobytes())


def test_a_gesture_that_is_given_up_is_not_journalled() -> None:
    document = open_document()
    heard: list[object] = []
    document.committed.connect(heard.append)
    document.begin("Brush")
    document.apply(fill(Rect(0, 0, 3, 3), 1))
    document.rollback()
    assert heard == []


def test_a_new_class_table_is_announced() -> None:
    document = open_document()
    heard: list[str] = []
    document.classes_changed.connect(lambda: heard.append(document.classes.names[0]))
    document.classes = CLASSES.changed(0, name="street")
    assert heard == ["street"]
