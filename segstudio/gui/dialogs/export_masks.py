"""Export label maps: the format, which frames, where to, and whether it came out right."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QScrollArea, QVBoxLayout, QWidget

from segstudio.core.progress import Progress
from segstudio.gui import theme
from segstudio.gui.dialogs.parts.folder_field import FolderField
from segstudio.gui.dialogs.parts.paged import Page, PagedDialog, plain, primary
from segstudio.gui.dialogs.parts.radio import Radio
from segstudio.gui.dialogs.parts.result_page import Failure, ResultPage
from segstudio.gui.dialogs.parts.text import heading, quiet, title
from segstudio.gui.dialogs.parts.work_page import WorkPage
from segstudio.gui.widgets.switch_row import SwitchRow

_WIDTH = 560
_FORMATS_HEIGHT = 30 * theme.STEP


@dataclass(frozen=True, slots=True)
class FormatChoice:
    """One format, as its ``FormatSpec`` says."""

    name: str
    label: str
    description: str


@dataclass(frozen=True, slots=True)
class ExportSituation:
    """Where things stand: formats, frames marked as done, frames with labels, a folder to offer.

    ``selected`` says whether the frames are those selected in the list, or all.
    """

    formats: tuple[FormatChoice, ...]
    done_frames: int
    labelled_frames: int
    folder: Path | None = None
    selected: bool = False


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What was chosen; ``format`` is a format's name."""

    format: str
    folder: Path
    only_done: bool


