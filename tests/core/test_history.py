"""Undo and redo as packed tiles: order, merging, and the budget."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.history import (
    TILE,
    History,
    Step,
    TileState,
    tile_rect,
    tiles_under,
    write_states,
)
from segstudio.core.label_map import LabelMap
from segstudio.core.rect import Rect


def noise(seed: int, shape: tuple[int, int] = (40, 50)) -> LabelMap:
    rng = np.random.default_rng(seed)
    return LabelMap(
        rng.integers(0, 256, shape).astype(np.uint8), rng.integers(0, 3, shape).astype(np.uint8)
    )


def step(before: int, after: int, key: str = "", name: str = "Step") -> Step:
    """A step of one tile from one noise to another; incompressible, so its weight is known."""
    return Step(
        name, (TileState.of(noise(before), 0, 0),), (TileState.of(noise(after), 0, 0),), key
    )


shapes = st.tuples(st.integers(1, 3 * TILE), st.integers(1, 3 * TILE))


@given(shapes)
def test_tiles_part_a_picture_without_overlap(shape: tuple[int, int]) -> None:
    count = np.zeros(shape, int)
    for tile in tiles_under(Rect.of_shape(shape)):
        count[tile_rect(tile, shape).slices] += 1
    assert (count == 1).all()


@given(shapes, st.data())
def test_tiles_under_a_rectangle_are_those_that_it_meets(
    shape: tuple[int, int], data: st.DataObject
) -> None:
    top, bottom = sorted(data.draw(st.tuples(*[st.integers(0, shape[0])] * 2)))
    left, right = sorted(data.draw(st.tuples(*[st.integers(0, shape[1])] * 2)))
    rect = Rect(top, left, bottom, right)
    meets = {
        tile
        for tile in tiles_under(Rect.of_shape(shape))
        if not rect.empty and not tile_rect(tile, shape).intersect(rect).empty
    }
    assert set(tiles_under(rect)) == meets


def test_a_tile_at_the_edge_is_packed_and_put_back_exactly() -> None:
    shape = (TILE + 3, TILE + 5)
    original, target = noise(1, shape), LabelMap.blank(shape)
    states = [TileState.of(original, *tile) for tile in tiles_under(Rect.of_shape(shape))]
    assert write_states(target, states) == Rect.of_shape(shape)
    assert (target.ids == original.ids).all()
    assert (target.provenance == original.provenance).all()


@pytest.mark.parametrize("parts", [(3, 2), (255, 0), (0, 0)])
def test_even_tiles_share_their_bytes_and_come_back(parts: tuple[int, int]) -> None:
    even = LabelMap(*(np.full((TILE, TILE), part, np.uint8) for part in parts))
    target = LabelMap.blank((TILE, TILE))
    state = TileState.of(even, 0, 0)
    assert TileState.of(even.copy(), 0, 0).packed is state.packed
    state.write_to(target)
    assert target.equals(even)


def test_steps_are_taken_back_newest_first_and_repeated_oldest_first() -> None:
    history = History()
    first, second = step(0, 1, name="First"), step(1, 2, name="Second")
    history.push(first)
    history.push(second)
    assert history.undo_name == "Second"
    assert history.redo_name is None
    assert [history.take_undo(), history.take_undo(), history.take_undo()] == [second, first, None]
    assert history.undo_name is None
    assert history.redo_name == "First"
    assert [history.take_redo(), history.take_redo(), history.take_redo()] == [first, second, None]


def test_a_new_step_ends_what_could_be_redone() -> None:
    history = History()
    history.push(step(0, 1))
    history.take_undo()
    history.push(new := step(0, 2))
    assert history.redo_name is None
    assert history.take_redo() is None
    assert history.bytes == new.bytes


def test_steps_with_one_key_merge_into_one_that_undoes_both() -> None:
    history = History()
    first, second = step(0, 1, "slider"), step(1, 2, "slider")
    history.push(first)
    history.push(second)
    merged = history.take_undo()
    assert merged is not None
    assert merged.before == first.before
    assert merged.after == second.after
    assert history.take_undo() is None
    assert history.bytes == merged.bytes


@pytest.mark.parametrize(("first", "second"), [("", ""), ("a", "b"), ("a", ""), ("", "a")])
def test_steps_without_the_same_key_stay_apart(first: str, second: str) -> None:
    history = History()
    history.push(step(0, 1, first))
    history.push(step(1, 2, second))
    assert history.take_undo() is not None
    assert history.take_undo() is not None


def test_what_was_undone_in_between_parts_steps_of_one_key() -> None:
    history = History()
    history.push(step(0, 1, "slider"))
    history.push(step(1, 2))
    history.take_undo()
    history.push(step(1, 3, "slider"))
    history.take_undo()
    assert history.undo_name is not None


def test_merging_keeps_tiles_that_only_one_step_touched() -> None:
    one = Step("", (TileState(0, 0, b"a"),), (TileState(0, 0, b"b"),), "k")
    two = Step(
        "",
        (TileState(0, 0, b"b"), TileState(0, 1, b"x")),
        (TileState(0, 0, b"c"), TileState(0, 1, b"y")),
        "k",
    )
    merged = one.merged_with(two)
    assert set(merged.before) == {TileState(0, 0, b"a"), TileState(0, 1, b"x")}
    assert set(merged.after) == {TileState(0, 0, b"c"), TileState(0, 1, b"y")}


def test_the_oldest_steps_go_when_the_budget_is_spent() -> None:
    weight = step(0, 1).bytes
    history = History(byte_budget=3 * weight + weight // 2)
    for number in range(10):
        history.push(step(number, number + 1, name=str(number)))
        assert history.bytes <= history.byte_budget
    kept = [taken.name for taken in iter(history.take_undo, None)]
    assert kept == ["9", "8", "7"]


def test_the_newest_step_stays_even_over_the_budget() -> None:
    history = History(byte_budget=1)
    history.push(step(0, 1))
    history.push(last := step(1, 2))
    assert history.take_undo() == last
    assert history.take_undo() is None


@given(st.lists(st.sampled_from(["push", "slide", "undo", "redo"]), max_size=30))
def test_the_weight_is_always_that_of_the_steps_kept(actions: list[str]) -> None:
    history = History(byte_budget=5 * step(0, 1).bytes)
    for number, action in enumerate(actions):
        if action == "undo":
            history.take_undo()
        elif action == "redo":
            history.take_redo()
        else:
            history.push(step(number, number + 1, "slider" if action == "slide" else ""))
    weighed = history.bytes
    while history.take_redo():
        pass
    assert weighed == sum(taken.bytes for taken in iter(history.take_undo, None))
