"""A folder of pictures with its labels: the one door to everything a project keeps."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from segstudio.core.atomic import make_folder, remove_leftovers
from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.frame import Frame
from segstudio.core.history import TileState
from segstudio.core.label_map import LabelMap
from segstudio.core.progress import Progress
from segstudio.formats.parts.class_files import classes_beside
from segstudio.imaging import Preview, Source, SourceError, open_source, preview
from segstudio.project.entries import FrameEntry, find_sources, name_frames
from segstudio.project.index import FrameRow, Index
from segstudio.project.journal import Journal, Record
from segstudio.project.labels import LabelStore
from segstudio.project.layout import Layout, find_folder, find_home
from segstudio.project.lock import ProjectLock
from segstudio.project.project_file import ProjectFile
from segstudio.project.recovery import Recoverer, Recovery
from segstudio.project.remap import finish_remap, remap_all
from segstudio.project.runs import Run, find_runs, make_run_folder
from segstudio.project.status import Status, after_saving, derived
from segstudio.project.thumbnails import cached_thumbnail


class Project:
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
        self.folder = layout.folder
        self.home = layout.home
        self.read_only_reason = read_only_reason
        self.initial = ""
        self.recovered: tuple[str, ...] = ()
        self.notices: tuple[str, ...] = ()
        self._layout = layout
        self._lock = lock
        self._file = ProjectFile.load(layout.project_file)
        self._index = Index(layout.index, self.read_only)
        self._store = LabelStore(layout)
        self._journal = Journal(layout.journal)
        self._entries: dict[str, FrameEntry] = {}
        self._changed = False  # whether project.json lacks something that closing must write
        self._filing = threading.RLock()
        self._saving = threading.RLock()

    # --- opening and closing -------------------------------------------------------------------

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

    def _settle(self) -> None:
        """Write what is not written yet, where this instance may."""
        if self._lock is not None and not self.read_only:
            self._journal.sync()
            if self._changed:
                self._write_file()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def read_only(self) -> bool:
        return bool(self.read_only_reason)

    def _begin(self) -> None:
        if not self._layout.project_file.exists():
            self._take_classes_beside()
        if not self.read_only:
            for folder in (self.home, self._layout.labels, self._layout.provenance):
                remove_leftovers(folder)
            finish_remap(self._layout)
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

    # --- frames --------------------------------------------------------------------------------

    @property
    def entries(self) -> list[FrameEntry]:
        """All frames, in natural order of their files."""
        return list(self._entries.values())

    def entry(self, name: str) -> FrameEntry:
        """A frame by its name.

        Raises
        ------
        SegStudioError
            Where there is none.
        """
        try:
            return self._entries[name]
        except KeyError:
            raise SegStudioError(
                f"frame {name!r}", f"is not in {self.folder}", "Check its name, or refresh."
            ) from None

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

    def frame_shape(self, name: str) -> tuple[int, int]:
        """Height and width of a frame's picture, without decoding it.

        Raises
        ------
        SegStudioError
            As :meth:`load_frame`.
        """
        entry = self.entry(name)
        return _source(entry).shape(entry.index)

    def load_frame(self, name: str) -> Frame:
        """A frame's picture.

        Raises
        ------
        SegStudioError
            Where there is no such frame; as SourceError where its file cannot be read.
        """
        entry = self.entry(name)
        return replace(_source(entry).frame(entry.index), name=name)

    def preview(self, name: str, edge: int) -> Preview | None:
        """A quick look at a large frame, see :func:`segstudio.imaging.preview`.

        Raises
        ------
        SegStudioError
            As :meth:`load_frame`.
        """
        entry = self.entry(name)
        return preview(entry.source, edge, entry.index)

    def thumbnail(self, name: str, edge: int) -> NDArray[np.uint8]:
        """HxWx3 uint8 of a frame, at most ``edge`` pixels high and wide; kept for the next time.

        Raises
        ------
        SegStudioError
            As :meth:`load_frame`.
        """
        return cached_thumbnail(self._layout.thumbnails, self.entry(name), edge, self.read_only)

    # --- statuses ------------------------------------------------------------------------------

    def status(self, name: str) -> Status:
        """How far a frame has come; quick."""
        return Status.DONE if name in self._file.done else self._index.row(name).status

    def set_status(self, name: str, status: Status) -> None:
        """Say how far a frame has come. Done is durable; the others follow the labels again.

        Raises
        ------
        SegStudioError
            Where the project is read-only or cannot be written.
        """
        self._check_writable()
        with self._filing:
            was_done = name in self._file.done
            if status == Status.DONE:
                self._file.done.add(name)
            else:
                self._file.done.discard(name)
                self._index.change(name, status=status)
            if was_done != (status == Status.DONE):
                self._write_file()

    def time_spent(self, name: str) -> float:
        """Seconds that a frame was open."""
        return self._index.row(name).seconds

    def add_time(self, name: str, seconds: float) -> None:
        """Count time that a frame was open."""
        self._check_writable()
        self._index.change(name, seconds=self.time_spent(name) + seconds)

    def uncertainty(self, name: str) -> float | None:
        """Mean uncertainty, 0 to 1, of the last prediction; None where there was none."""
        return self._index.row(name).uncertainty

    def set_uncertainty(self, name: str, uncertainty: float | None) -> None:
        """Remember how sure the last prediction was."""
        self._check_writable()
        self._index.change(name, uncertainty=uncertainty)

    # --- labels --------------------------------------------------------------------------------

    def has_labels(self, name: str) -> bool:
        """Whether there is a label file."""
        return self._store.path(name).exists()

    def load_labels(self, name: str, shape: tuple[int, int]) -> LabelMap:
        """The label map of a frame whose picture has this height and width; blank at first.

        Raises
        ------
        SegStudioError
            Where its files are damaged, of another size, or hold ids of no class.
        """
        return self._store.load(name, shape, self.classes)

    def save_labels(self, name: str, label_map: LabelMap, mark: int | None = None) -> None:
        """Write a frame's label files, then drop its journal and derive its status.

        Parameters
        ----------
        mark
            :meth:`journal_mark` at the moment ``label_map`` was copied: strokes journalled since
            then are kept, and where a later copy was saved already, nothing is written. None where
            nothing was painted meanwhile.

        Raises
        ------
        SegStudioError
            Where they cannot be written; the journal then still holds the strokes.
        """
        self._check_writable()
        entry = self.entry(name)
        journal = self._journal.path(name)
        mark = self._journal.mark(journal) if mark is None else mark
        self._write_file_once()
        with self._saving:
            if self._journal.is_past(journal, mark):
                return  # a later copy overtook this one
            self._store.save(name, label_map, self.classes)
            self._journal.drop(journal, mark)
        # Of the index's own status: what lies under "done" shows again when that is taken back.
        status = after_saving(self._index.row(name).status, derived(label_map))
        stamp = self._store.stamp(name)
        self._index.change(name, status=status, stamp=stamp, source=entry.source.name)

    def remap(self, lookup: NDArray[np.uint8]) -> None:
        """Give new ids to all pixels of all label files, see :meth:`remapping`."""
        for _ in self.remapping(lookup):
            pass

    def remapping(self, lookup: NDArray[np.uint8]) -> Iterator[Progress]:
        """Give new ids to all pixels of all label files: all files or, after a failure, none.

        Strokes that are in the journal only are put into their label files first. A crash in
        between is mended at the next opening.

        Parameters
        ----------
        lookup
            256 uint8: the new id of each id. Pixels that become void (255) are nobody's then.

        Raises
        ------
        SegStudioError
            Where a label file is damaged or cannot be written.
        """
        self._check_writable()
        with self._saving:
            self._empty_journal()
            yield from remap_all(self._layout, self._store, self.classes, lookup)
        self._look_at_labels()

    # --- journal -------------------------------------------------------------------------------

    def journal_append(
        self, name: str, shape: tuple[int, int], tiles: tuple[TileState, ...]
    ) -> None:
        """Keep committed tiles safe from a crash of this process until the frame is saved.

        Raises
        ------
        SegStudioError
            Where the project is read-only or the disk is full.
        """
        self._check_writable()
        self._write_file_once()
        self._journal.append(Record(name, shape, tiles))

    def journal_mark(self, name: str) -> int:
        """A place behind a frame's newest journal record, for :meth:`save_labels`."""
        return self._journal.mark(self._journal.path(name))

    def sync(self) -> None:
        """Bring the journal to the disk: its strokes survive a power cut from now on.

        Raises
        ------
        SegStudioError
            Where the disk refuses.
        """
        self._journal.sync()

    # --- class table, settings, runs -----------------------------------------------------------

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

    # --- inside --------------------------------------------------------------------------------

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

    def _find_frames(self) -> None:
        place, sources = find_sources(self.folder, self._file.source)
        entries, names = name_frames(sources, self._file.names, self._index)
        self._entries = {entry.name: entry for entry in entries}
        with self._filing:
            moved = bool(self._file.source) and self._file.source != place
            self._changed |= moved or names != self._file.names
            self._file.source, self._file.names = place, names

    def _empty_journal(self) -> list[Recovery]:
        found = Recoverer(
            self._journal, self._store, self._layout.set_aside, self.classes, self._shape_of
        ).recover_all()
        self.notices += tuple(recovery.notice for recovery in found if recovery.notice)
        return found

    def _shape_of(self, name: str) -> tuple[int, int] | None:
        try:
            return self.frame_shape(name)
        except SegStudioError:
            return None

    def _look_at_labels(self) -> None:
        """Derive the statuses of frames whose label files are new, changed or gone."""
        stamps = self._store.stamps()
        changed = []
        for name, stamp in stamps.items():
            row = self._index.row(name)
            if row.stamp != stamp:
                status = after_saving(row.status, self._store.status(name))
                changed.append(replace(row, stamp=stamp, status=status))
        gone = [r for r in self._index.rows() if r.stamp and r.name not in stamps]
        changed += [FrameRow(r.name, seconds=r.seconds, uncertainty=r.uncertainty) for r in gone]
        self._index.put(changed)


def _source(entry: FrameEntry) -> Source:
    source = open_source(entry.source)
    if entry.index >= len(source):
        raise SourceError(
            entry.source, f"has no page {entry.index + 1} any more", "Refresh the project."
        )
    return source
