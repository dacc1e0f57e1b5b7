"""Undo and redo as compressed tiles: a step costs what it changed, not what the picture holds.

Every change of a history (a step done, undone or redone) has a serial number, and each step the
number of the change that made it. So a history on the disk can be brought up to date by what is
new in it, and the journal knows which of its records a saved history holds already.
"""

import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import lru_cache

import numpy as np

from segstudio.core.label_map import LabelMap
from segstudio.core.rect import Rect

TILE = 128
"""Edge of a tile in pixels: small enough for a brush's dab, large enough to pack well."""

DEFAULT_BUDGET = 256 * 2**20
"""Bytes of steps that are kept where the user says nothing else."""

_FAST = 1
TileIndex = tuple[int, int]


@dataclass(frozen=True, slots=True)
class TileState:
    """What a tile of a label map held: ids then provenance, zlib-packed.

    ``row`` and ``column`` count tiles, not pixels.
    """

    row: int
    column: int
    packed: bytes

    @classmethod
    def of(cls, label_map: LabelMap, row: int, column: int) -> "TileState":
        return cls.pack((row, column), raw_tile(label_map, (row, column)))

    @classmethod
    def pack(cls, tile: TileIndex, raw: bytes) -> "TileState":
        """The state of a tile from its bytes, see :func:`raw_tile`."""
        half = len(raw) // 2
        even = raw == raw[:1] * half + raw[-1:] * half
        packed = _packed_evenly(raw[:1], raw[-1:], half) if even else zlib.compress(raw, _FAST)
        return cls(*tile, packed)

    def write_to(self, label_map: LabelMap) -> Rect:
        """Put the tile back; gives the rectangle it covers."""
        return write_raw(label_map, (self.row, self.column), zlib.decompress(self.packed))


@dataclass(frozen=True, slots=True)
class Step:
    """One undoable step: the same tiles before and after.

    ``serial`` tells the steps of one history apart; 0 until a history has taken the step.
    """

    name: str
    before: tuple[TileState, ...]
    after: tuple[TileState, ...]
    merge_key: str = ""
    serial: int = field(default=0, compare=False)

    @property
    def bytes(self) -> int:
        return sum(len(state.packed) for state in (*self.before, *self.after))

    def merged_with(self, later: "Step") -> "Step":
        """One step that undoes both, called as this one: each tile's first state and its last."""
        before = {(s.row, s.column): s for s in (*later.before, *self.before)}
        after = {(s.row, s.column): s for s in (*self.after, *later.after)}
        return Step(self.name, tuple(before.values()), tuple(after.values()), later.merge_key)


class Move(IntEnum):
    """What can happen to a history; what has joined the step before is undone together with it."""

    DID = 0
    UNDID = 1
    REDID = 2
    JOINED = 3


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a history last; with the tiles that it wrote, enough to do it again."""

    serial: int
    move: Move
    name: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A history at one moment, for other threads and for the disk.

    Attributes
    ----------
    steps
        All steps, the oldest first.
    done
        How many of them are done; those behind have been undone and can be redone.
    serial
        The number of the last change.
    """

    steps: tuple[Step, ...] = ()
    done: int = 0
    serial: int = 0


