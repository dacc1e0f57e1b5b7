"""How the picture is shown: brighter, with more contrast, one channel alone. Display only."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.options import option
from segstudio.gui.canvas.rendering import Packed

_CHANNELS = ("All", "Red", "Green", "Blue")
_PLACES = {"Blue": 0, "Green": 1, "Red": 2}
_TILES = (8, 8)


@dataclass(frozen=True, slots=True)
class Adjustments:
    """What is done to the picture on its way to the screen; the defaults leave it alone."""

    brightness: int = option(
        0, "Brightness", "Lifts or lowers all values.", minimum=-100, maximum=100
    )
    contrast: int = option(
        0, "Contrast", "Spreads values away from the middle grey.", minimum=-100, maximum=100
    )
    gamma: float = option(
        1.0,
        "Gamma",
        "Above 1 opens dark parts and keeps black and white where they are.",
        minimum=0.2,
        maximum=5.0,
        decimals=2,
        logarithmic=True,
    )
    local_contrast: float = option(
        0.0,
        "Local contrast",
        "Shows structure in flat parts: CLAHE with this clip limit on what is on the screen.",
        minimum=0.0,
        maximum=10.0,
        decimals=1,
    )
    channel: str = option("All", "Channel", "One colour channel alone, as grey.", choices=_CHANNELS)


def adjusted(words: Packed, adjustments: Adjustments) -> Packed:
    """hxw packed 0xffRRGGBB colours as they are to be seen.

    Local contrast is CLAHE (Zuiderveld, "Contrast limited adaptive histogram equalization",
    Graphics Gems IV, 1994) of the lightness; the other steps follow it.
    """
    if adjustments == Adjustments() or not words.size:
        return words
    colours = np.ascontiguousarray(words).view(np.uint8).reshape(*words.shape, 4)[..., :3]
    if adjustments.channel in _PLACES:
        grey = colours[..., _PLACES[adjustments.channel]]
        colours = np.repeat(grey[..., None], 3, axis=2)
    if adjustments.local_contrast > 0:
        colours = _equalised(colours, adjustments.local_contrast)
    shown = cv2.LUT(np.ascontiguousarray(colours), _table(adjustments))
    quads = np.asarray(cv2.cvtColor(shown, cv2.COLOR_BGR2BGRA), np.uint8)
    packed: Packed = quads.view(np.uint32)[..., 0]
    return packed


def _equalised(colours: NDArray[np.uint8], limit: float) -> NDArray[np.uint8]:
    lab = cv2.cvtColor(np.ascontiguousarray(colours), cv2.COLOR_BGR2LAB)
    lab[..., 0] = cv2.createCLAHE(limit, _TILES).apply(np.ascontiguousarray(lab[..., 0]))
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2BGR), np.uint8)


def _table(adjustments: Adjustments) -> NDArray[np.uint8]:
    """256 uint8: what each value becomes."""
    values = (np.arange(256) / 255.0) ** (1.0 / adjustments.gamma)
    slope = 4.0 ** (adjustments.contrast / 100.0)
    values = (values - 0.5) * slope + 0.5 + adjustments.brightness / 200.0
    table: NDArray[np.uint8] = (values * 255.0).round().clip(0, 255).astype(np.uint8)
    return table
