"""What a tool draws over the picture: plain data in picture pixels, without any toolkit."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segstudio.core.rect import Rect

Point = tuple[float, float]
"""Row and column in picture pixels."""


@dataclass(frozen=True, slots=True)
class Circle:
    """An outline of half the width ``radius`` around ``y``, ``x``."""

    y: float
    x: float
    radius: float


@dataclass(frozen=True, slots=True)
class Square:
    """As :class:`Circle`, with corners."""

    y: float
    x: float
    radius: float


@dataclass(frozen=True, slots=True)
class Path:
    """A line through points.

    ``handles`` shows each of them as something to take hold of; ``width`` tints what a round brush
    of this width covers along the line.
    """

    points: tuple[Point, ...]
    closed: bool = False
    handles: bool = False
    width: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """Pixels that would change, as a tint: ``mask`` (bool) lies at ``rect``.

    Each value of the mask stands for ``step`` times ``step`` pixels.
    """

    rect: Rect
    mask: NDArray[np.bool_]
    step: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Borders:
    """Lines between pixels of unlike number: ``regions`` (any integers) lies at ``rect``."""

    rect: Rect
    regions: NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Note:
    """A short text beside a place."""

    y: float
    x: float
    text: str


Shape = Circle | Square | Path | Area | Borders | Note
