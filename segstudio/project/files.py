"""What every room of a project stands on: its files, and who may write them."""

import threading
from pathlib import Path
from typing import Any

from segstudio.core.atomic import make_folder
from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.project.history_store import HistoryStore
from segstudio.project.index import Index
from segstudio.project.journal import Journal
from segstudio.project.labels import LabelStore
from segstudio.project.layout import Layout
from segstudio.project.lock import ProjectLock
from segstudio.project.project_file import ProjectFile
from segstudio.project.runs import Run, find_runs, make_run_folder


class ProjectFiles:
    """Class table, settings and runs, and the files behind all else that a project keeps."""

    def __init__(self, layout: Layout, read_only_reason: str, lock: ProjectLock | None) -> None:
        self.folder = layout.folder
        self.home = layout.home
        self.read_only_reason = read_only_reason
        self.notices: tuple[str, ...] = ()
        self._layout = layout
        self._lock = lock
        self._file = ProjectFile.load(layout.project_file)
        self._index = Index(layout.index, self.read_only)
        self._store = LabelStore(layout)
        self._journal = Journal(layout.journal)
        self._histories = HistoryStore(layout.history)
        self._changed = False  # whether project.json lacks something that closing must write
        self._filing = threading.RLock()
        self._saving = threading.RLock()

    @property
    def read_only(self) -> bool:
        return bool(self.read_only_reason)

    @property
    def classes(self) -> ClassTable:
        """The class table; setting it writes ``project.json``."""
        return self._file.classes

    @classes.setter
    def classes(self, classes: ClassTable) -> None:
        self._check_writable()
        with self._filing:
            before, self._file.classes = self._file.classes, classes
            try:
                self._write_file()
            except SegStudioError:
                self._file.classes = before
                raise

    @property
    def settings(self) -> dict[str, Any]:
        """Plain values by name; change them and call :meth:`save_settings`."""
        return self._file.settings

    def save_settings(self) -> None:
        """Write the settings.

        Raises
        ------
        SegStudioError
            Where the project is read-only or cannot be written.
        """
        self._check_writable()
        self._write_file()

    def keep_setting(self, name: str, value: Any) -> None:
        """Change a setting that may wait until something else, or closing, writes the file."""
        if self._file.settings.get(name) != value:
            self._file.settings[name] = value
            self._changed = True

    def runs(self) -> list[Run]:
        """Training runs that have a checkpoint, newest first."""
        return find_runs(self._layout.runs)

    def new_run_folder(self, model_name: str) -> Path:
        """A new, empty folder for a training run that begins now.

        Raises
        ------
        SegStudioError
            Where the project is read-only or cannot be written.
        """
        self._check_writable()
        self._write_file_once()
        return make_run_folder(self._layout.runs, model_name)

    def _settle(self) -> None:
        """Write what is not written yet, where this instance may."""
        if self._lock is not None and not self.read_only:
            self._journal.sync()
            if self._changed:
                self._write_file()

    def _check_writable(self) -> None:
        if self.read_only:
            raise SegStudioError(
                self.folder,
                f"is open read-only: {self.read_only_reason}",
                "See to that and open it again.",
            )

    def _write_file_once(self) -> None:
        """The first real change makes the folder a project that others recognise."""
        if not self._layout.project_file.exists():
            self._write_file()

    def _write_file(self) -> None:
        with self._filing:
            make_folder(self.home)
            self._file.save(self._layout.project_file)
            self._changed = False
