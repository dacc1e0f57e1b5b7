"""Records in append-only files: a header (mark, length, CRC-32) and a body.

A record that a crash has cut off is recognised by its length, a damaged one by its checksum; those
before it count.
"""

import contextlib
import hashlib
import os
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from segstudio.core.history import TileState

_HEADER = struct.Struct("<4sII")
OVERHEAD = _HEADER.size
"""Bytes that a record takes beside its body."""

_TILE = struct.Struct("<III")
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """The whole records of a file, in the order in which they were written.

    Attributes
    ----------
    bodies
        What the records hold.
    ends
        Where each of them ends in the file, in bytes.
    damaged
        Whether the file goes on with something that is no record.
    """

    bodies: tuple[bytes, ...]
    ends: tuple[int, ...]
    damaged: bool


def frame_file(folder: Path, name: str, suffix: str) -> Path:
    """The file of a frame in a folder, however long the frame's name."""
    raw = name.encode("utf-8", "surrogateescape")
    if len(raw) > _LONGEST_NAME:  # the ending would make it longer than a file name may be
        name = hashlib.sha256(raw).hexdigest()
    return folder / f"{name}{suffix}"


def pack_record(mark: bytes, body: bytes) -> bytes:
    """A record around its body; the mark is four bytes that tell what kind of file it is."""
    return _HEADER.pack(mark, len(body), zlib.crc32(body)) + body


def read_records(data: bytes, mark: bytes) -> Reading:
    """The records of a file's bytes."""
    bodies: list[bytes] = []
    ends: list[int] = []
    at, damaged = 0, False
    while at + _HEADER.size <= len(data):
        found, length, crc = _HEADER.unpack_from(data, at)
        at += _HEADER.size
        body = data[at : at + length]
        damaged = found != mark or (len(body) == length and zlib.crc32(body) != crc)
        if damaged or len(body) < length:
            break
        at += length
        bodies.append(body)
        ends.append(at)
    return Reading(tuple(bodies), tuple(ends), damaged)


def pack_tiles(tiles: Iterable[TileState]) -> bytes:
    """Tiles as bytes; their number is the caller's to keep."""
    parts: list[bytes] = []
    for tile in tiles:
        parts += (_TILE.pack(tile.row, tile.column, len(tile.packed)), tile.packed)
    return b"".join(parts)


def unpack_tiles(data: bytes, at: int, count: int) -> tuple[tuple[TileState, ...], int]:
    """So many tiles from a place on, and the place behind them.

    Raises
    ------
    ValueError
        Where the data ends before.
    """
    tiles = []
    for _ in range(count):
        if at + _TILE.size > len(data):
            raise ValueError("a record holds fewer tiles than it says")
        row, column, size = _TILE.unpack_from(data, at)
        at += _TILE.size
        tiles.append(TileState(row, column, data[at : at + size]))
        at += size
    return tuple(tiles), at


def append_whole(handle: int, data: bytes) -> None:
    """Append all of it or nothing: half a record would hide those that follow.

    Raises
    ------
    OSError
        Where it cannot be written.
    """
    start = os.fstat(handle).st_size
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(handle, view) :]
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(handle, start)
        raise


def size_of(path: Path) -> int:
    """Bytes of a file; 0 where there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
