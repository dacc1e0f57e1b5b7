"""Files of many frames that change together: all of them or none, also when the power goes.

Every new file is written into ``.segstudio/remap``; then a marker says that the set is whole; then
the files take their places. A crash before the marker throws the set away, a crash behind it goes
on moving at the next opening, and moving twice does no harm.

What the new files replace can be kept beside them. It becomes ``.segstudio/remap-undo`` when the
set has taken its place, so that the newest change of this kind can be taken back.
"""

import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from segstudio.core.atomic import make_folder, write_bytes, write_failure
from segstudio.project.journal import remove
from segstudio.project.layout import Layout

_READY = "ready"
_BEFORE = "before"


class Staging:
    """Collects the set in a ``with`` statement; without :meth:`install` nothing changes."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self.kept_bytes = 0
        """What :meth:`keep` has kept."""

    def __enter__(self) -> Self:
        shutil.rmtree(self._layout.remap, ignore_errors=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not (self._layout.remap / _READY).exists():
            shutil.rmtree(self._layout.remap, ignore_errors=True)

    def put(self, target: Path, data: bytes) -> None:
        """One file of the set, which is to take the place of ``target``.

        Raises
        ------
        SegStudioError
            Where it cannot be written.
        """
        write_bytes(self._layout.remap / target.parent.name / target.name, data)

    def keep(self, target: Path, data: bytes) -> None:
        """What ``target`` holds before; raises as :meth:`put`."""
        self.kept_bytes += len(data)
        write_bytes(self._layout.remap / _BEFORE / target.parent.name / target.name, data)

    def keep_nothing(self) -> None:
        """Let go of what was kept."""
        shutil.rmtree(self._layout.remap / _BEFORE, ignore_errors=True)

    def describe(self, name: str, data: bytes) -> None:
        """A file that says what was kept; raises as :meth:`put`."""
        write_bytes(self._layout.remap / _BEFORE / name, data)

    def install(self) -> None:
        """Put all files in their places, and what was kept, if only nothing, in that of an older.

        Raises
        ------
        SegStudioError
            Where a file cannot be written; the next opening goes on there.
        """
        make_folder(self._layout.remap / _BEFORE)
        write_bytes(self._layout.remap / _READY, b"")
        finish_staged(self._layout)


def finish_staged(layout: Layout) -> None:
    """Finish, or throw away, what a crash has left of a set.

    Raises
    ------
    SegStudioError
        Where a file cannot be moved; the next call goes on there.
    """
    if (layout.remap / _READY).exists():
        for folder in (layout.history, layout.provenance, layout.labels):
            staged = layout.remap / folder.name
            for path in sorted(staged.iterdir()) if staged.is_dir() else ():
                _move(path, folder / path.name)
        if (layout.remap / _BEFORE).is_dir():
            _take_place(layout.remap / _BEFORE, layout.remap_undo)
    # The marker goes first: without it, what is left of the set counts for nothing.
    remove(layout.remap / _READY)
    shutil.rmtree(layout.remap, ignore_errors=True)


def _move(staged: Path, target: Path) -> None:
    # A copy, not a rename: `labels` may be a link to another disk.
    write_bytes(target, staged.read_bytes())
    remove(staged)


def _take_place(before: Path, kept: Path) -> None:
    shutil.rmtree(kept, ignore_errors=True)
    try:
        before.replace(make_folder(kept.parent) / kept.name)
    except OSError as error:
        raise write_failure(kept, error) from error
