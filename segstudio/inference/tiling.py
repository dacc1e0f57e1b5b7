"""Cutting large pictures into tiles, and putting what was computed on them together again."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from segstudio.core.rect import Rect

Weights = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Tile:
    """One tile.

    Attributes
    ----------
    rect
        What to read, in pixels of the picture.
    rows, columns
        h and w float32: their product is how much a pixel counts where tiles overlap.
    """

    rect: Rect
    rows: Weights
    columns: Weights

    @property
    def weights(self) -> Weights:
        """hxw float32, made when asked for: together they would be as large as the picture."""
        return self.rows[:, None] * self.columns


def exact_tiles(shape: tuple[int, int], edge: int, halo: int, alignment: int) -> tuple[Tile, ...]:
    """Tiles for networks with a finite receptive field: the result equals the whole picture's.

    The overlap-tile strategy of Ronneberger et al. 2015 (section 2, figure 2). A pixel counts
    where the tile shows all that it sees; at the picture's edge a tile ends as the picture does.

    Parameters
    ----------
    shape
        Height and width, multiples of ``alignment``.
    edge
        Wanted edge of a tile; made larger where the halo leaves too little of it.
    halo
        Pixels around a pixel that the network sees.
    alignment
        Tiles begin at multiples of it.
    """
    halo = _ceil(halo, alignment)
    edge = max(_ceil(edge, alignment), 2 * halo + alignment)
    axes = [_exact_axis(length, min(edge, length), halo) for length in shape]
    return _product(axes)


def whole(shape: tuple[int, int]) -> tuple[Tile]:
    """One tile that is the picture."""
    height, width = shape
    return (Tile(Rect.of_shape(shape), np.ones(height, np.float32), np.ones(width, np.float32)),)


def smooth_tiles(
    shape: tuple[int, int], edge: int, overlap: float, alignment: int
) -> tuple[Tile, ...]:
    """Tiles for networks that see the whole of their input: neighbours fade into each other.

    Parameters
    ----------
    shape, edge, alignment
        As for :func:`exact_tiles`.
    overlap
        Share of a tile that its neighbour covers too.
    """
    edge = _ceil(edge, alignment)
    step = max(alignment, int(edge * (1 - overlap)) // alignment * alignment)
    axes = [
        [(start, gaussian(min(edge, length))) for start in _starts(length, min(edge, length), step)]
        for length in shape
    ]
    return _product(axes)


def gaussian(edge: int) -> Weights:
    """Weights along a tile's edge: 1 in the middle, sigma an eighth, nowhere less than 0.001."""
    distance = (np.arange(edge, dtype=np.float32) - (edge - 1) / 2) / max(1.0, edge / 8)
    weights: Weights = np.exp(-0.5 * distance**2).clip(1e-3).astype(np.float32)
    return weights


class Canvas:
    """Collects what was computed on tiles.

    Parameters
    ----------
    channels, shape
        Of the whole result.
    """

    def __init__(self, channels: int, shape: tuple[int, int]) -> None:
        self._sum = np.zeros((channels, *shape), np.float32)
        self._weight = np.zeros(shape, np.float32)

    def add(self, tile: Tile, values: NDArray[np.float32]) -> None:
        """Add a tile's CxHxW result."""
        rows, columns = tile.rect.slices
        weights = tile.weights
        self._sum[:, rows, columns] += values * weights
        self._weight[rows, columns] += weights

    def result(self) -> NDArray[np.float32]:
        """The weighted mean, CxHxW float32; the canvas is spent."""
        self._sum /= self._weight
        return self._sum


def mirrored(planes: NDArray[np.float32], alignment: int, minimum: int = 1) -> NDArray[np.float32]:
    """Mirror CxHxW at its right and lower edge up to multiples of ``alignment``.

    As networks do by themselves, and also up to ``minimum`` pixels each way; the same array where
    nothing is missing.
    """
    wanted = [max(_ceil(length, alignment), minimum) for length in planes.shape[1:]]
    if wanted == [*planes.shape[1:]]:
        return planes
    growth = [(0, 0), *((0, w - n) for w, n in zip(wanted, planes.shape[1:], strict=True))]
    return np.pad(planes, growth, mode="reflect")


def _exact_axis(length: int, edge: int, halo: int) -> list[tuple[int, Weights]]:
    starts = _starts(length, edge, max(1, edge - 2 * halo))
    # Each tile counts up to where the next one's halo ends.
    cuts = [0, *(start + halo for start in starts[1:]), length]
    placed = []
    for start, (low, high) in zip(starts, pairwise(cuts), strict=True):
        weights = np.zeros(edge, np.float32)
        weights[low - start : high - start] = 1.0
        placed.append((start, weights))
    return placed


def _starts(length: int, edge: int, step: int) -> list[int]:
    return [*range(0, length - edge, step), length - edge]


def _product(axes: list[list[tuple[int, Weights]]]) -> tuple[Tile, ...]:
    return tuple(_tile(down, across) for down in axes[0] for across in axes[1])


def _tile(down: tuple[int, Weights], across: tuple[int, Weights]) -> Tile:
    (top, rows), (left, columns) = down, across
    rect = Rect(top, left, top + len(rows), left + len(columns))
    return Tile(rect, rows, columns)


def _ceil(value: int, multiple: int) -> int:
    return -(-value // multiple) * multiple
