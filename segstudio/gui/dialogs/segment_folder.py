"""Segment many frames: which, with what, and where the results go."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from segstudio.core.progress import Progress
from segstudio.gui import theme
from segstudio.gui.dialogs.parts.folder_field import FolderField
from segstudio.gui.dialogs.parts.paged import Page, PagedDialog, plain, primary
from segstudio.gui.dialogs.parts.radio import Radio
from segstudio.gui.dialogs.parts.result_page import Failure, ResultPage
from segstudio.gui.dialogs.parts.text import body, heading, quiet, set_tone, title
from segstudio.gui.dialogs.parts.work_page import WorkPage
from segstudio.gui.widgets.icon_label import IconLabel
from segstudio.gui.widgets.switch_row import SwitchRow

_WIDTH = 560


@dataclass(frozen=True, slots=True)
class SegmentSituation:
    """Where things stand.

    Attributes
    ----------
    frames, unlabelled
        Of the open project; 0 frames where none is open.
    model
        What the model in use is called; "" where none is chosen.
    crf
        Whether the CRF is on at the moment.
    read_only
        Why the project cannot be written to, or "".
    """

    frames: int
    unlabelled: int
    model: str
    crf: bool = False
    read_only: str = ""


@dataclass(frozen=True, slots=True)
class SegmentChoice:
    """What was chosen; ``source`` None is the project's frames, ``output`` None its labels."""

    source: Path | None
    output: Path | None
    only_unlabelled: bool
    crf: bool


class SegmentFolderDialog(PagedDialog):
    """Asks what to segment, shows how far it is, and lists what failed."""

    start_requested = Signal(object)
    """A :class:`SegmentChoice`."""

    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Segment a folder", parent)
        self.settings = _SettingsPage()
        self.start = primary("Segment")
        self.work = WorkPage(
            "Segmenting", "frame", "Go on working: this runs beside you, and you can close it."
        )
        self.cancel = plain("Cancel")
        self.outcome = ResultPage()
        self.again = plain("Segment more…")
        close = self.closing_button
        self._settings_page = Page(self.settings, _WIDTH, close("Close"), self.start)
        self._work_page = Page(self.work, _WIDTH, close("Hide"), self.cancel)
        self._result_page = Page(self.outcome, _WIDTH, self.again, close("Close"))
        for page in (self._settings_page, self._work_page, self._result_page):
            self.add_page(page)
        self.start.clicked.connect(self._start)
        self.cancel.clicked.connect(self._cancel)
        self.again.clicked.connect(lambda: self.show_page(self._settings_page))
        self.settings.changed.connect(lambda: self.start.setEnabled(self.settings.complete()))
        self.settings.resized.connect(self.fit_soon)
        self.start.setEnabled(False)

    @property
    def running(self) -> bool:
        """Whether the job that was started has not ended."""
        return self.page is self._work_page

    def set_situation(self, situation: SegmentSituation) -> None:
        """Show where things stand; a job that goes on stays on the screen."""
        self.settings.set_situation(situation)
        if not self.running:
            self.show_page(self._settings_page)

    def show_progress(self, progress: Progress) -> None:
        """Where the job stands; the message names the current frame."""
        if self.running and self.cancel.isEnabled():
            self.work.show_progress(progress)

    def show_finished(
        self, done: int, skipped: int = 0, failures: tuple[Failure, ...] = ()
    ) -> None:
        """The job has ended, by itself or because it was cancelled."""
        was_cancelled = not self.cancel.isEnabled()
        sentence = f"{_frames(done)} segmented"
        if failures:
            sentence += f", {len(failures)} failed"
        remarks = []
        if was_cancelled:
            remarks.append("It was cancelled: what was finished stays.")
        if skipped:
            remarks.append(f"{_frames(skipped)} had labels already and were left alone.")
        self.outcome.show_result(sentence, " ".join(remarks), failures)
        self.show_page(self._result_page)

    def show_failed(self, error: Exception) -> None:
        """Nothing came of it: say why, and what to do."""
        self.outcome.show_error(error, "Segmenting")
        self.show_page(self._result_page)

    def _start(self) -> None:
        self.work.begin()
        self.cancel.setEnabled(True)
        self.show_page(self._work_page)
        self.start_requested.emit(self.settings.choice())

    def _cancel(self) -> None:
        self.cancel.setEnabled(False)
        self.work.show_cancelling()
        self.cancel_requested.emit()


