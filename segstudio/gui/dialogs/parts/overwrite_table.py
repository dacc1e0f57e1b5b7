"""Which class may be painted over which, as a table of all pairs."""

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from segstudio.core.classes import ClassTable, LabelClass
from segstudio.core.label_map import VOID
from segstudio.gui import theme
from segstudio.gui.widgets.colour_button import paint_swatch
from segstudio.gui.widgets.list_rows import ROW_ROLE, Index

Pairs = frozenset[tuple[int, int]]

CELL = 28
_CHIP = theme.PANEL_ICON.width()
_WIDEST_NAME = 14 * theme.STEP
_SLACK = theme.STEP // 2
_MOST_SHOWN = QSize(72 * theme.STEP, 54 * theme.STEP)
_LEAST_HEIGHT = 30 * theme.STEP
_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class OverwriteTableModel(QAbstractTableModel):
    """Rows are painted over columns; void comes last, and as a row it is the eraser."""

    edited = Signal(object)
    """All forbidden pairs, as ``Protection.forbidden``."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._classes = ClassTable()
        self._forbidden: Pairs = frozenset()

    @property
    def ids(self) -> tuple[int, ...]:
        """Ids of rows and columns."""
        return (*self._classes.ids, VOID)

    def set_rules(self, classes: ClassTable, forbidden: Pairs) -> None:
        """Show other classes or pairs without telling anybody."""
        self._forbidden = forbidden
        if classes == self._classes:
            last = len(self.ids) - 1
            self.dataChanged.emit(self.index(0, 0), self.index(last, last))
            return
        self.beginResetModel()
        self._classes = classes
        self.endResetModel()

    def toggle(self, index: Index) -> None:
        """Forbid a pair, or allow it again."""
        if index.isValid() and index.row() != index.column():
            self._change(frozenset({self._pair(index.row(), index.column())}))

    def toggle_column(self, column: int) -> None:
        """Let nothing be painted over one class, or everything again."""
        self._change(frozenset((new, self.ids[column]) for new in self.ids) - self._same())

    def toggle_row(self, row: int) -> None:
        """Let one class be painted over nothing, or over everything again."""
        self._change(frozenset((self.ids[row], old) for old in self.ids) - self._same())

    def sentence(self, index: Index) -> str:
        """What a cell says."""
        if not index.isValid() or index.row() == index.column():
            return ""
        new, old = (_named(self._entry(place)) for place in (index.row(), index.column()))
        may = "may not" if self._is_forbidden(index) else "may"
        if self.ids[index.row()] == VOID:
            return f"The eraser {may} erase {old}."
        return f"{new} {may} be painted over {old}."

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return self.rowCount(parent)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == ROW_ROLE:
            return self._is_forbidden(index)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.sentence(index)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.row() == index.column():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        entry = self._entry(section)
        across = orientation == Qt.Orientation.Horizontal
        if role == Qt.ItemDataRole.DisplayRole:
            return "void (eraser)" if entry is None and not across else _named(entry)
        if role == Qt.ItemDataRole.ToolTipRole and across:
            return f"Let nothing be painted over {_named(entry)}, or everything again"
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"Let {_named(entry)} be painted over nothing, or over everything again"
        return entry if role == ROW_ROLE else None

    def _change(self, pairs: Pairs) -> None:
        every = pairs <= self._forbidden
        self.edited.emit(self._forbidden - pairs if every else self._forbidden | pairs)

    def _same(self) -> Pairs:
        return frozenset((class_id, class_id) for class_id in self.ids)

    def _pair(self, row: int, column: int) -> tuple[int, int]:
        return self.ids[row], self.ids[column]

    def _is_forbidden(self, index: Index) -> bool:
        return self._pair(index.row(), index.column()) in self._forbidden

    def _entry(self, place: int) -> LabelClass | None:
        return self._classes.get(self.ids[place])


class OverwriteView(QTableView):
    """The table; a click or Space toggles a pair, a click on a name its whole row or column."""

    pointed = Signal(QModelIndex)
    """The cell under the pointer, or that the keyboard has come to."""

    def __init__(self, table: OverwriteTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self.setModel(table)
        self.setItemDelegate(_CellDelegate(self))
        self.setHorizontalHeader(_ClassHeader(Qt.Orientation.Horizontal, self))
        self.setVerticalHeader(_ClassHeader(Qt.Orientation.Vertical, self))
        self.setCornerButtonEnabled(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setAccessibleName("Which class may be painted over which")
        self.clicked.connect(table.toggle)
        self.entered.connect(self.pointed)
        self.horizontalHeader().sectionClicked.connect(table.toggle_column)
        self.verticalHeader().sectionClicked.connect(table.toggle_row)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.pointed.emit(current)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        here = self.currentIndex()
        if event.key() not in _KEYS or not here.isValid():
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._table.toggle_column(here.column())
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._table.toggle_row(here.row())
        else:
            self._table.toggle(here)

    def reset(self) -> None:
        super().reset()
        self.updateGeometry()  # other classes need other room

    def minimumSizeHint(self) -> QSize:
        wanted = self.sizeHint()
        return QSize(wanted.width(), min(wanted.height(), _LEAST_HEIGHT))

    def sizeHint(self) -> QSize:
        frame = 2 * self.frameWidth()
        cells = CELL * self._table.rowCount() + frame
        names = self.verticalHeader().sizeHint().width()
        above = self.horizontalHeader().sizeHint().height()
        return QSize(cells + names, cells + above).boundedTo(_MOST_SHOWN)


class _ClassHeader(QHeaderView):
    """Colour chips with names; over columns the names stand upright."""

    def __init__(self, orientation: Qt.Orientation, parent: QWidget) -> None:
        super().__init__(orientation, parent)
        self.setSectionsClickable(True)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(CELL)
        self.setDefaultSectionSize(CELL)

    def sizeHint(self) -> QSize:
        across = self.orientation() == Qt.Orientation.Horizontal
        role = Qt.ItemDataRole.DisplayRole
        table = self.model()
        metrics = self.fontMetrics()
        names = [
            table.headerData(place, self.orientation(), role) for place in range(table.rowCount())
        ]
        widest = max((metrics.horizontalAdvance(name) for name in names), default=0)
        long = min(widest + _SLACK, _WIDEST_NAME) + _CHIP + 3 * theme.STEP
        return QSize(CELL, long) if across else QSize(long, CELL)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803
        across = self.orientation() == Qt.Orientation.Horizontal
        entry = self.model().headerData(logicalIndex, self.orientation(), ROW_ROLE)
        name = self.model().headerData(
            logicalIndex, self.orientation(), Qt.ItemDataRole.DisplayRole
        )
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, theme.colours().colour("window"))
        painter.translate(rect.topLeft())
        if across:
            # As a row that is turned about its lower left corner: it begins at the table.
            painter.translate(0, rect.height())
            painter.rotate(-90)
        length, gap = max(rect.width(), rect.height()), theme.STEP
        chip = gap if across else length - gap - _CHIP
        top = (CELL - _CHIP) / 2
        colour = QColor(*entry.colour) if entry else QColor(Qt.GlobalColor.transparent)
        paint_swatch(painter, QRectF(chip + 1, top + 1, _CHIP - 2, _CHIP - 2), colour)
        left = 2 * gap + _CHIP if across else gap
        room = QRect(left, 0, length - 3 * gap - _CHIP, CELL)
        side = Qt.AlignmentFlag.AlignLeft if across else Qt.AlignmentFlag.AlignRight
        painter.setPen(theme.colours().colour("text"))
        shown = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()


class _CellDelegate(QStyledItemDelegate):
    """A sign where painting is forbidden; row and column of the current cell stand out."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._view = view
        self._sign = theme.icon("cancel", "bad")

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours, here = theme.colours(), self._view.currentIndex()
        box = option.rect
        if index.row() == index.column():
            painter.fillRect(box, colours.colour("line"))
            return
        if here.isValid() and (index.row() == here.row() or index.column() == here.column()):
            painter.fillRect(box, colours.colour("raised"))
        if index.data(ROW_ROLE):
            sign = QRect(0, 0, _CHIP, _CHIP)
            sign.moveCenter(box.center())
            self._sign.paint(painter, sign)
        if index == here and self._view.hasFocus():
            painter.setPen(QPen(colours.colour("accent"), 2))
            painter.drawRect(box.adjusted(1, 1, -1, -1))


def _named(entry: LabelClass | None) -> str:
    return entry.name if entry else "void"
