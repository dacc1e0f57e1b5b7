"""Work over many frames beside the window: segment, export, draw the sample."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from segstudio import formats
from segstudio.core.progress import Progress
from segstudio.gui.actions import action
from segstudio.gui.dialogs.export_masks import (
    ExportChoice,
    ExportDialog,
    ExportSituation,
    FormatChoice,
)
from segstudio.gui.dialogs.parts.result_page import Failure
from segstudio.gui.dialogs.segment_folder import (
    SegmentChoice,
    SegmentFolderDialog,
    SegmentSituation,
)
from segstudio.gui.jobs import JobHandle, Jobs
from segstudio.gui.labelling import Labelling
from segstudio.gui.notices import failure
from segstudio.gui.predicting import LANE, THREADS, Predicting
from segstudio.gui.refining import Refining
from segstudio.gui.settings import Settings
from segstudio.inference import crf
from segstudio.inference import labelling as inference
from segstudio.inference.labelling import Outcome, Summary
from segstudio.project import Project, Status
from segstudio.workflows.draw_sample import draw_sample
from segstudio.workflows.export_labels import ExportReport, ExportRequest, export_labels
from segstudio.workflows.segment_folder import SegmentRequest, segment_folder
from segstudio.workflows.segment_project import SegmentProjectRequest, segment_project

SAMPLE_SCENES, SAMPLE_CELLS, SAMPLE_SEED = 24, 8, 7


class Batch(QObject):
    """Wires the dialogs for many frames to their workflows."""

    working = Signal(object)
    """``Progress`` of the running job, or None when it has ended."""

    frames_changed = Signal()
    """Statuses of frames have changed."""

    noticed = Signal(object)

    def __init__(
        self,
        jobs: Jobs,
        labelling: Labelling,
        predicting: Predicting,
        refining: Refining,
        settings: Settings,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._jobs = jobs
        self._labelling = labelling
        self._predicting = predicting
        self._refining = refining
        self._settings = settings
        self._window = window
        self._job: JobHandle | None = None
        self._segment: SegmentFolderDialog | None = None
        self._export: ExportDialog | None = None
        self._outcomes: list[Outcome] = []

    # --- sample --------------------------------------------------------------------------------

    def open_sample(self, then: Callable[[Path], object]) -> None:
        """Draw the sample project where it is not there yet, then open its street scenes."""
        folder = sample_folder()
        if (folder / "scenes" / "images").is_dir():
            then(folder / "scenes")
            return
        self._job = self._jobs.run_in_thread(
            lambda: draw_sample(folder, SAMPLE_SCENES, SAMPLE_CELLS, SAMPLE_SEED),
            lane="io",
            on_progress=self.working.emit,
            on_done=lambda _: self._drawn(lambda: then(folder / "scenes")),
            on_failed=lambda error: self._drawn(
                lambda: self.noticed.emit(failure(error, "Drawing the sample"))
            ),
            on_cancelled=lambda: self._drawn(lambda: None),
        )

    def _drawn(self, then: Callable[[], object]) -> None:
        self._ended()
        then()

    # --- segment -------------------------------------------------------------------------------

    @action(
        "&Segment folder…",
        "Model/2",
        "Let the network label many frames: this project's, or those of any folder.",
        icon="mdi6.image-auto-adjust",
        shortcuts=["Ctrl+Shift+S"],
    )
    def show_segment_dialog(self) -> None:
        """Show the dialog that segments many frames."""
        self.segment_dialog.set_situation(self._segment_situation())
        self.segment_dialog.bring_forward()

    @property
    def segment_dialog(self) -> SegmentFolderDialog:
        """The dialog, made when it is first asked for."""
        if self._segment is None:
            self._segment = SegmentFolderDialog(self._window)
            self._segment.start_requested.connect(self.segment)
            self._segment.cancel_requested.connect(self.cancel)
        return self._segment

    def segment(self, choice: SegmentChoice) -> None:
        """Segment this project's frames or another folder, beside the window."""
        project, model = self._labelling.project, self._predicting.chosen
        parameters = self._refining.parameters if choice.crf else None
        handlers: dict[str, Any] = {
            "on_progress": self._segment_progressed,
            "on_done": self._segmented,
            "on_failed": self._segment_failed,
            "on_cancelled": lambda: self._segmented(_so_far(self._outcomes)),
        }
        self._outcomes = []
        if choice.output is not None:
            source = choice.source or (project.folder if project else choice.output)
            request = SegmentRequest(
                source,
                model,
                choice.output,
                parameters,
                self._settings.device,
                not choice.only_unlabelled,
            )
            self._job = self._jobs.run_in_process(
                segment_folder, (request,), name="Segmenting", **handlers
            )
        elif project is not None:
            self._adopt_classes(project, model)
            self._labelling.save()
            wanted = SegmentProjectRequest(
                model, parameters, self._settings.device, choice.only_unlabelled, THREADS
            )
            self._job = self._jobs.run_in_thread(
                lambda: self._segment_project(project, wanted), lane=LANE, **handlers
            )

    def _segment_project(
        self, project: Project, request: SegmentProjectRequest
    ) -> Iterator[Progress]:
        # The CRF holds Python's lock for seconds: in this process it would stop the window.
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            yield from segment_project(
                project,
                request,
                refine=lambda *arguments: pool.submit(crf.refine, *arguments).result(),
                is_open=lambda name: name == self._labelling.frame_name,
            )

    def _adopt_classes(self, project: Project, model: str) -> None:
        choice = self._predicting.choices.get(model)
        if choice is not None and not len(project.classes):
            self._labelling.set_classes(choice.classes)

    def _segment_progressed(self, progress: Progress) -> None:
        if isinstance(progress.payload, Outcome):
            self._outcomes.append(progress.payload)
            self.frames_changed.emit()
        self.segment_dialog.show_progress(progress)
        self.working.emit(progress)

    def _segmented(self, summary: Summary) -> None:
        self._ended()
        self.frames_changed.emit()
        failures = tuple(Failure(failed.name, failed.reason) for failed in summary.failures)
        self.segment_dialog.show_finished(summary.done, summary.skipped, failures)

    def _segment_failed(self, error: Exception) -> None:
        self._ended()
        self.segment_dialog.show_failed(error)

    def _segment_situation(self) -> SegmentSituation:
        project = self._labelling.project
        names = [entry.name for entry in project.entries] if project else []
        unlabelled = [n for n in names if project and project.status(n) == Status.UNLABELLED]
        choice = self._predicting.choices.get(self._predicting.chosen)
        return SegmentSituation(
            frames=len(names),
            unlabelled=len(unlabelled),
            model=choice.label if choice else "",
            crf=self._refining.enabled,
            read_only=project.read_only_reason if project else "",
        )

    # --- export --------------------------------------------------------------------------------

    @action(
        "&Export masks…",
        "File/4",
        "Write the label maps in a format that other programs read.",
        icon="mdi6.export-variant",
        shortcuts=["Ctrl+E"],
    )
    def show_export_dialog(self) -> None:
        """Show the dialog that exports label maps."""
        self.export_dialog.set_situation(self._export_situation())
        self.export_dialog.bring_forward()

    @property
    def export_dialog(self) -> ExportDialog:
        """The dialog, made when it is first asked for."""
        if self._export is None:
            self._export = ExportDialog(self._window)
            self._export.start_requested.connect(self.export)
            self._export.cancel_requested.connect(self.cancel)
            self._export.open_folder_requested.connect(
                lambda folder: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
            )
        return self._export

    def export(self, choice: ExportChoice) -> None:
        """Write the label maps, read every file back and compare."""
        project = self._labelling.project
        if project is None:
            return
        self._labelling.save()
        request = ExportRequest(project, choice.format, choice.folder, True, choice.only_done)
        # In the lane of the save, so that what is on the screen is what is written.
        self._job = self._jobs.run_in_thread(
            lambda: export_labels(request),
            lane="io",
            on_progress=self._export_progressed,
            on_done=self._exported,
            on_failed=self._export_failed,
            on_cancelled=lambda: self._exported(ExportReport(choice.folder, (), ())),
        )

    def _export_progressed(self, progress: Progress) -> None:
        self.export_dialog.show_progress(progress)
        self.working.emit(progress)

    def _exported(self, report: ExportReport) -> None:
        self._ended()
        failures = tuple(Failure(failed.name, failed.reason) for failed in report.failures)
        self.export_dialog.show_finished(
            len(report.written), report.summary, not report.failures, failures
        )

    def _export_failed(self, error: Exception) -> None:
        self._ended()
        self.export_dialog.show_failed(error)

    def _export_situation(self) -> ExportSituation:
        project = self._labelling.project
        statuses = [project.status(entry.name) for entry in project.entries] if project else []
        return ExportSituation(
            _format_choices(),
            done_frames=statuses.count(Status.DONE),
            labelled_frames=len(statuses) - statuses.count(Status.UNLABELLED),
            folder=project.home / "export" if project else None,
        )

    def cancel(self) -> None:
        """Stop the running job."""
        if self._job is not None:
            self._job.cancel()

    def _ended(self) -> None:
        self._job = None
        self.working.emit(None)


def _format_choices() -> tuple[FormatChoice, ...]:
    """All formats, the one that the project itself keeps its labels in first."""
    specs = sorted(formats.registry, key=lambda spec: (spec.name != "indexed-png", spec.label))
    return tuple(FormatChoice(spec.name, spec.label, spec.description) for spec in specs)


def _so_far(outcomes: list[Outcome]) -> Summary:
    failures = tuple(inference.Failure(o.name, o.failure) for o in outcomes if o.failure)
    skipped = sum(outcome.skipped for outcome in outcomes)
    return Summary(len(outcomes) - skipped - len(failures), skipped, failures)


def sample_folder() -> Path:
    """Where the window keeps the sample project: the user's data folder."""
    home = os.environ.get("SEGSTUDIO_DATA")
    root = Path(home) if home else user_data_path("segstudio", appauthor=False)
    return root / "sample"
