"""Brings label maps to the disk beside the window, and lets go of none before it is there."""

import logging
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from segstudio.core.history import History, Line
from segstudio.core.label_map import LabelMap
from segstudio.gui.jobs import Jobs
from segstudio.gui.notices import Notice
from segstudio.project import Project

log = logging.getLogger(__name__)

LANE = "io"
"""Where files of the project are read and written, one after the other."""


@dataclass(slots=True, eq=False)
class _Held:
    """A label map's copy on its way to the disk, with the history and the journal's mark of it."""

    label_map: LabelMap
    line: Line
    mark: int
    failed: bool = False


class Saving(QObject):
    """Writes label files in the background.

    What could not be written is kept and offered again, and opening its frame shows it, not the
    older file.
    """

    changed = Signal(str)
    """The label files of this frame were written, or could not be."""

    noticed = Signal(object)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._project: Project | None = None
        self._held: dict[str, _Held] = {}
        self._journalled: dict[str, int] = {}

    def begin(self, project: Project) -> None:
        """Save frames of this project from now on."""
        self._project = project
        self._held.clear()
        self._journalled.clear()

    def save(self, name: str, label_map: LabelMap, history: History) -> None:
        """Write a frame's labels and history as they are at this moment."""
        assert self._project is not None
        held = _Held(label_map.copy(), history.line, self._project.journal_mark(name))
        self._held[name] = held
        self._submit(self._project, name, held)

    def journalled(self, name: str) -> None:
        """A stroke on this frame is in the journal."""
        if self._project is not None:
            self._journalled[name] = self._project.journal_mark(name)

    def held(self, name: str) -> LabelMap | None:
        """What is newer than a frame's label files; None where they are up to date."""
        held = self._held.get(name)
        return held.label_map if held is not None else None

    def held_line(self, name: str) -> Line | None:
        """The history that belongs to :meth:`held`."""
        held = self._held.get(name)
        return held.line if held is not None else None

    def unsafe(self) -> set[str]:
        """Names of frames whose labels could not be written and whose journal is gone, too."""
        project, marks = self._project, self._journalled
        if project is None:
            return set()
        return {n for n in self._held if n in marks and project.journal_mark(n) < marks[n]}

    def retry(self) -> None:
        """Write again what could not be written."""
        for name, held in self._held.items():
            if held.failed and self._project is not None:
                held.failed = False
                self._submit(self._project, name, held)

    def forget(self) -> None:
        """The label files hold everything: they were written by somebody else."""
        self._held.clear()

    def drain(self) -> None:
        """Wait until everything was written or has failed."""
        self._jobs.drain(LANE)

    def _submit(self, project: Project, name: str, held: _Held) -> None:
        self._jobs.submit(
            LANE,
            lambda: project.save_labels(name, held.label_map, held.mark, held.line),
            on_done=lambda trouble: self._written(name, held, trouble),
            on_failed=lambda error: self._failed(name, held, error),
        )

    def _written(self, name: str, held: _Held, trouble: str) -> None:
        if trouble:
            self.noticed.emit(Notice(trouble, "warning"))
        if self._held.get(name) is held:
            del self._held[name]
            self.changed.emit(name)

    def _failed(self, name: str, held: _Held, error: BaseException) -> None:
        log.error("saving %s failed", name, exc_info=error)
        if self._held.get(name) is not held:
            return  # a newer copy is on its way
        held.failed = True
        self.changed.emit(name)
        self.noticed.emit(Notice(f"Not saved: {error}", "error", "Try again", self.retry))