class History:
    """Steps that can be undone and redone; the oldest are forgotten beyond the byte budget."""

    def __init__(self, byte_budget: int = DEFAULT_BUDGET, line: Line | None = None) -> None:
        line = line or Line()
        self._budget = byte_budget
        self._done = deque(line.steps[: line.done])
        self._undone = list(reversed(line.steps[line.done :]))
        self._bytes = sum(step.bytes for step in line.steps)
        self.change = Change(line.serial, Move.DID)
        """The last change; of one that was read from a :class:`Line` only the number is known."""
        self._forget()

    @property
    def byte_budget(self) -> int:
        """Bytes that all steps together may weigh; a smaller one forgets steps at once."""
        return self._budget

    @byte_budget.setter
    def byte_budget(self, budget: int) -> None:
        self._budget = budget
        self._forget()

    @property
    def bytes(self) -> int:
        """What all kept steps weigh, packed."""
        return self._bytes

    @property
    def line(self) -> Line:
        """The history as it is at this moment."""
        steps = (*self._done, *reversed(self._undone))
        return Line(steps, len(self._done), self.change.serial)

    @property
    def undo_name(self) -> str | None:
        """Name of the step that undo takes back, or None."""
        return self._done[-1].name if self._done else None

    @property
    def undo_key(self) -> str:
        """Merge key of the step that undo takes back; what follows from it may join it."""
        return self._done[-1].merge_key if self._done else ""

    @property
    def redo_name(self) -> str | None:
        """Name of the step that redo repeats, or None."""
        return self._undone[-1].name if self._undone else None

    @property
    def undo_count(self) -> int:
        """How many steps can be undone."""
        return len(self._done)

    @property
    def redo_count(self) -> int:
        """How many steps can be redone."""
        return len(self._undone)

    def push(self, step: Step) -> None:
        """Remember a step; what was undone before it can no longer be redone.

        Steps that follow each other with the same non-empty ``merge_key`` become one: a slider
        that is dragged is one step to undo. What was undone in between parts them.
        """
        self.put(step, joins=bool(step.merge_key) and self.undo_key == step.merge_key)

    def put(self, step: Step, *, joins: bool) -> None:
        """As :meth:`push`, where it is known whether the step shall join the one before.

        It cannot where there is none, or where something was undone in between.
        """
        joins = joins and bool(self._done) and not self._undone
        self._count(Move.JOINED if joins else Move.DID, step)
        self._bytes -= sum(gone.bytes for gone in self._undone)
        self._undone.clear()
        if joins:
            previous = self._done.pop()
            self._bytes -= previous.bytes
            step = previous.merged_with(step)
        self._done.append(replace(step, serial=self.change.serial))
        self._bytes += step.bytes
        self._forget()

    def take_undo(self) -> Step | None:
        """The step to take back, now on the redo side."""
        if not self._done:
            return None
        self._undone.append(self._done.pop())
        self._count(Move.UNDID, self._undone[-1])
        return self._undone[-1]

    def take_redo(self) -> Step | None:
        """The step to repeat, now on the undo side."""
        if not self._undone:
            return None
        self._done.append(self._undone.pop())
        self._count(Move.REDID, self._done[-1])
        return self._done[-1]

    def _count(self, move: Move, step: Step) -> None:
        self.change = Change(self.change.serial + 1, move, step.name)

    def _forget(self) -> None:
        # The newest step stays even when it alone is over the budget: one can always step back.
        while self._bytes > self._budget and len(self._done) > 1:
            self._bytes -= self._done.popleft().bytes
        while self._bytes > self._budget and len(self._undone) > 1:
            self._bytes -= self._undone.pop(0).bytes


# A wide stroke leaves hundreds of tiles of one class: they are packed once, and share the bytes.
@lru_cache(maxsize=1024)
def _packed_evenly(class_id: bytes, decided_by: bytes, pixels: int) -> bytes:
    return zlib.compress(class_id * pixels + decided_by * pixels, _FAST)


def tile_rect(tile: TileIndex, shape: tuple[int, int]) -> Rect:
    """Pixels of a tile; tiles at the right and lower edge may be smaller."""
    top, left = tile[0] * TILE, tile[1] * TILE
    return Rect(top, left, min(top + TILE, shape[0]), min(left + TILE, shape[1]))


def raw_tile(label_map: LabelMap, tile: TileIndex) -> bytes:
    """The ids of a tile, row by row, then its provenance."""
    top, left = tile[0] * TILE, tile[1] * TILE
    where = slice(top, top + TILE), slice(left, left + TILE)  # the picture's edges cut it
    return label_map.ids[where].tobytes() + label_map.provenance[where].tobytes()


def write_raw(label_map: LabelMap, tile: TileIndex, raw: bytes) -> Rect:
    """Put the bytes of a tile back; gives the rectangle it covers."""
    rect = tile_rect(tile, label_map.shape)
    planes = np.frombuffer(raw, np.uint8)
    ids, provenance = planes.reshape(2, rect.height, rect.width)
    label_map.ids[rect.slices] = ids
    label_map.provenance[rect.slices] = provenance
    return rect


def tiles_under(rect: Rect) -> Iterator[TileIndex]:
    """Indices of all tiles that a rectangle touches."""
    if rect.empty:
        return
    for row in range(rect.top // TILE, (rect.bottom - 1) // TILE + 1):
        for column in range(rect.left // TILE, (rect.right - 1) // TILE + 1):
            yield row, column


def write_states(label_map: LabelMap, states: Iterable[TileState]) -> Rect:
    """Put tiles back into a label map; gives the rectangle around them."""
    dirty = Rect(0, 0, 0, 0)
    for state in states:
        dirty = dirty.union(state.write_to(label_map))
    return dirty
