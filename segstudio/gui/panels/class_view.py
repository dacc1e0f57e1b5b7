"""The list of classes, and what the pointer and the keys do in it."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QListView, QToolTip, QWidget

from segstudio.core.classes import LabelClass
from segstudio.gui import theme
from segstudio.gui.panels.class_rows import ClassDelegate, ClassTableModel, zone_at
from segstudio.gui.widgets.list_rows import ROW_ROLE

_BUTTON_ZONES = ("swatch", "eye", "lock")
_TIPS = {
    "swatch": "Choose another colour",
    "name": "Double-click to rename, drag to reorder",
    "key": "Shortcut that picks this class",
    "eye": "Show or hide this class",
    "lock": "Locked: pixels of this class cannot be changed",
}


@dataclass
class _Press:
    """What the left button went down on."""

    class_id: int
    zone: str
    pos: QPoint
    drop: int | None = None


class ClassView(QListView):
    """Lists classes; swatch, eye and lock are buttons, and rows are dragged to another place."""

    zone_clicked = Signal(int, str)
    """Class id, and ``swatch``, ``eye`` or ``lock``."""

    moved = Signal(int, int)
    """Class id, and its new place in the order."""

    removal_wanted = Signal(int)

    def __init__(self, table: ClassTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(table)
        self.setItemDelegate(ClassDelegate(self))
        self.setUniformItemSizes(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setMouseTracking(True)
        self.setAccessibleName("Classes")
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._press: _Press | None = None

    def class_at(self, pos: QPoint) -> LabelClass | None:
        """The class under a point of the viewport."""
        entry: LabelClass | None = self.indexAt(pos).data(ROW_ROLE)
        return entry

    def mousePressEvent(self, event: QMouseEvent) -> None:
        pos = event.position().toPoint()
        entry = self.class_at(pos)
        self._press = None
        if event.button() == Qt.MouseButton.LeftButton and entry is not None:
            zone = zone_at(self.visualRect(self.indexAt(pos)), pos)
            self._press = _Press(entry.id, zone, pos)
            if zone in _BUTTON_ZONES:
                return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)
        if self._press is not None and self._press.zone == "name":
            self.edit(self.currentIndex())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        press = self._press
        if press is None or press.zone in _BUTTON_ZONES:
            super().mouseMoveEvent(event)
            return
        pos = event.position().toPoint()
        far = (pos - press.pos).manhattanLength() >= QApplication.startDragDistance()
        if far or press.drop is not None:
            press.drop = self._gap_at(pos)
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        press = self._press
        self._end_gesture()
        pos = event.position().toPoint()
        if press is None or event.button() != Qt.MouseButton.LeftButton:
            super().mouseReleaseEvent(event)
        elif press.drop is not None:
            self._drop(press.class_id, press.drop)
        elif press.zone in _BUTTON_ZONES:
            index = self.indexAt(pos)
            under = self.class_at(pos)
            same = under is not None and under.id == press.class_id
            if same and zone_at(self.visualRect(index), pos) == press.zone:
                self.zone_clicked.emit(press.class_id, press.zone)
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        entry: LabelClass | None = self.currentIndex().data(ROW_ROLE)
        key, row = event.key(), self.currentIndex().row()
        if key == Qt.Key.Key_Escape and self._press is not None:
            self._end_gesture()
        elif entry is None:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Delete:
            self.removal_wanted.emit(entry.id)
        elif key == Qt.Key.Key_Space:
            self.zone_clicked.emit(entry.id, "eye")
        elif event.modifiers() & Qt.KeyboardModifier.AltModifier and key in _STEPS:
            self._drop(entry.id, row + (2 if _STEPS[key] > 0 else -1))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._press is None or self._press.drop is None:
            return
        painter = QPainter(self.viewport())
        y = self._gap_y(self._press.drop)
        painter.fillRect(0, y - 1, self.viewport().width(), 2, theme.colours().colour("accent"))

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            index = self.indexAt(event.pos())
            zone = zone_at(self.visualRect(index), event.pos()) if index.isValid() else ""
            name = index.data() + "\n" if zone == "name" else ""
            QToolTip.showText(event.globalPos(), name + _TIPS.get(zone, ""), self.viewport())
            return True
        return super().viewportEvent(event)

    def _end_gesture(self) -> None:
        self._press = None
        self.unsetCursor()
        self.viewport().update()

    def _gap_at(self, pos: QPoint) -> int:
        """The gap between rows that is nearest: 0 above the first one."""
        count = self.model().rowCount()
        middles = [self.visualRect(self.model().index(row, 0)).center().y() for row in range(count)]
        return sum(pos.y() > middle for middle in middles)

    def _gap_y(self, gap: int) -> int:
        if gap == 0:
            return self.visualRect(self.model().index(0, 0)).top() + 1
        return self.visualRect(self.model().index(gap - 1, 0)).bottom()

    def _drop(self, class_id: int, gap: int) -> None:
        table = self.model()
        assert isinstance(table, ClassTableModel)
        row = table.place(class_id).row()
        # Taking the class out of the order shifts the gaps behind it.
        place = gap - 1 if gap > row else gap
        if place != row and 0 <= place < table.rowCount():
            self.moved.emit(class_id, place)


_STEPS: dict[int, int] = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
