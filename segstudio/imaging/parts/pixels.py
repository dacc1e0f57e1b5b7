"""Raw arrays of decoders -> pixels of a frame."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from segstudio.core.frame import Frame, Pixels

ORIENTATION_TAG = 274


_SIDEWAYS = (5, 6, 7, 8)


def oriented_shape(shape: tuple[int, int], orientation: object) -> tuple[int, int]:
    """Height and width of the upright picture, see :func:`oriented`."""
    return shape[::-1] if orientation in _SIDEWAYS else shape


def oriented(pixels: Pixels, orientation: object) -> Pixels:
    """Upright pixels of a picture with this EXIF orientation (TIFF 6.0, tag 274).

    Values other than 2 to 8 leave the pixels as they are.
    """
    turned: NDArray[Any] = pixels
    if orientation in _SIDEWAYS:
        turned = np.swapaxes(turned, 0, 1)
    if orientation in (3, 4, 7, 8):
        turned = turned[::-1]
    if orientation in (2, 3, 6, 7):
        turned = turned[:, ::-1]
    upright: Pixels = np.ascontiguousarray(turned)
    return upright


def as_pixels(values: NDArray[Any]) -> Pixels:
    """HxW or HxWx3 uint8, uint16 or float32 of a decoded array.

    Truth values become 0 and 255, other integers and floats float32. Transparency and further
    channels behind the first three (or behind a grey one) are dropped.

    Raises
    ------
    ValueError
        Where the values are no pixels: complex numbers, or more than four channels.
    """
    values = _without_alpha(values)
    if values.dtype == np.bool_:
        return values.astype(np.uint8) * np.uint8(255)
    if values.dtype.kind == "u" and values.dtype.itemsize <= 2:
        return values.astype(values.dtype.newbyteorder("="), copy=False)
    if values.dtype.kind not in "uif":
        raise ValueError(f"its values are of the kind {values.dtype}, which is not shown")
    return values.astype(np.float32)


def shrunk(pixels: Pixels, edge: int) -> NDArray[np.uint8]:
    """HxWx3 uint8 thumbnail of raw pixels, at most ``edge`` high and wide."""
    # Every n-th pixel first: windowing a whole slide for a thumbnail would be felt.
    step = max(1, max(pixels.shape[:2]) // (4 * edge))
    image = Image.fromarray(Frame("", pixels[::step, ::step]).display)
    image.thumbnail((edge, edge))
    return np.array(image)


def _without_alpha(values: NDArray[Any]) -> NDArray[Any]:
    if values.ndim == 2:
        return values
    if values.ndim != 3 or values.shape[2] > 4:
        raise ValueError(f"its shape {values.shape} is neither grey nor RGB")
    return values[..., 0] if values.shape[2] < 3 else values[..., :3]
