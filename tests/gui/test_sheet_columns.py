"""Columns of a sheet: nothing is lost, nothing is too high, headings do not stand alone."""

from hypothesis import given
from hypothesis import strategies as st

from segstudio.gui.sheet_columns import Group, Row, break_into, lines_of


def groups_of(sizes: list[int]) -> list[Group]:
    rows = [[Row(f"{g}-{r}") for r in range(size)] for g, size in enumerate(sizes)]
    return [Group(f"group {g}", tuple(each)) for g, each in enumerate(rows)]


sizes = st.lists(st.integers(1, 30), min_size=1, max_size=12)


@given(sizes, st.integers(1, 6), st.integers(1, 80), st.booleans())
def test_everything_is_there_in_order_and_within_bounds(
    sizes: list[int], columns: int, room: int, divides: bool
) -> None:
    groups = groups_of(sizes)
    broken = break_into(groups, columns, room, divides)
    if broken is None:
        return
    assert len(broken) <= columns and all(lines_of(column) <= room for column in broken)
    rows = [row for column in broken for row in column if not row.is_heading]
    assert rows == [row for group in groups for row in group.rows]
    for column in broken:
        assert column[0].is_heading and not column[-1].is_heading
    if not divides:
        headings = [row.text for column in broken for row in column if row.is_heading]
        assert headings == [group.title for group in groups]


@given(sizes, st.integers(1, 6))
def test_with_room_enough_there_is_always_a_way(sizes: list[int], columns: int) -> None:
    room = sum(sizes) + 2 * len(sizes)
    for divides in (False, True):
        assert break_into(groups_of(sizes), columns, room, divides) is not None


def test_dividing_saves_height() -> None:
    groups = groups_of([20, 4])
    assert break_into(groups, 2, 14, divides=False) is None
    broken = break_into(groups, 2, 14, divides=True)
    assert broken is not None and broken[1][0].text == "group 0, continued"
