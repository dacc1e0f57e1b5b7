"""Which classes may not lie side by side, as a table of all pairs."""

from typing import Any

from PySide6.QtCore import Qt

from segstudio.core.classes import ClassTable
from segstudio.core.lint.parts.class_sets import ClassPairs
from segstudio.gui.dialogs.parts.overwrite_table import OverwriteTableModel
from segstudio.gui.widgets.list_rows import Index


class TouchTableModel(OverwriteTableModel):
    """The table of overwriting without void, whose two halves mirror each other."""

    @property
    def ids(self) -> tuple[int, ...]:
        return self._classes.ids

    def set_pairs(self, classes: ClassTable, pairs: ClassPairs) -> None:
        """Show other classes or pairs without telling anybody."""
        self.set_rules(classes, _mirrored(pairs))

    def toggle(self, index: Index) -> None:
        """Forbid a pair, or allow it again."""
        if index.isValid() and index.row() != index.column():
            self._change(_mirrored(ClassPairs([self._pair(index.row(), index.column())])))

    def toggle_column(self, column: int) -> None:
        """Let one class touch nothing, or everything again."""
        here = self.ids[column]
        self._change(_mirrored(ClassPairs((here, other) for other in self.ids)))

    def toggle_row(self, row: int) -> None:
        """As for its column."""
        self.toggle_column(row)

    def sentence(self, index: Index) -> str:
        """What a cell says."""
        if not index.isValid() or index.row() == index.column():
            return ""
        one, other = (self._named(place) for place in (index.row(), index.column()))
        return f"{one} {'may not' if self._is_forbidden(index) else 'may'} touch {other}."

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"Let {self._named(section)} touch nothing, or everything again"
        return super().headerData(section, orientation, role)

    def _named(self, place: int) -> str:
        entry = self._entry(place)
        return entry.name if entry else ""


def _mirrored(pairs: ClassPairs) -> frozenset[tuple[int, int]]:
    """Each pair in both orders."""
    return frozenset(pair for one, other in pairs for pair in ((one, other), (other, one)))
