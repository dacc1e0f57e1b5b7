"""Findings one below the other; whoever steps on one is taken to its place."""

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from segstudio.core.classes import ClassTable
from segstudio.core.lint.parts.spec import Finding
from segstudio.gui import theme
from segstudio.gui.widgets.colour_button import paint_swatch
from segstudio.gui.widgets.list_rows import ROW_ROLE, Index, paint_ground

_ROW_HEIGHT = 28
_GAP = theme.STEP
_SWATCH = 12
_LEAST = QSize(40 * theme.STEP, 6 * _ROW_HEIGHT)


class FindingTableModel(QAbstractListModel):
    """One row for each finding."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.classes = ClassTable()
        self._findings: tuple[Finding, ...] = ()

    def set_findings(self, findings: tuple[Finding, ...], classes: ClassTable) -> None:
        """Show others."""
        self.beginResetModel()
        self._findings, self.classes = findings, classes
        self.endResetModel()

    def place(self, finding: Finding | None) -> QModelIndex:
        """Where a finding is listed; invalid where it is not."""
        if finding not in self._findings:
            return QModelIndex()
        return self.index(self._findings.index(finding))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._findings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        finding = self._findings[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return finding.text
        return finding if role == ROW_ROLE else None


class FindingList(QListView):
    """Arrow keys and clicks step from finding to finding, Delete ignores one."""

    pointed = Signal(object, bool)
    """The current ``Finding`` or None, and whether to go there."""

    ignored = Signal(object)
    """This ``Finding`` shall not be told again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps = True
        self.table = FindingTableModel(self)
        self.setModel(self.table)
        self.setItemDelegate(_FindingDelegate(self.table, self))
        self.setAccessibleName("What was found")
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.clicked.connect(lambda index: self.pointed.emit(index.data(ROW_ROLE), True))

    @property
    def current(self) -> Finding | None:
        """The finding that is stepped on."""
        found: Finding | None = self.currentIndex().data(ROW_ROLE)
        return found

    def show_findings(self, findings: tuple[Finding, ...], classes: ClassTable) -> None:
        """Show others; the view of the picture stays where it is."""
        before = self.current
        self._steps = False
        self.table.set_findings(findings, classes)
        self.setCurrentIndex(self.table.place(before))
        self._steps = True
        self.pointed.emit(self.current, False)

    def step_to(self, row: int) -> None:
        """Go to the finding in this row, or in the last one."""
        self.setCurrentIndex(self.table.index(min(row, self.table.rowCount() - 1)))

    def ignore_current(self) -> None:
        """Ignore the finding that is stepped on, and go to the next one."""
        row, finding = self.currentIndex().row(), self.current
        if finding is not None:
            self.ignored.emit(finding)
            self.step_to(row)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if self._steps:
            self.pointed.emit(current.data(ROW_ROLE), True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.ignore_current()
        else:
            super().keyPressEvent(event)

    def minimumSizeHint(self) -> QSize:
        return _LEAST

    def sizeHint(self) -> QSize:
        return QSize(_LEAST.width(), 2 * _LEAST.height())


class _FindingDelegate(QStyledItemDelegate):
    """Paints the colours of the classes concerned, the text, and the place."""

    def __init__(self, table: FindingTableModel, parent: QObject) -> None:
        super().__init__(parent)
        self._table = table

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(_LEAST.width(), _ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        finding: Finding = index.data(ROW_ROLE)
        colours, metrics = theme.colours(), painter.fontMetrics()
        painter.save()
        paint_ground(painter, option)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(_GAP, 0, -_GAP, 0)
        # Room for two, so that all texts begin at the same place.
        for number, class_id in enumerate(finding.class_ids):
            left = box.left() + number * (_SWATCH + _GAP // 2)
            swatch = QRectF(left, box.center().y() - _SWATCH / 2 + 0.5, _SWATCH, _SWATCH)
            entry = self._table.classes.get(class_id)
            none = QColor(Qt.GlobalColor.transparent)
            paint_swatch(painter, swatch, QColor(*entry.colour) if entry else none)
        box.setLeft(box.left() + 2 * _SWATCH + _GAP + _GAP // 2)
        where = f"{finding.rect.left}, {finding.rect.top}" if finding.class_ids else ""
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(colours.colour("quiet"))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | middle, where)
        box.setRight(box.right() - metrics.horizontalAdvance(where) - _GAP)
        painter.setPen(colours.colour("text"))
        text = metrics.elidedText(finding.text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | middle, text)
        painter.restore()
