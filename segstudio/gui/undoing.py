"""Takes back what was done last, be it a whole step or a point of what is being drawn."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from segstudio.core.document import Document
from segstudio.gui.actions import action
from segstudio.gui.labelling import Labelling


class Undoing(QObject):
    """Undo and redo of the open frame."""

    def __init__(self, labelling: Labelling, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._labelling = labelling
        self.take_back: Callable[[], bool] = lambda: False
        """Takes back a part of the gesture under way; says whether there was one."""
        self.take_back_everywhere: Callable[[], bool] = lambda: False
        """Takes back a change of all frames that is newer than the open frame's last step."""

    @action(
        "&Undo",
        "Edit/1",
        "Take the last change of this frame back.",
        icon="mdi6.undo",
        shortcuts=["Ctrl+Z"],
    )
    def undo(self) -> None:
        """Take back the newest step, or the newest point of what is being drawn."""
        if not self.take_back() and not self.take_back_everywhere():
            self._step(Document.undo)

    @action(
        "&Redo",
        "Edit/1",
        "Repeat what was taken back.",
        icon="mdi6.redo",
        shortcuts=["Ctrl+Shift+Z", "Ctrl+Y"],
    )
    def redo(self) -> None:
        """Repeat the step that was taken back."""
        self._step(Document.redo)

    def _step(self, move: Callable[[Document], object]) -> None:
        document = self._labelling.document
        if document is not None and not document.in_transaction:
            move(document)
