"""Rules that protect, held against the same rules asked pixel by pixel."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.edit import Edit
from segstudio.core.errors import SegStudioError
from segstudio.core.frame import Frame
from segstudio.core.label_map import VOID, Ids, LabelMap, Provenance
from segstudio.core.protection import OVERS, Protection
from segstudio.core.rect import Rect

SHAPE = (5, 6)
CLASSES = ClassTable.of_names(["road", "car", "tree"])
some_id = st.sampled_from([0, 1, 2, VOID])
pairs = st.frozensets(st.tuples(some_id, some_id), max_size=8)
maps = st.lists(some_id, min_size=30, max_size=30).map(
    lambda ids: np.array(ids, np.uint8).reshape(SHAPE)
)
masks = st.lists(st.booleans(), min_size=30, max_size=30).map(
    lambda flags: np.array(flags).reshape(SHAPE)
)
rules = st.builds(Protection, st.sampled_from(OVERS), some_id, pairs, st.none() | masks)


def may_change(rule: Protection, y: int, x: int, now: int, new: int) -> bool:
    """The rule as the human reads it."""
    if rule.over == "void" and now != VOID:
        return False
    if rule.over == "class" and now != rule.over_class:
        return False
    if (new, now) in rule.forbidden:
        return False
    return rule.region is None or bool(rule.region[y, x])


def painted(document: Document, edit: Edit, *, protected: bool = True) -> bool:
    """Whether one gesture of one edit changed anything."""
    document.begin("Brush", protected=protected)
    document.apply(edit)
    return document.commit() is not None


def open_document(ids: Ids) -> Document:
    pixels = np.zeros((*ids.shape, 3), np.uint8)
    return Document(Frame("frame", pixels), LabelMap(ids, np.zeros_like(ids)), CLASSES)


@given(rule=rules, now=maps, new=some_id | maps, mask=masks, locked=st.sets(some_id))
def test_a_protected_edit_is_the_rule_asked_pixel_by_pixel(
    rule: Protection, now: Ids, new: int | Ids, mask: Any, locked: set[int]
) -> None:
    document = open_document(now.copy())
    for class_id in locked - {VOID}:
        document.classes = document.classes.changed(class_id, locked=True)
    document.protection = rule
    painted(document, Edit(Rect.of_shape(SHAPE), mask, new))
    coming = np.broadcast_to(np.asarray(new), SHAPE)
    for y, x in np.ndindex(SHAPE):
        old, wanted = int(now[y, x]), int(coming[y, x])
        changes = mask[y, x] and old not in locked - {VOID}
        changes = changes and may_change(rule, y, x, old, wanted)
        assert document.label_map.ids[y, x] == (wanted if changes else old)
        decided = Provenance.HUMAN if changes else Provenance.NOBODY
        assert document.label_map.provenance[y, x] == decided


@given(rule=rules, now=maps, top=st.integers(-3, 6), left=st.integers(-3, 7), new=some_id)
def test_an_edit_over_the_edge_is_protected_where_it_lies(
    rule: Protection, now: Ids, top: int, left: int, new: int
) -> None:
    document = open_document(now.copy())
    document.protection = rule
    painted(document, Edit(Rect(top, left, top + 3, left + 4), np.ones((3, 4), np.bool_), new))
    for y, x in np.ndindex(SHAPE):
        under = top <= y < top + 3 and left <= x < left + 4
        changes = under and may_change(rule, y, x, int(now[y, x]), new)
        assert document.label_map.ids[y, x] == (new if changes else now[y, x])


@given(rule=rules, now=maps, new=some_id, mask=masks)
def test_models_know_no_rules(rule: Protection, now: Ids, new: int, mask: Any) -> None:
    document = open_document(now.copy())
    document.protection = rule
    painted(document, Edit(Rect.of_shape(SHAPE), mask, new), protected=False)
    assert np.array_equal(document.label_map.ids, np.where(mask, new, now))


@given(rule=rules, now=maps, new=some_id, mask=masks)
def test_undo_brings_back_what_a_protected_edit_changed(
    rule: Protection, now: Ids, new: int, mask: Any
) -> None:
    document = open_document(now.copy())
    document.protection = rule
    if painted(document, Edit(Rect.of_shape(SHAPE), mask, new)):
        document.undo()
    assert np.array_equal(document.label_map.ids, now)
    assert not document.label_map.provenance.any()


@given(rule=rules)
def test_rules_come_back_from_the_project_file_without_the_region(rule: Protection) -> None:
    back = Protection.from_json(json.loads(json.dumps(rule.to_json())))
    assert (back.over, back.over_class, back.forbidden) == (
        rule.over,
        rule.over_class,
        rule.forbidden,
    )
    assert back.region is None


@pytest.mark.parametrize(
    "kept",
    [
        {},
        [],
        None,
        {"over": "cars", "over_class": 255, "forbidden": []},
        {"over": "void", "over_class": 256, "forbidden": []},
        {"over": "void", "over_class": "road", "forbidden": []},
        {"over": "void", "over_class": 255, "forbidden": [[1]]},
        {"over": "void", "over_class": 255, "forbidden": [[1, -1]]},
        {"over": "void", "over_class": 255, "forbidden": 7},
    ],
)
def test_damaged_rules_are_refused(kept: Any) -> None:
    with pytest.raises(SegStudioError, match="rules that protect"):
        Protection.from_json(kept)


@given(rule=rules, left=st.sets(st.sampled_from([0, 1, 2])))
def test_a_deleted_class_takes_its_rules_along(rule: Protection, left: set[int]) -> None:
    limited = rule.limited_to(left)
    known = left | {VOID}
    assert limited.forbidden == {
        (new, old) for new, old in rule.forbidden if new in known and old in known
    }
    ends = rule.over == "class" and rule.over_class not in known
    assert limited.over == ("everything" if ends else rule.over)
    assert limited.region is rule.region


def test_a_rule_is_active_as_soon_as_it_keeps_anything() -> None:
    assert not Protection().active
    assert Protection(over="void").active
    assert Protection(forbidden=frozenset({(1, 0)})).active
    assert Protection(region=np.ones(SHAPE, np.bool_)).active


# --- a gesture in vain ---------------------------------------------------------------------------


def in_vain(document: Document, new: int, *, protected: bool = True) -> int:
    """How often the document says that a gesture over all its pixels was held back."""
    told: list[None] = []

    def count() -> None:
        told.append(None)

    document.held_back.connect(count)
    whole = Rect.of_shape(SHAPE)
    painted(document, Edit(whole, np.ones(SHAPE, np.bool_), new), protected=protected)
    document.held_back.disconnect(count)
    return len(told)


def test_a_gesture_that_the_rules_keep_from_every_pixel_is_told_once() -> None:
    document = open_document(np.full(SHAPE, 1, np.uint8))
    document.protection = Protection(over="void")
    assert in_vain(document, 0) == 1


def test_a_gesture_on_locked_pixels_is_told() -> None:
    document = open_document(np.full(SHAPE, 1, np.uint8))
    document.classes = document.classes.changed(1, locked=True)
    assert in_vain(document, 0) == 1


def test_a_gesture_that_changes_a_single_pixel_is_not_told() -> None:
    ids = np.full(SHAPE, 1, np.uint8)
    ids[2, 3] = VOID
    document = open_document(ids)
    document.protection = Protection(over="void")
    assert in_vain(document, 0) == 0
    assert document.label_map.ids[2, 3] == 0


def test_a_gesture_that_would_change_nothing_anyhow_is_not_told() -> None:
    document = open_document(np.full(SHAPE, 1, np.uint8))
    document.protection = Protection(over="void")
    assert in_vain(document, 1) == 0


def test_a_model_that_is_held_back_by_a_lock_is_not_told() -> None:
    document = open_document(np.full(SHAPE, 1, np.uint8))
    document.classes = document.classes.changed(1, locked=True)
    assert in_vain(document, 0, protected=False) == 0
