"""Import weights that others published: the file, the network, the classes, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from segstudio.core.classes import ClassTable
from segstudio.core.progress import Progress
from segstudio.gui import theme
from segstudio.gui.dialogs.parts.architectures import (
    FIRST_WEIGHTS,
    ArchitectureBox,
    ArchitectureChoice,
    ArchitectureOptions,
)
from segstudio.gui.dialogs.parts.file_field import FileField
from segstudio.gui.dialogs.parts.paged import Page, PagedDialog, plain, primary
from segstudio.gui.dialogs.parts.radio import Radio
from segstudio.gui.dialogs.parts.result_page import ResultPage
from segstudio.gui.dialogs.parts.text import heading, quiet, title
from segstudio.gui.dialogs.parts.work_page import WorkPage
from segstudio.gui.widgets.section import Section

_WIDTH = 560
_WEIGHTS = (".pth", ".pt", ".tar", ".safetensors")
_CHECKPOINT = ".safetensors"


@dataclass(frozen=True, slots=True)
class ImportSituation:
    """Where things stand: networks, and the open project's classes, none where none is open."""

    architectures: tuple[ArchitectureChoice, ...]
    classes: ClassTable = field(default_factory=ClassTable)


@dataclass(frozen=True, slots=True)
class ImportChoice:
    """What was chosen; ``classes`` is a table or a file that holds one."""

    file: Path
    architecture: str
    options: Mapping[str, Any]
    classes: ClassTable | Path
    out: Path


