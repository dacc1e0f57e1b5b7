"""How sure a model is of each pixel, as a plane that fits beside the label map."""

import numpy as np
from numpy.typing import NDArray

from segstudio.core.label_map import Ids

_LEAST = np.float32(1e-7)
_VALUES_AT_ONCE = 4_000_000
"""Logarithms need memory of their own: bands of rows keep that small."""
_ENOUGH_PIXELS = 500_000


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
    rows = max(1, _VALUES_AT_ONCE // max(1, channels * width))
    for top in range(0, height, rows):
        entropy = _entropy(probabilities[:, top : top + rows]) * np.float32(255)
        plane[top : top + rows] = entropy.round().clip(0, 255)
    return plane


def mean_uncertainty(probabilities: NDArray[np.float32]) -> float:
    """The same averaged over a frame, 0 to 1; of large frames from a regular grid of pixels.

    Parameters
    ----------
    probabilities
        CxHxW, summing to 1 over C.
    """
    _, height, width = probabilities.shape
    every = max(1, int((height * width / _ENOUGH_PIXELS) ** 0.5))
    return float(_entropy(probabilities[:, ::every, ::every]).mean())


def _entropy(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """HxW, relative to its maximum."""
    values = np.clip(probabilities, _LEAST, np.float32(1.0))
    most = np.float32(np.log(max(2, len(values))))
    entropy: NDArray[np.float32] = -(values * np.log(values)).sum(axis=0) / most
    return entropy
