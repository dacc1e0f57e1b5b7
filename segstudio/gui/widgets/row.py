"""What all rows of a form share: a label on the left, its control on the right."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from segstudio.gui import theme
from segstudio.gui.widgets.elided_label import ElidedLabel

WIDEST_LABEL = 17 * theme.STEP


class RowLabel(ElidedLabel):
    """The name of a control; tells of clicks, since rows react to them."""

    clicked = Signal()
    double_clicked = Signal()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.double_clicked.emit()


class Row(QWidget):
    """A label and the control that it names, on one line.

    Subclasses add their control to ``line`` and bring two signals: ``valueChanged`` at every
    change that the user makes and ``settled`` when the value is there to stay. ``set_value``
    emits neither.
    """

    def __init__(self, label: str, tooltip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = RowLabel(label)
        self.line = QHBoxLayout(self)
        self.line.setContentsMargins(0, 0, 0, 0)
        self.line.setSpacing(theme.STEP)
        self.line.addWidget(self.label)
        self.label.setMinimumWidth(min(WIDEST_LABEL, self.label.sizeHint().width()))
        self.label.setToolTip(tooltip)
        self.setMinimumHeight(3 * theme.STEP)
        self.setToolTip(tooltip)

    def control_width(self) -> int:
        """Pixels that the last control of the row needs; 0 where it takes all there is."""
        return 0

    def set_control_width(self, width: int) -> None:
        """Give the last control the width that its neighbours have."""


def align(rows: Iterable[Row]) -> None:
    """Let the labels of rows end, and their last controls begin, at the same places."""
    rows = list(rows)
    widths = [min(WIDEST_LABEL, row.label.sizeHint().width()) for row in rows]
    for row in rows:
        row.label.setFixedWidth(max(widths))
        row.set_control_width(max(other.control_width() for other in rows))