class ExportDialog(PagedDialog):
    """Asks what to export, shows how far it is, and what the check of the files found."""

    start_requested = Signal(object)
    """An :class:`ExportChoice`."""

    cancel_requested = Signal()

    open_folder_requested = Signal(object)
    """``Path`` of the folder that was written."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Export masks", parent)
        self._folder: Path | None = None
        self.settings = _SettingsPage()
        self.start = primary("Export")
        self.work = WorkPage(
            "Exporting", "frame", "Every file is read back and compared with the labels."
        )
        self.cancel = plain("Cancel")
        self.outcome = ResultPage()
        self.again = plain("Export again…")
        self.open_folder = primary("Open folder")
        close = self.closing_button
        self._settings_page = Page(self.settings, _WIDTH, close("Close"), self.start)
        self._work_page = Page(self.work, _WIDTH, close("Hide"), self.cancel)
        self._result_page = Page(self.outcome, _WIDTH, self.again, close("Close"), self.open_folder)
        for page in (self._settings_page, self._work_page, self._result_page):
            self.add_page(page)
        self.start.clicked.connect(self._start)
        self.cancel.clicked.connect(self._cancel)
        self.open_folder.clicked.connect(self._open_folder)
        self.again.clicked.connect(lambda: self.show_page(self._settings_page))
        self.settings.changed.connect(lambda: self.start.setEnabled(self.settings.complete()))
        self.start.setEnabled(False)

    @property
    def running(self) -> bool:
        """Whether the job that was started has not ended."""
        return self.page is self._work_page

    def set_situation(self, situation: ExportSituation) -> None:
        """Show where things stand; a job that goes on stays on the screen."""
        self.settings.set_situation(situation)
        if not self.running:
            self.show_page(self._settings_page)

    def show_progress(self, progress: Progress) -> None:
        """Where the job stands; the message names the current frame."""
        if self.running and self.cancel.isEnabled():
            self.work.show_progress(progress)

    def show_finished(
        self, done: int, verdict: str, good: bool, failures: tuple[Failure, ...] = ()
    ) -> None:
        """The job has ended, by itself or because it was cancelled.

        Parameters
        ----------
        done
            Label maps that were written.
        verdict, good
            What the check of the files found, as a sentence, and whether nothing was lost.
        failures
            Frames that were not exported.
        """
        noun = "label map" if done == 1 else "label maps"
        sentence = f"{done} {noun} exported"
        if failures:
            sentence += f", {len(failures)} failed"
        if not self.cancel.isEnabled():
            verdict = f"It was cancelled: what was finished stays. {verdict}".strip()
        self.outcome.show_result(
            sentence, f"{verdict}\n{self._folder or ''}".strip(), failures, good and not failures
        )
        self._show_result(written=done > 0)

    def show_failed(self, error: Exception) -> None:
        """Nothing came of it: say why, and what to do."""
        self.outcome.show_error(error, "The export")
        self._show_result(written=False)

    def _show_result(self, written: bool) -> None:
        self.open_folder.setVisible(written)
        self.show_page(self._result_page)

    def _start(self) -> None:
        choice = self.settings.choice()
        self._folder = choice.folder
        self.work.begin()
        self.cancel.setEnabled(True)
        self.show_page(self._work_page)
        self.start_requested.emit(choice)

    def _cancel(self) -> None:
        self.cancel.setEnabled(False)
        self.work.show_cancelling()
        self.cancel_requested.emit()

    def _open_folder(self) -> None:
        self.open_folder_requested.emit(self._folder)


class _SettingsPage(QWidget):
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._situation = ExportSituation((), 0, 0)
        self.formats = QButtonGroup(self)
        self._formats = QScrollArea(widgetResizable=True)
        self._formats.setFrameShape(QFrame.Shape.NoFrame)
        self.only_done = SwitchRow(
            "Only frames marked as done", True, tooltip="Off: every frame that has labels."
        )
        self._frames = quiet()
        self.folder = FolderField("Folder for the export", "Folder that the files are written to")
        self._lay_out()
        self.formats.buttonToggled.connect(lambda *_: self.changed.emit())
        self.folder.changed.connect(lambda _folder: self.changed.emit())
        self.only_done.valueChanged.connect(lambda _on: self._show_frames())

    def set_situation(self, situation: ExportSituation) -> None:
        chosen = self._chosen_format()
        if situation.formats != self._situation.formats:
            self._fill_formats(situation.formats)
        self._situation = situation
        names = [entry.name for entry in situation.formats]
        if names:
            button = self.formats.button(names.index(chosen) if chosen in names else 0)
            button.setChecked(True)
        if self.folder.folder() is None:
            self.folder.set_folder(situation.folder)
        if not situation.done_frames:
            self.only_done.set_value(False)
        self._show_frames()

    def complete(self) -> bool:
        """Whether everything is there that is needed."""
        has_format = bool(self._chosen_format())
        return has_format and self.folder.folder() is not None and self._frame_count() > 0

    def choice(self) -> ExportChoice:
        folder = self.folder.folder()
        assert folder is not None
        return ExportChoice(self._chosen_format(), folder, self.only_done.value())

    def _chosen_format(self) -> str:
        index = self.formats.checkedId()
        return self._situation.formats[index].name if index >= 0 else ""

    def _fill_formats(self, formats: tuple[FormatChoice, ...]) -> None:
        for button in self.formats.buttons():
            self.formats.removeButton(button)
        box = QWidget()
        box.setProperty("role", "page")
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.STEP // 2)
        for index, entry in enumerate(formats):
            button = Radio(entry.label)
            self.formats.addButton(button, index)
            description = quiet(entry.description)
            description.setContentsMargins(3 * theme.STEP, 0, 0, theme.STEP // 2)
            column.addWidget(button)
            column.addWidget(description)
        column.addStretch(1)
        self._formats.setWidget(box)
        wanted = box.heightForWidth(_WIDTH - 4 * theme.STEP)
        self._formats.setFixedHeight(min(wanted, _FORMATS_HEIGHT))

    def _frame_count(self) -> int:
        situation = self._situation
        return situation.done_frames if self.only_done.value() else situation.labelled_frames

    def _show_frames(self) -> None:
        count = self._frame_count()
        which = "selected frame" if self._situation.selected else "frame"
        if count:
            text = f"{count} {which}{'' if count == 1 else 's'} will be exported."
        elif self._situation.labelled_frames:
            text = f"No {which} is marked as done yet: mark one, or export all that have labels."
        else:
            text = f"No {which} is labelled yet: label one first."
        self._frames.setText(text)
        self.changed.emit()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.STEP)
        column.addWidget(title("Export label maps"))
        column.addSpacing(theme.STEP)
        column.addWidget(heading("Format"))
        column.addWidget(self._formats)
        column.addSpacing(theme.STEP)
        column.addWidget(heading("Frames"))
        column.addWidget(self.only_done)
        column.addWidget(self._frames)
        column.addSpacing(theme.STEP)
        column.addWidget(heading("Folder"))
        column.addWidget(self.folder)
        column.addStretch(1)
