"""Whether a sequential JPEG file holds all the pixels that its header promises."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import JpegImagePlugin

_FILLING = 128


def lacks_pixels(data: bytes, pixels: NDArray[np.uint8]) -> bool:
    """Whether the data ended before the picture did.

    libjpeg fills what is missing with middle grey and says nothing. Where a picture ends in just
    that grey, the last bytes are changed: in a whole file they hold the picture's last blocks,
    and only those change; in a short one they hold blocks further up. Progressive files, whose
    last bytes may hold anything, pass.

    Parameters
    ----------
    data
        The file.
    pixels
        HxW or HxWx3 uint8, what was decoded from it.
    """
    end = data.rfind(b"\xff\xd9")
    tail = _tail(pixels)
    if end < 4 or not (tail == _FILLING).all():
        return False
    changed_up_there = False
    for pattern in (b"\x00\x00", b"\x55\x55", b"\xaa\xaa"):
        other = _decoded(data[: end - 2] + pattern + data[end:])
        if other is None or not np.array_equal(_tail(other), tail):
            return False
        changed_up_there |= not np.array_equal(other, pixels)
    return changed_up_there


def _tail(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The last rows: room for more blocks than two bytes can code (sixteen of 16 x 16 pixels)."""
    rows = 16 * -(-256 // pixels.shape[1])
    return pixels[-rows:]


def _decoded(data: bytes) -> NDArray[np.uint8] | None:
    image = JpegImagePlugin.JpegImageFile(io.BytesIO(data))
    if image.info.get("progressive"):
        return None
    try:
        return np.array(image if image.mode == "L" else image.convert("RGB"))
    except OSError:
        return None
