"""What a dialog shows while its job runs."""

from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from segstudio.core.progress import Progress
from segstudio.gui import theme
from segstudio.gui.dialogs.parts.text import quiet, title
from segstudio.gui.widgets.elided_label import ElidedLabel


class WorkPage(QWidget):
    """A bar, how far it is, and what is being worked on.

    Parameters
    ----------
    unit
        What is counted, in the singular: "frame".
    remark
        What there is to know meanwhile.
    """

    def __init__(self, heading: str, unit: str, remark: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._unit = unit.capitalize()
        self.bar = QProgressBar(textVisible=False)
        self.bar.setFixedHeight(2 * theme.STEP)
        self.count = quiet()
        self.message = ElidedLabel()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.STEP)
        column.addWidget(title(heading))
        column.addWidget(quiet(remark))
        column.addSpacing(theme.STEP)
        column.addWidget(self.message)
        column.addWidget(self.bar)
        column.addWidget(self.count)
        column.addStretch(1)
        self.begin()

    def begin(self) -> None:
        """Nothing is known yet: the bar moves to and fro."""
        self.bar.setRange(0, 0)
        self.message.setText("Starting…")
        self.count.setText("")

    def show_progress(self, progress: Progress) -> None:
        """Where the job stands."""
        self.bar.setRange(0, 1000 if progress.total else 0)
        self.bar.setValue(round(progress.fraction * 1000))
        if progress.message:
            self.message.setText(progress.message)
        if progress.total:
            self.count.setText(f"{self._unit} {progress.done} of {progress.total}")

    def show_cancelling(self) -> None:
        """The wish was heard."""
        self.bar.setRange(0, 0)
        self.message.setText("Stopping after this step…")
