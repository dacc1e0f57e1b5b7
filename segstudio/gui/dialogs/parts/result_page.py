"""What a dialog shows when its job has ended: a summary, and what failed."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from segstudio.core.errors import SegStudioError
from segstudio.gui import theme
from segstudio.gui.dialogs.parts.text import body, heading, quiet, title
from segstudio.gui.widgets.icon_label import IconLabel


@dataclass(frozen=True, slots=True)
class Failure:
    """One frame that was left out, and why."""

    name: str
    reason: str


class ResultPage(QWidget):
    """An icon and a sentence, a remark, and a list of failures that can be copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconLabel("check-circle-outline", "good", 24)
        self._title = title("")
        self._remark = body()
        self.failures = QPlainTextEdit(readOnly=True)
        self.failures.setAccessibleName("What failed, with the reasons")
        self.failures.setMinimumHeight(16 * theme.STEP)
        self.copy = QPushButton("Copy")
        self.copy.setAutoDefault(False)
        self.copy.setToolTip("Copy the list of failures")
        self.copy.clicked.connect(self._copy)
        self._failed = QWidget()
        self._lay_out()

    def show_result(
        self, sentence: str, remark: str, failures: Sequence[Failure], good: bool | None = None
    ) -> None:
        """Show how it went; it went well where nothing failed, unless ``good`` says otherwise."""
        well = not failures if good is None else good
        self._icon.set_icon("check-circle-outline" if well else "alert-outline", _tone(well))
        self._title.setText(sentence)
        self._remark.setText(remark)
        self._remark.setVisible(bool(remark))
        self.failures.setPlainText("\n".join(f"{f.name}: {f.reason}" for f in failures))
        self._failed.setVisible(bool(failures))

    def show_error(self, error: Exception, what: str) -> None:
        """Show why nothing came of it; ``what`` did, such as "The export"."""
        sentence, remark = told(error)
        self._icon.set_icon("alert-circle-outline", "bad")
        self._title.setText(f"{what} failed")
        self._remark.setText(f"{sentence}\n{remark}".strip())
        self._remark.setVisible(True)
        self._failed.hide()

    def sentence(self) -> str:
        """The summary."""
        return self._title.text()

    def remark(self) -> str:
        """What stands under it."""
        return self._remark.text()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(theme.STEP)
        line.addWidget(self._icon)
        line.addWidget(self._title, 1)
        above = QHBoxLayout()
        above.addWidget(heading("Not done"))
        above.addWidget(quiet("Everything else went on."), 1)
        above.addWidget(self.copy)
        inner = QVBoxLayout(self._failed)
        inner.setContentsMargins(0, theme.STEP, 0, 0)
        inner.setSpacing(theme.STEP)
        inner.addLayout(above)
        inner.addWidget(self.failures)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.STEP)
        column.addLayout(line)
        column.addWidget(self._remark)
        column.addWidget(self._failed, 1)
        column.addStretch(0)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.failures.toPlainText())


def told(error: Exception) -> tuple[str, str]:
    """What went wrong, and what to do about it."""
    if isinstance(error, SegStudioError):
        return f"{error.subject}: {error.reason}.", error.remedy
    return f"{type(error).__name__}: {error}", "This looks like a mistake in SegStudio."


def _tone(well: bool) -> str:
    return "good" if well else "caution"