class _SettingsPage(QWidget):
    changed = Signal()
    resized = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._situation = SegmentSituation(0, 0, "")
        self.from_project = Radio()
        self.from_folder = Radio("Another folder of pictures")
        self.source = FolderField("Folder of pictures", "Folder that holds the pictures")
        self.to_project = Radio("The labels of this project")
        self.to_folder = Radio("Another folder, as indexed PNG")
        self.output = FolderField("Folder for the masks", "Folder that the masks are written to")
        self.only_unlabelled = SwitchRow(
            "Only frames without labels",
            True,
            tooltip="Off: labels that a model made are replaced as well.",
        )
        self.crf = SwitchRow(
            "Refine with the CRF", False, tooltip="With the settings of the CRF panel."
        )
        self.model = body()
        self._groups = [QButtonGroup(self), QButtonGroup(self)]
        for group, buttons in zip(
            self._groups,
            ((self.from_project, self.from_folder), (self.to_project, self.to_folder)),
            strict=True,
        ):
            for button in buttons:
                group.addButton(button)
                button.toggled.connect(self._follow)
        for field in (self.source, self.output):
            field.changed.connect(lambda _folder: self.changed.emit())
        self._lay_out()

    def set_situation(self, situation: SegmentSituation) -> None:
        self._situation = situation
        has_project = situation.frames > 0
        self.from_project.setText(
            f"This project: {_frames(situation.frames)}, {situation.unlabelled} without labels"
            if has_project
            else "This project has no frames"
        )
        self.from_project.setEnabled(has_project)
        (self.from_project if has_project else self.from_folder).setChecked(True)
        (self.to_project if self._may_fill_project() else self.to_folder).setChecked(True)
        self.crf.set_value(situation.crf)
        self.model.setText(
            f"With the model in use: {situation.model}"
            if situation.model
            else "No model is chosen. Choose one in the Model panel first."
        )
        set_tone(self.model, "" if situation.model else "caution")
        self._follow()

    def complete(self) -> bool:
        """Whether everything is there that is needed."""
        choice = self.choice()
        has_source = self.from_project.isChecked() or choice.source is not None
        has_output = self.to_project.isChecked() or choice.output is not None
        return bool(self._situation.model) and has_source and has_output

    def choice(self) -> SegmentChoice:
        return SegmentChoice(
            self.source.folder() if self.from_folder.isChecked() else None,
            self.output.folder() if self.to_folder.isChecked() else None,
            self.only_unlabelled.value(),
            self.crf.value(),
        )

    def _may_fill_project(self) -> bool:
        return self.from_project.isChecked() and not self._situation.read_only

    def _follow(self) -> None:
        """Offer what fits together."""
        self.source.setVisible(self.from_folder.isChecked())
        may = self._may_fill_project()
        self.to_project.setEnabled(may)
        self.to_project.setToolTip(self._situation.read_only)
        if not may:
            self.to_folder.setChecked(True)
        self.output.setVisible(self.to_folder.isChecked())
        self.changed.emit()
        self.resized.emit()

    def _lay_out(self) -> None:
        for field in (self.source, self.output):
            field.setContentsMargins(3 * theme.STEP, 0, 0, 0)
        promise = QHBoxLayout()
        promise.setSpacing(theme.STEP)
        promise.addWidget(IconLabel("shield-check-outline", "good", 20))
        promise.addWidget(
            quiet("Never over human pixels: what you painted stays as it is, whatever is chosen."),
            1,
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.STEP)
        column.addWidget(title("Let the model label many frames"))
        column.addWidget(self.model)
        column.addLayout(promise)
        for name, parts in (
            ("Frames", (self.from_project, self.from_folder, self.source)),
            ("Results", (self.to_project, self.to_folder, self.output)),
            ("How", (self.only_unlabelled, self.crf)),
        ):
            column.addSpacing(theme.STEP)
            column.addWidget(heading(name))
            for part in parts:
                column.addWidget(part)
        column.addStretch(1)


def _frames(number: int) -> str:
    return f"{number} frame" if number == 1 else f"{number} frames"
