"""Work over many frames beside the window: segment, export, draw the sample."""

import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_data_path
from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from segstudio.core.progress import Progress
from segstudio.gui import segmenting
from segstudio.gui.actions import action
from segstudio.gui.engine import THREADS
from segstudio.gui.jobs import JobHandle, Jobs
from segstudio.gui.labelling import Labelling
from segstudio.gui.notices import failure
from segstudio.gui.predicting import Predicting
from segstudio.gui.refining import Refining
from segstudio.gui.saving import LANE as FILES
from segstudio.gui.settings import Settings
from segstudio.inference import labelling as inference
from segstudio.inference.labelling import Outcome, Summary
from segstudio.project import Status

# Dialogs and workflows are imported where they are asked for: the window is to appear first.
if TYPE_CHECKING:
    from segstudio.gui.dialogs.export_masks import (
        ExportChoice,
        ExportDialog,
        ExportSituation,
        FormatChoice,
    )
    from segstudio.gui.dialogs.segment_folder import (
        SegmentChoice,
        SegmentFolderDialog,
        SegmentSituation,
    )
    from segstudio.workflows.export_labels import ExportReport, ExportRequest

SAMPLE_SCENES, SAMPLE_CELLS, SAMPLE_SEED = 24, 8, 7
SAMPLE, SEGMENT, EXPORT = "Sample", "Segment", "Export"
"""What a running job is called in the status bar, and its lane: none waits for another."""


