"""The class table as a Qt table model, and how one class looks."""

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QIcon, QPainter, QPen
from PySide6.QtWidgets import QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from segstudio.core.classes import ClassTable, LabelClass
from segstudio.gui import theme
from segstudio.gui.widgets.colour_button import paint_swatch
from segstudio.gui.widgets.list_rows import ROW_ROLE, Index, paint_ground

_ROW_HEIGHT = 28
_GAP = theme.STEP
_ICON = theme.PANEL_ICON.width()


class ClassTableModel(QAbstractListModel):
    """One row for each class; a name can be edited in place."""

    renamed = Signal(int, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._classes = ClassTable()

    def set_table(self, classes: ClassTable) -> None:
        """Show another class table."""
        if classes.ids == self._classes.ids:
            self._classes = classes
            if len(classes):
                self.dataChanged.emit(self.index(0), self.index(len(classes) - 1))
            return
        self.beginResetModel()
        self._classes = classes
        self.endResetModel()

    def place(self, class_id: int) -> QModelIndex:
        """Where a class is listed; invalid where it is not."""
        if class_id not in self._classes:
            return QModelIndex()
        return self.index(self._classes.ids.index(class_id))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._classes)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        entry = self._classes.classes[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return entry.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _spoken(entry)
        return entry if role == ROW_ROLE else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        entry = self._classes.classes[index.row()]
        if role != Qt.ItemDataRole.EditRole or value == entry.name:
            return False
        self.renamed.emit(entry.id, value)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable


class ClassDelegate(QStyledItemDelegate):
    """Paints swatch, name, shortcut, eye and lock."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(6 * _ROW_HEIGHT, _ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry: LabelClass = index.data(ROW_ROLE)
        painter.save()
        paint_ground(painter, option)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        parts = zones(option.rect)
        paint_swatch(painter, QRectF(parts["swatch"]).adjusted(1, 1, -1, -1), _ink(entry))
        _paint_name(painter, parts["name"], entry)
        if entry.shortcut:
            _paint_key(painter, parts["key"], entry.shortcut)
        _sign(entry.visible, "eye-outline", "eye-off-outline").paint(painter, parts["eye"])
        _sign(not entry.locked, "lock-open-variant-outline", "lock").paint(painter, parts["lock"])
        painter.restore()

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> QLineEdit:
        editor = QLineEdit(parent)
        editor.setMaxLength(80)
        editor.setAccessibleName("Class name")
        return editor

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        editor.setGeometry(zones(option.rect)["name"].adjusted(-4, 2, 4, -2))


def zones(row: QRect) -> dict[str, QRect]:
    """Where the parts of a row lie: swatch, name, key, eye, lock."""
    top = row.top() + (row.height() - _ICON) // 2
    step = _ICON + _GAP
    right = row.right() + 1 - _GAP
    square = QSize(_ICON, _ICON)
    parts = {
        name: QRect(QPoint(right - _ICON - place * step, top), square)
        for place, name in enumerate(("lock", "eye", "key"))
    }
    parts["swatch"] = QRect(QPoint(row.left() + _GAP, top), square)
    left = parts["swatch"].right() + 1 + _GAP
    parts["name"] = QRect(left, row.top(), parts["key"].left() - _GAP - left, row.height())
    return parts


def zone_at(row: QRect, pos: QPoint) -> str:
    """The part of a row under the pointer, with the gap around it; "" between them."""
    reach = _GAP // 2
    for name, part in zones(row).items():
        if part.adjusted(-reach, -reach, reach, reach).contains(pos):
            return name
    return ""


def _paint_name(painter: QPainter, box: QRect, entry: LabelClass) -> None:
    painter.setPen(theme.colours().colour("text" if entry.visible else "quiet"))
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    elide = Qt.TextElideMode.ElideMiddle
    painter.drawText(box, flags, painter.fontMetrics().elidedText(entry.name, elide, box.width()))


def _paint_key(painter: QPainter, box: QRect, key: str) -> None:
    colours = theme.colours()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colours.colour("outline"), 1))
    painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    painter.setPen(colours.colour("quiet"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, key)


def _sign(quiet: bool, usual: str, special: str) -> QIcon:
    # What is as usual stays in the background; what differs is what the eye looks for.
    return theme.icon(usual, "faint") if quiet else theme.icon(special, "text")


def _ink(entry: LabelClass) -> QColor:
    colour = QColor(*entry.colour)
    colour.setAlpha(255 if entry.visible else 90)
    return colour


def _spoken(entry: LabelClass) -> str:
    words = [entry.name, f"shortcut {entry.shortcut}" if entry.shortcut else ""]
    words += ["" if entry.visible else "hidden", "locked" if entry.locked else ""]
    return ", ".join(filter(None, words))
