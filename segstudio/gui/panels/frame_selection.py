"""Which frames of the list are selected: the open one, unless the user selects more."""

from collections.abc import Iterable

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject, QSignalBlocker, Signal
from PySide6.QtWidgets import QAbstractItemView, QListView

from segstudio.gui.panels.frame_table import FrameTableModel

_Flag = QItemSelectionModel.SelectionFlag


class FrameSelection(QObject):
    """Selects by Ctrl, Shift and Ctrl+A, and keeps names where rows move, hide and come back."""

    chosen = Signal(str)
    """One frame alone is selected: it is the one to open."""

    changed = Signal()
    """Other frames are selected."""

    def __init__(self, view: QListView, table: FrameTableModel) -> None:
        super().__init__(view)
        self._view = view
        self._table = table
        self._names: frozenset[str] = frozenset()
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.selectionModel().selectionChanged.connect(self._read)

    def __contains__(self, name: str) -> bool:
        return name in self._names

    @property
    def names(self) -> list[str]:
        """Names of the selected frames that are listed, in order."""
        return [name for name in self._table.shown if name in self._names]

    def select_all(self) -> None:
        """All frames that are listed."""
        self._view.selectAll()

    def show(self, opened: str) -> None:
        """Select the open frame, alone unless it is one of those that are selected."""
        if opened not in self._names:
            self._names = frozenset([opened])
        chooser = self._view.selectionModel()
        with QSignalBlocker(chooser):
            chooser.select(self._rows(self.names), _Flag.ClearAndSelect)
            chooser.setCurrentIndex(self._table.place(opened), _Flag.NoUpdate)
        self._view.viewport().update()
        self.changed.emit()

    def _read(self) -> None:
        indexes = self._view.selectionModel().selectedIndexes()
        self._names = frozenset(index.data() for index in indexes)
        self.changed.emit()
        if len(indexes) == 1:
            self.chosen.emit(indexes[0].data())

    def _rows(self, names: Iterable[str]) -> QItemSelection:
        """Rows as few ranges: a thousand frames beside each other are one."""
        selection, first, last = QItemSelection(), -1, -2
        for row in (self._table.place(name).row() for name in names):
            if row != last + 1:
                self._add(selection, first, last)
                first = row
            last = row
        self._add(selection, first, last)
        return selection

    def _add(self, selection: QItemSelection, first: int, last: int) -> None:
        if last >= first >= 0:
            selection.select(self._table.index(first), self._table.index(last))
