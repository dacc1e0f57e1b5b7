"""A folder that is typed, dropped or looked for."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from segstudio.gui.dialogs.parts.path_field import PathField


class FolderField(PathField):
    """A line for a folder."""

    def folder(self) -> Path | None:
        """What is written, or None."""
        return self.path()

    def set_folder(self, folder: Path | None) -> None:
        """Write another folder."""
        self.set_path(folder)

    def prepare(self, dialog: QFileDialog) -> None:
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)

    def accepts(self, path: Path) -> bool:
        return path.is_dir()
