"""Changes of the class table that reach into the label maps of every frame, and their undo."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Signal

from segstudio.core.classes import ClassTable, LabelClass
from segstudio.core.errors import SegStudioError
from segstudio.core.progress import Progress
from segstudio.gui.jobs import JobHandle, Jobs
from segstudio.gui.labelling import Labelling
from segstudio.gui.notices import Notice, failure, read_only
from segstudio.gui.saving import LANE
from segstudio.project import Project
from segstudio.project.remap_record import RemapNote

CLASS_CHANGE = "Classes"
"""What the running change is called in the status bar."""


class ClassChanges(QObject):
    """Takes classes out of the project and out of all of its frames, and puts them back.

    Undo takes the newest of these changes back as long as nothing else was edited since, after a
    restart, too. Behind it, undo goes on with the steps of the open frame.
    """

    noticed = Signal(object)
    """A ``Notice`` for the user."""

    working = Signal(str, object)
    """:data:`CLASS_CHANGE`, and the ``Progress`` of the running change or None at its end."""

    def __init__(self, jobs: Jobs, labelling: Labelling, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._labelling = labelling
        self._running: JobHandle | None = None
        self._frames = 0
        self._edits = 0
        labelling.project_opened.connect(lambda _project: self._count_edits())

    @property
    def undo_name(self) -> str:
        """What undo would take back in all frames; empty where the open frame's step is newer."""
        project = self._labelling.project
        if project is None or project.remapped is None or self._running is not None:
            return ""
        return project.remapped.name if self._labelling.changes == self._edits else ""

    def delete(self, class_id: int, heir: int) -> None:
        """Delete a class; its pixels, in every frame, go to another class or to void (255)."""
        project = self._writable()
        removed = project.classes.get(class_id) if project is not None else None
        if project is None or removed is None:
            return
        place = project.classes.ids.index(class_id)
        note = RemapNote(f"Delete class {removed.name}", removed, place)
        lookup = np.arange(256, dtype=np.uint8)
        lookup[class_id] = heir
        self._run(
            project, partial(project.remapping, lookup, note), partial(self._deleted, removed)
        )

    def take_back(self) -> bool:
        """Take the newest change of all frames back; says whether there is one."""
        project = self._writable() if self.undo_name else None
        if project is None or project.remapped is None:
            return False
        note = project.remapped
        try:
            self._labelling.set_classes(_with(project.classes, note.removed, note.place))
        except SegStudioError as error:  # its name or its id has another class by now
            project.forget_remap()
            self.noticed.emit(failure(error))
        else:
            self._run(project, project.taking_remap_back, partial(self._taken_back, note.removed))
        return True

    def cancel(self) -> None:
        """Stop the running change; nothing is changed then."""
        if self._running is not None:
            self._running.cancel()

    def _writable(self) -> Project | None:
        """The project, where it may be written and no change is under way."""
        project = self._labelling.project
        if project is not None and project.read_only:
            self.noticed.emit(read_only(project))
            return None
        return project if self._running is None else None

    def _run(
        self,
        project: Project,
        work: Callable[[], Iterator[Progress]],
        ended: Callable[[bool], object],
    ) -> None:
        """Rewrite label files beside the window; ``ended`` hears whether they were."""
        before = project.remapped
        come_back = self._labelling.step_aside()

        def end(happened: bool) -> None:
            self._running = None
            self.working.emit(CLASS_CHANGE, None)
            ended(happened)
            self._count_edits()
            come_back(happened)

        def failed(error: Exception) -> None:
            self.noticed.emit(failure(error, "Changing the label files"))
            end(False)

        self._frames = 0
        self._running = self._jobs.run_in_thread(
            work,
            lane=LANE,
            on_progress=self._progressed,
            on_done=lambda _: end(True),
            on_failed=failed,
            # Where the files were taking their places, it was too late to stop that.
            on_cancelled=lambda: end(project.remapped is not before),
        )

    def _progressed(self, progress: Progress) -> None:
        self._frames += progress.payload is not None
        self.working.emit(CLASS_CHANGE, progress)

    def _deleted(self, removed: LabelClass, happened: bool) -> None:
        project = self._labelling.project
        if project is None or not happened:
            return
        self._labelling.set_classes(project.classes.without(removed.id))
        text = f"Deleted class {removed.name}{_frames(self._frames)}."
        if project.remapped is not None:
            self.noticed.emit(Notice(text, "info", "Undo", self.take_back))
        else:
            text += " It cannot be undone: the budget in Edit > Undo memory is too small for that."
            self.noticed.emit(Notice(text, "warning"))

    def _taken_back(self, removed: LabelClass, happened: bool) -> None:
        project = self._labelling.project
        if project is None:
            return
        if happened:
            text = f"Class {removed.name} is back{_frames(self._frames)}."
            self.noticed.emit(Notice(text))
        else:
            self._labelling.set_classes(project.classes.without(removed.id))

    def _count_edits(self) -> None:
        self._edits = self._labelling.changes


def _with(classes: ClassTable, entry: LabelClass, place: int) -> ClassTable:
    """With a class at its old place; raises SegStudioError where its id or name is taken."""
    before, behind = classes.classes[:place], classes.classes[place:]
    return ClassTable((*before, entry, *behind)).changed(entry.id, shortcut=entry.shortcut)


def _frames(count: int) -> str:
    return f" in {count} frames" if count > 1 else " in 1 frame" if count else ""
