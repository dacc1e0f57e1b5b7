"""Shows the place that a finding is about: a frame around it, seen on every picture."""

from PySide6.QtGui import QColor, QPainter

from segstudio.core.rect import Rect
from segstudio.gui.canvas.viewport import Viewport

_AWAY = 5
"""Device pixels between the place and its frame, which must not hide what it is about."""

_LINE = 2
_DARK, _LIGHT = QColor(0, 0, 0, 170), QColor(255, 255, 255)


class FindingVeil:
    """Lies over the canvas; shows nothing while there is no place."""

    def __init__(self) -> None:
        self.place: Rect | None = None

    def paint(self, painter: QPainter, viewport: Viewport, area: Rect) -> None:
        """Draw what lies in a device rectangle."""
        if self.place is None:
            return
        frame = viewport.device_rect(self.place).grown(_AWAY)
        # A light line between dark ones: seen on every picture.
        for out, width, colour in ((1, _LINE + 2, _DARK), (0, _LINE, _LIGHT)):
            for line in _lines(frame.grown(out), width):
                part = line.intersect(area)
                if not part.empty:
                    painter.fillRect(part.left, part.top, part.width, part.height, colour)


def _lines(frame: Rect, width: int) -> list[Rect]:
    """The four sides of a frame, inside of it, none over another."""
    top, left, bottom, right = frame.top, frame.left, frame.bottom, frame.right
    return [
        Rect(top, left, top + width, right),
        Rect(bottom - width, left, bottom, right),
        Rect(top + width, left, bottom - width, left + width),
        Rect(top + width, right - width, bottom - width, right),
    ]
