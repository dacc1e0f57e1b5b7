"""A wall's texture while it is drawn, in metres."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from segstudio.samples.sample import Floats

Spans = Sequence[tuple[float, float]]
_Indices = NDArray[np.intp]
_NO_GLOW = np.zeros(3, np.float32)


class Wall:
    """Albedo and glow of a wall; x from its left edge, y up from its foot, in metres.

    Attributes
    ----------
    albedo
        (h, w, 3): what light falls on.
    glow
        (h, w, 3): what shines by itself or mirrors the sky.
    """

    def __init__(self, width: float, height: float, columns: int, rows: int) -> None:
        self.width, self.height = width, height
        self.albedo: Floats = np.zeros((rows, columns, 3), np.float32)
        self.glow: Floats = np.zeros((rows, columns, 3), np.float32)
        self._x, self._y = columns / width, rows / height

    @property
    def detail(self) -> float:
        """Texture pixels per metre in the coarser direction."""
        return min(self._x, self._y)

    def box(
        self,
        left: float,
        bottom: float,
        right: float,
        top: float,
        colour: Floats,
        glow: Floats = _NO_GLOW,
    ) -> None:
        """Fill a rectangle."""
        where = self._rows(bottom, top), self._columns(left, right)
        self.albedo[where], self.glow[where] = colour, glow

    def shade(self, left: float, bottom: float, right: float, top: float, factor: float) -> None:
        """Darken a rectangle."""
        self.albedo[self._rows(bottom, top), self._columns(left, right)] *= np.float32(factor)

    def grid(self, across: Spans, up: Spans, colour: Floats, glow: Floats = _NO_GLOW) -> None:
        """Fill all rectangles where a span of x meets a span of y.

        ``colour`` and ``glow`` are (3,), or (len(up), len(across), 3) for one each.
        """
        rows, row_of, columns, column_of = self._meeting(across, up)
        where = np.ix_(rows, columns)
        for plane, value in ((self.albedo, colour), (self.glow, glow)):
            plane[where] = value if value.ndim == 1 else value[np.ix_(row_of, column_of)]

    def grid_shade(self, across: Spans, up: Spans, factor: float) -> None:
        """Darken all rectangles where a span of x meets a span of y."""
        rows, _, columns, _ = self._meeting(across, up)
        self.albedo[np.ix_(rows, columns)] *= np.float32(factor)

    def _meeting(self, across: Spans, up: Spans) -> tuple[_Indices, _Indices, _Indices, _Indices]:
        """Rows and which span each belongs to, then columns and theirs."""
        high, wide = self.albedo.shape[:2]
        rows = _indices([self._from_top(a, b) for a, b in up], high)
        columns = _indices([(a * self._x, b * self._x) for a, b in across], wide)
        return *rows, *columns

    def _from_top(self, bottom: float, top: float) -> tuple[float, float]:
        return (self.height - top) * self._y, (self.height - bottom) * self._y

    def _rows(self, bottom: float, top: float) -> slice:
        return _slice(*self._from_top(bottom, top))

    def _columns(self, left: float, right: float) -> slice:
        return _slice(left * self._x, right * self._x)


def _slice(low: float, high: float) -> slice:
    start = max(0, round(low))
    return slice(start, max(start + 1, round(high)))


def _indices(spans: Spans, limit: int) -> tuple[_Indices, _Indices]:
    """Pixel indices that the spans cover, and which span each of them belongs to."""
    pieces = [
        np.arange(max(0, round(low)), min(limit, max(round(low) + 1, round(high))))
        for low, high in spans
    ]
    owners = np.repeat(np.arange(len(pieces)), [len(piece) for piece in pieces])
    return np.concatenate(pieces), owners