class Batch(QObject):
    """Wires the dialogs for many frames to their workflows."""

    working = Signal(str, object)
    """A job's name and its ``Progress``, or None when it has ended."""

    frame_changed = Signal(str)
    """This frame's status has changed."""

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
        self._running: dict[str, JobHandle] = {}
        self._segment: SegmentFolderDialog | None = None
        self._export: ExportDialog | None = None
        self._outcomes: list[Outcome] = []
        self._exported_frames = 0
        self._only: frozenset[str] | None = None
        labelling.project_opened.connect(lambda _project: self.cancel(SEGMENT))

    def running(self, name: str) -> bool:
        """Whether a job of this name has not ended."""
        return name in self._running

    # --- sample --------------------------------------------------------------------------------

    def open_sample(self, then: Callable[[Path], object]) -> None:
        """Draw the sample project where it is not there yet, then open its street scenes."""
        folder = sample_folder()
        if self.running(SAMPLE):
            return
        if (folder / "scenes" / "images").is_dir():
            then(folder / "scenes")
            return
        self._running[SAMPLE] = self._jobs.run_in_thread(
            lambda: _draw_sample(folder),
            lane=SAMPLE,
            on_progress=lambda progress: self.working.emit(SAMPLE, progress),
            on_done=lambda _: self._drawn(lambda: then(folder / "scenes")),
            on_failed=lambda error: self._drawn(
                lambda: self.noticed.emit(failure(error, "Drawing the sample"))
            ),
            on_cancelled=lambda: self._drawn(lambda: None),
        )

    def _drawn(self, then: Callable[[], object]) -> None:
        self._ended(SAMPLE)
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
    def segment_dialog(self) -> "SegmentFolderDialog":
        """The dialog, made when it is first asked for."""
        from segstudio.gui.dialogs.segment_folder import SegmentFolderDialog

        if self._segment is None:
            self._segment = SegmentFolderDialog(self._window)
            self._segment.start_requested.connect(self.segment)
            self._segment.cancel_requested.connect(lambda: self.cancel(SEGMENT))
        return self._segment

    def segment(self, choice: "SegmentChoice") -> None:
        """Segment this project's frames or another folder, beside the window."""
        from segstudio.workflows.segment_folder import SegmentRequest, segment_folder
        from segstudio.workflows.segment_project import SegmentProjectRequest

        project, model = self._labelling.project, self._predicting.chosen
        parameters = self._refining.parameters if choice.crf else None
        handlers: dict[str, Any] = {
            "on_progress": self._segment_progressed,
            "on_done": lambda summary: self._segmented(self._with_open_frame(choice, summary)),
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
            self._running[SEGMENT] = self._jobs.run_in_process(
                segment_folder, (request,), name="Segmenting", **handlers
            )
        elif project is not None:
            segmenting.prepare(self._labelling, self._predicting)
            wanted = SegmentProjectRequest(
                model, parameters, self._settings.device, choice.only_unlabelled, THREADS
            )
            self._running[SEGMENT] = self._jobs.run_in_thread(
                lambda: segmenting.segment(self._labelling, project, wanted),
                lane=SEGMENT,
                **handlers,
            )

    def _segment_progressed(self, progress: Progress) -> None:
        if isinstance(progress.payload, Outcome):
            self._outcomes.append(progress.payload)
            self.frame_changed.emit(progress.payload.name)
        self.segment_dialog.show_progress(progress)
        self.working.emit(SEGMENT, progress)

    def _with_open_frame(self, choice: "SegmentChoice", summary: Summary) -> Summary:
        """The frame on the screen was left alone while it was open: it is predicted there."""
        skipped = {outcome.name for outcome in self._outcomes if outcome.skipped}
        name, project = self._labelling.frame_name, self._labelling.project
        if project is None or choice.output is not None or name not in skipped:
            return summary
        labelled = project.status(name) != Status.UNLABELLED
        if self._labelling.closed_to_models() or (choice.only_unlabelled and labelled):
            return summary
        self._predicting.predict()
        return replace(summary, done=summary.done + 1, skipped=summary.skipped - 1)

    def _segmented(self, summary: Summary) -> None:
        from segstudio.gui.dialogs.parts.result_page import Failure

        self._ended(SEGMENT)
        failures = tuple(Failure(failed.name, failed.reason) for failed in summary.failures)
        self.segment_dialog.show_finished(summary.done, summary.skipped, failures)

    def _segment_failed(self, error: Exception) -> None:
        self._ended(SEGMENT)
        self.segment_dialog.show_failed(error)

    def _segment_situation(self) -> "SegmentSituation":
        from segstudio.gui.dialogs.segment_folder import SegmentSituation

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
        self.show_export_of(None)

    def show_export_of(self, names: Collection[str] | None) -> None:
        """The same for these frames alone; None stands for all."""
        if not self.running(EXPORT):
            self._only = None if names is None else frozenset(names)
        self.export_dialog.set_situation(self._export_situation())
        self.export_dialog.bring_forward()

    @property
    def export_dialog(self) -> "ExportDialog":
        """The dialog, made when it is first asked for."""
        from segstudio.gui.dialogs.export_masks import ExportDialog

        if self._export is None:
            self._export = ExportDialog(self._window)
            self._export.start_requested.connect(self.export)
            self._export.cancel_requested.connect(lambda: self.cancel(EXPORT))
            self._export.open_folder_requested.connect(
                lambda folder: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
            )
        return self._export

    def export(self, choice: "ExportChoice") -> None:
        """Write the label maps, read every file back and compare."""
        from segstudio.workflows.export_labels import ExportRequest

        project = self._labelling.project
        if project is None:
            return
        self._labelling.save()
        request = ExportRequest(
            project, choice.format, choice.folder, True, choice.only_done, self._only
        )
        # Behind the save, so that what is on the screen is what is written.
        self._running[EXPORT] = self._jobs.run_in_thread(
            lambda: iter(()),
            lane=FILES,
            on_done=lambda _: self._export_saved(request),
            on_cancelled=self._export_cancelled,
        )

    def _export_saved(self, request: "ExportRequest") -> None:
        from segstudio.workflows.export_labels import export_labels

        self._exported_frames = 0
        self._running[EXPORT] = self._jobs.run_in_thread(
            lambda: self._counted(export_labels(request)),
            lane=EXPORT,
            on_progress=self._export_progressed,
            on_done=self._exported,
            on_failed=self._export_failed,
            on_cancelled=self._export_cancelled,
        )

    def _counted(self, steps: Iterator[Progress]) -> Iterator[Progress]:
        for progress in steps:
            self._exported_frames = progress.done
            yield progress

    def _export_cancelled(self) -> None:
        self._ended(EXPORT)
        self.export_dialog.show_finished(self._exported_frames, "", True)

    def _export_progressed(self, progress: Progress) -> None:
        self.export_dialog.show_progress(progress)
        self.working.emit(EXPORT, progress)

    def _exported(self, report: "ExportReport") -> None:
        from segstudio.gui.dialogs.parts.result_page import Failure

        self._ended(EXPORT)
        failures = tuple(Failure(failed.name, failed.reason) for failed in report.failures)
        self.export_dialog.show_finished(
            len(report.written), report.summary, not report.failures, failures
        )

    def _export_failed(self, error: Exception) -> None:
        self._ended(EXPORT)
        self.export_dialog.show_failed(error)

    def _export_situation(self) -> "ExportSituation":
        from segstudio.gui.dialogs.export_masks import ExportSituation

        project = self._labelling.project
        names = [entry.name for entry in project.entries] if project else []
        wanted = [name for name in names if self._only is None or name in self._only]
        statuses = [project.status(name) for name in wanted] if project else []
        return ExportSituation(
            _format_choices(),
            done_frames=statuses.count(Status.DONE),
            labelled_frames=len(statuses) - statuses.count(Status.UNLABELLED),
            folder=project.home / "export" if project else None,
            selected=self._only is not None,
        )

    def cancel(self, name: str) -> None:
        """Stop the job of this name, where it runs."""
        if name in self._running:
            self._running[name].cancel()

    def _ended(self, name: str) -> None:
        self._running.pop(name, None)
        self.working.emit(name, None)


def _draw_sample(folder: Path) -> Iterator[Progress]:
    # The drawing code is needed once in a window's life, not at every start.
    from segstudio.workflows.draw_sample import draw_sample

    yield from draw_sample(folder, SAMPLE_SCENES, SAMPLE_CELLS, SAMPLE_SEED)


def _format_choices() -> "tuple[FormatChoice, ...]":
    """All formats, the one that the project itself keeps its labels in first."""
    from segstudio import formats
    from segstudio.gui.dialogs.export_masks import FormatChoice

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
