"""The shape of a brush: where it lies, and which pixels it covers."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Shape = Literal["round", "square"]
SHAPES: tuple[Shape, ...] = ("round", "square")
Span = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Stamp:
    """A disc or an axis-aligned square ``size`` pixels wide around ``y``, ``x``.

    It covers a pixel whose centre lies within it. A stamp sits on the pixel grid: the middle of a
    pixel where its size is odd, a corner where it is even. So a brush of size n paints n pixels
    across wherever the pointer is, and size 1 paints the pixel under the pointer.
    """

    shape: Shape
    y: float
    x: float
    size: int

    @classmethod
    def at(cls, shape: Shape, y: float, x: float, size: int) -> "Stamp":
        """The stamp that a pointer at ``y``, ``x`` makes."""
        return cls(shape, _on_grid(y, size), _on_grid(x, size), size)

    @property
    def radius(self) -> float:
        return self.size / 2

    @property
    def top(self) -> int:
        """First row covered."""
        return round(self.y - self.radius)

    def reaches(self) -> NDArray[np.float64]:
        """Half the width of the shape at the middle of each row covered, from ``top`` on."""
        return _reaches(self.shape, self.size)


@lru_cache(maxsize=64)
def _reaches(shape: Shape, size: int) -> NDArray[np.float64]:
    radius = size / 2
    off_centre = np.arange(size) + 0.5 - radius
    reach = np.full(size, radius)
    if shape == "round":
        reach = np.sqrt(radius * radius - off_centre * off_centre)
    reach.flags.writeable = False
    return reach


def _on_grid(position: float, size: int) -> float:
    return math.floor(position) + 0.5 if size % 2 else float(math.floor(position + 0.5))
