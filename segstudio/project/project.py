"""A folder of pictures with its labels: the one door to everything a project keeps."""

from pathlib import Path
from types import TracebackType
from typing import Self

from segstudio.core.atomic import remove_leftovers
from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.formats.parts.class_files import classes_beside
from segstudio.project.index import Index
from segstudio.project.label_bin import LabelBin
from segstudio.project.layout import Layout, find_folder, find_home
from segstudio.project.lock import ProjectLock
from segstudio.project.project_file import ProjectFile
from segstudio.project.staging import finish_staged


class Project(LabelBin):
    """An open project. Made by :meth:`open`; close it, or use it in a ``with`` statement.

    One process writes a project; others that open it meanwhile may look. Loading, saving,
    thumbnails and the journal may be used from several threads.

    Attributes
    ----------
    folder
        The folder that was opened. Its pictures are never moved, renamed or written to.
    home
        Where the project's files lie: ``folder``, or a folder of the user's data where
        ``folder`` cannot be written.
    read_only, read_only_reason
        Whether nothing can be saved, and why: half a sentence.
    initial
        Name of the frame to begin with where a picture was opened; else empty.
    recovered
        Names of the frames into which strokes of a crashed session were put back.
    notices
        What else the user must know about the opening, a sentence each.
    """

    def __init__(self, layout: Layout, read_only_reason: str, lock: ProjectLock | None) -> None:
        super().__init__(layout, read_only_reason, lock)
        self.initial = ""
        self.recovered: tuple[str, ...] = ()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the project of a folder of pictures, or of the folder that a picture lies in.

        Any folder is a project; nothing is decoded, and hardly anything is written before the
        first change. Where another process has the project open, or its files cannot be written,
        it opens read-only. Strokes that a crash has left in the journal are put into the label
        files.

        Raises
        ------
        SegStudioError
            Where there is no such folder, or its ``project.json`` is damaged or of a newer
            SegStudio; nothing is changed then.
        """
        folder, picture = find_folder(path)
        layout, reason = find_home(folder)
        ProjectFile.load(layout.project_file)  # complain before anything is touched
        lock = ProjectLock(layout)
        reason = reason or lock.acquire()
        try:
            project = cls(layout, reason, lock)
            try:
                project._begin()
            except BaseException:
                project._index.close()
                raise
        except BaseException:
            lock.release()
            raise
        if layout.home != folder:
            project.notices += (f"{folder} may not be written: labels are kept in {layout.home}",)
        if picture is not None:
            named = (e.name for e in project.entries if e.source.name == picture.name)
            project.initial = next(named, "")
        return project

    @staticmethod
    def has_any_labels(folder: Path) -> bool:
        """Whether the project of this folder holds a label file; opens nothing."""
        return any(find_home(folder)[0].labels.glob("*.png"))

    def close(self) -> None:
        """Write what is not written yet and let other processes write. Harmless when repeated.

        Strokes that were never saved stay in the journal and come back at the next opening.
        """
        try:
            self._settle()
        finally:
            self._index.close()
            if self._lock is not None:
                self._lock.release()
            self._lock = None
            self.read_only_reason = self.read_only_reason or "it was closed"

    def let_others_write(self) -> None:
        """Only read from now on, as long work does that must not keep the window from its labels.

        What is not written yet is written before.
        """
        if self.read_only or self._lock is None:
            return
        try:
            self._settle()
        finally:
            self._index.close()
            self._index = Index(self._layout.index, read_only=True)
            self.read_only_reason = "it is only read here"
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def refresh(self) -> None:
        """Look again for pictures, and for label files that other programs have changed.

        Raises
        ------
        SegStudioError
            Where the folder cannot be read.
        """
        if self.read_only:  # what the writer has changed meanwhile
            self._file = ProjectFile.load(self._layout.project_file)
            self._index = Index(self._layout.index, read_only=True)
        self._find_frames()
        self._look_at_labels()

    def _begin(self) -> None:
        if not self._layout.project_file.exists():
            self._take_classes_beside()
        if not self.read_only:
            layout = self._layout
            for folder in (self.home, layout.labels, layout.provenance, layout.history):
                remove_leftovers(folder)
            finish_staged(self._layout)
            self._look_for_remap()
        self._find_frames()
        if not self.read_only:
            found = self._empty_journal()
            self.recovered = tuple(recovery.name for recovery in found if recovery.name)
        self._look_at_labels()

    def _take_classes_beside(self) -> None:
        """A new project begins with the class table that lies beside its pictures, if one does."""
        try:
            self._file.classes = classes_beside(self.folder) or ClassTable()
        except SegStudioError as error:
            self.notices += (f"Left out a class table: {error}",)
