"""Working resolution: networks that learnt on shrunk pictures are shown shrunk pictures."""

import cv2
import numpy as np
from numpy.typing import NDArray


def shrunk(unit: NDArray[np.float32], scale: float) -> NDArray[np.float32]:
    """CxHxW at ``scale`` (above 0 to 1) times its height and width, each at least 1 pixel.

    Areas are averaged, as training does, so that fine patterns do not turn into coarse ones.
    """
    if scale == 1.0:
        return unit
    height, width = (max(1, round(edge * scale)) for edge in unit.shape[1:])
    return _each_plane(unit, (height, width), cv2.INTER_AREA)


def enlarged(values: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Probabilities CxHxW bilinearly at another height and width; sums over C stay 1."""
    if values.shape[1:] == shape:
        return values
    return _each_plane(values, shape, cv2.INTER_LINEAR)


def _each_plane(
    planes: NDArray[np.float32], shape: tuple[int, int], interpolation: int
) -> NDArray[np.float32]:
    result = np.empty((len(planes), *shape), np.float32)
    for plane, target in zip(planes, result, strict=True):
        cv2.resize(plane, shape[::-1], dst=target, interpolation=interpolation)
    return result
