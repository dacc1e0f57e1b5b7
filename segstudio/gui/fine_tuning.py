"""Trains on the project's own labels, in a process of its own, while labelling goes on."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.progress import Progress
from segstudio.gui.actions import action
from segstudio.gui.architectures import list_architectures
from segstudio.gui.jobs import JobHandle, Jobs
from segstudio.gui.labelling import Labelling
from segstudio.gui.model_choices import WEIGHTS
from segstudio.gui.notices import Notice, failure
from segstudio.gui.predicting import LANE, Predicting
from segstudio.project import Status

# Dialog and workflow are imported where they are asked for: the window is to appear first.
if TYPE_CHECKING:
    from segstudio.gui.dialogs.fine_tune import (
        ArchitectureChoice,
        FineTuneDialog,
        FineTuneSituation,
        StartingModel,
    )
    from segstudio.training.report import TrainReport
    from segstudio.training.settings import TrainSettings
    from segstudio.workflows.fine_tune import FineTuneRequest

CHECKPOINT = "checkpoint.safetensors"


class FineTuning(QObject):
    """Wires the fine-tune dialog to the training process."""

    working = Signal(object)
    """``Progress`` of the running training, or None when it has ended."""

    noticed = Signal(object)

    about_requested = Signal(str)
    """An architecture to tell about."""

    def __init__(
        self, jobs: Jobs, labelling: Labelling, predicting: Predicting, window: QWidget
    ) -> None:
        super().__init__(window)
        self._jobs = jobs
        self._labelling = labelling
        self._predicting = predicting
        self._window = window
        self._dialog: FineTuneDialog | None = None
        self._architectures: tuple[ArchitectureChoice, ...] = ()
        self._job: JobHandle | None = None
        self._run: Path | None = None
        self._report: TrainReport | None = None
        self._stop_wanted = False

    @property
    def dialog(self) -> "FineTuneDialog":
        """The dialog, made when it is first asked for."""
        from segstudio.gui.dialogs.fine_tune import FineTuneDialog

        if self._dialog is None:
            self._dialog = FineTuneDialog(self._window)
            self._dialog.start_requested.connect(self.start)
            self._dialog.stop_requested.connect(self.stop)
            self._dialog.use_requested.connect(self._predicting.choose_checkpoint)
            self._dialog.settings.about_requested.connect(self.about_requested)
        return self._dialog

    @action(
        "&Fine-tune…",
        "Model/3",
        "Train a network on the labels of this project.",
        icon="mdi6.school-outline",
        shortcuts=["Ctrl+T"],
    )
    def show_dialog(self) -> None:
        """Show the dialog with how the project stands now."""
        self.dialog.set_situation(self._situation())
        self.dialog.bring_forward()
        if not self._architectures:
            self._ask_architectures()

    def start(self, settings: "TrainSettings") -> None:
        """Save what is open, then train in a fresh process."""
        from segstudio.workflows.fine_tune import FineTuneRequest

        project = self._labelling.project
        if project is None:
            return
        self._labelling.save()
        try:
            self._run = project.new_run_folder(_short_name(settings))
        except SegStudioError as error:
            self.dialog.show_failed(error)
            return
        self._report, self._stop_wanted = None, False
        request = FineTuneRequest(project.folder, self._run, settings)
        self.working.emit(Progress(0, 0, "Starting"))
        # Behind the save in the same lane, so that the process reads what is on the screen.
        self._jobs.submit("io", lambda: None, on_done=lambda _: self._spawn(request))

    def stop(self) -> None:
        """End the training; the best checkpoint so far is kept."""
        self._stop_wanted = True
        if self._job is not None:
            self._job.cancel()

    def _spawn(self, request: "FineTuneRequest") -> None:
        from segstudio.workflows.fine_tune import fine_tune

        if self._stop_wanted:
            self._stopped()
            return
        self._job = self._jobs.run_in_process(
            fine_tune,
            (request,),
            name="Fine-tuning",
            on_progress=self._progressed,
            on_done=self._finished,
            on_failed=self._failed,
            on_cancelled=self._stopped,
        )

    def _progressed(self, progress: Progress) -> None:
        from segstudio.training.report import TrainReport

        if isinstance(progress.payload, TrainReport):
            self._report = progress.payload
        self.dialog.show_progress(progress)
        self.working.emit(progress)

    def _finished(self, report: "TrainReport") -> None:
        self._ended()
        self.dialog.show_finished(report)
        if not self.dialog.isVisible():
            self._tell_finished(report)

    def _stopped(self) -> None:
        from segstudio.training.report import TrainReport

        self._ended()
        kept = self._run / CHECKPOINT if self._run is not None else None
        kept = kept if kept is not None and kept.is_file() else None
        nothing = TrainReport(step=0, steps=0, loss=None, lr=0.0, seconds=0.0, eta_seconds=0.0)
        self.dialog.show_finished(replace(self._report or nothing, checkpoint=kept))

    def _failed(self, error: Exception) -> None:
        self._ended()
        self.dialog.show_failed(error)
        if not self.dialog.isVisible():
            self.noticed.emit(failure(error, "Fine-tuning"))

    def _ended(self) -> None:
        self._job = None
        self.working.emit(None)
        self._predicting.refresh_choices()

    def _tell_finished(self, report: "TrainReport") -> None:
        figure = f", mIoU {report.best_mean_iou:.2f}" if report.best_mean_iou is not None else ""
        checkpoint = report.checkpoint
        if checkpoint is None:
            return
        self.noticed.emit(
            Notice(
                f"Fine-tuning has finished{figure}.",
                "info",
                "Use this model now",
                lambda: self._predicting.choose_checkpoint(checkpoint),
            )
        )

    def _situation(self) -> "FineTuneSituation":
        from segstudio.gui.dialogs.fine_tune import FineTuneSituation

        project = self._labelling.project
        if project is None:
            problem, remedy = "No project is open.", "Open a folder of pictures first."
            return FineTuneSituation(0, 0, 0, ClassTable(), (), problem=problem, remedy=remedy)
        statuses = [project.status(entry.name) for entry in project.entries]
        return FineTuneSituation(
            verified_frames=statuses.count(Status.DONE),
            edited_frames=statuses.count(Status.EDITED),
            frames=len(statuses),
            classes=project.classes,
            architectures=self._architectures,
            model=self._starting_model(),
            problem=f"This project is read-only: {project.read_only_reason}."
            if project.read_only
            else "",
            remedy="Close the other window that has it open." if project.read_only else "",
        )

    def _starting_model(self) -> "StartingModel | None":
        from segstudio.gui.dialogs.fine_tune import StartingModel

        choice = self._predicting.choices.get(self._predicting.chosen)
        if choice is None or choice.group == WEIGHTS:
            return None
        return StartingModel(Path(choice.key), choice.label, choice.mean_iou)

    def _ask_architectures(self) -> None:
        def listed(rows: "tuple[ArchitectureChoice, ...]") -> None:
            self._architectures = rows
            self.dialog.set_situation(self._situation())

        self._jobs.submit(
            LANE,
            list_architectures,
            on_done=listed,
            on_failed=lambda error: self.noticed.emit(failure(error, "Listing the networks")),
        )


def _short_name(settings: "TrainSettings") -> str:
    """What the run's folder is called after its date: the architecture or the checkpoint."""
    model = Path(settings.model)
    return (model.parent.name if model.stem == "checkpoint" else model.stem) or "network"
