"""The class table: every change gives a valid table, and files bring it back."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.classes import MAX_CLASSES, ClassTable, LabelClass
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import VOID

STREET = ClassTable.of_names(["road", "car", "tree"])
channel = st.integers(0, 255)


@st.composite
def tables(draw: st.DrawFn) -> ClassTable:
    ids = draw(st.lists(st.integers(0, 254), unique=True, max_size=8))
    name = st.text(min_size=1, max_size=6).filter(lambda text: text.strip())
    names = draw(st.lists(name, min_size=len(ids), max_size=len(ids), unique=True))
    return ClassTable(
        tuple(
            LabelClass(
                class_id,
                class_name,
                draw(st.tuples(channel, channel, channel)),
                draw(st.sampled_from(["", "1", "q"])),
                draw(st.booleans()),
                draw(st.booleans()),
            )
            for class_id, class_name in zip(ids, names, strict=True)
        )
    )


@given(tables())
def test_a_table_survives_its_json(table: ClassTable) -> None:
    assert ClassTable.from_json(json.loads(json.dumps(table.to_json()))) == table


def test_what_a_file_may_leave_out_is_filled_in() -> None:
    entry = {"id": 3, "name": "car", "colour": [1, 2, 3]}
    assert ClassTable.from_json([entry]).get(3) == LabelClass(3, "car", (1, 2, 3))


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "car", "colour": [1, 2, 3]},
        {"id": 1, "colour": [1, 2, 3]},
        {"id": 1, "name": "car"},
        {"id": 1, "name": "car", "colour": [1, 2]},
        {"id": 1, "name": "car", "colour": "red"},
        {"id": "one", "name": "car", "colour": [1, 2, 3]},
        {"id": 1, "name": "car", "colour": [1, 2, 3], "wheels": 4},
        "car",
    ],
)
def test_a_damaged_entry_is_named(entry: object) -> None:
    with pytest.raises(SegStudioError, match=r"class table: the entry .* is damaged"):
        ClassTable.from_json([entry])


@pytest.mark.parametrize(
    ("classes", "reason"),
    [
        (
            [LabelClass(0, "a", (0, 0, 0)), LabelClass(0, "b", (0, 0, 0))],
            "class id 0: stands twice",
        ),
        ([LabelClass(0, "a", (0, 0, 0)), LabelClass(1, "a", (0, 0, 0))], "'a': stands twice"),
        ([LabelClass(VOID, "a", (0, 0, 0))], "ids run from 0 to 254"),
        ([LabelClass(-1, "a", (0, 0, 0))], "ids run from 0 to 254"),
        ([LabelClass(0, "  ", (0, 0, 0))], "no name"),
        ([LabelClass(0, "a", (0, 0, 256))], "has the colour"),
    ],
)
def test_a_table_that_would_mislead_is_refused(classes: list[LabelClass], reason: str) -> None:
    with pytest.raises(SegStudioError, match=reason):
        ClassTable(tuple(classes))


def test_classes_are_found_by_id_name_and_key() -> None:
    assert STREET.ids == (0, 1, 2)
    assert STREET.get(1) == STREET.named("car") == STREET.named(" CAR ") == STREET.for_key("2")
    assert STREET.get(9) is STREET.named("bus") is STREET.for_key("9") is None
    assert 2 in STREET
    assert VOID not in STREET
    assert len(STREET) == 3


def test_no_key_picks_no_class() -> None:
    assert STREET.changed(0, shortcut="").for_key("") is None


def test_names_in_another_case_are_found_only_where_none_fits_exactly() -> None:
    table = ClassTable.of_names(["Car", "car"])
    assert table.named("car") == table.get(1)
    assert table.named("CAR") == table.get(0)


@given(tables())
def test_the_lookup_from_a_table_to_itself_changes_nothing(table: ClassTable) -> None:
    lookup = table.lookup_from(table)
    expected = [class_id if class_id in table else VOID for class_id in range(256)]
    assert lookup.tolist() == expected


def test_the_lookup_matches_by_name_and_gives_void_for_the_rest() -> None:
    model = ClassTable.of_names(["sky", "Tree", "road"])
    lookup = STREET.lookup_from(model)
    assert lookup[:3].tolist() == [VOID, 2, 0]
    assert (lookup[3:] == VOID).all()
    assert lookup.dtype == np.uint8


def test_a_new_class_gets_what_is_free() -> None:
    table = STREET.without(1).added("bus")
    bus = table.named("bus")
    assert bus is not None
    assert (bus.id, bus.shortcut, bus.colour) == (1, "2", STREET.classes[1].colour)
    assert table.classes[-1] == bus
    assert table.added("van", (1, 2, 3)).classes[-1].colour == (1, 2, 3)


def test_a_full_table_takes_no_more() -> None:
    full = ClassTable.of_names(str(number) for number in range(MAX_CLASSES))
    assert full.classes[-1].id == 254
    with pytest.raises(SegStudioError, match="at most 255 classes"):
        full.added("one more")


def test_a_taken_name_is_refused() -> None:
    with pytest.raises(SegStudioError, match="'car'"):
        STREET.added("car")


def test_a_shortcut_moves_over_from_the_class_that_had_it() -> None:
    table = STREET.changed(2, shortcut="1")
    assert [entry.shortcut for entry in table] == ["", "2", "1"]
    assert [entry.shortcut for entry in table.changed(0, name="street")] == ["", "2", "1"]


@given(tables(), st.integers(0, 254), st.integers(0, 9))
def test_moving_keeps_all_classes(table: ClassTable, class_id: int, position: int) -> None:
    moved = table.moved(class_id, position)
    assert set(moved) == set(table)
    if class_id in table:
        assert moved.ids.index(class_id) == min(position, len(table) - 1)
    else:
        assert moved == table


def test_every_change_leaves_the_old_table_alone() -> None:
    before = ClassTable.of_names(STREET.names)
    STREET.added("bus")
    STREET.changed(0, locked=True)
    STREET.moved(0, 2)
    STREET.without(0)
    assert before == STREET


def test_the_palette_hides_what_is_invisible_void_or_unknown() -> None:
    palette = STREET.changed(1, visible=False).palette()
    assert palette.shape == (256, 4)
    assert palette.dtype == np.uint8
    assert palette[0].tolist() == [*STREET.classes[0].colour, 255]
    assert palette[1].tolist() == [*STREET.classes[1].colour, 0]
    assert not palette[3:].any()


def test_locked_ids_are_those_of_locked_classes() -> None:
    assert STREET.locked_ids == ()
    assert STREET.changed(0, locked=True).changed(2, locked=True).locked_ids == (0, 2)
