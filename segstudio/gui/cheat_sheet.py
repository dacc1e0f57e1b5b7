"""All keys and gestures on one sheet over the window."""

import sys
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from segstudio.gui import theme
from segstudio.gui.dialogs.parts.paged import plain
from segstudio.gui.dialogs.parts.text import quiet
from segstudio.gui.key_text import Keys
from segstudio.gui.sheet_columns import HEADING, Group, Row, break_into, lines_of
from segstudio.gui.widgets.key_caps import cap_height, caps_width, paint_caps

_AROUND = 2 * theme.STEP
_PADDING = 3 * theme.STEP
_BORDER = 1
_BETWEEN = 3 * theme.STEP
_WIDEST = 35 * theme.STEP
"""Of a column: four of them fit into a window 1280 pixels wide."""

_INSIDE = 2 * theme.STEP
_OR = theme.STEP
_WAYS = (
    *((air, False) for air in (8, 6, 4)),
    *((air, True) for air in (8, 6, 4, 3, 2, 1, 0, -1)),
)
"""Pixels between the caps of two rows, as many as there is room for; whether groups are divided."""


class CheatSheet(QWidget):
    """Lies over its parent until a click, Escape or the action that opened it closes it."""

    closed = Signal()

    change_requested = Signal()
    """The user wants other keys."""

    def __init__(self, groups: Sequence[Group], keys: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("cheatSheet")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("Shortcuts and gestures")
        self.setAccessibleDescription(_spoken(groups))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.columns = _Columns(groups)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.change = plain("Change…")
        self.change.setToolTip("Choose other keys")
        self.change.clicked.connect(self._ask_for_change)
        self._window = parent
        self._card, self._column = QFrame(self), QVBoxLayout()
        self._lay_out(keys)
        parent.installEventFilter(self)

    def show_over(self) -> None:
        """Show it above everything else in the window."""
        self.show()
        self._cover()  # not before: only now the buttons have their style
        self.raise_()
        self.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._cover()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.close()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        veil = QColor(theme.colours().colour("canvas"))
        veil.setAlpha(170)
        painter.fillRect(self.rect(), veil)
        painter.end()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._window.removeEventFilter(self)
        self.closed.emit()
        super().closeEvent(event)

    def _lay_out(self, keys: str) -> None:
        self._card.setProperty("role", "sheet")
        title = QLabel("Shortcuts and gestures")
        title.setFont(theme.title_font(title))
        how = quiet(f"{keys}, Escape or a click closes." if keys else "Escape or a click closes.")
        how.setWordWrap(False)
        head = QHBoxLayout()
        head.setSpacing(2 * theme.STEP)
        head.addWidget(title)
        head.addWidget(how, 1)
        head.addWidget(self.change)
        self._scroll.setWidget(self.columns)
        self._column.setContentsMargins(*[_PADDING] * 4)
        self._column.setSpacing(2 * theme.STEP)
        self._column.addLayout(head)
        self._column.addWidget(self._scroll, 1)
        self._card.setLayout(self._column)

    def _cover(self) -> None:
        """Cover the window, and take as much of it as there is to be read."""
        self.setGeometry(self._window.rect())
        room = self.rect().adjusted(_AROUND, _AROUND, -_AROUND, -_AROUND)
        chrome = self._column.minimumSize() - self._scroll.minimumSizeHint()
        chrome.setWidth(2 * _PADDING)
        chrome += QSize(2 * _BORDER, 2 * _BORDER)
        wanted = self.columns.fit(room.size() - chrome)
        if wanted.height() + chrome.height() > room.height():
            chrome += QSize(self._scroll.verticalScrollBar().sizeHint().width(), 0)
        size = (wanted + chrome).boundedTo(room.size())
        box = QRect(QPoint(), size)
        box.moveCenter(self.rect().center())
        self._card.setGeometry(box)

    def _ask_for_change(self) -> None:
        self.close()
        self.change_requested.emit()


class _Columns(QWidget):
    """Draws groups of rows in as many columns as there is room for."""

    def __init__(self, groups: Sequence[Group]) -> None:
        super().__init__()
        self._groups = groups
        self._columns: list[list[Row]] = []
        self._pitch = 1

    def fit(self, room: QSize) -> QSize:
        """Break into columns that fit into a room; returns what they need of it."""
        width, height = self._column_width(), cap_height(self.fontMetrics())
        most = max(1, (room.width() + _BETWEEN) // (width + _BETWEEN))
        for air, divides in _WAYS:
            self._pitch = height + air
            broken = break_into(self._groups, most, room.height() // self._pitch, divides)
            if broken is not None:
                break
        else:  # a low window: the sheet scrolls
            broken = break_into(self._groups, most, sys.maxsize, True) or []
        self._columns = broken
        lines = max(map(lines_of, broken), default=0)
        size = QSize(len(broken) * (width + _BETWEEN) - _BETWEEN, lines * self._pitch)
        self.resize(size)
        return size

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, width = QPainter(self), self._column_width()
        for place, column in enumerate(self._columns):
            left, line = place * (width + _BETWEEN), 1 - HEADING
            for row in column:
                line += row.lines
                box = QRect(left, (line - 1) * self._pitch, width, self._pitch)
                self._paint_row(painter, box, row)
        painter.end()

    def _paint_row(self, painter: QPainter, box: QRect, row: Row) -> None:
        ink = theme.colours().colour("info" if row.is_heading else "text")
        painter.setFont(self.font())
        right = box.right() + 1
        for caps in reversed(self._shown_caps(row)):
            right -= caps_width(self.fontMetrics(), caps)
            paint_caps(painter, right, box.center().y() + 0.5, caps)
            right -= _OR
        box.setRight(right)
        if row.is_heading:
            painter.setFont(self._bold())
        painter.setPen(ink)
        elided = painter.fontMetrics().elidedText(
            row.text, Qt.TextElideMode.ElideMiddle, box.width()
        )
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)

    def _column_width(self) -> int:
        rows = [row for group in self._groups for row in group.rows]
        wanted = max((self._width(row, self._shown_caps(row)) for row in rows), default=1)
        return min(_WIDEST, wanted)

    def _shown_caps(self, row: Row) -> tuple[Keys, ...]:
        """The first combination in any case, others as far as there is room beside the text."""
        shown = row.caps
        while len(shown) > 1 and self._width(row, shown) > _WIDEST:
            shown = shown[:-1]
        return shown

    def _width(self, row: Row, shown: tuple[Keys, ...]) -> int:
        metrics = self.fontMetrics()
        caps = sum(caps_width(metrics, caps) + _OR for caps in shown) - _OR
        return metrics.horizontalAdvance(row.text) + _INSIDE + caps

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        return font


def _spoken(groups: Sequence[Group]) -> str:
    rows = [row for group in groups for row in group.rows]
    spoken = ((row.text, ", ".join(map("+".join, row.caps))) for row in rows)
    return "\n".join(f"{text}: {keys}" for text, keys in spoken)
