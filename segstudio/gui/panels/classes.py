"""The class panel: which classes there are, how they look, and which one is painted."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QPoint, QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.gui import theme
from segstudio.gui.panels.class_menu import ClassMenu
from segstudio.gui.panels.class_removal import ClassRemoval
from segstudio.gui.panels.class_rows import ClassTableModel
from segstudio.gui.panels.class_view import ClassView
from segstudio.gui.widgets.colour_button import open_colour_dialog
from segstudio.gui.widgets.empty_state import EmptyState
from segstudio.gui.widgets.list_rows import ROW_ROLE


class ClassPanel(QWidget):
    """Lists the classes and lets them be changed.

    The panel changes nothing by itself: it tells the table that the user wants, and shows it when
    it comes back through :meth:`set_table`.
    """

    table_edited = Signal(ClassTable)
    active_changed = Signal(int)
    delete_requested = Signal(int, int)
    """Class to delete, and the id that its pixels get: another class's, or 255 for void."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes = ClassTable()
        self._active = -1
        self._rows = ClassTableModel(self)
        self.view = ClassView(self._rows)
        self.removal = ClassRemoval()
        self._problem = QLabel()
        self._problem.setWordWrap(True)
        self._problem.setProperty("role", "bad")
        self._empty = EmptyState(
            "shape-outline",
            "No classes yet. Add the first one, or predict: a model brings its own classes.",
            "Add class",
        )
        self._lay_out()
        self._connect()
        self.set_table(self._classes)

    def set_table(self, classes: ClassTable) -> None:
        """Show this class table."""
        self._classes = classes
        self._rows.set_table(classes)
        self._pages.setCurrentWidget(self.view if len(classes) else self._empty)
        self._bar.setVisible(bool(len(classes)))
        self._problem.hide()
        self.removal.hide()
        self._mark_active()

    def set_active(self, class_id: int) -> None:
        """Mark the class that tools paint, without telling anybody."""
        self._active = class_id
        self._mark_active()

    def add_class(self) -> None:
        """Ask for one more class, to be named at once."""
        number = len(self._classes) + 1
        while self._classes.named(f"class {number}") is not None:
            number += 1
        before = set(self._classes.ids)
        self._edit(lambda: self._classes.added(f"class {number}"))
        for class_id in set(self._classes.ids) - before:
            self._choose(class_id)
            self.rename(class_id)

    def rename(self, class_id: int) -> None:
        """Open the editor on a class's name."""
        place = self._rows.place(class_id)
        self.view.scrollTo(place)
        self.view.edit(place)

    def recolour(self, class_id: int) -> None:
        """Open the colour dialog for a class."""
        entry = self._classes.get(class_id)
        if entry is not None:
            open_colour_dialog(
                self, entry.colour, lambda colour: self._change(class_id, colour=colour)
            )

    def remove(self, class_id: int) -> None:
        """Ask what becomes of a class's pixels, then tell."""
        self.removal.ask(self._classes, class_id)

    def _lay_out(self) -> None:
        self._pages = QStackedLayout()
        self._pages.addWidget(self.view)
        self._pages.addWidget(self._empty)
        self.add = QPushButton(theme.icon("plus"), "Add class")
        self.add.setIconSize(theme.BUTTON_ICON)
        self.paint = _small_button("palette", "Choose another colour")
        self.delete = _small_button("delete-outline", "Delete the class…")
        self._bar = QWidget()
        buttons = QHBoxLayout(self._bar)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(theme.STEP // 2)
        buttons.addWidget(self.add)
        buttons.addStretch(1)
        buttons.addWidget(self.paint)
        buttons.addWidget(self.delete)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.STEP] * 4)
        column.setSpacing(theme.STEP)
        column.addLayout(self._pages, 1)
        column.addWidget(self._problem)
        column.addWidget(self.removal)
        column.addWidget(self._bar)

    def _connect(self) -> None:
        self.view.zone_clicked.connect(self._zone_clicked)
        self.view.moved.connect(lambda c, place: self._edit(lambda: self._classes.moved(c, place)))
        self.view.removal_wanted.connect(self.remove)
        self.view.customContextMenuRequested.connect(self._open_menu)
        self.view.selectionModel().selectionChanged.connect(self._selected)
        self._rows.renamed.connect(lambda class_id, name: self._change(class_id, name=name.strip()))
        self.removal.confirmed.connect(self.delete_requested)
        self._empty.clicked.connect(self.add_class)
        self.add.clicked.connect(self.add_class)
        self.paint.clicked.connect(lambda: self.recolour(self._active))
        self.delete.clicked.connect(lambda: self.remove(self._active))

    def _zone_clicked(self, class_id: int, zone: str) -> None:
        entry = self._classes.get(class_id)
        if entry is None:
            return
        if zone == "swatch":
            self.recolour(class_id)
        elif zone == "eye":
            self._change(class_id, visible=not entry.visible)
        else:
            self._change(class_id, locked=not entry.locked)

    def _open_menu(self, pos: QPoint) -> None:
        index = self.view.indexAt(pos)
        entry = index.data(ROW_ROLE)
        if entry is None:
            return
        menu = ClassMenu(self._classes, entry, self)
        menu.rename_wanted.connect(lambda: self.rename(entry.id))
        menu.recolour_wanted.connect(lambda: self.recolour(entry.id))
        menu.removal_wanted.connect(lambda: self.remove(entry.id))
        menu.table_edited.connect(self.table_edited)
        menu.popup(self.view.viewport().mapToGlobal(pos))

    def _change(self, class_id: int, **changes: Any) -> None:
        self._edit(lambda: self._classes.changed(class_id, **changes))

    def _edit(self, make: Callable[[], ClassTable]) -> None:
        try:
            wanted = make()
        except SegStudioError as error:
            self._problem.setText(str(error))
            self._problem.show()
            return
        self.table_edited.emit(wanted)

    def _selected(self) -> None:
        for index in self.view.selectionModel().selectedIndexes():
            self._choose(index.data(ROW_ROLE).id)

    def _choose(self, class_id: int) -> None:
        if class_id != self._active:
            self.set_active(class_id)
            self.active_changed.emit(class_id)

    def _mark_active(self) -> None:
        chooser, place = self.view.selectionModel(), self._rows.place(self._active)
        with QSignalBlocker(chooser):
            chooser.setCurrentIndex(place, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.view.scrollTo(place)
        self.view.viewport().update()
        for button in (self.paint, self.delete):
            button.setEnabled(place.isValid())


def _small_button(icon: str, tooltip: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(theme.icon(icon))
    button.setIconSize(theme.PANEL_ICON)
    button.setToolTip(tooltip)
    button.setAccessibleName(tooltip)
    return button
