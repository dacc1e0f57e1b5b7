"""Any number of classes, chosen in a menu that stays open."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QWidget

from segstudio.core.classes import ClassTable
from segstudio.core.lint.parts.class_sets import ClassSet
from segstudio.gui.widgets.row import Row


class _StayingMenu(QMenu):
    """Several entries are checked without opening it anew."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        here = self.actionAt(event.position().toPoint())
        if here is not None and here.isCheckable():
            here.trigger()
        else:
            super().mouseReleaseEvent(event)


class ClassSetRow(Row):
    """Label and a button that names the classes; it opens the menu of all."""

    valueChanged = Signal(object)  # noqa: N815
    settled = Signal(object)

    def __init__(self, label: str, *, tooltip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(label, tooltip, parent)
        self._classes, self._value = ClassTable(), ClassSet()
        self.menu = _StayingMenu(self)
        self.button = QPushButton()
        self.button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.button.setMenu(self.menu)
        self.line.addWidget(self.button, 1)
        self._show()

    def set_classes(self, classes: ClassTable) -> None:
        """Offer other classes."""
        if classes != self._classes:
            self._classes = classes
            self._fill()

    def set_value(self, value: ClassSet) -> None:
        """Choose others without telling anybody."""
        self._value = value
        self._show()

    def _fill(self) -> None:
        self.menu.clear()
        for entry in self._classes:
            made = QAction(entry.name, self.menu, checkable=True)
            made.setData(entry.id)
            made.triggered.connect(self._choose)
            self.menu.addAction(made)
        self._show()

    def _choose(self) -> None:
        actions = self.menu.actions()
        self._value = ClassSet(made.data() for made in actions if made.isChecked())
        self._show()
        self.valueChanged.emit(self._value)
        self.settled.emit(self._value)

    def _show(self) -> None:
        for made in self.menu.actions():
            made.setChecked(made.data() in self._value)
        names = [entry.name for entry in self._classes if entry.id in self._value]
        self.button.setText(", ".join(names) or "No class")
        self.button.setAccessibleName(f"{self.label.text()}: {self.button.text()}")
        self.button.setEnabled(len(self._classes) > 0)
