"""How far colours are from each other."""

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Space = Literal["Lab", "RGB"]
SPACES: tuple[Space, ...] = ("Lab", "RGB")

Picture = NDArray[np.uint8]

FARTHEST = 100
"""Colours farther from each other than this, and a little more, are not told apart."""

LIGHTNESS = 100 / 255
"""OpenCV's 8-bit Lab stretches lightness from 0..100 to 0..255; this takes it back."""

_QUARTERS = 4
_SCALES: dict[Space, tuple[float, float, float]] = {
    "Lab": (LIGHTNESS, 1.0, 1.0),
    "RGB": (1.0, 1.0, 1.0),
}


def lab(rgb: Picture) -> Picture:
    """HxWx3 RGB as OpenCV's 8-bit CIE L*a*b*: lightness times 2.55, a and b plus 128."""
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2Lab), np.uint8)


def distances(rgb: Picture, colour: Picture, space: Space) -> NDArray[np.uint16]:
    """How far each pixel is from a colour, to be asked by :func:`near`.

    Whole numbers of 16 bits and tables, as a picture may have 24 million pixels.

    Parameters
    ----------
    rgb
        HxWx3 RGB.
    colour
        Three values, RGB.
    space
        In "Lab" a distance of about 2 can just be seen, and black is 100 from white; in "RGB" it
        is 441.

    Returns
    -------
    HxW squared distances in quarters; large ones are cut off at what 16 bits hold.
    """
    pixels, middle = np.ascontiguousarray(rgb), colour.reshape(1, 1, 3)
    if space == "Lab":
        pixels, middle = lab(pixels), lab(middle)
    # A channel has 256 values, and so have the squares.
    apart = (np.arange(256)[:, None] - middle.reshape(1, 3).astype(np.float64)) * _SCALES[space]
    squares = np.rint(np.square(apart) * _QUARTERS).clip(max=65535).astype(np.uint16)
    channels = zip(cv2.split(pixels), squares.T, strict=True)
    first, second, third = (cv2.LUT(channel, table[None]) for channel, table in channels)
    return np.asarray(cv2.add(cv2.add(first, second), third), np.uint16)  # stops at 65535


def near(apart: NDArray[np.uint16], tolerance: float) -> NDArray[np.bool_]:
    """Which :func:`distances` are no larger than a tolerance of at most :data:`FARTHEST`."""
    enough: NDArray[np.bool_] = apart <= np.uint16(tolerance * tolerance * _QUARTERS)
    return enough
