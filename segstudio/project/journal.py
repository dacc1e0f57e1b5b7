"""The journal: committed tiles that are in no label file yet.

One append-only file per frame, gone once the frame is saved. A record (see :mod:`.records`) holds
frame name, height, width, tiles, and which change of the frame's history they are.
"""

import os
import struct
import threading
from dataclasses import dataclass
from pathlib import Path

from segstudio.core.atomic import make_folder, write_bytes, write_failure
from segstudio.core.history import Change, Move, TileState
from segstudio.project.records import (
    append_whole,
    frame_file,
    pack_record,
    pack_tiles,
    read_records,
    size_of,
    unpack_tiles,
)

_MARK = b"SGJ1"
_BODY = struct.Struct("<HIII")
_CHANGE = struct.Struct("<QB")
SUFFIX = ".journal"


@dataclass(frozen=True, slots=True)
class Record:
    """Tiles of one committed change: how they were after it.

    ``change`` is None where the history was not known, as in journals of older versions.
    """

    name: str
    shape: tuple[int, int]
    tiles: tuple[TileState, ...]
    change: Change | None = None

    def pack(self) -> bytes:
        name = self.name.encode("utf-8", "surrogateescape")
        head = _BODY.pack(len(name), *self.shape, len(self.tiles)) + name
        return pack_record(_MARK, head + pack_tiles(self.tiles) + self._packed_change())

    @classmethod
    def unpack(cls, body: bytes) -> "Record":
        length, height, width, count = _BODY.unpack_from(body)
        name = body[_BODY.size : _BODY.size + length].decode("utf-8", "surrogateescape")
        tiles, at = unpack_tiles(body, _BODY.size + length, count)
        return cls(name, (height, width), tiles, _unpacked_change(body[at:]))

    def _packed_change(self) -> bytes:
        change = self.change
        if change is None:
            return b""
        return _CHANGE.pack(change.serial, change.move) + change.name.encode()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a journal file holds; ``damaged`` where it goes on with something that is no record."""

    records: tuple[Record, ...]
    damaged: bool


class Journal:
    """The journal files of a project, safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._guard = threading.Lock()
        # Bytes that were dropped from the front of each file: marks count on from them.
        self._dropped: dict[Path, int] = {}
        self._unsynced: set[Path] = set()

    def path(self, name: str) -> Path:
        """The journal file of a frame."""
        return frame_file(self._folder, name, SUFFIX)

    def files(self) -> list[Path]:
        """The journal files there are, sorted."""
        return sorted(self._folder.glob(f"*{SUFFIX}"))

    def append(self, record: Record) -> None:
        """Hand a record to the operating system: it survives a crash of this process.

        Raises
        ------
        SegStudioError
            Where it cannot be written; earlier records stay readable.
        """
        path = self.path(record.name)
        with self._guard:
            make_folder(self._folder)
            try:
                with path.open("ab", buffering=0) as file:
                    append_whole(file.fileno(), record.pack())
            except OSError as error:
                raise write_failure(path, error) from error
            self._unsynced.add(path)

    def sync(self) -> None:
        """Bring all records to the disk: they survive a power cut from now on.

        Raises
        ------
        SegStudioError
            Where the disk refuses.
        """
        with self._guard:
            for path in sorted(self._unsynced):
                try:
                    with path.open("r+b") as file:
                        os.fsync(file.fileno())
                except OSError as error:
                    raise write_failure(path, error) from error
                self._unsynced.discard(path)

    def mark(self, path: Path) -> int:
        """A place behind the newest record of a file, for :meth:`drop`."""
        with self._guard:
            return self._dropped.get(path, 0) + size_of(path)

    def is_past(self, path: Path, mark: int) -> bool:
        """Whether records beyond this mark were dropped: something newer has been saved."""
        with self._guard:
            return mark < self._dropped.get(path, 0)

    def drop(self, path: Path, mark: int) -> None:
        """Forget a file's records up to a mark: they are in the label files now.

        Raises
        ------
        SegStudioError
            Where the file cannot be rewritten.
        """
        with self._guard:
            dropped, size = self._dropped.get(path, 0), size_of(path)
            saved = mark - dropped
            if saved <= 0:
                return
            if saved < size:
                write_bytes(path, path.read_bytes()[saved:])
            else:
                remove(path)
            self._forget(path, min(saved, size))

    def move(self, path: Path, target: Path) -> None:
        """Take a whole file out of the journal.

        Raises
        ------
        SegStudioError
            Where it cannot be moved.
        """
        with self._guard:
            size = size_of(path)
            make_folder(target.parent)
            try:
                path.replace(target)
            except OSError as error:
                raise write_failure(target, error) from error
            self._forget(path, size)

    def _forget(self, path: Path, size: int) -> None:
        self._dropped[path] = self._dropped.get(path, 0) + size
        if not path.exists():
            self._unsynced.discard(path)


def read_journal(path: Path) -> Reading:
    """All whole records of a journal file, in the order in which they were written.

    Raises
    ------
    OSError
        Where the file cannot be read.
    """
    reading = read_records(path.read_bytes(), _MARK)
    return Reading(tuple(map(Record.unpack, reading.bodies)), reading.damaged)


def _unpacked_change(data: bytes) -> Change | None:
    if not data:
        return None
    serial, move = _CHANGE.unpack_from(data)
    return Change(serial, Move(move), data[_CHANGE.size :].decode())


def remove(path: Path) -> None:
    """Delete a file of ours, which may be gone already.

    Raises
    ------
    SegStudioError
        Where it cannot be deleted.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise write_failure(path, error) from error
