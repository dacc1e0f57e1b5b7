"""The journal: committed tiles that are in no label file yet.

One append-only file per frame, gone once the frame is saved. A record is a header (mark, length,
CRC-32) and a body (frame name, height, width, tiles). A record that a crash has cut off is
recognised by its length and ignored; records before it count.
"""

import contextlib
import hashlib
import os
import struct
import threading
import zlib
from dataclasses import dataclass
from pathlib import Path

from segstudio.core.atomic import make_folder, write_bytes, write_failure
from segstudio.core.history import TileState

_MARK = b"SGJ1"
_HEADER = struct.Struct("<4sII")
_BODY = struct.Struct("<HIII")
_TILE = struct.Struct("<III")
_LONGEST_NAME = 200
SUFFIX = ".journal"


@dataclass(frozen=True, slots=True)
class Record:
    """Tiles of one committed step: how they were after it."""

    name: str
    shape: tuple[int, int]
    tiles: tuple[TileState, ...]

    def pack(self) -> bytes:
        name = self.name.encode("utf-8", "surrogateescape")
        parts = [_BODY.pack(len(name), *self.shape, len(self.tiles)), name]
        for tile in self.tiles:
            parts += (_TILE.pack(tile.row, tile.column, len(tile.packed)), tile.packed)
        body = b"".join(parts)
        return _HEADER.pack(_MARK, len(body), zlib.crc32(body)) + body

    @classmethod
    def unpack(cls, body: bytes) -> "Record":
        length, height, width, count = _BODY.unpack_from(body)
        at = _BODY.size + length
        name = body[_BODY.size : at].decode("utf-8", "surrogateescape")
        tiles = []
        for _ in range(count):
            row, column, size = _TILE.unpack_from(body, at)
            at += _TILE.size
            tiles.append(TileState(row, column, body[at : at + size]))
            at += size
        return cls(name, (height, width), tuple(tiles))


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
        raw = name.encode("utf-8", "surrogateescape")
        if len(raw) > _LONGEST_NAME:  # the ending would make it longer than a file name may be
            name = hashlib.sha256(raw).hexdigest()
        return self._folder / f"{name}{SUFFIX}"

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
                    _append_whole(file.fileno(), record.pack())
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
            return self._dropped.get(path, 0) + _size(path)

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
            dropped, size = self._dropped.get(path, 0), _size(path)
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
            size = _size(path)
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
    data = path.read_bytes()
    records: list[Record] = []
    at = 0
    while at + _HEADER.size <= len(data):
        mark, length, crc = _HEADER.unpack_from(data, at)
        body = data[at + _HEADER.size : at + _HEADER.size + length]
        if mark != _MARK:
            return Reading(tuple(records), damaged=True)
        if len(body) < length:
            break
        if zlib.crc32(body) != crc:
            return Reading(tuple(records), damaged=True)
        records.append(Record.unpack(body))
        at += _HEADER.size + length
    return Reading(tuple(records), damaged=False)


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


def _append_whole(handle: int, data: bytes) -> None:
    """Append all of it or nothing: half a record would hide those that follow."""
    start = os.fstat(handle).st_size
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(handle, view) :]
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(handle, start)
        raise


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
