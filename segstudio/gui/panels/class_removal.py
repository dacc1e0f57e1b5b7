"""Asks, inside the panel, what becomes of the pixels of a class that is deleted."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from segstudio.core.classes import ClassTable
from segstudio.core.label_map import VOID
from segstudio.gui import theme
from segstudio.gui.widgets.choice_row import CalmComboBox


class ClassRemoval(QFrame):
    """A small card under the class list; hidden until :meth:`ask`."""

    confirmed = Signal(int, int)
    """The class to delete, and the id that its pixels get."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._class_id = VOID
        self._question = QLabel()
        self._question.setWordWrap(True)
        self.heir = CalmComboBox()
        self.heir.setAccessibleName("Give its pixels to")
        self.delete = QPushButton("Delete class")
        self.cancel = QPushButton("Keep")
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.STEP)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.delete)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.STEP] * 4)
        column.setSpacing(theme.STEP)
        column.addWidget(self._question)
        column.addWidget(self.heir)
        column.addLayout(buttons)
        self.delete.clicked.connect(self._confirm)
        self.cancel.clicked.connect(self.hide)
        self.hide()

    def ask(self, classes: ClassTable, class_id: int) -> None:
        """Show the question for one class."""
        entry = classes.get(class_id)
        if entry is None:
            return
        self._class_id = class_id
        self._question.setText(f"Delete “{entry.name}” and give its pixels to:")
        self.heir.clear()
        self.heir.addItem("Void (unlabelled)", VOID)
        for other in classes:
            if other.id != class_id:
                self.heir.addItem(other.name, other.id)
        self.show()
        self.heir.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _confirm(self) -> None:
        self.hide()
        self.confirmed.emit(self._class_id, self.heir.currentData())
