"""How sure a model is of each pixel, as a plane that fits beside the label map."""

import numpy as np
from numpy.typing import NDArray

from segstudio.core.label_map import Ids

_LEAST = np.float32(1e-7)
_VALUES_AT_ONCE = 4_000_000
"""Logarithms need memory of their own: bands of rows keep that small."""


def uncertainty_plane(probabilities: NDArray[np.float32]) -> Ids:
    """Shannon's entropy of each pixel, relative to its maximum.

    Parameters
    ----------
    probabilities
        CxHxW, summing to 1 over C.

    Returns
    -------
    HxW uint8: 0 where one class is certain, 255 where all are alike.
    """
    channels, height, width = probabilities.shape
    plane = np.zeros((height, width), np.uint8)
    scale = np.float32(255.0 / np.log(max(2, channels)))
    rows = max(1, _VALUES_AT_ONCE // max(1, channels * width))
    for top in range(0, height, rows):
        band = np.clip(probabilities[:, top : top + rows], _LEAST, np.float32(1.0))
        entropy = -(band * np.log(band)).sum(axis=0) * scale
        plane[top : top + rows] = entropy.round().clip(0, 255)
    return plane
