"""What can be done with one class, as a menu."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from segstudio.core.classes import ClassTable, LabelClass
from segstudio.gui import theme

_DIGITS = "1234567890"


class ClassMenu(QMenu):
    """The context menu of one class; goes away when it is closed.

    Signals carry no id: the menu is made for one class.
    """

    rename_wanted = Signal()
    recolour_wanted = Signal()
    removal_wanted = Signal()
    table_edited = Signal(ClassTable)

    def __init__(self, classes: ClassTable, entry: LabelClass, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._classes = classes
        self._entry = entry
        self._add("Rename", "pencil", self.rename_wanted.emit)
        self._add("Colour…", "palette", self.recolour_wanted.emit)
        self._add_shortcuts()
        self.addSeparator()
        self._add_view()
        self.addSeparator()
        self._add_places()
        self.addSeparator()
        self._add("Delete…", "delete-outline", self.removal_wanted.emit)

    def _add(self, text: str, icon: str, act: Callable[[], object], enabled: bool = True) -> None:
        entry = self.addAction(theme.icon(icon), text)
        entry.setEnabled(enabled)
        entry.triggered.connect(lambda: act())

    def _change(self, **changes: Any) -> None:
        self.table_edited.emit(self._classes.changed(self._entry.id, **changes))

    def _add_shortcuts(self) -> None:
        menu = self.addMenu(theme.icon("keyboard-outline"), "Shortcut")
        for key in ("", *_DIGITS):
            owner = self._classes.for_key(key)
            taken = f"\t{owner.name}" if owner is not None else ""
            entry = menu.addAction((key or "None") + taken)
            entry.setCheckable(True)
            entry.setChecked(key == self._entry.shortcut)
            entry.triggered.connect(lambda _on=False, key=key: self._change(shortcut=key))

    def _add_view(self) -> None:
        visible, locked = self._entry.visible, self._entry.locked
        self._add(
            "Hide" if visible else "Show",
            "eye-off-outline" if visible else "eye-outline",
            lambda: self._change(visible=not visible),
        )
        self._add("Show only this class", "eye-check-outline", self._show_only)
        self._add("Show all classes", "eye-outline", self._show_all)
        self._add(
            "Unlock" if locked else "Lock",
            "lock-open-variant-outline" if locked else "lock",
            lambda: self._change(locked=not locked),
        )

    def _add_places(self) -> None:
        place, last = self._classes.ids.index(self._entry.id), len(self._classes) - 1
        self._add("Move up", "arrow-up", lambda: self._move(place - 1), place > 0)
        self._add("Move down", "arrow-down", lambda: self._move(place + 1), place < last)

    def _move(self, place: int) -> None:
        self.table_edited.emit(self._classes.moved(self._entry.id, place))

    def _show_only(self) -> None:
        self._show_where(lambda class_id: class_id == self._entry.id)

    def _show_all(self) -> None:
        self._show_where(lambda _class_id: True)

    def _show_where(self, wanted: Callable[[int], bool]) -> None:
        table = self._classes
        for entry in self._classes:
            table = table.changed(entry.id, visible=wanted(entry.id))
        self.table_edited.emit(table)
