"""One 2-D picture to label."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Frame:
    """Raw pixels of a frame and what is needed to show them.

    Attributes
    ----------
    name
        Unique within the project; also the stem of the frame's label file.
    pixels
        HxW or HxWx3 (RGB), uint8, uint16 or float32, as the file holds them.
    window
        Darkest and brightest raw value for display; the data stays untouched.
    spacing
        Millimetres per pixel down and across, where the file states them.
    """

    name: str
    pixels: Pixels
    window: tuple[float, float] | None = None
    spacing: tuple[float, float] | None = None

    @property
    def shape(self) -> tuple[int, int]:
        return self.pixels.shape[0], self.pixels.shape[1]

    @cached_property
    def display(self) -> NDArray[np.uint8]:
        """HxWx3 uint8 RGB for the screen and for the CRF: windowed, grey repeated.

        Without a window, 8-bit pixels stay as they are, and 16-bit and float pixels are stretched
        between their 0.5 and 99.5 percentiles, as microscopes and scanners seldom use the whole
        range. What is no number is black.
        """
        shown: NDArray[Any] = self.pixels
        if self.window is not None or shown.dtype != np.uint8:
            shown = _windowed(shown, *(self.window or percentile_window(self.pixels)))
        if shown.ndim == 2:
            shown = np.repeat(shown[..., None], 3, axis=2)
        return np.ascontiguousarray(shown)


def _windowed(pixels: NDArray[Any], low: float, high: float) -> NDArray[np.uint8]:
    factor = 255.0 / (high - low) if high > low else 0.0
    scaled = (pixels.astype(np.float32) - np.float32(low)) * np.float32(factor)
    shown: NDArray[np.uint8] = np.nan_to_num(scaled).clip(0, 255).round().astype(np.uint8)
    return shown


def percentile_window(pixels: Pixels) -> tuple[float, float]:
    """The 0.5 and 99.5 percentile of the finite values; 0 and 1 where there are none."""
    finite = pixels[np.isfinite(pixels)]
    if finite.size == 0:
        return 0.0, 1.0
    # A hundred thousand values settle a percentile; sorting a whole slide would be felt.
    thinned = finite[:: max(1, finite.size // 100_000)]
    low, high = np.percentile(thinned, (0.5, 99.5))
    return float(low), float(high)
