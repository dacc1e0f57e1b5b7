"""Pillow images -> arrays, whatever mode they are in."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_GREY = {"1": "L", "L": "L", "LA": "L", "La": "L"}


def is_raw(image: Image.Image) -> bool:
    """Whether the image holds more than 8 bits per value."""
    return image.mode.startswith(("I", "F"))


def values_of(image: Image.Image) -> NDArray[Any]:
    """HxW or HxWx3 of an image: palettes looked up, CMYK converted, transparency dropped."""
    if not is_raw(image):
        return np.array(in_plain_mode(image))
    values = np.asarray(image)
    # PNM of more than 8 bits comes as int32; its values are those of 16 bits.
    whole = values.dtype == np.int32 and values.min() >= 0 and values.max() <= 0xFFFF
    return values.astype(np.uint16) if whole else values


def in_plain_mode(image: Image.Image) -> Image.Image:
    """Grey or RGB of 8 bits."""
    if image.mode == "RGBa":  # premultiplied: only its way over RGBA gives the colours back
        image = image.convert("RGBA")
    return image.convert(_GREY.get(image.mode, "RGB"))
