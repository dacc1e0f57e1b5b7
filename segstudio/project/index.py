"""The index: what is quick to look up and can be found again from the other files.

A SQLite file that is read whole at opening and written through. Losing it costs the time spent
and the uncertainties; statuses and counts are derived anew from the label files, and what the user
said of a frame stands in ``project.json``.
"""

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from segstudio.project.census import Census
from segstudio.project.status import Status, after_saving

log = logging.getLogger(__name__)

_VERSION = 2
_SCHEMA = """
CREATE TABLE frames (name TEXT PRIMARY KEY, status TEXT NOT NULL, stamp TEXT NOT NULL,
                     source TEXT NOT NULL, seconds REAL NOT NULL, uncertainty REAL,
                     corrected INTEGER, classes TEXT);
CREATE TABLE files (name TEXT PRIMARY KEY, stamp TEXT NOT NULL, frames INTEGER NOT NULL);
"""
# What each older version lacks: nothing that was recorded is lost on the way.
_UPGRADES = {
    1: """
ALTER TABLE frames ADD COLUMN corrected INTEGER;
ALTER TABLE frames ADD COLUMN classes TEXT;
"""
}


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
    corrected, classes
        As in :class:`segstudio.project.census.Census`, of the same label file as the stamp.
    """

    name: str
    status: Status = Status.UNLABELLED
    stamp: str = ""
    source: str = ""
    seconds: float = 0.0
    uncertainty: float | None = None
    corrected: int | None = 0
    classes: frozenset[int] | None = frozenset()

    def told(self, stamp: str, census: Census) -> "FrameRow":
        """The same frame after its labels were counted; the status is what lies under "done"."""
        return replace(
            self,
            stamp=stamp,
            status=after_saving(self.status, census.status),
            corrected=census.corrected,
            classes=census.classes,
        )


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
        self.update(name, lambda row: replace(row, **changes))

    def update(self, name: str, change: Callable[[FrameRow], FrameRow]) -> None:
        """Replace a frame's row by what ``change`` makes of it, and let nobody come between."""
        with self._guard:
            self._put([change(self.row(name))])

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
        self._write(
            "INSERT OR REPLACE INTO frames VALUES (?, ?, ?, ?, ?, ?, ?, ?)", map(_to_sql, rows)
        )

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
            if not read_only:
                self._bring_up_to_date(connection, version)
            self._read(connection)
        except (sqlite3.Error, ValueError):
            connection.close()
            raise
        self._connection = connection

    def _bring_up_to_date(self, connection: sqlite3.Connection, version: int) -> None:
        if version == _VERSION:
            return
        anew = f"DROP TABLE IF EXISTS frames; DROP TABLE IF EXISTS files; {_SCHEMA}"
        known = version in _UPGRADES
        steps = "".join(_UPGRADES[v] for v in range(version, _VERSION)) if known else anew
        connection.executescript(f"BEGIN; {steps} PRAGMA user_version = {_VERSION}; COMMIT;")

    def _read(self, connection: sqlite3.Connection) -> None:
        for row in connection.execute("SELECT * FROM frames"):
            self._rows[row[0]] = _from_sql(*row)
        for name, stamp, frames in connection.execute("SELECT * FROM files"):
            self._files[name] = (stamp, frames)

    def _begin_anew(self) -> None:
        log.warning("%s: the index is damaged and is built anew", self._path)
        self._rows.clear()
        self._files.clear()
        with contextlib.suppress(OSError, sqlite3.Error):  # without a file it lives in memory
            self._path.unlink(missing_ok=True)
            self._open(read_only=False)


def _to_sql(row: FrameRow) -> tuple[Any, ...]:
    classes = None if row.classes is None else ",".join(map(str, sorted(row.classes)))
    return (
        *(row.name, row.status, row.stamp, row.source, row.seconds, row.uncertainty),
        *(row.corrected, classes),
    )


def _from_sql(
    name: str,
    status: str,
    stamp: str,
    source: str,
    seconds: float,
    uncertainty: float | None,
    corrected: int | None = None,
    classes: str | None = None,
) -> FrameRow:
    """A row of the table; one of an older version lacks the last columns."""
    ids = None if classes is None else frozenset(map(int, filter(None, classes.split(","))))
    return FrameRow(name, Status(status), stamp, source, seconds, uncertainty, corrected, ids)
