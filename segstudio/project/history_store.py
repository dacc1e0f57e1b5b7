"""The histories of a project's frames: undo goes on after a restart and after a crash.

A save writes, in this order: what is new in the frame's history, the label files, and then it drops
the journal. So a crash finds one of these:

- the history is older than the labels or as old as they are: the journal holds the rest, and says
  of each of its records which change it was. Recovery puts them over both, see :mod:`.replay`.
- the save was cut off behind the history: the labels are older, and the journal still holds all
  that leads from them to the history's mark.

In every case the label map's fingerprint must be the one that the history's mark names. Where it
is not, another program has changed the labels; the history is dropped, and that is told. So undo
never puts pixels where they do not belong.

All files together stay within the byte budget: those of the frames that were worked on longest
ago go first, and within a frame the oldest steps.
"""

import contextlib
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from segstudio.core.atomic import write_bytes, write_failure
from segstudio.core.history import DEFAULT_BUDGET, Line
from segstudio.core.label_map import LabelMap
from segstudio.project.history_file import Entry, Mark, fingerprint, pack_step, read_history
from segstudio.project.records import append_whole, frame_file, size_of

SUFFIX = ".history"
_SLACK = 2**20
"""Bytes of steps that no longer count which a file may hold beside as many as still do."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What the histories of a project take on the disk: number of frames, and bytes."""

    frames: int
    bytes: int


@dataclass(slots=True)
class _Known:
    """What a file holds: its line of steps, of which those before ``first`` are forgotten."""

    entries: list[Entry]
    first: int
    size: int


class HistoryStore:
    """Loads and saves the histories of frames; the caller sees to it that one thread does.

    Attributes
    ----------
    budget
        Bytes that all files together may take.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[Path, _Known] = {}
        self._unwritten: dict[Path, tuple[Line, bytes]] = {}
        self.budget = DEFAULT_BUDGET

    @property
    def frame_budget(self) -> int:
        """Bytes of steps that one frame may keep: as many as no longer count may lie beside."""
        return self.budget // 2

    def path(self, name: str) -> Path:
        """The history file of a frame."""
        return frame_file(self._folder, name, SUFFIX)

    def load(self, name: str, label_map: LabelMap) -> Line | None:
        """The history that belongs to a frame's labels; None where it belongs to others.

        A frame without history has an empty one.
        """
        found = fingerprint(label_map)
        return self.find(name, lambda mark: mark.fingerprint == found)

    def find(self, name: str, belongs: Callable[[Mark], bool]) -> Line | None:
        """A frame's history as of the last mark that belongs to its labels; None where none does.

        A file that cannot be read or is damaged counts as one that does not belong.
        """
        path = self.path(name)
        if path in self._unwritten:
            line, print_ = self._unwritten[path]
            mark = Mark(0, len(line.steps), line.done, line.serial, print_)
            return line if belongs(mark) else None
        self._known.pop(path, None)
        try:
            data = path.read_bytes()
            content = read_history(data, belongs)
        except FileNotFoundError:
            return Line()
        except (OSError, ValueError, struct.error):
            return None
        if content is None:
            return None
        if content.whole:
            self._known[path] = _Known(list(content.entries), content.first, len(data))
        return content.line

    def save(self, name: str, line: Line, label_map: LabelMap) -> None:
        """Bring a frame's history to the disk, before the labels to which it belongs.

        Raises
        ------
        SegStudioError
            Where it cannot be written; it is then kept in memory and written with the next save.
        """
        path, print_ = self.path(name), fingerprint(label_map)
        self._unwritten.pop(path, None)
        if not line.steps and not path.exists():
            return
        self._unwritten[path] = line, print_
        self._write(path, line, print_)
        del self._unwritten[path]
        self.forget_oldest(path)

    def drop(self, name: str) -> None:
        """Forget a frame's history."""
        path = self.path(name)
        self._known.pop(path, None)
        self._unwritten.pop(path, None)
        with contextlib.suppress(OSError):  # it would be found not to belong again
            path.unlink(missing_ok=True)

    def packed(self, line: Line, label_map: LabelMap) -> bytes:
        """A whole file, for those who write many files at once."""
        return _packed(line, fingerprint(label_map))[0]

    def reread(self) -> None:
        """Files were replaced by others: remember nothing of them."""
        self._known.clear()
        self._unwritten.clear()

    def usage(self) -> Usage:
        """What the files take now."""
        sizes = [size for _, size, _ in self._files()]
        return Usage(len(sizes), sum(sizes))

    def forget_oldest(self, kept: Path | None = None) -> None:
        """Delete the files written longest ago until the others are within the budget."""
        files = self._files()
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if total <= self.budget:
                return
            if path != kept:
                self._known.pop(path, None)
                with contextlib.suppress(OSError):
                    path.unlink()
                    total -= size

    def _write(self, path: Path, line: Line, print_: bytes) -> None:
        known = self._known.pop(path, None)
        if known is not None:
            batch = _batch(known, line, print_)
            alive = sum(entry.size for entry in known.entries[known.first :])
            if known.size + len(batch) <= 2 * alive + _SLACK and size_of(path) == known.size:
                _append(path, batch)
                known.size += len(batch)
                self._known[path] = known
                return
        data, entries = _packed(line, print_)
        write_bytes(path, data)
        self._known[path] = _Known(entries, 0, len(data))

    def _files(self) -> list[tuple[int, int, Path]]:
        """Time of the last change, size and path of every file."""
        try:
            with os.scandir(self._folder) as found:
                stats = [(entry.stat(), entry.path) for entry in found]
        except OSError:
            return []
        return [(stat.st_mtime_ns, stat.st_size, Path(path)) for stat, path in stats]


def _batch(known: _Known, line: Line, print_: bytes) -> bytes:
    """What must be appended to a file, whose ``known`` content is brought up to date with it."""
    serials = [entry.serial for entry in known.entries]
    oldest = line.steps[0].serial if line.steps else -1
    if oldest in serials[known.first :]:
        known.first = serials.index(oldest, known.first)
    same = 0
    for step, serial in zip(line.steps, serials[known.first :], strict=False):
        if step.serial != serial:
            break
        same += 1
    del known.entries[known.first + same :]
    parts = []
    for step in line.steps[same:]:
        parts.append(pack_step(len(known.entries), step))
        known.entries.append(Entry(step.serial, len(parts[-1])))
    parts.append(Mark(known.first, len(known.entries), line.done, line.serial, print_).pack())
    return b"".join(parts)


def _packed(line: Line, print_: bytes) -> tuple[bytes, list[Entry]]:
    nothing = _Known([], 0, 0)
    return _batch(nothing, line, print_), nothing.entries


def _append(path: Path, data: bytes) -> None:
    try:
        with path.open("ab", buffering=0) as file:
            append_whole(file.fileno(), data)
            os.fsync(file.fileno())
    except OSError as error:
        raise write_failure(path, error) from error


def stale(name: str) -> str:
    """What to tell a person whose history does not belong to the labels any more."""
    return (
        f"The labels of {name} were changed outside of SegStudio: "
        "what was done before cannot be undone any more."
    )
