"""Keys drawn as the caps that they have on a keyboard."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from segstudio.gui import theme

_PADDING = 5
_GAP = 3
_ROUND = 3.0


def cap_height(metrics: QFontMetrics) -> int:
    """Pixels from the upper to the lower edge of a cap."""
    return metrics.height() + 2


def caps_width(metrics: QFontMetrics, caps: tuple[str, ...]) -> int:
    """Pixels that a row of caps takes."""
    return sum(_width(metrics, cap) + _GAP for cap in caps) - _GAP


def paint_caps(painter: QPainter, left: float, middle: float, caps: tuple[str, ...]) -> float:
    """Draw caps in a row about the height ``middle``; returns where the row ends."""
    metrics = painter.fontMetrics()
    height = cap_height(metrics)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for cap in caps:
        box = QRectF(left, round(middle - height / 2), _width(metrics, cap), height)
        _paint_cap(painter, box, cap)
        left += box.width() + _GAP
    painter.restore()
    return left - _GAP


def _paint_cap(painter: QPainter, box: QRectF, text: str) -> None:
    colours, edge = theme.colours(), box.adjusted(0.5, 0.5, -0.5, -0.5)
    painter.setPen(QPen(colours.colour("outline"), 1))
    painter.setBrush(colours.colour("raised"))
    painter.drawRoundedRect(edge, _ROUND, _ROUND)
    # A cap is seen a little from above.
    lower = edge.adjusted(_ROUND - 1, 0, 1 - _ROUND, -1)
    painter.drawLine(lower.bottomLeft(), lower.bottomRight())
    painter.setPen(colours.colour("text"))
    painter.drawText(box.adjusted(0, 0, 0, -1), Qt.AlignmentFlag.AlignCenter, text)


def _width(metrics: QFontMetrics, cap: str) -> int:
    return max(cap_height(metrics), metrics.horizontalAdvance(cap) + 2 * _PADDING)
