"""All that keys do, as a list under the headings of the menus."""

from itertools import groupby

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from segstudio.gui import theme
from segstudio.gui.key_text import caps, native
from segstudio.gui.shortcuts import Bound, Shortcuts
from segstudio.gui.widgets.key_caps import caps_width, paint_caps
from segstudio.gui.widgets.list_rows import ROW_ROLE, Index, paint_ground

_ROW_HEIGHT = 28
_HEADING_HEIGHT = 36
_DOT = 6.0
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class ShortcutList(QListWidget):
    """A row for each entry; a dot marks those whose keys the user has changed."""

    chosen = Signal(object)
    """The :class:`Bound` that is current, or None."""

    key_wanted = Signal()
    """The current entry is to get other keys."""

    def __init__(self, shortcuts: Shortcuts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shortcuts = shortcuts
        self.setAccessibleName("Shortcuts")
        self.setMouseTracking(True)
        self.setItemDelegate(_Delegate(self))
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        for group, entries in groupby(shortcuts.entries, key=lambda entry: entry.group):
            self.addItem(_Heading(group))
            for entry in entries:
                self.addItem(ShortcutRow(entry, shortcuts))
        self.currentItemChanged.connect(lambda *_: self.chosen.emit(self.entry))
        self.itemDoubleClicked.connect(lambda _item: self.key_wanted.emit())

    @property
    def entry(self) -> Bound | None:
        """The current entry."""
        row = self.currentItem()
        return row.entry if isinstance(row, ShortcutRow) and not row.isHidden() else None

    def refresh(self) -> None:
        """Show the keys as they are now."""
        for row in self._rows():
            row.refresh()
        self.viewport().update()

    def filter(self, text: str) -> None:
        """Leave those rows that hold all these words; the first of them becomes current."""
        words = text.casefold().split()
        heading: QListWidgetItem | None = None
        for place in range(self.count()):
            row = self.item(place)
            if isinstance(row, ShortcutRow):
                fits = all(word in row.searched for word in words)
                row.setHidden(not fits)
                if fits and heading is not None:
                    heading.setHidden(False)
            else:
                heading = row
                row.setHidden(True)
        shown = [row for row in self._rows() if not row.isHidden()]
        self.setCurrentRow(self.row(shown[0]) if shown else -1)
        self.scrollToTop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.key_wanted.emit()  # and not the dialog's button
        else:
            super().keyPressEvent(event)

    def _rows(self) -> "list[ShortcutRow]":
        rows = (self.item(place) for place in range(self.count()))
        return [row for row in rows if isinstance(row, ShortcutRow)]


class ShortcutRow(QListWidgetItem):
    """One entry; its text is what is read aloud."""

    def __init__(self, entry: Bound, shortcuts: Shortcuts) -> None:
        super().__init__()
        self.entry = entry
        self._shortcuts = shortcuts
        self.icon_ = theme.icon(entry.icon, "quiet") if entry.icon else None
        self.setData(ROW_ROLE, self)
        self.setToolTip(entry.tooltip)
        self.refresh()

    @property
    def keys(self) -> tuple[str, ...]:
        return self._shortcuts.keys(self.entry.name)

    @property
    def is_changed(self) -> bool:
        return self._shortcuts.is_changed(self.entry.name)

    def refresh(self) -> None:
        """The keys may be others now."""
        keys = ", ".join(map(native, self.keys)) or "no keys"
        changed = ", changed" if self.is_changed else ""
        self.setText(f"{self.entry.text}: {keys}{changed}")
        self.searched = f"{self.entry.group} {self.text()}".casefold()


class _Heading(QListWidgetItem):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setFlags(Qt.ItemFlag.NoItemFlags)


class _Delegate(QStyledItemDelegate):
    """Icon and name to the left, keys to the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, _ROW_HEIGHT if index.data(ROW_ROLE) else _HEADING_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW_ROLE)
        painter.save()
        if isinstance(row, ShortcutRow):
            paint_ground(painter, option)
            _paint_row(painter, option.rect.adjusted(theme.STEP, 0, -theme.STEP, 0), row)
        else:
            _paint_heading(painter, option.rect, index.data())
        painter.restore()


def _paint_heading(painter: QPainter, box: QRect, text: str) -> None:
    font = painter.font()
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(theme.colours().colour("text"))
    painter.drawText(box.adjusted(theme.STEP, theme.STEP, 0, 0), _LEFT, text)


def _paint_row(painter: QPainter, box: QRect, row: ShortcutRow) -> None:
    colours, middle = theme.colours(), box.center().y() + 0.5
    icon = QRect(box.topLeft(), theme.PANEL_ICON)
    icon.moveTop(round(middle - icon.height() / 2))
    if row.icon_ is not None:
        row.icon_.paint(painter, icon)
    right = box.right() + 1
    for keys in reversed(row.keys):
        shown = caps(keys)
        right -= caps_width(painter.fontMetrics(), shown)
        paint_caps(painter, right, middle, shown)
        right -= 2 * theme.STEP
    if row.is_changed:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.colour("info"))
        right -= theme.STEP if row.keys else 0
        painter.drawEllipse(QRectF(right, middle - _DOT / 2, _DOT, _DOT))
    box.setLeft(icon.right() + 1 + theme.STEP)
    box.setRight(right - theme.STEP)
    painter.setPen(colours.colour("text"))
    elided = painter.fontMetrics().elidedText(
        row.entry.text, Qt.TextElideMode.ElideRight, box.width()
    )
    painter.drawText(box, _LEFT, elided)
