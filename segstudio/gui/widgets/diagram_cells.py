"""Where the stages of a block diagram stand: scales are rows, what follows stands right of it.

What only goes deeper stays in its column, and so does what only comes up again: a U is a U.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segstudio.models.parts.diagram import Diagram, Stage

_GLANCE = 8
"""Maps of no more pixels a side are told by their size: a pyramid pooled them."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A place in the grid; ``slot`` counts the stages that share it from above."""

    row: int
    column: int
    slot: int


@dataclass(frozen=True, slots=True)
class Grid:
    """The cell of each stage, and what the rows are called, from above."""

    cells: tuple[Cell, ...]
    rows: tuple[str, ...]

    def slots(self, row: int) -> int:
        """How many stages stand one above the other somewhere in a row."""
        return 1 + max(cell.slot for cell in self.cells if cell.row == row)


def grid(diagram: "Diagram") -> Grid:
    """Places for all stages of a diagram."""
    heights = sorted({_height(stage) for stage in diagram.stages}, reverse=True)
    rows = [heights.index(_height(stage)) for stage in diagram.stages]
    sources = _sources(diagram)
    cells: list[Cell] = []
    rising: list[bool] = []
    for place, row in enumerate(rows):
        before = sources[place]
        rising.append(any(rows[b] > row or (rows[b] == row and rising[b]) for b in before))
        column = max((_column(place, b, cells, rows, sources, rising) for b in before), default=0)
        cells.append(_free(cells, Cell(row, column, 0), before, sources))
    names = {_height(stage): _row_name(stage) for stage in diagram.stages}
    return Grid(tuple(cells), tuple(names[height] for height in heights))


def _height(stage: "Stage") -> float:
    """Of the map, in pixels or as the share that its scale stands for: margins do not count."""
    edge = stage.size[0]
    return edge if edge <= _GLANCE else 1024 / stage.scale


def _row_name(stage: "Stage") -> str:
    edge = stage.size[0]
    return f"{edge} × {edge} px" if edge <= _GLANCE else f"1/{stage.scale}"


def _sources(diagram: "Diagram") -> list[list[int]]:
    found: list[list[int]] = [[] for _ in diagram.stages]
    for link in diagram.links:
        found[link.target].append(link.source)
    return found


def _column(
    place: int,
    before: int,
    cells: Sequence[Cell],
    rows: Sequence[int],
    sources: Sequence[Sequence[int]],
    rising: Sequence[bool],
) -> int:
    column = cells[before].column
    if rows[place] > rows[before]:
        deeper = [p for p, s in enumerate(sources) if s == [before] and rows[p] > rows[before]]
        goes_on = deeper == [place] and not rising[before]
        return column if goes_on else column + 1
    if rows[place] < rows[before] and rising[before]:
        return column
    return column + 1


def _free(
    cells: Sequence[Cell], wanted: Cell, before: Sequence[int], sources: Sequence[Sequence[int]]
) -> Cell:
    """The wanted cell; under its like where one stands there, further right where another does."""
    there = [p for p, cell in enumerate(cells) if _same_place(cell, wanted)]
    if not there:
        return wanted
    if all(list(sources[p]) == list(before) for p in there):
        return Cell(wanted.row, wanted.column, len(there))
    return _free(cells, Cell(wanted.row, wanted.column + 1, 0), before, sources)


def _same_place(one: Cell, other: Cell) -> bool:
    return (one.row, one.column) == (other.row, other.column)
