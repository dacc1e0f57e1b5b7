"""What can be done with all frames that are selected in the list."""

from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from segstudio.core.progress import Progress
from segstudio.gui import segmenting
from segstudio.gui.actions import action
from segstudio.gui.batch import SEGMENT, Batch
from segstudio.gui.engine import THREADS
from segstudio.gui.frame_jobs import FrameJobs
from segstudio.gui.labelling import Labelling
from segstudio.gui.notices import Notice, read_only
from segstudio.gui.panels.frame_selection import FrameSelection
from segstudio.gui.predicting import Predicting
from segstudio.gui.refining import Refining
from segstudio.gui.settings import Settings
from segstudio.inference.labelling import Outcome
from segstudio.project import Project
from segstudio.workflows.change_frames import (
    ChangeReport,
    delete_labels,
    mark_frames,
    restore_labels,
)

ACTIONS = (
    "predict_selected",
    "mark_selected_done",
    "reopen_selected",
    "export_selected",
    "delete_selected_labels",
)
"""For the context menu of the list."""


class SelectedFrames(QObject):
    """Predicts, marks, exports and empties many frames at once; the human's pixels are safe.

    A prediction goes around them, and labels that are deleted can be restored.
    """

    noticed = Signal(object)
    """A ``Notice`` for the user."""

    def __init__(
        self,
        frame_jobs: FrameJobs,
        labelling: Labelling,
        predicting: Predicting,
        refining: Refining,
        batch: Batch,
        settings: Settings,
        selection: FrameSelection,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._frame_jobs = frame_jobs
        self._labelling = labelling
        self._predicting = predicting
        self._refining = refining
        self._batch = batch
        self._settings = settings
        self._selection = selection
        self._report = ChangeReport()
        self._outcomes: list[Outcome] = []
        labelling.project_opened.connect(lambda _project: frame_jobs.cancel())

    # --- actions -------------------------------------------------------------------------------

    @action(
        "Select &all frames",
        "Frame/4",
        "Select every frame that the list shows; a click on one opens it alone again.",
        icon="mdi6.select-all",
        shortcuts=["Ctrl+A"],
    )
    def select_all_frames(self) -> None:
        """Every frame that search and filter let through."""
        self._selection.select_all()

    @action(
        "&Predict the selected frames",
        "Frame/4",
        "Let the network label them. Pixels that you painted stay; frames that are done, too.",
        icon="mdi6.auto-fix",
        shortcuts=["Ctrl+P"],
    )
    def predict_selected(self) -> None:
        """Predict frame by frame beside the window, the open one in it."""
        from segstudio.workflows.segment_project import SegmentProjectRequest

        project, names = self._writable(), self._selection.names
        if project is None or not names:
            return
        if not self._predicting.chosen:
            self.noticed.emit(Notice("Choose a model in the Model panel first.", "warning"))
            return
        segmenting.prepare(self._labelling, self._predicting)
        request = SegmentProjectRequest(
            self._predicting.chosen,
            self._refining.parameters if self._refining.enabled else None,
            self._settings.device,
            only_unlabelled=False,
            threads=THREADS,
            only=frozenset(names),
        )
        self._outcomes = []
        self._frame_jobs.run(
            "Predicting",
            lambda: segmenting.segment(self._labelling, project, request),
            self._note_outcome,
            lambda: self._tell_predicted(project, names),
            SEGMENT,
        )

    @action(
        "Mark the selected frames as &done",
        "Frame/4",
        "They are finished: they are kept safe and teach the network.",
        icon="mdi6.check-all",
        shortcuts=["Alt+Return"],
    )
    def mark_selected_done(self) -> None:
        """Call them done."""
        self._mark(done=True)

    @action(
        "&Reopen the selected frames",
        "Frame/4",
        "They are not done yet.",
        icon="mdi6.lock-open-variant-outline",
        shortcuts=["Alt+Backspace"],
    )
    def reopen_selected(self) -> None:
        """Call them done no more."""
        self._mark(done=False)

    @action(
        "E&xport the selected frames…",
        "Frame/4",
        "Write their label maps in a format that other programs read.",
        icon="mdi6.export-variant",
        shortcuts=["Ctrl+Shift+E"],
    )
    def export_selected(self) -> None:
        """Show the dialog that exports label maps, for these alone."""
        self._batch.show_export_of(self._selection.names)

    @action(
        "De&lete the labels of the selected frames",
        "Frame/4",
        "Make them void again, but for locked classes. A message offers to restore them.",
        icon="mdi6.delete-outline",
        shortcuts=["Ctrl+Delete"],
    )
    def delete_selected_labels(self) -> None:
        """Empty them; frames that are done are kept safe."""
        project, names = self._writable(), self._selection.names
        if project is None or not names:
            return
        folder = project.new_bin()
        self._change(
            project,
            names,
            "Deleting labels",
            lambda: delete_labels(project, names, folder, self._labelling.in_work),
            lambda report: self._tell_deleted(project, report, folder),
        )

    # --- predicting ----------------------------------------------------------------------------

    def _note_outcome(self, progress: Progress) -> None:
        if isinstance(progress.payload, Outcome):
            self._outcomes.append(progress.payload)
            self._tell_status(progress.payload.name)

    def _tell_predicted(self, project: Project, names: Collection[str]) -> None:
        if project is not self._labelling.project:
            return
        skipped = {outcome.name for outcome in self._outcomes if outcome.skipped}
        failures = [outcome.failure for outcome in self._outcomes if outcome.failure]
        if self._labelling.frame_name in skipped and not self._labelling.closed_to_models():
            skipped.remove(self._labelling.frame_name)
            self._predicting.predict()  # it was left alone while it is on the screen
        done = len(self._outcomes) - len(skipped) - len(failures)
        text = f"{_frames(done)} predicted."
        if skipped:
            text += f" {_frames(len(skipped))} left alone: done, or in work."
        self._tell(text, failures, stopped=len(self._outcomes) < len(names))

    # --- marking, deleting, restoring ----------------------------------------------------------

    def _mark(self, *, done: bool) -> None:
        project, names = self._writable(), self._selection.names
        if project is None or not names:
            return
        self._run(
            "Marking",
            lambda: mark_frames(project, names, done=done),
            lambda report: self._tell_marked(report, done),
        )

    def _tell_marked(self, report: ChangeReport, done: bool) -> None:
        verb = "marked as done" if done else "reopened"
        self._tell(f"{_frames(len(report.changed))} {verb}.", report.failures)

    def _tell_deleted(self, project: Project, report: ChangeReport, folder: Path) -> None:
        text = f"The labels of {_frames(len(report.changed))} were deleted."
        if report.left_alone:
            text += f" {_frames(len(report.left_alone))} left alone: done, or without labels."
        if not report.changed:
            self._tell(text, report.failures)
            return
        text = " ".join((text, *report.failures[:1]))
        restore = partial(self._restore, project, report.changed, folder)
        self.noticed.emit(Notice(text, "warning", "Restore them", restore))

    def _restore(self, project: Project, names: Collection[str], folder: Path) -> None:
        if project is not self._labelling.project or self._frame_jobs.refused():
            return
        self._change(
            project,
            names,
            "Restoring labels",
            lambda: restore_labels(project, names, folder, self._labelling.in_work),
            lambda report: self._tell_restored(report, folder),
        )

    def _tell_restored(self, report: ChangeReport, folder: Path) -> None:
        text = f"The labels of {_frames(len(report.changed))} are back."
        kept = [*report.left_alone]
        if kept:
            text += f" Labelled anew, and left so: {', '.join(kept[:3])}. Copies are in {folder}."
        self._tell(text, report.failures)

    def _change(
        self,
        project: Project,
        names: Collection[str],
        what: str,
        steps: Callable[[], Iterator[Progress]],
        tell: Callable[[ChangeReport], object],
    ) -> None:
        """Run a job that rewrites label files; the open frame steps aside if it is one of them."""
        aside = self._labelling.wanted in names
        come_back = self._labelling.step_aside() if aside else None

        def end(report: ChangeReport) -> None:
            if project is not self._labelling.project:
                return
            if come_back is not None:
                come_back(False)
            tell(report)

        self._run(what, steps, end)

    def _run(
        self,
        what: str,
        steps: Callable[[], Iterator[Progress]],
        ended: Callable[[ChangeReport], object],
    ) -> None:
        self._report = ChangeReport()
        self._frame_jobs.run(what, steps, self._note_report, lambda: ended(self._report))

    def _note_report(self, progress: Progress) -> None:
        if isinstance(progress.payload, ChangeReport):
            known, self._report = len(self._report.changed), progress.payload
            for name in self._report.changed[known:]:
                self._tell_status(name)

    # --- telling -------------------------------------------------------------------------------

    def _tell_status(self, name: str) -> None:
        project = self._labelling.project
        if project is not None:
            self._labelling.status_changed.emit(name, project.status(name).value)

    def _tell(self, text: str, failures: Collection[str], *, stopped: bool = False) -> None:
        if stopped:
            text += " It was stopped."
        if failures:
            text += f" {len(failures)} failed: {next(iter(failures))}"
        self.noticed.emit(Notice(text, "warning" if failures else "info"))

    def _writable(self) -> Project | None:
        """The project, where it may be written and no such job is under way."""
        project = self._labelling.project
        if project is not None and project.read_only:
            self.noticed.emit(read_only(project))
            return None
        return None if project is None or self._frame_jobs.refused() else project


def _frames(count: int) -> str:
    return "1 frame" if count == 1 else f"{count:,} frames"
