"""The index: what is quick to look up and can be found again from the other files.

A SQLite file that is read whole at opening and written through. Losing it costs the time spent
and the uncertainties; statuses are derived anew from the label files, and what the user called
done stands in ``project.json``.
"""

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any

from segstudio.project.status import Status

log = logging.getLogger(__name__)

_VERSION = 1
_SCHEMA = """
CREATE TABLE frames (name TEXT PRIMARY KEY, status TEXT NOT NULL, stamp TEXT NOT NULL,
                     source TEXT NOT NULL, seconds REAL NOT NULL, uncertainty REAL);
CREATE TABLE files (name TEXT PRIMARY KEY, stamp TEXT NOT NULL, frames INTEGER NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class FrameRow:
    """What the index knows of a frame.

    Attributes
    ----------
    name, status
        As in the project; done is not kept here.
    stamp
        Of the label file that the status was derived from; empty where there is none.
    source
        Name of the picture file when it was labelled last.
    seconds
        How long the frame was open.
    uncertainty
        Mean uncertainty of the last prediction, 0 to 1, or None.
    """

    name: str
    status: Status = Status.UNLABELLED
    stamp: str = ""
    source: str = ""
    seconds: float = 0.0
    uncertainty: float | None = None


class Index:
    """Rows by frame name, kept in memory and written through to SQLite.

    Parameters
    ----------
    path
        The file. A damaged one is begun anew.
    read_only
        Read what is there and never write.
    """

    def __init__(self, path: Path, read_only: bool) -> None:
        self._path = path
        self._guard = threading.Lock()
        self._rows: dict[str, FrameRow] = {}
        self._files: dict[str, tuple[str, int]] = {}
        self._connection: sqlite3.Connection | None = None
        with contextlib.suppress(sqlite3.Error):  # a reader does without
            self._open(read_only)
        if self._connection is None and not read_only:
            self._begin_anew()
        if read_only:
            self.close()

    def close(self) -> None:
        """Let go of the file; rows stay readable."""
        with self._guard:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def row(self, name: str) -> FrameRow:
        """What is known of a frame; an unknown one is unlabelled."""
        return self._rows.get(name) or FrameRow(name)

    def rows(self) -> list[FrameRow]:
        """All rows."""
        return list(self._rows.values())

    def change(self, name: str, **changes: Any) -> None:
        """Change fields of a frame's row."""
        with self._guard:
            self._put([replace(self.row(name), **changes)])

    def put(self, rows: Iterable[FrameRow]) -> None:
        """Replace many rows at once."""
        with self._guard:
            self._put(list(rows))

    def frame_count(self, file: str, stamp: str) -> int | None:
        """How many frames a file of several pages holds, where it is as it was when counted."""
        known = self._files.get(file)
        return known[1] if known is not None and known[0] == stamp else None

    def put_frame_count(self, file: str, stamp: str, frames: int) -> None:
        """Remember how many frames a file holds."""
        with self._guard:
            self._files[file] = (stamp, frames)
            self._write("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", [(file, stamp, frames)])

    def _put(self, rows: list[FrameRow]) -> None:
        self._rows.update((row.name, row) for row in rows)
        self._write("INSERT OR REPLACE INTO frames VALUES (?, ?, ?, ?, ?, ?)", map(astuple, rows))

    def _write(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        if self._connection is None:
            return
        try:
            with self._connection:
                self._connection.executemany(statement, rows)
        except (sqlite3.Error, UnicodeError) as error:
            # Everything in the index can be found again; it must not stop anybody's work.
            log.warning("%s: the index cannot be written (%s)", self._path, error)

    def _open(self, read_only: bool) -> None:
        uri = f"{self._path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}"
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        try:
            if not read_only:
                connection.execute("PRAGMA synchronous = OFF")  # re-creatable, so speed it is
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version != _VERSION:
                self._make_tables(connection)
            self._read(connection)
        except (sqlite3.Error, ValueError):
            connection.close()
            raise
        self._connection = connection

    def _make_tables(self, connection: sqlite3.Connection) -> None:
        connection.executescript(
            "DROP TABLE IF EXISTS frames; DROP TABLE IF EXISTS files;"
            f"{_SCHEMA} PRAGMA user_version = {_VERSION};"
        )

    def _read(self, connection: sqlite3.Connection) -> None:
        for name, status, *others in connection.execute("SELECT * FROM frames"):
            self._rows[name] = FrameRow(name, Status(status), *others)
        for name, stamp, frames in connection.execute("SELECT * FROM files"):
            self._files[name] = (stamp, frames)

    def _begin_anew(self) -> None:
        log.warning("%s: the index is damaged and is built anew", self._path)
        self._rows.clear()
        self._files.clear()
        with contextlib.suppress(OSError, sqlite3.Error):  # without a file it lives in memory
            self._path.unlink(missing_ok=True)
            self._open(read_only=False)
