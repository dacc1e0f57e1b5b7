"""The line below the picture: what is under the pointer, how it is shown, what is running."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QStatusBar, QToolButton, QWidget

from segstudio.core.progress import Progress
from segstudio.gui import theme


class StatusBar(QStatusBar):
    """Cursor, class under it, saved or not, zoom, device, and the running job."""

    cancel_requested = Signal()
    """The running job's cancel button was pressed."""

    findings_clicked = Signal()
    """What the checks have found was pressed: show it."""

    job_clicked = Signal()
    """The running job's name was pressed: show its dialog again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._cursor = _field("Position of the pointer in picture pixels: column, row", 12)
        self._class = _field("Class under the pointer, and who decided it", 26)
        self._saved = _field("Whether every stroke is in the label files", 8)
        self._zoom = _field("Zoom", 7)
        self._device = _field("Where networks run", 6)
        self.findings = QToolButton(autoRaise=True)
        self.findings.setIcon(theme.icon("mdi6.alert-outline"))
        self.findings.setIconSize(theme.PANEL_ICON)
        self.findings.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.findings.setToolTip("What checking the labels has found: show it")
        self.findings.clicked.connect(self.findings_clicked)
        self.findings.hide()
        self._job = _JobField()
        self._job.cancel.clicked.connect(self.cancel_requested)
        self._job.name.clicked.connect(self.job_clicked)
        self.addWidget(self._cursor)
        self.addWidget(self._class, 1)
        for field in (self._job, self.findings, self._saved, self._zoom, self._device):
            self.addPermanentWidget(field)

    def show_cursor(self, pixel: tuple[int, int] | None) -> None:
        """Row and column under the pointer; shown as x, y."""
        self._cursor.setText(f"{pixel[1]}, {pixel[0]}" if pixel else "")

    def show_class(self, text: str) -> None:
        self._class.setText(text)

    def show_saved(self, saved: bool) -> None:
        self._saved.setText("Saved" if saved else "Unsaved")

    def show_findings(self, summary: str) -> None:
        """What the checks have found in the open frame; empty where there is nothing to tell."""
        self.findings.setText(summary)
        self.findings.setVisible(bool(summary))

    def show_read_only(self) -> None:
        self._saved.setText("Read-only")

    def show_no_frame(self) -> None:
        """Nothing is open whose zoom or saving could be told."""
        self._saved.clear()
        self._zoom.clear()

    def show_zoom(self, scale: float) -> None:
        percent = scale * 100
        self._zoom.setText(f"{percent:.0f} %" if percent >= 10 else f"{percent:.1f} %")

    def show_device(self, label: str, reason: str) -> None:
        """Where networks run, such as "CPU · OpenVINO", and why there."""
        self._device.setText(label)
        self._device.setToolTip(reason)

    def show_job(self, name: str, progress: Progress | None) -> None:
        """A running job; without a total the bar moves to and fro."""
        self._job.show_progress(name, progress)

    def hide_job(self) -> None:
        self._job.hide()


class _JobField(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.name = QToolButton(autoRaise=True)
        self.name.setToolTip("Show the running job")
        self._bar = QProgressBar(textVisible=False)
        self._bar.setFixedWidth(15 * theme.STEP)
        self._bar.setFixedHeight(theme.STEP)
        self.cancel = QToolButton(autoRaise=True)
        self.cancel.setIcon(theme.icon("mdi6.close"))
        self.cancel.setIconSize(theme.PANEL_ICON)
        self.cancel.setToolTip("Cancel the running job")
        self.cancel.setAccessibleName("Cancel the running job")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, theme.STEP, 0)
        layout.setSpacing(theme.STEP // 2)
        for part in (self.name, self._bar, self.cancel):
            layout.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    def show_progress(self, name: str, progress: Progress | None) -> None:
        known = progress is not None and progress.total > 0
        self._bar.setRange(0, 1000 if known else 0)
        if progress is not None and known:
            self._bar.setValue(round(progress.fraction * 1000))
        detail = progress.message if progress is not None else ""
        self.name.setText(f"{name}: {detail}" if detail else name)
        self.show()


def _field(tooltip: str, letters: int) -> QLabel:
    field = QLabel()
    field.setToolTip(tooltip)
    field.setContentsMargins(theme.STEP, 0, theme.STEP, 0)
    field.setMinimumWidth(field.fontMetrics().averageCharWidth() * letters + 2 * theme.STEP)
    return field
