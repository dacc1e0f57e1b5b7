"""A folder that is typed, dropped or looked for."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from segstudio.gui import theme


class FolderField(QWidget):
    """A line with a path, and a button that opens the system's dialog without blocking.

    Parameters
    ----------
    name
        What the folder is for; the dialog's title and the field's accessible name.
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
        self.line.textChanged.connect(lambda _text: self.changed.emit(self.folder()))
        self.button.clicked.connect(self._choose)

    def folder(self) -> Path | None:
        """What is written, or None."""
        text = self.line.text().strip()
        return Path(text).expanduser() if text else None

    def set_folder(self, folder: Path | None) -> None:
        """Write another folder."""
        self.line.setText(str(folder) if folder else "")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.set_folder(_dropped(event))
        event.acceptProposedAction()

    def _choose(self) -> None:
        dialog = QFileDialog(self, self._name, str(self.folder() or Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.line.setText)
        dialog.open()


def _dropped(event: QDropEvent) -> Path | None:
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return next((path for path in paths if path.is_dir()), None)
