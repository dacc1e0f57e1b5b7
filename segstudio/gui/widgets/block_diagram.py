"""A network drawn as blocks: scales from above, the way of the picture from the left."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from segstudio.gui import theme
from segstudio.gui.widgets.diagram_cells import Cell, Grid, grid

if TYPE_CHECKING:
    from segstudio.models.parts.diagram import Diagram, Link, Stage

_MARGIN = theme.STEP
_PADDING = theme.STEP
_ACROSS = 4 * theme.STEP
_DOWN = 3 * theme.STEP
_SLOT = theme.STEP
_ARROW = 6.0
_BOW = 1.75 * theme.STEP
_SMALLEST, _LARGEST = 0.85, 1.3
"""Shares of the natural size: below, text is hard to read; above, room stays empty."""


class BlockDiagram(QWidget):
    """Draws a :class:`segstudio.models.parts.diagram.Diagram` in the theme's colours.

    It grows and shrinks a little with the room that it has; in less it is to be scrolled.
    """

    def __init__(self, diagram: "Diagram", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._diagram = diagram
        self._grid: Grid = grid(diagram)
        self._measure()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(self.sizeHint() * _SMALLEST)
        self.setAccessibleName("Block diagram")
        self.setAccessibleDescription(_in_words(diagram))

    def sizeHint(self) -> QSize:
        return QSize(int(self._natural.width()) + 1, int(self._natural.height()) + 1)

    def box(self, stage: int) -> QRectF:
        """Where a stage is drawn, in the widget's pixels."""
        factor, origin = self._fit()
        box = self._boxes[stage]
        return QRectF(origin + box.topLeft() * factor, box.size() * factor)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        factor, origin = self._fit()
        painter.translate(origin)
        painter.scale(factor, factor)
        painter.setFont(self.font())
        self._paint_rows(painter)
        for link in self._diagram.links:
            self._paint_link(painter, link)
        for place, stage in enumerate(self._diagram.stages):
            self._paint_stage(painter, self._boxes[place], stage)

    # --- measuring -----------------------------------------------------------------------------

    def _measure(self) -> None:
        """Boxes as large as their text, in columns and rows as large as their boxes."""
        metrics = QFontMetricsF(self.font())
        stages, cells = self._diagram.stages, self._grid.cells
        columns = range(1 + max(cell.column for cell in cells))
        widths = [0.0 for _ in columns]
        lines = [2 for _ in self._grid.rows]
        for stage, cell in zip(stages, cells, strict=True):
            widest = max(metrics.horizontalAdvance(line) for line in _lines(stage))
            widths[cell.column] = max(widths[cell.column], widest + 2 * _PADDING)
            lines[cell.row] = max(lines[cell.row], len(_lines(stage)))
        heights = [count * metrics.height() + _PADDING for count in lines]
        names = max(metrics.horizontalAdvance(name) for name in self._grid.rows)
        lefts, left = [], _MARGIN + names + 2 * theme.STEP
        for width in widths:
            lefts.append(left)
            left += width + _ACROSS
        self._tops, top = [], _MARGIN + _BOW
        for row, height in enumerate(heights):
            self._tops.append(top)
            top += self._grid.slots(row) * (height + _SLOT) - _SLOT + _DOWN
        self._boxes = [
            QRectF(
                lefts[cell.column],
                self._tops[cell.row] + cell.slot * (heights[cell.row] + _SLOT),
                widths[cell.column],
                heights[cell.row],
            )
            for cell in cells
        ]
        self._heights = heights
        self._natural = QRectF(0, 0, left - _ACROSS + _MARGIN, top - _DOWN + _MARGIN)

    def _fit(self) -> tuple[float, QPointF]:
        """Scale, and the upper left corner of what is drawn."""
        natural = self._natural
        factor = min(self.width() / natural.width(), self.height() / natural.height(), _LARGEST)
        left = max(0.0, (self.width() - natural.width() * factor) / 2)
        return factor, QPointF(left, 0.0)

    # --- painting ------------------------------------------------------------------------------

    def _paint_rows(self, painter: QPainter) -> None:
        colours = theme.colours()
        for row, name in enumerate(self._grid.rows):
            place = QRectF(_MARGIN, self._tops[row], self._natural.width(), self._heights[row])
            painter.setPen(colours.colour("quiet"))
            painter.drawText(
                place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name
            )

    def _paint_stage(self, painter: QPainter, box: QRectF, stage: "Stage") -> None:
        colours = theme.colours()
        painter.setPen(QPen(colours.colour("info" if stage.operation else "outline"), 1))
        painter.setBrush(colours.colour("selection" if stage.operation else "raised"))
        painter.drawRoundedRect(box, 4, 4)
        lines = _lines(stage)
        height = (box.height() - _PADDING) / len(lines)
        for number, line in enumerate(lines):
            place = QRectF(
                box.left(), box.top() + _PADDING / 2 + number * height, box.width(), height
            )
            painter.setPen(colours.colour("text" if number == 0 or stage.operation else "quiet"))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, line)

    def _paint_link(self, painter: QPainter, link: "Link") -> None:
        colours = theme.colours()
        joins = bool(self._diagram.stages[link.target].operation)
        role = "caution" if link.indices else "info" if joins else "quiet"
        pen = QPen(colours.colour(role), 1.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        path, head = self._way(link)
        if link.indices:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawPath(path)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.colour(role))
        painter.drawPolygon(head)

    def _way(self, link: "Link") -> tuple[QPainterPath, QPolygonF]:
        """The line of a link, and the point of its arrow."""
        start, end = self._boxes[link.source], self._boxes[link.target]
        one, other = self._grid.cells[link.source], self._grid.cells[link.target]
        if one.column == other.column:
            return _beside(start, end) if self._is_barred(link) else _upright(start, end)
        if one.row == other.row and self._is_barred(link):
            return _bow(start, end, other.column - one.column)
        if self._rises_freely(one, other):
            below = QPointF(end.center().x(), end.bottom())
            # Above the middle, where what goes on at this scale leaves the box.
            right = QPointF(start.right(), start.top() + start.height() / 4)
            path = QPainterPath(right)
            path.quadTo(QPointF(below.x(), right.y()), below)
            return path, _arrow(below, QPointF(0, -1))
        return _across(start, end)

    def _rises_freely(self, one: Cell, other: Cell) -> bool:
        """Whether the way to the lower edge of a box above, one column on, meets no other box."""
        under = any((c.row, c.column) == (one.row, other.column) for c in self._grid.cells)
        lowest = other.slot == self._grid.slots(other.row) - 1
        diagonal = other.row == one.row - 1 and other.column == one.column + 1
        return diagonal and lowest and not under

    def _is_barred(self, link: "Link") -> bool:
        """Whether a box stands between two that share a row or a column."""
        one, other = self._grid.cells[link.source], self._grid.cells[link.target]
        rows = range(min(one.row, other.row), max(one.row, other.row) + 1)
        columns = range(one.column, other.column + 1)
        ends = ((one.row, one.column), (other.row, other.column))
        places = {(cell.row, cell.column) for cell in self._grid.cells}.difference(ends)
        return any(row in rows and column in columns for row, column in places)


