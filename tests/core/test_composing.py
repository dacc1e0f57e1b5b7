"""A model's word and the human's pixels become one label map, in whatever thread."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document, TransactionError
from segstudio.core.edit import Edit
from segstudio.core.frame import Frame
from segstudio.core.history import TILE
from segstudio.core.label_map import VOID, LabelMap, Provenance
from segstudio.core.rect import Rect

SHAPE = (TILE + 20, 2 * TILE + 7)
WORD = np.random.default_rng(1).choice([0, 1, 2, VOID], SHAPE).astype(np.uint8)


def a_document(seed: int = 0) -> Document:
    rng = np.random.default_rng(seed)
    ids = rng.choice([0, 1, 2, VOID], SHAPE).astype(np.uint8)
    labels = LabelMap(ids, rng.integers(0, 3, SHAPE).astype(np.uint8))
    classes = ClassTable.of_names(["road", "sky", "car"])
    return Document(Frame("frame", np.zeros(SHAPE, np.uint8)), labels, classes)


@given(st.integers(0, 20), st.sets(st.integers(0, 2)))
def test_humans_and_locked_classes_keep_their_pixels(seed: int, locked: set[int]) -> None:
    document = a_document(seed)
    for class_id in locked:
        document.classes = document.classes.changed(class_id, locked=True)
    before = document.label_map.copy()
    document.compose(WORD, "Predict")
    labels = document.label_map
    kept = before.human() | np.isin(before.ids, list(locked))
    assert np.array_equal(labels.ids, np.where(kept, before.ids, WORD))
    decided = np.where(WORD == VOID, Provenance.NOBODY, Provenance.MODEL)
    assert np.array_equal(labels.provenance, np.where(kept, before.provenance, decided))
    document.undo()
    assert labels.equals(before)


def test_a_composition_fits_until_something_changes() -> None:
    document = a_document()
    composition = document.composition(WORD, "Predict")
    with document.transaction("Brush"):
        document.apply(Edit(Rect(0, 0, 1, 1), np.ones((1, 1), np.bool_), 1))
    assert not document.accept(composition)
    composition = document.composition(WORD, "Predict")
    document.classes = document.classes.changed(1, locked=True)
    assert not document.accept(composition)
    assert document.history.undo_name == "Brush"
    assert document.accept(document.composition(WORD, "Predict"))
    assert document.history.undo_name == "Predict"


def test_it_never_comes_true_under_the_brush() -> None:
    document = a_document()
    composition = document.composition(WORD, "Predict")
    document.begin("Brush")
    with pytest.raises(TransactionError):
        document.accept(composition)


def test_one_that_changes_nothing_is_no_step() -> None:
    document = a_document()
    document.compose(WORD, "Predict")
    again = document.composition(WORD, "Predict")
    revision = document.revision
    assert document.accept(again)
    assert document.revision == revision
    assert document.compose(WORD, "Predict") is None
