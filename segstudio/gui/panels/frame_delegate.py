"""How one frame looks in the list."""

from PySide6.QtCore import QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from segstudio.gui import theme
from segstudio.gui.panels.frame_order import FrameRow
from segstudio.gui.panels.frame_table import FrameTableModel
from segstudio.gui.panels.frame_words import look_of, remark
from segstudio.gui.widgets.list_rows import ROW_ROLE, Index, paint_ground

_THUMBNAIL = QSize(64, 48)
_GAP = theme.STEP
_ICON = theme.PANEL_ICON.width()


class FrameDelegate(QStyledItemDelegate):
    """Paints thumbnail, name, flag, status and remark; tells which thumbnails are missing."""

    thumbnail_missing = Signal(str)

    def __init__(self, table: FrameTableModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self.open_frame = ""
        """Its name; others may be selected beside it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(3 * _THUMBNAIL.width(), _THUMBNAIL.height() + _GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: FrameRow = index.data(ROW_ROLE)
        box = option.rect
        painter.save()
        paint_ground(painter, option, marked=row.name == self.open_frame)
        picture = QRect(box.topLeft() + QPoint(_GAP, _GAP // 2), _THUMBNAIL)
        self._paint_thumbnail(painter, picture, row.name)
        words = box.adjusted(_THUMBNAIL.width() + 2 * _GAP, _GAP // 2, -_GAP, -_GAP // 2)
        _paint_words(painter, words, row, remark(row.record, self._table.arrangement.sorting))
        painter.restore()

    def _paint_thumbnail(self, painter: QPainter, box: QRect, name: str) -> None:
        painter.fillRect(box, theme.colours().colour("canvas"))
        pixmap = self._table.thumbnail(name)
        if pixmap is None:
            self.thumbnail_missing.emit(name)
            centre = QRect(0, 0, _ICON, _ICON)
            centre.moveCenter(box.center())
            theme.icon("image-outline", "faint").paint(painter, centre)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(_fitted(pixmap, box), pixmap)


def _paint_words(painter: QPainter, box: QRect, row: FrameRow, told: str) -> None:
    colours, look = theme.colours(), look_of(row.record)
    metrics = painter.fontMetrics()
    upper = QRect(box.topLeft(), QSize(box.width(), box.height() // 2))
    lower = upper.translated(0, box.height() // 2)
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    if row.record.flag is not None:
        sign = _sign_in(upper, upper.right() - _ICON + 1)
        theme.icon("flag", "caution").paint(painter, sign)
        upper.setRight(sign.left() - _GAP // 2)
    painter.setPen(colours.colour("text"))
    middle = Qt.TextElideMode.ElideMiddle
    painter.drawText(upper, left, metrics.elidedText(row.name, middle, upper.width()))
    sign = _sign_in(lower, lower.left())
    theme.icon(look.icon, look.role).paint(painter, sign)
    lower.setLeft(sign.right() + _GAP // 2 + 1)
    painter.setPen(colours.colour("quiet"))
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(lower, right, told)
    lower.setRight(lower.right() - metrics.horizontalAdvance(told))
    cut = Qt.TextElideMode.ElideRight
    painter.drawText(lower, left, metrics.elidedText(look.label, cut, lower.width()))


def _sign_in(line: QRect, left: int) -> QRect:
    """Room for an icon in the middle of a line."""
    return QRect(left, line.center().y() - _ICON // 2 + 1, _ICON, _ICON)


def _fitted(pixmap: QPixmap, box: QRect) -> QRect:
    size = pixmap.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
    target = QRect(QPoint(0, 0), size)
    target.moveCenter(box.center())
    return target
