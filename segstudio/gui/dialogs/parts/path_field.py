"""A path that is typed, dropped or looked for."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from segstudio.gui import theme


class PathField(QWidget):
    """A line with a path, and a button that opens the system's dialog without blocking.

    Subclasses say what the dialog offers and what may be dropped.

    Parameters
    ----------
    name
        What the path is for; the dialog's title and the field's accessible name.
    """

    changed = Signal(object)
    """The ``Path``, or None where nothing is written."""

    def __init__(self, name: str, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.setAcceptDrops(True)
        self.line = QLineEdit(placeholderText=placeholder)
        self.line.setAccessibleName(name)
        self.button = QPushButton("Choose…")
        self.button.setAutoDefault(False)
        self.button.setAccessibleName(f"{name}: choose")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.STEP)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)
        self.line.textChanged.connect(lambda _text: self.changed.emit(self.path()))
        self.button.clicked.connect(self._choose)

    def path(self) -> Path | None:
        """What is written, or None."""
        text = self.line.text().strip()
        return Path(text).expanduser() if text else None

    def set_path(self, path: Path | None) -> None:
        """Write another path."""
        self.line.setText(str(path) if path else "")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.set_path(self._dropped(event))
        event.acceptProposedAction()

    def prepare(self, dialog: QFileDialog) -> None:
        """Let the system's dialog offer what fits."""
        raise NotImplementedError

    def accepts(self, path: Path) -> bool:
        """Whether a path may be dropped here."""
        raise NotImplementedError

    def _dropped(self, event: QDropEvent) -> Path | None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        return next(filter(self.accepts, paths), None)

    def _choose(self) -> None:
        dialog = QFileDialog(self, self._name, str(self.path() or Path.home()))
        self.prepare(dialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.line.setText)
        dialog.open()
