"""Textures that wrap around, made once and cropped, stretched or looked up by every picture."""

from functools import lru_cache

import cv2
import numpy as np

from segstudio.samples.sample import Floats

SIZE = 512
"""Edge of every tile in pixels."""


@lru_cache(maxsize=16)
def fractal(seed: int, coarsest: int, octaves: int) -> Floats:
    """Fractal value noise that tiles.

    Parameters
    ----------
    seed
        Which tile; the same number gives the same tile.
    coarsest
        Cells along the edge of the lowest octave, a power of two; each octave has twice as many
        as the one before it.
    octaves
        How many octaves; each has 0.55 of the one before it.

    Returns
    -------
    512x512 float32 with mean 0 and standard deviation 1.
    """
    rng = np.random.default_rng([seed, coarsest, octaves])
    total = np.zeros((SIZE, SIZE), np.float32)
    for octave in range(octaves):
        cells = coarsest * 2**octave
        total += np.float32(0.55**octave) * _stretched(
            rng.standard_normal((cells, cells)).astype(np.float32)
        )
    tile: Floats = (total - total.mean()) / total.std()
    tile.setflags(write=False)
    return tile


def crop(tile: Floats, rng: np.random.Generator, height: int, width: int, zoom: float) -> Floats:
    """A random piece of a tile.

    Parameters
    ----------
    tile
        512x512 float32.
    height, width
        Size of the piece in pixels.
    zoom
        Picture pixels for each pixel of the tile.

    Returns
    -------
    height x width float32.
    """
    rows = (np.arange(height, dtype=np.float32) / zoom + rng.uniform(0, SIZE)).astype(np.float32)
    columns = (np.arange(width, dtype=np.float32) / zoom + rng.uniform(0, SIZE)).astype(np.float32)
    return look_up(tile, *np.meshgrid(columns, rows))


def look_up(tile: Floats, x: Floats, y: Floats) -> Floats:
    """The tile at any coordinates, in tile pixels, wrapping around; bilinear."""
    found = cv2.remap(
        tile,
        x.astype(np.float32, copy=False),
        y.astype(np.float32, copy=False),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_WRAP,
    )
    return np.asarray(found, np.float32)


def _stretched(lattice: Floats) -> Floats:
    cells = len(lattice)
    margin = 3
    padded = np.pad(lattice, margin, mode="wrap")
    scale = max(1, SIZE // cells)
    large = cv2.resize(padded, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    inner = large[margin * scale :, margin * scale :][: cells * scale, : cells * scale]
    return np.asarray(inner[:SIZE, :SIZE], np.float32)
