"""Thin lines over the picture: the grid of its pixels, and a cross through the pointer."""

import math

from PySide6.QtGui import QColor, QPainter

from segstudio.core.rect import Rect
from segstudio.gui.canvas.canvas import Canvas
from segstudio.gui.canvas.viewport import Viewport

GRID_FROM = 8.0
"""Device pixels per picture pixel above which lines tell single pixels apart."""

_GRID = QColor(128, 128, 128, 110)
_DARK, _LIGHT = QColor(0, 0, 0, 110), QColor(255, 255, 255, 210)


class PixelGrid:
    """Lines between the pixels of the picture, above 800 %."""

    def __init__(self) -> None:
        self.shown = True
        self.shape: tuple[int, int] | None = None
        """Height and width of the picture; None without one."""

    def paint(self, painter: QPainter, viewport: Viewport, area: Rect) -> None:
        """Draw the lines of a device rectangle."""
        if not self.shown or self.shape is None or viewport.scale <= GRID_FROM:
            return
        covered = viewport.covered(self.shape, area)
        for y in _borders(covered.top, covered.bottom, viewport.top, viewport.scale):
            painter.fillRect(covered.left, y, covered.width, 1, _GRID)
        for x in _borders(covered.left, covered.right, viewport.left, viewport.scale):
            painter.fillRect(x, covered.top, 1, covered.height, _GRID)


class Crosshair:
    """Two lines through the pixel under the pointer, across all of the canvas."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._shown = False
        self._pixel: tuple[int, int] | None = None
        canvas.hovered.connect(self._move)

    def set_shown(self, shown: bool) -> None:
        """Show the lines, or not."""
        self._shown = shown
        self._canvas.update()

    def paint(self, painter: QPainter, viewport: Viewport, area: Rect) -> None:
        """Draw what of the lines lies in a device rectangle."""
        for reach, colour in ((1, _DARK), (0, _LIGHT)):  # both: seen on every picture
            for line in self._lines(viewport, area, reach):
                painter.fillRect(line.left, line.top, line.width, line.height, colour)

    def _move(self, pixel: tuple[int, int] | None) -> None:
        for place in (self._pixel, pixel):
            self._pixel = place
            whole = Rect(0, 0, *self._canvas.device_size())
            for line in self._lines(self._canvas.viewport, whole, 2):
                self._canvas.update_device(line)

    def _lines(self, viewport: Viewport, area: Rect, reach: int) -> list[Rect]:
        """What the lines cover of an area, with ``reach`` device pixels on each side of them."""
        if self._pixel is None or not self._shown:
            return []
        row, column = self._pixel
        y, x = (math.floor(at) for at in viewport.to_device(row + 0.5, column + 0.5))
        return [
            Rect(y - reach, area.left, y + reach + 1, area.right),
            Rect(area.top, x - reach, area.bottom, x + reach + 1),
        ]


def _borders(first: int, last: int, origin: float, scale: float) -> list[int]:
    """Device positions, first included, at which a row or column of the picture begins."""
    number = math.ceil((first + 0.5 - origin) / scale)
    found = []
    while (place := math.ceil(origin + number * scale - 0.5)) < last:
        found.append(place)
        number += 1
    return found
