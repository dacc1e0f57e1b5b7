"""A wall's texture while it is drawn, in metres."""

from collections.abc import Sequence

import numpy as np

from segstudio.samples.sample import Floats

Spans = Sequence[tuple[float, float]]
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
        columns = [self._columns(*span) for span in across]
        for i, span in enumerate(up):
            rows = self._rows(*span)
            for j, place in enumerate(columns):
                self.albedo[rows, place] = colour if colour.ndim == 1 else colour[i, j]
                self.glow[rows, place] = glow if glow.ndim == 1 else glow[i, j]

    def grid_shade(self, across: Spans, up: Spans, factor: float) -> None:
        """Darken all rectangles where a span of x meets a span of y."""
        columns = [self._columns(*span) for span in across]
        for span in up:
            rows = self._rows(*span)
            for place in columns:
                self.albedo[rows, place] *= np.float32(factor)

    def _rows(self, bottom: float, top: float) -> slice:
        return _slice((self.height - top) * self._y, (self.height - bottom) * self._y)

    def _columns(self, left: float, right: float) -> slice:
        return _slice(left * self._x, right * self._x)


def _slice(low: float, high: float) -> slice:
    start = max(0, round(low))
    return slice(start, max(start + 1, round(high)))
