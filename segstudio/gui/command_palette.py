"""Every action by its name: type a few letters, press Enter."""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from segstudio.gui import theme
from segstudio.gui.key_text import caps
from segstudio.gui.widgets.key_caps import caps_width, paint_caps
from segstudio.gui.widgets.list_rows import ROW_ROLE, Index, paint_ground

_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class CommandPalette(QDialog):
    """A searchable list of actions.

    Parameters
    ----------
    actions
        Pairs of a menu's title and an action; disabled actions are left out.
    """

    def __init__(self, actions: Iterable[tuple[str, QAction]], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("commandPalette")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._search = QLineEdit(placeholderText="Type what you want to do")
        self._search.setClearButtonEnabled(True)
        self._list = QListWidget()
        self._list.setUniformItemSizes(True)
        self._list.setMouseTracking(True)
        self._list.setItemDelegate(_Delegate(self._list))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.STEP, theme.STEP, theme.STEP, theme.STEP)
        layout.setSpacing(theme.STEP)
        layout.addWidget(self._search)
        layout.addWidget(self._list)
        for title, action in actions:
            if action.isEnabled():
                self._list.addItem(_Entry(title, action))
        self._search.textChanged.connect(self._filter)
        self._search.returnPressed.connect(self._run_current)
        self._search.installEventFilter(self)
        self._list.itemClicked.connect(lambda _item: self._run_current())
        self._filter("")
        self.resize(60 * theme.STEP, 48 * theme.STEP)

    def show_above(self, widget: QWidget) -> None:
        """Open in the upper middle of another widget."""
        corner = widget.mapToGlobal(widget.rect().topLeft())
        self.move(corner.x() + (widget.width() - self.width()) // 2, corner.y() + 6 * theme.STEP)
        self.show()
        self._search.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        pressed = event.type() == QEvent.Type.KeyPress
        if pressed and isinstance(event, QKeyEvent) and event.key() in _MOVES:
            return self._list.event(event)
        return super().eventFilter(watched, event)

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        first: QListWidgetItem | None = None
        for row in range(self._list.count()):
            entry = self._list.item(row)
            fits = all(word in entry.text().casefold() for word in words)
            entry.setHidden(not fits)
            if fits and first is None:
                first = entry
        if first is None:
            self._list.setCurrentRow(-1)
        else:
            self._list.setCurrentItem(first)

    def _run_current(self) -> None:
        entry = self._list.currentItem()
        self.close()
        if isinstance(entry, _Entry):
            entry.action.trigger()


class _Entry(QListWidgetItem):
    """An action's row; its text is what is searched and read aloud."""

    def __init__(self, title: str, action: QAction) -> None:
        self.menu, self.name = title, action.text().replace("&", "")
        self.keys = action.shortcut().toString()
        super().__init__(f"{title}: {self.name}")
        self.action = action
        self.setData(ROW_ROLE, self)
        self.setToolTip(action.statusTip())


class _Delegate(QStyledItemDelegate):
    """Icon, menu and name to the left, keys to the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, 3 * theme.STEP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry: _Entry = index.data(ROW_ROLE)
        colours, box = theme.colours(), option.rect.adjusted(theme.STEP, 0, -theme.STEP, 0)
        painter.save()
        paint_ground(painter, option)
        icon = QRect(box.topLeft(), theme.PANEL_ICON)
        icon.moveTop(box.center().y() - icon.height() // 2)
        entry.action.icon().paint(painter, icon)
        box.setLeft(icon.right() + 1 + theme.STEP)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if entry.keys:
            shown = caps(entry.keys)
            begin = box.right() + 1 - caps_width(painter.fontMetrics(), shown)
            paint_caps(painter, begin, box.center().y() + 0.5, shown)
        painter.setPen(colours.colour("quiet"))
        painter.drawText(box, left, entry.menu)
        # Menus line up as a column, whichever is the longest.
        box.setLeft(box.left() + painter.fontMetrics().horizontalAdvance("Frame") + 2 * theme.STEP)
        painter.setPen(colours.colour("text"))
        painter.drawText(box, left, entry.name)
        painter.restore()
