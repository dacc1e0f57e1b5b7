"""A line above the canvas that tells why the open frame is flagged, and takes the comment."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QWidget

from segstudio.gui import theme
from segstudio.gui.widgets.elided_label import ElidedLabel
from segstudio.gui.widgets.icon_label import IconLabel

_LONGEST = 1000


class FlagStrip(QFrame):
    """Shows a flag's comment, or the field in which it is written; hidden where there is neither.

    Return keeps what was written, Escape does not. Labelling goes on beside it.
    """

    commented = Signal(str)
    """This comment shall stand on the flag; it may be empty."""

    edit_requested = Signal()
    """The comment shall be written anew."""

    removal_requested = Signal()
    """The flag shall go."""

    left = Signal()
    """The field was closed, and the keyboard is free again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "strip")
        self._comment: str | None = None
        self._may_change = True
        self.text = ElidedLabel()
        self.field = QLineEdit()
        self.field.setPlaceholderText("Why does this frame want another look?")
        self.field.setAccessibleName("Comment on this frame")
        self.field.setMaxLength(_LONGEST)
        self.keep = QPushButton("Flag")
        self.cancel = QPushButton("Cancel")
        self.edit = QPushButton("Edit")
        self.edit.setToolTip("Write another comment")
        self.remove = QPushButton("Remove")
        self.remove.setToolTip("Take the flag away")
        self._lay_out()
        self.field.returnPressed.connect(self.finish)
        self.keep.clicked.connect(self.finish)
        self.cancel.clicked.connect(self._give_up)
        self.edit.clicked.connect(self.edit_requested)
        self.remove.clicked.connect(self.removal_requested)
        self.show_flag(None)

    @property
    def writing(self) -> bool:
        """Whether a comment is being written."""
        return not self.field.isHidden()

    def show_flag(self, comment: str | None, *, may_change: bool = True) -> None:
        """Show the open frame's flag; None where it has none."""
        self._comment, self._may_change = comment, may_change
        self.text.setText(comment or "This frame is flagged.")
        self.text.setToolTip(comment or "")
        self._arrange(writing=False)

    def write(self) -> None:
        """Open the field, with what stands there now."""
        if not self.writing:
            self.field.setText(self._comment or "")
            self._arrange(writing=True)
            self.field.selectAll()
        self.field.setFocus()

    def finish(self) -> None:
        """Keep what was written, if something is being written."""
        if self.writing:
            self._arrange(writing=False)
            self.commented.emit(self.field.text().strip())
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.writing:
            self._give_up()
        else:
            super().keyPressEvent(event)

    def _give_up(self) -> None:
        self._arrange(writing=False)
        self.left.emit()

    def _arrange(self, writing: bool) -> None:
        for part in (self.field, self.keep, self.cancel):
            part.setVisible(writing)
        self.text.setVisible(not writing)
        for part in (self.edit, self.remove):
            part.setVisible(not writing and self._may_change)
        self.setVisible(writing or self._comment is not None)

    def _lay_out(self) -> None:
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.STEP, theme.STEP // 2, theme.STEP, theme.STEP // 2)
        line.setSpacing(theme.STEP)
        line.addWidget(IconLabel("flag", "caution"))
        line.addWidget(self.text, 1)
        line.addWidget(self.field, 1)
        for button in (self.edit, self.remove, self.keep, self.cancel):
            line.addWidget(button)
