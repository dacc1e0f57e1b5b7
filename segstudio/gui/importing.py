"""Models from files: checkpoints as they are, and weights of other implementations."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from segstudio.core.classes import ClassTable
from segstudio.gui.actions import action
from segstudio.gui.architectures import list_architectures
from segstudio.gui.jobs import JobHandle, Jobs
from segstudio.gui.labelling import Labelling
from segstudio.gui.notices import Notice, failure
from segstudio.gui.predicting import LANE, Predicting

# Dialog and workflow are imported where they are asked for: the window is to appear first.
if TYPE_CHECKING:
    from segstudio.gui.dialogs.import_checkpoint import ImportChoice, ImportDialog
    from segstudio.gui.dialogs.parts.architectures import ArchitectureChoice


class Importing(QObject):
    """Wires the dialogs for files of weights to the model in use."""

    noticed = Signal(object)

    def __init__(
        self, jobs: Jobs, labelling: Labelling, predicting: Predicting, window: QWidget
    ) -> None:
        super().__init__(window)
        self._jobs = jobs
        self._labelling = labelling
        self._predicting = predicting
        self._window = window
        self._dialog: ImportDialog | None = None
        self._architectures: tuple[ArchitectureChoice, ...] = ()
        self._job: JobHandle | None = None

    @property
    def dialog(self) -> "ImportDialog":
        """The dialog, made when it is first asked for."""
        from segstudio.gui.dialogs.import_checkpoint import ImportDialog

        if self._dialog is None:
            self._dialog = ImportDialog(self._window)
            self._dialog.start_requested.connect(self.start)
            self._dialog.cancel_requested.connect(self.cancel)
        return self._dialog

    @action(
        "Open &checkpoint…",
        "Model/2",
        "Use a checkpoint file of SegStudio's.",
        icon="mdi6.file-outline",
        shortcuts=["Ctrl+M"],
    )
    def open_checkpoint(self) -> None:
        """Ask for a checkpoint file and choose it."""
        chosen, _ = QFileDialog.getOpenFileName(
            self._window, "Open a checkpoint", "", "Checkpoints (*.safetensors)"
        )
        if chosen:
            self._predicting.choose_checkpoint(Path(chosen))

    @action(
        "&Import checkpoint…",
        "Model/2",
        "Use weights from torchvision and other implementations.",
        icon="mdi6.file-import-outline",
        shortcuts=["Ctrl+Shift+M"],
    )
    def show_import_dialog(self) -> None:
        """Show the dialog that imports weights."""
        self._show_situation()
        self.dialog.bring_forward()
        if not self._architectures:
            self._ask_architectures()

    def start(self, choice: "ImportChoice") -> None:
        """Import in the lane where networks live, then use what came of it."""
        from segstudio.workflows.import_checkpoint import ImportRequest, import_checkpoint

        request = ImportRequest(
            choice.file, choice.architecture, choice.classes, choice.out, choice.options
        )
        self._job = self._jobs.run_in_thread(
            lambda: import_checkpoint(request),
            lane=LANE,
            on_progress=self.dialog.show_progress,
            on_done=self._finished,
            on_failed=self._failed,
            on_cancelled=self.dialog.show_cancelled,
        )

    def cancel(self) -> None:
        """Stop the import; nothing is written."""
        if self._job is not None:
            self._job.cancel()

    def _finished(self, written: Path) -> None:
        self._predicting.choose_checkpoint(written)
        self.dialog.show_finished(written)
        if not self.dialog.isVisible():
            self.noticed.emit(Notice(f"{written.stem} is imported and in use now."))

    def _failed(self, error: Exception) -> None:
        self.dialog.show_failed(error)
        if not self.dialog.isVisible():
            self.noticed.emit(failure(error, "Importing"))

    def _show_situation(self) -> None:
        from segstudio.gui.dialogs.import_checkpoint import ImportSituation

        project = self._labelling.project
        classes = project.classes if project is not None else ClassTable()
        self.dialog.set_situation(ImportSituation(self._architectures, classes))

    def _ask_architectures(self) -> None:
        def listed(rows: "tuple[ArchitectureChoice, ...]") -> None:
            self._architectures = rows
            self._show_situation()

        self._jobs.submit(
            LANE,
            list_architectures,
            on_done=listed,
            on_failed=lambda error: self.noticed.emit(failure(error, "Listing the networks")),
        )
