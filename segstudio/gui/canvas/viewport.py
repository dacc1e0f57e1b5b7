"""Where the picture lies on the screen: zoom and pan, free of Qt.

Positions on the screen are device pixels, so that 100 % shows one picture pixel as one pixel of
the screen on every display.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from segstudio.core.rect import Rect

SMALLEST_SCALE = 0.01
LARGEST_SCALE = 64.0
_KEEP_VISIBLE = 48.0
"""Device pixels of the picture that panning always leaves on the screen."""


@dataclass(frozen=True, slots=True)
class Viewport:
    """Device pixels per picture pixel, and the device position of the picture's corner."""

    scale: float = 1.0
    top: float = 0.0
    left: float = 0.0

    @classmethod
    def fitting(cls, shape: tuple[int, int], size: tuple[int, int], margin: float = 16.0) -> Self:
        """The whole picture (rows, columns) in the middle of an area (height, width)."""
        height, width = max(1, shape[0]), max(1, shape[1])
        room = max(1.0, size[0] - 2 * margin), max(1.0, size[1] - 2 * margin)
        scale = _clamp(min(room[0] / height, room[1] / width), SMALLEST_SCALE, LARGEST_SCALE)
        return cls(scale, (size[0] - height * scale) / 2, (size[1] - width * scale) / 2)

    def to_picture(self, y: float, x: float) -> tuple[float, float]:
        """Picture position (y, x) of a device position."""
        return (y - self.top) / self.scale, (x - self.left) / self.scale

    def to_device(self, y: float, x: float) -> tuple[float, float]:
        """Device position (y, x) of a picture position."""
        return y * self.scale + self.top, x * self.scale + self.left

    def zoomed(self, factor: float, y: float, x: float) -> "Viewport":
        """Zoomed about a device position, which keeps its picture position; 1 % to 6400 %."""
        scale = _clamp(self.scale * factor, SMALLEST_SCALE, LARGEST_SCALE)
        ratio = scale / self.scale
        return Viewport(scale, y - (y - self.top) * ratio, x - (x - self.left) * ratio)

    def panned(self, down: float, right: float) -> "Viewport":
        """Moved by device pixels."""
        return Viewport(self.scale, self.top + down, self.left + right)

    def kept_visible(self, shape: tuple[int, int], size: tuple[int, int]) -> "Viewport":
        """The same zoom, moved so far that a part of the picture stays in the area."""
        return Viewport(
            self.scale,
            _keep(self.top, shape[0] * self.scale, size[0]),
            _keep(self.left, shape[1] * self.scale, size[1]),
        )

    def device_rect(self, rect: Rect) -> Rect:
        """Smallest device rectangle around a rectangle of picture pixels."""
        top, left = self.to_device(rect.top, rect.left)
        bottom, right = self.to_device(rect.bottom, rect.right)
        return Rect(
            int(np.floor(top)), int(np.floor(left)), int(np.ceil(bottom)), int(np.ceil(right))
        )

    def covered(self, shape: tuple[int, int], area: Rect) -> Rect:
        """The part of a device rectangle whose pixels' middles lie on the picture."""
        return area.intersect(
            Rect(
                _first_pixel(self.top),
                _first_pixel(self.left),
                _first_pixel(self.top + shape[0] * self.scale),
                _first_pixel(self.left + shape[1] * self.scale),
            )
        )

    def picture_indices(
        self, shape: tuple[int, int], area: Rect
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Row and column of the picture under each device pixel of a covered rectangle."""
        return (
            _indices(area.top, area.bottom, self.top, self.scale, shape[0]),
            _indices(area.left, area.right, self.left, self.scale, shape[1]),
        )


def _indices(first: int, last: int, origin: float, scale: float, length: int) -> NDArray[np.intp]:
    middles = (np.arange(first, last) + 0.5 - origin) / scale
    return middles.astype(np.intp).clip(0, length - 1)


def _first_pixel(edge: float) -> int:
    """First device pixel whose middle is not before the edge."""
    return int(np.ceil(edge - 0.5))


def _keep(origin: float, extent: float, room: int) -> float:
    margin = min(_KEEP_VISIBLE, extent, room)
    return _clamp(origin, margin - extent, room - margin)


def _clamp(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))
