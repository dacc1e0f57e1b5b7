"""A file that is typed, dropped or looked for."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from segstudio.gui.dialogs.parts.path_field import PathField


class FileField(PathField):
    """A line for a file to read, or for one to write.

    Parameters
    ----------
    name, placeholder
        As for :class:`PathField`.
    kind
        What the files are, for the system's dialog: "Weights".
    suffixes
        Their endings, with the dot.
    saves
        Whether the file is to be written.
    """

    def __init__(
        self,
        name: str,
        placeholder: str,
        kind: str,
        suffixes: Sequence[str],
        *,
        saves: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, placeholder, parent)
        self._filter = f"{kind} ({' '.join(f'*{suffix}' for suffix in suffixes)})"
        self._suffixes = tuple(suffixes)
        self._saves = saves

    def prepare(self, dialog: QFileDialog) -> None:
        dialog.setNameFilters([self._filter, "All files (*)"])
        if self._saves:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setDefaultSuffix(self._suffixes[0].removeprefix("."))
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)

    def accepts(self, path: Path) -> bool:
        return path.suffix.lower() in self._suffixes
