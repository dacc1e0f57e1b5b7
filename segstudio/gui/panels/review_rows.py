"""How one difference looks in the list."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from segstudio.core.differences import Difference
from segstudio.gui import theme
from segstudio.gui.review_state import ReviewState
from segstudio.gui.widgets.colour_button import paint_swatch
from segstudio.gui.widgets.list_rows import ROW_ROLE, Index, paint_ground

_ROW_HEIGHT = 28
_GAP = theme.STEP
_SWATCH = 12


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One region, and the state that knows the names and colours of its classes."""

    state: ReviewState
    region: Difference


class DifferenceDelegate(QStyledItemDelegate):
    """Paints both colours, both names, a sign where a human decided, and the size."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(6 * _ROW_HEIGHT, _ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: DifferenceRow = index.data(ROW_ROLE)
        painter.save()
        paint_ground(painter, option)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(_GAP, 0, -_GAP, 0)
        for class_id in (row.region.now, row.region.suggested):
            _paint_colour(painter, box, row.state, class_id)
            box.setLeft(box.left() + _SWATCH + _GAP // 2)
        box.setLeft(box.left() + _GAP // 2)
        _paint_words(painter, box, row)
        painter.restore()


def _paint_colour(painter: QPainter, box: QRect, state: ReviewState, class_id: int) -> None:
    swatch = QRectF(box.left(), box.center().y() - _SWATCH / 2 + 0.5, _SWATCH, _SWATCH)
    known = state.classes.get(class_id)
    if known is not None:
        paint_swatch(painter, swatch, QColor(*known.colour))
    else:  # void has no colour of its own
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(theme.colours().colour("outline"))
        painter.drawRoundedRect(swatch.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)


def _paint_words(painter: QPainter, box: QRect, row: DifferenceRow) -> None:
    colours, metrics = theme.colours(), painter.fontMetrics()
    size = f"{row.region.area:,} px"
    painter.setPen(colours.colour("quiet"))
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(box, Qt.AlignmentFlag.AlignRight | middle, size)
    box.setRight(box.right() - metrics.horizontalAdvance(size) - _GAP)
    if row.region.by_human:
        sign = QRect(box.right() - 13, box.center().y() - 6, 14, 14)
        theme.icon("pencil", "caution").paint(painter, sign)
        box.setRight(sign.left() - _GAP // 2)
    painter.setPen(colours.colour("text"))
    words = metrics.elidedText(
        row.state.words(row.region), Qt.TextElideMode.ElideMiddle, box.width()
    )
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | middle, words)