def _lines(stage: "Stage") -> list[str]:
    operation = [stage.operation] if stage.operation and stage.operation != stage.name else []
    return [stage.name, *operation, f"{stage.channels} ch"]


def _upright(start: QRectF, end: QRectF) -> tuple[QPainterPath, QPolygonF]:
    down = start.top() < end.top()
    a = QPointF(start.center().x(), start.bottom() if down else start.top())
    b = QPointF(end.center().x(), end.top() if down else end.bottom())
    path = QPainterPath(a)
    path.lineTo(b)
    return path, _arrow(b, QPointF(0, 1 if down else -1))


def _beside(start: QRectF, end: QRectF) -> tuple[QPainterPath, QPolygonF]:
    """Past the boxes that stand between, in the gap to their right."""
    a = QPointF(start.right(), start.center().y())
    b = QPointF(end.right(), end.center().y())
    far = max(a.x(), b.x()) + _ACROSS / 2
    path = QPainterPath(a)
    path.cubicTo(QPointF(far, a.y()), QPointF(far, b.y()), b)
    return path, _arrow(b, QPointF(-1, 0))


def _across(start: QRectF, end: QRectF) -> tuple[QPainterPath, QPolygonF]:
    # Lines up, ahead and down leave and enter at heights of their own, to be told apart.
    climb = (start.center().y() > end.center().y()) - (start.center().y() < end.center().y())
    a = QPointF(start.right(), start.center().y() - climb * start.height() / 4)
    b = QPointF(end.left(), end.center().y() + climb * end.height() / 4)
    # All turns lie in the gap before the target, where no box can be in the way.
    turn = max(a.x(), b.x() - _ACROSS)
    path = QPainterPath(a)
    path.lineTo(QPointF(turn, a.y()))
    middle = (turn + b.x()) / 2
    path.cubicTo(QPointF(middle, a.y()), QPointF(middle, b.y()), b)
    return path, _arrow(b, QPointF(1, 0))


def _bow(start: QRectF, end: QRectF, columns: int) -> tuple[QPainterPath, QPolygonF]:
    """Over the boxes that stand between; the further it goes, the higher."""
    height = min(_BOW, 0.4 * _BOW + 0.2 * _BOW * columns)
    a = QPointF(start.center().x(), start.top())
    b = QPointF(end.center().x(), end.top())
    path = QPainterPath(a)
    top = a.y() - height
    path.cubicTo(
        QPointF(a.x() + _ACROSS / 2, top),
        QPointF(a.x() + _ACROSS / 2, top),
        QPointF(a.x() + _ACROSS, top),
    )
    path.lineTo(QPointF(b.x() - _ACROSS, top))
    path.cubicTo(QPointF(b.x() - _ACROSS / 4, top), QPointF(b.x(), top), b)
    return path, _arrow(b, QPointF(0, 1))


def _arrow(tip: QPointF, towards: QPointF) -> QPolygonF:
    back = tip - towards * _ARROW
    side = QPointF(-towards.y(), towards.x()) * (_ARROW / 2)
    return QPolygonF([tip, back + side, back - side])


def _in_words(diagram: "Diagram") -> str:
    """What a screen reader says of the picture."""
    return "; ".join(
        f"{s.name}{', ' + s.operation if s.operation else ''}: {s.channels} channels at 1/{s.scale}"
        for s in diagram.stages
    )
