"""How much undo may remember, and what it remembers now."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segstudio.gui import theme
from segstudio.gui.dialogs.parts.paged import Page, PagedDialog, primary
from segstudio.gui.dialogs.parts.text import body, heading, quiet
from segstudio.gui.widgets.number_row import NumberRow

_WIDTH = 400
_HOW = (
    "Steps are kept with the project, so that undo goes on after a restart. Beyond this much, the "
    "oldest are forgotten; one frame may use half of it. It also bounds what is kept to take back "
    "the deletion of a class."
)


@dataclass(frozen=True, slots=True)
class UndoSituation:
    """What is remembered.

    Attributes
    ----------
    megabytes, default, least, most
        The budget, its default and its bounds.
    frame
        Steps of the open frame that can be undone, that can be redone, and what all weigh in
        bytes; None where no frame is open.
    project
        Frames with steps on the disk, and bytes that those files take; None where no project is
        open, or it has not been looked at yet.
    """

    megabytes: int
    default: int
    least: int
    most: int
    frame: tuple[int, int, int] | None
    project: tuple[int, int] | None


class UndoMemoryDialog(PagedDialog):
    """Every change takes effect at once."""

    chosen = Signal(int)
    """Another budget, in megabytes."""

    def __init__(self, situation: UndoSituation, parent: QWidget | None = None) -> None:
        super().__init__("Undo memory", parent)
        self.budget = NumberRow(
            "Undo may remember",
            situation.default,
            minimum=situation.least,
            maximum=situation.most,
            unit="MB",
            tooltip="Room for the steps of all frames, on the disk; of one frame, in memory.",
        )
        self.frame, self.project = body(), body()
        close = primary("Close")
        close.clicked.connect(self.close)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setSpacing(theme.STEP)
        column.addWidget(self.budget)
        column.addWidget(quiet(_HOW))
        column.addSpacing(theme.STEP)
        column.addWidget(heading("Remembered now"))
        column.addWidget(self.frame)
        column.addWidget(self.project)
        page = Page(content, _WIDTH, close)
        self.add_page(page)
        self.budget.settled.connect(lambda value: self.chosen.emit(round(value)))
        self.show_situation(situation)
        self.show_page(page)

    def show_situation(self, situation: UndoSituation) -> None:
        """Show what is remembered now."""
        self.budget.set_value(situation.megabytes)
        self.frame.setText(_of_frame(situation.frame))
        self.project.setText(_of_project(situation.project))
        self.fit_soon()


def _of_frame(kept: tuple[int, int, int] | None) -> str:
    if kept is None:
        return "This frame: none is open."
    undo, redo, size = kept
    steps = f"{_count(undo, 'step')} to undo" + (f", {redo} to redo" if redo else "")
    return f"This frame: {steps}, {_weight(size)}."


def _of_project(kept: tuple[int, int] | None) -> str:
    if kept is None:
        return "All frames: –"
    frames, size = kept
    return f"All frames: steps of {_count(frames, 'frame')}, {_weight(size)} on the disk."


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number:,} {what}s"


def _weight(size: int) -> str:
    kilobytes = size / 2**10
    return f"{kilobytes:.0f} kB" if kilobytes < 1000 else f"{kilobytes / 2**10:.1f} MB"
