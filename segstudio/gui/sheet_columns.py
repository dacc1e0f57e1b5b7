"""How a sheet of groups is broken into columns of about the same height."""

from collections.abc import Sequence
from dataclasses import dataclass

from segstudio.gui.key_text import Keys

HEADING = 2
"""Lines that a heading takes, with the room above it."""

_FEWEST = 3
"""Rows that stay with a heading where a group is divided."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is done, and the caps of each combination that does it; a heading has no caps."""

    text: str
    caps: tuple[Keys, ...] = ()
    is_heading: bool = False

    @property
    def lines(self) -> int:
        return HEADING if self.is_heading else 1


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading."""

    title: str
    rows: tuple[Row, ...]


def lines_of(column: Sequence[Row]) -> int:
    """Height of a column in lines; nothing is above its first heading."""
    return sum(row.lines for row in column) - (HEADING - 1)


def break_into(
    groups: Sequence[Group], columns: int, room: int, divides: bool
) -> list[list[Row]] | None:
    """At most so many columns, as low as possible; None where ``room`` lines are not enough.

    ``divides`` allows a group to go on in the next column, under its heading again.
    """
    total = sum(HEADING + len(group.rows) for group in groups)
    for height in range(max(1, total // columns - 1), min(room, total) + 1):
        broken = _flow(groups, height, divides)
        if broken is not None and len(broken) <= columns:
            return broken
    return None


def _flow(groups: Sequence[Group], room: int, divides: bool) -> list[list[Row]] | None:
    """Columns of at most this many lines; None where a group does not fit into any."""
    columns: list[list[Row]] = [[]]
    for group in groups:
        title, rows = group.title, group.rows
        while rows:
            used = lines_of(columns[-1]) if columns[-1] else 1 - HEADING
            share = _share(len(rows), room - used - HEADING, divides)
            if share:
                columns[-1] += [Row(title, is_heading=True), *rows[:share]]
                title, rows = f"{group.title}, continued", rows[share:]
            elif columns[-1]:
                columns.append([])
            else:
                return None
    return columns


def _share(rows: int, free: int, divides: bool) -> int:
    """How many of a group's rows a column takes: all, or none, or a part that is worth it."""
    if rows <= free:
        return rows
    share = min(free, rows - _FEWEST)
    return share if divides and share >= _FEWEST else 0
