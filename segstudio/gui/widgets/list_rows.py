"""What the delegates of all lists share."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from segstudio.gui import theme

ROW_ROLE = Qt.ItemDataRole.UserRole
"""Role under which a table model gives the whole row as one object."""

Index = QModelIndex | QPersistentModelIndex


def paint_ground(painter: QPainter, option: QStyleOptionViewItem, *, marked: bool = True) -> None:
    """The field under a row: chosen, under the pointer, and with the keyboard's focus ring.

    ``marked`` is False for a row that is chosen only together with the one that counts.
    """
    colours = theme.colours()
    box, state = option.rect, option.state
    if state & QStyle.StateFlag.State_Selected:
        painter.fillRect(box, colours.colour("selection"))
        if marked:
            bar = QRect(box.topLeft(), QSize(3, box.height()))
            painter.fillRect(bar, colours.colour("accent"))
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(box, colours.colour("line"))
    if state & QStyle.StateFlag.State_HasFocus:
        painter.setPen(colours.colour("accent"))
        painter.drawRect(box.adjusted(0, 0, -1, -1))
