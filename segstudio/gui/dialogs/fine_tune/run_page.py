"""A training run: live while it goes on, its result when it has ended."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.core.classes import ClassTable
from segstudio.core.progress import Progress
from segstudio.gui import theme
from segstudio.gui.dialogs.fine_tune.class_bars import ClassBars
from segstudio.gui.dialogs.fine_tune.curves import Curves
from segstudio.gui.dialogs.parts.text import heading, quiet, title
from segstudio.gui.widgets.elided_label import ElidedLabel
from segstudio.training.report import TrainReport

_BARS_SHOWN = 11
_BARS_AT_LEAST = 3
_ROW = 3 * theme.STEP


@dataclass(frozen=True, slots=True)
class RunStart:
    """What is known when a run begins; ``before`` is the mean IoU that it starts from."""

    label: str
    classes: ClassTable
    before: float | None


class RunPage(QWidget):
    """Bar, figures, curves and per-class IoU."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._start = RunStart("", ClassTable(), None)
        self._title = title("")
        self.best = title("")
        self.best.setWordWrap(False)
        self._best_remark = quiet("best validation mIoU")
        self._best_remark.setWordWrap(False)
        self.message = ElidedLabel()
        self.message.setProperty("role", "quiet")
        self.times = ElidedLabel()
        self.times.setProperty("role", "quiet")
        self.bar = QProgressBar(textVisible=False)
        self.bar.setFixedHeight(2 * theme.STEP)
        self.curves = Curves()
        self.class_bars = ClassBars()
        self._bars = _Rows()
        self.place = ElidedLabel("", Qt.TextElideMode.ElideMiddle)
        self._copy = QToolButton(autoRaise=True)
        self._copy.setIcon(theme.icon("content-copy"))
        self._copy.setIconSize(theme.PANEL_ICON)
        self._copy.setToolTip("Copy the path of the checkpoint")
        self._copy.setAccessibleName("Copy the path of the checkpoint")
        self._place_row = QWidget()
        self._lay_out()
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.place.text()))

    def begin(self, start: RunStart) -> None:
        """A new run: no figures yet."""
        self._start = start
        self._title.setText(f"Training: {start.label}")
        self.message.setText("Starting…")
        self.times.setText("")
        self.bar.setRange(0, 0)
        self.bar.show()
        self._place_row.hide()
        self._show_best(None)
        self.curves.clear()
        self.class_bars.set_classes(start.classes)
        self._bars.show_rows(len(start.classes))

    def show_progress(self, progress: Progress) -> None:
        """Where the run stands; progress without a report is still about reading."""
        self.message.setText(progress.message)
        self.bar.setRange(0, 1000 if progress.total else 0)
        self.bar.setValue(round(progress.fraction * 1000))
        report = progress.payload
        if isinstance(report, TrainReport):
            self.curves.add(report)
            self._show_best(report.best_mean_iou)
            self.times.setText(_times(report))
            if report.per_class_iou is not None:
                self.class_bars.set_values(report.per_class_iou)

    def show_stopping(self) -> None:
        """The wish was heard; the best checkpoint is being written."""
        self.bar.setRange(0, 0)
        self.message.setText("Stopping, and keeping the best…")

    def show_finished(self, report: TrainReport, stopped: bool) -> None:
        """The result."""
        self.curves.redraw()
        self.bar.hide()
        self._title.setText("Training was stopped" if stopped else "Training has finished")
        self.message.setText(self._verdict(report))
        self.times.setText(f"{report.step} steps in {duration(report.seconds)}")
        self._show_best(report.best_mean_iou)
        self._place_row.setVisible(report.checkpoint is not None)
        self._show_place(report.checkpoint)

    def _verdict(self, report: TrainReport) -> str:
        if report.checkpoint is None:
            return "It ended before there was anything to keep."
        if report.best_mean_iou is None:
            return "The network was kept, but not measured yet."
        if self._start.before is None:
            return "The best network of the run was kept."
        before, now = self._start.before, report.best_mean_iou
        change = f"{now - before:+.3f}".replace("-", "−")
        return f"{before:.3f} before, {now:.3f} now ({change}), each on its own held-back frames."

    def _show_best(self, mean_iou: float | None) -> None:
        self.best.setText("–" if mean_iou is None else f"{mean_iou:.3f}")

    def _show_place(self, checkpoint: Path | None) -> None:
        self.place.setText(str(checkpoint or ""))

    def _lay_out(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(theme.STEP // 2)
        names.addWidget(self._title)
        names.addWidget(self.message)
        figures = QVBoxLayout()
        figures.setSpacing(theme.STEP // 2)
        for label in (self.best, self._best_remark):
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
            figures.addWidget(label)
        head = QHBoxLayout()
        head.setSpacing(2 * theme.STEP)
        head.addLayout(names, 1)
        head.addLayout(figures)
        place = QHBoxLayout(self._place_row)
        place.setContentsMargins(0, 0, 0, 0)
        place.addWidget(self.place, 1)
        place.addWidget(self._copy)
        self._bars.setWidget(self.class_bars)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.STEP)
        column.addLayout(head)
        column.addWidget(self.bar)
        column.addWidget(self.times)
        column.addWidget(self._place_row)
        column.addSpacing(theme.STEP)
        column.addWidget(self.curves, 1)
        column.addSpacing(theme.STEP)
        column.addWidget(heading("IoU per class"))
        column.addWidget(self._bars)


class _Rows(QScrollArea):
    """Wants to show all rows up to some, and can do with few on a small screen."""

    def __init__(self) -> None:
        super().__init__(widgetResizable=True)
        self._rows = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_rows(self, rows: int) -> None:
        self._rows = rows
        self.setMinimumHeight(min(_BARS_AT_LEAST, rows) * _ROW)
        self.setMaximumHeight(rows * _ROW)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(0, min(_BARS_SHOWN, self._rows) * _ROW)


def duration(seconds: float) -> str:
    """ "0:07", "12:40", "1:05:00"."""
    minutes, rest = divmod(round(max(0.0, seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _times(report: TrainReport) -> str:
    parts = [f"Step {report.step} of about {report.steps}"] if report.steps else []
    parts.append(f"{duration(report.seconds)} elapsed")
    parts.append(f"about {duration(report.eta_seconds)} left")
    if report.images_per_second:
        parts.append(f"{report.images_per_second:.1f} crops/s")
    return "  ·  ".join(parts)