class ImportDialog(PagedDialog):
    """Asks what to import as what, shows how far it is, and says why it did not work."""

    start_requested = Signal(object)
    """An :class:`ImportChoice`."""

    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Import a checkpoint", parent)
        self.settings = _SettingsPage()
        self.start = primary("Import")
        self.work = WorkPage("Importing", "step", "The file is read; nothing in it is run.")
        self.cancel = plain("Cancel")
        self.outcome = ResultPage()
        self.again = plain("Back")
        self.finish = primary("Close")
        close = self.closing_button
        self._settings_page = Page(self.settings, _WIDTH, close("Close"), self.start)
        self._work_page = Page(self.work, _WIDTH, close("Hide"), self.cancel)
        self._result_page = Page(self.outcome, _WIDTH, self.again, self.finish)
        for page in (self._settings_page, self._work_page, self._result_page):
            self.add_page(page)
        self.start.clicked.connect(self._start)
        self.cancel.clicked.connect(self._cancel)
        self.again.clicked.connect(lambda: self.show_page(self._settings_page))
        self.finish.clicked.connect(self.close)
        self.settings.changed.connect(lambda: self.start.setEnabled(self.settings.complete()))
        self.settings.resized.connect(self.fit_soon)
        self.start.setEnabled(False)

    @property
    def running(self) -> bool:
        """Whether the job that was started has not ended."""
        return self.page is self._work_page

    def set_situation(self, situation: ImportSituation) -> None:
        """Show where things stand; a job that goes on stays on the screen."""
        self.settings.set_situation(situation)
        if not self.running:
            self.show_page(self._settings_page)

    def show_progress(self, progress: Progress) -> None:
        """Where the job stands."""
        if self.running and self.cancel.isEnabled():
            self.work.show_progress(progress)

    def show_finished(self, written: Path) -> None:
        """The checkpoint is there, and in use."""
        remark = f"It is the model in use now, and lies in\n{written}"
        self.outcome.show_result(f"{written.stem} is imported", remark, ())
        self.show_page(self._result_page)

    def show_failed(self, error: Exception) -> None:
        """Nothing came of it: say why, and what to do."""
        self.outcome.show_error(error, "The import")
        self.show_page(self._result_page)

    def show_cancelled(self) -> None:
        """The job has let go: nothing was written."""
        self.show_page(self._settings_page)

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
        self._classes = ClassTable()
        self._offered: Path | None = None
        self.file = FileField("File of weights", "File to import", "Weights", _WEIGHTS)
        self.architecture = ArchitectureBox()
        self._summary = quiet()
        # The file brings the weights: there are none to start from.
        self.options = ArchitectureOptions(without=[FIRST_WEIGHTS])
        self.options_section = Section("Options", self.options, expanded=False)
        self.from_project = Radio()
        self.from_file = Radio("The classes in a file, one for each output of the network:")
        self._groups = QButtonGroup(self)
        self._groups.addButton(self.from_project)
        self._groups.addButton(self.from_file)
        self.classes_file = FileField(
            "File of classes", "classes.txt or classes.json", "Classes", (".txt", ".json")
        )
        self.out = FileField(
            "Checkpoint to write", "Checkpoint to write", "Checkpoint", (_CHECKPOINT,), saves=True
        )
        self._lay_out()
        self._connect()

    def set_situation(self, situation: ImportSituation) -> None:
        first = not self._classes
        self._classes = situation.classes
        self.architecture.set_choices(situation.architectures)
        count = len(situation.classes)
        self.from_project.setText(f"The {count} classes of this project" if count else "No classes")
        self.from_project.setVisible(bool(count))
        if not count:
            self.from_file.setChecked(True)
        elif first:
            self.from_project.setChecked(True)
        self._show_architecture()

    def complete(self) -> bool:
        """Whether everything is there that is needed."""
        classes = self.from_project.isChecked() or self.classes_file.path() is not None
        wanted = (self.file.path(), self.architecture.choice(), self.out.path())
        return classes and all(entry is not None for entry in wanted)

    def choice(self) -> ImportChoice:
        file, out, network = self.file.path(), self.out.path(), self.architecture.choice()
        assert file is not None
        assert out is not None
        assert network is not None
        named = self.classes_file.path()
        classes = self._classes if self.from_project.isChecked() or named is None else named
        return ImportChoice(file, network.name, self.options.values(), classes, out)

    def _connect(self) -> None:
        for field_ in (self.file, self.classes_file, self.out):
            field_.changed.connect(lambda _path: self.changed.emit())
        self.file.changed.connect(self._offer_name)
        self.architecture.currentIndexChanged.connect(lambda _place: self._show_architecture())
        self.options_section.toggled.connect(self.resized)
        self.options.changed.connect(self.resized)
        # Whoever names a file means it.
        self.classes_file.changed.connect(lambda path: self.from_file.setChecked(path is not None))
        self._groups.buttonToggled.connect(lambda *_: self.changed.emit())

    def _offer_name(self, file: Path | None) -> None:
        """Beside the file, under its name, unless that is taken or another was chosen."""
        if file is None or not file.name or self.out.path() not in (None, self._offered):
            return
        offered = file.with_suffix(_CHECKPOINT)
        number = 2
        while offered.exists():
            offered = file.with_name(f"{file.stem}-{number}{_CHECKPOINT}")
            number += 1
        self._offered = offered
        self.out.set_path(offered)

    def _show_architecture(self) -> None:
        choice = self.architecture.choice()
        self._summary.setText(choice.summary if choice else "Looking for the networks…")
        self.options.set_architecture(choice)
        self.options_section.setVisible(not self.options.is_empty())
        self.resized.emit()
        self.changed.emit()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.STEP)
        column.addWidget(title("Import a checkpoint"))
        column.addWidget(
            quiet(
                "Weights from torchvision, segmentation_models.pytorch and other implementations "
                "become a checkpoint of SegStudio's."
            )
        )
        for words, *parts in (
            ("File", self.file),
            ("Network", self.architecture, self._summary, self.options_section),
            ("Classes", self.from_project, self.from_file, self.classes_file),
            ("Save as", self.out),
        ):
            column.addSpacing(theme.STEP)
            column.addWidget(heading(str(words)))
            for part in parts:
                assert isinstance(part, QWidget)
                column.addWidget(part)
        column.addStretch(1)
