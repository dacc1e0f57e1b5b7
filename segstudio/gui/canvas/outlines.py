"""Draws what tools show over the picture: outlines, handles, tints, notes."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from segstudio.core.overlay import edges
from segstudio.core.rect import Rect
from segstudio.gui import theme
from segstudio.gui.canvas.viewport import Viewport
from segstudio.tools.parts.shapes import Area, Borders, Circle, Note, Path, Shape, Square

_REACH = 6
"""Device pixels that pens and handles reach beyond a shape."""

_SMALLEST = 1.5
_HANDLE = 3.5
_TINT = 96
_DARK, _LIGHT = np.uint32(0x8C000000), np.uint32(0xC8C8C8C8)
_NOTE_OFFSET = 14.0
_NOTE_ROOM = (320.0, 40.0)


def paint(painter: QPainter, shapes: Sequence[Shape], viewport: Viewport) -> None:
    """Draw shapes with a painter whose unit is the device pixel."""
    for shape in shapes:
        match shape:
            case Area():
                _paint_area(painter, shape, viewport)
            case Borders():
                _paint_borders(painter, shape, viewport)
            case Note():
                _paint_note(painter, shape, viewport)
            case _:
                _paint_outline(painter, shape, viewport)


def bounds(shapes: Sequence[Shape], viewport: Viewport) -> Rect:
    """Device rectangle around everything that :func:`paint` touches."""
    around = Rect(0, 0, 0, 0)
    for shape in shapes:
        box = _box(shape, viewport)
        around = around.union(
            Rect(
                math.floor(box.top()) - _REACH,
                math.floor(box.left()) - _REACH,
                math.ceil(box.bottom()) + _REACH,
                math.ceil(box.right()) + _REACH,
            )
        )
    return around


def _box(shape: Shape, viewport: Viewport) -> QRectF:
    match shape:
        case Circle() | Square():
            radius = max(_SMALLEST, shape.radius * viewport.scale)
            middle = _device(shape.y, shape.x, viewport)
            return QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
        case Path():
            around = shape.width / 2 * viewport.scale
            box = _polygon(shape, viewport).boundingRect()
            return box.adjusted(-around, -around, around, around)
        case Area() | Borders():
            rect = viewport.device_rect(shape.rect)
            return QRectF(rect.left, rect.top, rect.width, rect.height)
        case Note():
            place = _device(shape.y, shape.x, viewport)
            width, height = _NOTE_ROOM
            return QRectF(place.x() - width, place.y() - height, 2 * width, 2 * height)


def _paint_outline(painter: QPainter, shape: Shape, viewport: Viewport) -> None:
    if isinstance(shape, Path) and shape.width:
        _paint_band(painter, shape, viewport)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, not isinstance(shape, Square))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    # Dark under light: seen on every picture.
    for pen in (QPen(QColor(0, 0, 0, 170), 3.0), QPen(QColor(255, 255, 255, 230), 1.0)):
        painter.setPen(pen)
        if isinstance(shape, Circle):
            painter.drawEllipse(_box(shape, viewport))
        elif isinstance(shape, Square):
            painter.drawRect(_box(shape, viewport))
        elif isinstance(shape, Path):
            polygon = _polygon(shape, viewport)
            painter.drawPolygon(polygon) if shape.closed else painter.drawPolyline(polygon)
    if isinstance(shape, Path) and shape.handles:
        _paint_handles(painter, shape, viewport)


def _paint_band(painter: QPainter, shape: Path, viewport: Viewport) -> None:
    colour = theme.colours().colour("accent")
    colour.setAlpha(_TINT)
    pen = QPen(colour, shape.width * viewport.scale)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    # Smooth edges of a wide pen take ten times as long.
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(pen)
    painter.drawPolyline(_polygon(shape, viewport))


def _paint_handles(painter: QPainter, shape: Path, viewport: Viewport) -> None:
    painter.setPen(QPen(QColor(0, 0, 0, 200), 1.0))
    painter.setBrush(theme.colours().colour("accent"))
    for y, x in shape.points:
        painter.drawEllipse(_device(y, x, viewport), _HANDLE, _HANDLE)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_area(painter: QPainter, shape: Area, viewport: Viewport) -> None:
    # With nothing around it: what reaches to the mask's edge ends there, and shows it.
    around, mask = shape.rect.grown(shape.step), np.pad(shape.mask, 1)
    shown, inside = _on_screen(painter, around, mask, viewport, shape.step)
    tint = _premultiplied(theme.colours().colour("accent"))
    words = inside.astype(np.uint32) * np.uint32(tint)
    words[edges(inside) & inside] = _LIGHT  # a blue tint on a blue sky would not be seen
    _paint_words(painter, shown, words)


def _paint_borders(painter: QPainter, shape: Borders, viewport: Viewport) -> None:
    shown, regions = _on_screen(painter, shape.rect, shape.regions, viewport)
    words = np.where(edges(regions), _DARK, np.uint32(0))
    # Light beside dark: seen on every picture.
    words[:, :-1][regions[:, 1:] != regions[:, :-1]] = _LIGHT
    words[:-1][regions[1:] != regions[:-1]] = _LIGHT
    _paint_words(painter, shown, words)


def _on_screen(
    painter: QPainter, rect: Rect, cells: NDArray[Any], viewport: Viewport, step: int = 1
) -> tuple[Rect, NDArray[Any]]:
    """The device rectangle that an array covers on the screen, and its values there."""
    moved = Viewport(viewport.scale * step, *viewport.to_device(rect.top, rect.left))
    height, width = cells.shape
    shown = moved.covered((height, width), _screen(painter))
    if shown.empty:
        return Rect(0, 0, 0, 0), cells[:0, :0]
    rows, columns = moved.picture_indices((height, width), shown)
    return shown, cells[rows].take(columns, axis=1)


def _screen(painter: QPainter) -> Rect:
    """All device pixels that there are."""
    screen, ratio = painter.viewport(), painter.device().devicePixelRatio()
    return Rect(0, 0, math.ceil(screen.height() * ratio), math.ceil(screen.width() * ratio))


def _kept_on(screen: Rect, box: QRectF) -> QPointF:
    """How far to move a box so that it does not reach over the top or right of the screen."""
    return QPointF(min(0.0, screen.right - box.right()), max(0.0, screen.top - box.top()))


def _paint_words(painter: QPainter, area: Rect, words: NDArray[np.uint32]) -> None:
    """Draw premultiplied 0xAARRGGBB words into a device rectangle."""
    if area.empty:
        return
    image = QImage(
        words.data,
        area.width,
        area.height,
        area.width * 4,
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    painter.drawImage(area.left, area.top, image)


def _premultiplied(colour: QColor) -> int:
    red, green, blue = (
        part * _TINT // 255 for part in (colour.red(), colour.green(), colour.blue())
    )
    return _TINT << 24 | red << 16 | green << 8 | blue


def _paint_note(painter: QPainter, shape: Note, viewport: Viewport) -> None:
    place = _device(shape.y, shape.x, viewport) + QPointF(_NOTE_OFFSET, -_NOTE_OFFSET)
    metrics = QFontMetricsF(painter.font())
    box = metrics.boundingRect(shape.text).translated(place).adjusted(-6, -4, 6, 4)
    inside = _kept_on(_screen(painter), box)
    box, place = box.translated(inside), place + inside
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 190))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(QColor(255, 255, 255))
    painter.drawText(place, shape.text)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _polygon(shape: Path, viewport: Viewport) -> QPolygonF:
    """Where a path goes on the screen.

    Its corners lie on the middles of pixels: a line along a row or column is as bright and as thin
    as the others then. Not where the picture is made smaller, as steps would show in round paths.
    """
    corners = [_device(y, x, viewport) for y, x in shape.points]
    if viewport.scale >= 1.0:
        corners = [QPointF(math.floor(c.x()) + 0.5, math.floor(c.y()) + 0.5) for c in corners]
    return QPolygonF(corners)


def _device(y: float, x: float, viewport: Viewport) -> QPointF:
    down, right = viewport.to_device(y, x)
    return QPointF(right, down)
