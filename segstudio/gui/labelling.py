"""What is open: the project, its current frame, and the care that no stroke is ever lost."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.errors import SegStudioError
from segstudio.core.history import TileState
from segstudio.core.label_map import LabelMap
from segstudio.core.progress import Progress
from segstudio.gui.actions import action
from segstudio.gui.canvas.rendering import PicturePyramid
from segstudio.gui.jobs import JobHandle, Jobs
from segstudio.gui.notices import Notice, failure, read_only
from segstudio.gui.reading import Opened, read
from segstudio.gui.saving import LANE, Saving
from segstudio.gui.work_clock import WorkClock
from segstudio.project import Project, Status

AUTOSAVE_MS = 1500


class Labelling(QObject):
    """Opens frames of the project, keeps the document, saves it by itself.

    Every committed change goes to the journal at once and to the label files a moment later, so
    that neither a crash nor a forgotten *Save* costs a stroke.
    """

    project_opened = Signal(object)
    """A ``Project`` is open."""

    frame_left = Signal()
    """The open document is about to be closed: finish what is under way in it."""

    previewed = Signal(object)
    """A ``PicturePyramid`` to look at until the frame has been read."""

    frame_opened = Signal(object)
    """A ``Document`` is open, or None where there is none or it could not be read."""

    status_changed = Signal(str, str)
    """Frame name and its new status."""

    classes_changed = Signal(object)
    """The project's new ``ClassTable``."""

    history_changed = Signal()
    """Undo or redo have another step, or none."""

    edited = Signal()
    """A gesture of the human's was committed."""

    saving = Signal(object)
    """The open frame is on its way to its label files; carries the ``LabelMap`` that is written."""

    saved_changed = Signal(bool)
    """Whether everything is in the label files."""

    noticed = Signal(object)
    """A ``Notice`` for the user."""

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self.project: Project | None = None
        self.document: Document | None = None
        self.pyramid: PicturePyramid | None = None
        """The open frame's picture at all sizes."""
        self.frame_name = ""
        self.changes = 0
        """Counts committed changes, undo and redo: a result from before the last one is stale."""
        self._wanted = ""
        self._opening: JobHandle | None = None
        self._unsaved = False
        self._endangered: set[str] = set()
        self._saving = Saving(jobs, self)
        self._saving.noticed.connect(self.noticed)
        self._saving.changed.connect(self._saving_changed)
        self.clock = WorkClock()
        """Tick it whenever somebody is at work on the open frame."""
        self._autosave = QTimer(self, singleShot=True, interval=AUTOSAVE_MS)
        self._autosave.timeout.connect(self.save)

    @property
    def saved(self) -> bool:
        """Whether every stroke on the open frame is in its label files."""
        return not self._unsaved and self._saving.held(self.frame_name) is None

    @property
    def wanted(self) -> str:
        """Name of the frame that is open or about to be; the last one's where that has failed."""
        return self._wanted or self.frame_name

    def in_work(self, name: str) -> bool:
        """Whether a frame is open, or its newest labels are not in its files yet."""
        return name == self._wanted or self._saving.held(name) is not None

    def held(self, name: str) -> LabelMap | None:
        """A frame's labels where they are newer than its files; for :func:`reading.read`."""
        return self._saving.held(name)

    def closed_to_models(self) -> Notice | None:
        """Why no model may change the open frame now; None where one may."""
        if self.project is None or self.document is None:
            return Notice("Open a frame first.", "warning")
        if self.project.read_only:
            return read_only(self.project)
        if self._status() == Status.DONE:
            text = "This frame is marked as done, so no model changes it."
            return Notice(text, "warning", "Reopen it", self.mark_done)
        return None

    # --- project -------------------------------------------------------------------------------

    def begin(self, project: Project) -> None:
        """Label this project from now on; none of its frames is open yet."""
        self.project = project
        self.frame_name = ""
        self._saving.begin(project)
        self.project_opened.emit(project)
        self.classes_changed.emit(project.classes)

    def settle(self) -> set[str]:
        """Leave the frame and wait until all is saved; names frames whose strokes are nowhere."""
        self.leave_frame()
        self._saving.drain()
        return self._endangered | self._saving.unsafe()

    def end(self) -> None:
        """Label no project any more."""
        self.project = None
        self._endangered.clear()

    # --- frames --------------------------------------------------------------------------------

    def open_frame(self, name: str) -> None:
        """Make another frame current; it is read in the background."""
        if self.project is None or not name or name == self._wanted:
            return
        self.leave_frame()
        self._wanted = name
        project = self.project
        held, line = self._saving.held(name), self._saving.held_line(name)
        self._opening = self._jobs.run_in_thread(
            lambda: read(project, name, held, line),
            lane=LANE,
            on_progress=self._preview,
            on_done=lambda opened: self._show(name, opened),
            on_failed=lambda error: self._show_failure(name, error),
        )

    def leave_frame(self) -> None:
        """Save the current frame and close its document."""
        if self._opening is not None:
            # Else the answer to an earlier wish for the same frame could come in between.
            self._opening.cancel()
            self._opening = None
        if self.document is not None and self.project is not None:
            self.frame_left.emit()
            self._record_time()
            self.save()
            self.document.committed.disconnect(self._committed)
        self.document = self.pyramid = None
        self._wanted = ""

    def _preview(self, progress: Progress) -> None:
        if isinstance(progress.payload, PicturePyramid):
            self.previewed.emit(progress.payload)

    def _show(self, name: str, opened: Opened) -> None:
        if self.project is None:
            return
        history, classes = opened.history, self.project.classes
        history.byte_budget = self.project.frame_undo_budget  # it may have changed meanwhile
        self.document = Document(opened.frame, opened.label_map, classes, history)
        self.pyramid = opened.pyramid
        self.document.committed.connect(self._committed)
        self.frame_name = name
        self.clock.take()
        self._unsaved = False
        self.frame_opened.emit(self.document)
        self.history_changed.emit()
        self.saved_changed.emit(self.saved)
        if opened.told:
            self.noticed.emit(Notice(opened.told, "warning"))

    def _show_failure(self, name: str, error: BaseException) -> None:
        self._wanted = ""  # the next click tries again
        self.frame_name = name
        self.noticed.emit(failure(error, f"Opening {name}"))
        self.show_nothing()

    def show_nothing(self) -> None:
        """No frame is open, or it could not be read."""
        self._unsaved = False
        self.frame_opened.emit(None)
        self.history_changed.emit()
        self.saved_changed.emit(self.saved)

    def _record_time(self) -> None:
        if self.project is not None and not self.project.read_only and self.frame_name:
            self.project.add_time(self.frame_name, self.clock.take())

    # --- changes -------------------------------------------------------------------------------

    def _committed(self, tiles: tuple[TileState, ...]) -> None:
        if self.project is None or self.document is None:
            return
        self.changes += 1
        self.clock.tick()
        try:
            shape, change = self.document.label_map.shape, self.document.history.change
            self.project.journal_append(self.frame_name, shape, tiles, change)
        except SegStudioError as error:
            self._endangered.add(self.frame_name)
            self.noticed.emit(failure(error))
        else:
            self._saving.journalled(self.frame_name)
        self._autosave.start()
        self._set_unsaved(True)
        self.history_changed.emit()

    def human_edited(self) -> None:
        """A gesture has ended: the frame counts as corrected from now on."""
        if self.project is not None and self._status() != Status.DONE:
            self._set_status(Status.EDITED)
        self.edited.emit()

    def model_decided(self) -> None:
        """A model's result was composed into the frame."""
        if self._status() == Status.UNLABELLED:
            self._set_status(Status.PREDICTED)

    def set_classes(self, classes: ClassTable) -> None:
        """Replace the project's class table."""
        if self.project is None:
            return
        try:
            self.project.classes = classes
        except SegStudioError as error:
            self.noticed.emit(failure(error))
            classes = self.project.classes
        if self.document is not None:
            self.document.classes = classes
        self.classes_changed.emit(classes)

    def step_aside(self) -> Callable[[bool], None]:
        """Close the frame while its label files are rewritten.

        Returns
        -------
        What opens it again, if no other one was chosen meanwhile. It is told whether the label
        files were rewritten, and so hold everything.
        """
        name = self.frame_name
        self.leave_frame()
        self.frame_opened.emit(None)

        def come_back(rewritten: bool) -> None:
            if rewritten:
                self._saving.forget()
            if not self._wanted:
                self.open_frame(name)

        return come_back

    # --- actions -------------------------------------------------------------------------------

    @action(
        "&Save",
        "File/3",
        "Write the label files now. SegStudio also saves by itself.",
        icon="mdi6.content-save-outline",
        shortcuts=["Ctrl+S"],
    )
    def save(self) -> None:
        """Write the current frame's label files in the background."""
        self._autosave.stop()
        if self.project is None or self.project.read_only:
            return
        if self.document is not None and self.document.in_transaction:
            self._autosave.start()  # half a stroke may still be taken back
        elif self.document is not None and self._unsaved:
            self._saving.save(self.frame_name, self.document.label_map, self.document.history)
            self._set_unsaved(False)
            self.saving.emit(self.held(self.frame_name))
        else:
            self._saving.retry()

    def _saving_changed(self, name: str) -> None:
        current = name == self.frame_name
        if self._saving.held(name) is None:
            if not (current and self._unsaved):
                self._endangered.discard(name)
            if self.project is not None:
                self.status_changed.emit(name, self.project.status(name).value)
        if current:
            self.saved_changed.emit(self.saved)

    @action(
        "Mark as &done",
        "Frame/2",
        "This frame is finished: it is kept safe and teaches the network. Again to reopen it.",
        icon="mdi6.check-circle-outline",
        shortcuts=["Return"],
    )
    def mark_done(self) -> None:
        """Switch between done and corrected."""
        if self.document is None:
            return
        done = self._status() == Status.DONE
        self._set_status(Status.EDITED if done else Status.DONE)

    def _status(self) -> Status:
        assert self.project is not None
        return self.project.status(self.frame_name)

    def _set_status(self, status: Status) -> None:
        if self.project is None or self._status() == status:
            return
        try:
            self.project.set_status(self.frame_name, status)
        except SegStudioError as error:
            self.noticed.emit(failure(error))
            return
        self.status_changed.emit(self.frame_name, status.value)

    def _set_unsaved(self, unsaved: bool) -> None:
        self._unsaved = unsaved
        self.saved_changed.emit(self.saved)
