"""What a history file holds: ``.segstudio/history/<frame>.history``.

Append-only records of two kinds (see :mod:`.records`). A *step* says at which place of the line of
steps it stands, and what stood there and behind it is gone then. A *mark* ends every save: how many
steps of the line there are, how many of them are done, the number of the last change, and the
fingerprint of the label map to which that belongs. Undoing writes no step, only the next mark. What
follows the last mark is a save that a crash has cut off; it counts for nothing.
"""

import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from segstudio.core.history import Line, Step
from segstudio.core.label_map import LabelMap
from segstudio.project.records import OVERHEAD, pack_record, pack_tiles, read_records, unpack_tiles

_MARK = b"SGH1"
_STEP_KIND, _MARK_KIND = b"S", b"M"
_STEP = struct.Struct("<1sIQHII")
_ENDING = struct.Struct("<1sIIIQ16s")


@dataclass(frozen=True, slots=True)
class Mark:
    """The end of a save.

    Attributes
    ----------
    first, length
        The steps that are kept stand from ``first`` up to ``length``; older ones are forgotten.
    done
        How many of those kept are done.
    serial
        The number of the last change.
    fingerprint
        Of the label map as it was then, see :func:`fingerprint`.
    """

    first: int
    length: int
    done: int
    serial: int
    fingerprint: bytes

    def pack(self) -> bytes:
        fields = (self.first, self.length, self.done, self.serial, self.fingerprint)
        return pack_record(_MARK, _ENDING.pack(_MARK_KIND, *fields))

    @classmethod
    def unpack(cls, body: bytes) -> "Mark":
        return cls(*_ENDING.unpack(body)[1:])


@dataclass(frozen=True, slots=True)
class Entry:
    """A step as it stands in a file: its serial number, and the size of its record in bytes."""

    serial: int
    size: int


@dataclass(frozen=True, slots=True)
class Content:
    """A history as its file holds it.

    ``entries`` are all steps in the file's line, those that are forgotten too; ``whole`` says that
    nothing follows in the file, so that it can be gone on with.
    """

    line: Line
    entries: tuple[Entry, ...]
    first: int
    whole: bool


def fingerprint(label_map: LabelMap) -> bytes:
    """16 bytes that differ where any pixel does, or who decided it, or the size."""
    digest = hashlib.sha256(repr(label_map.shape).encode())
    for plane in (label_map.ids, label_map.provenance):
        digest.update(np.ascontiguousarray(plane).data)
    return digest.digest()[:16]


def pack_step(place: int, step: Step) -> bytes:
    """A step that stands at this place of the line, as the last one.

    Its merge key is left out: keys are of one session, and what is read again is closed.
    """
    name = step.name.encode()
    counts = (len(name), len(step.before), len(step.after))
    head = _STEP.pack(_STEP_KIND, place, step.serial, *counts)
    tiles = pack_tiles(step.before) + pack_tiles(step.after)
    return pack_record(_MARK, head + name + tiles)


def read_history(data: bytes, belongs: Callable[[Mark], bool]) -> Content | None:
    """The history as it was at the last mark that belongs to the labels; None where none does.

    Raises
    ------
    ValueError, struct.error
        Where a record is whole but senseless.
    """
    reading = read_records(data, _MARK)
    for number in range(len(reading.bodies) - 1, -1, -1):
        body = reading.bodies[number]
        if body[:1] == _MARK_KIND and belongs(mark := Mark.unpack(body)):
            whole = reading.ends[number] == len(data)
            return _content(mark, reading.bodies[:number], whole)
    return None


def _content(mark: Mark, bodies: tuple[bytes, ...], whole: bool) -> Content:
    line: list[bytes] = []
    for body in bodies:
        if body[:1] == _STEP_KIND:
            place = _STEP.unpack_from(body)[1]
            if place > len(line):
                raise ValueError(f"step {place} follows upon {len(line)} steps")
            line[place:] = [body]
    steps = tuple(map(_unpack_step, line[mark.first : mark.length]))
    entries = tuple(Entry(_STEP.unpack_from(b)[2], OVERHEAD + len(b)) for b in line)
    return Content(Line(steps, mark.done, mark.serial), entries[: mark.length], mark.first, whole)


def _unpack_step(body: bytes) -> Step:
    _, _, serial, name_length, before_count, after_count = _STEP.unpack_from(body)
    at = _STEP.size + name_length
    name = body[_STEP.size : at].decode()
    before, at = unpack_tiles(body, at, before_count)
    after, _ = unpack_tiles(body, at, after_count)
    return Step(name, before, after, serial=serial)
