"""The budget of undo: kept in the user's settings, given to every project that is opened."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from segstudio.core.history import DEFAULT_BUDGET
from segstudio.gui.actions import action
from segstudio.gui.jobs import Jobs
from segstudio.gui.labelling import Labelling
from segstudio.gui.notices import failure
from segstudio.gui.saving import LANE
from segstudio.gui.settings import Settings
from segstudio.project import Project
from segstudio.project.history_store import Usage

# Imported when it is first asked for: the window is to appear before.
if TYPE_CHECKING:
    from segstudio.gui.dialogs.undo_memory import UndoMemoryDialog, UndoSituation

MEGABYTE = 2**20
LEAST, MOST = 16, 64 * 1024
DEFAULT = DEFAULT_BUDGET // MEGABYTE


class UndoMemory(QObject):
    """Sets how much undo remembers, and tells what it does."""

    noticed = Signal(object)
    """A ``Notice`` for the user."""

    def __init__(
        self, jobs: Jobs, labelling: Labelling, settings: Settings, window: QWidget
    ) -> None:
        super().__init__(window)
        self._jobs = jobs
        self._labelling = labelling
        self._settings = settings
        self._window = window
        self._dialog: UndoMemoryDialog | None = None
        self._usage: Usage | None = None
        labelling.project_opened.connect(self._give_budget)
        labelling.history_changed.connect(self._show)
        labelling.saved_changed.connect(lambda saved: self._measure() if saved else None)

    @property
    def megabytes(self) -> int:
        """What undo may remember."""
        return min(MOST, max(LEAST, self._settings.undo_megabytes or DEFAULT))

    @action(
        "Undo &memory…",
        "Edit/9",
        "How much undo may remember, and what it remembers now.",
        icon="mdi6.history",
        shortcuts=["Ctrl+Alt+Z"],
    )
    def show_undo_memory(self) -> None:
        """Show the dialog."""
        from segstudio.gui.dialogs.undo_memory import UndoMemoryDialog

        if self._dialog is None:
            self._dialog = UndoMemoryDialog(self._situation(), self._window)
            self._dialog.chosen.connect(self.choose)
        self._dialog.bring_forward()
        self._show()
        self._measure()

    def choose(self, megabytes: int) -> None:
        """Let undo remember so much from now on; what is beyond is forgotten."""
        self._settings.undo_megabytes = megabytes
        project, document = self._labelling.project, self._labelling.document
        if project is not None and not project.read_only:
            self._give_budget(project)
            self._jobs.submit(
                LANE,
                project.forget_beyond_budget,
                on_done=lambda _: self._measure(),
                on_failed=lambda error: self.noticed.emit(failure(error)),
            )
            if document is not None:
                document.history.byte_budget = project.frame_undo_budget
                self._labelling.history_changed.emit()

    def _give_budget(self, project: Project) -> None:
        project.undo_budget = self.megabytes * MEGABYTE
        self._usage = None

    def _measure(self) -> None:
        """Ask the disk beside the window, where somebody wants to know."""
        project = self._labelling.project
        if project is not None and self._dialog is not None and self._dialog.isVisible():
            self._jobs.submit(LANE, project.undo_usage, on_done=self._measured, key=self)

    def _measured(self, usage: Usage) -> None:
        self._usage = usage
        self._show()

    def _show(self) -> None:
        if self._dialog is not None and self._dialog.isVisible():
            self._dialog.show_situation(self._situation())

    def _situation(self) -> "UndoSituation":
        from segstudio.gui.dialogs.undo_memory import UndoSituation

        document, usage = self._labelling.document, self._usage
        history = document.history if document is not None else None
        return UndoSituation(
            self.megabytes,
            DEFAULT,
            LEAST,
            MOST,
            (history.undo_count, history.redo_count, history.bytes) if history else None,
            (usage.frames, usage.bytes) if usage is not None else None,
        )
