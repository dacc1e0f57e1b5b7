"""Reading and writing the PNG files that label maps are kept in."""

import io
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from segstudio.core import png
from segstudio.core.errors import SegStudioError
from segstudio.core.pixel_budget import REMEDY, pixel_budget, why_too_large

# Label maps pack well; higher levels take twice the time and save a fifth.
_LEVEL = 3
_DEPTH_AT = len(png.SIGNATURE) + 16
_SAVE_AGAIN = "Save it again as an 8-bit palette or grey PNG of class ids."


def encode(
    pixels: NDArray[np.uint8], palette: NDArray[np.uint8] | None = None, remark: str = ""
) -> bytes:
    """PNG bytes of HxW uint8 (with a 256x3 palette: indexed) or HxWx3 uint8 pixels.

    ``remark`` is kept in the file under the key "SegStudio".
    """
    image = Image.fromarray(np.ascontiguousarray(pixels))
    if palette is not None:
        image.putpalette(palette.tobytes())
    text = PngImagePlugin.PngInfo()
    if remark:
        text.add_text("SegStudio", remark)
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=_LEVEL, pnginfo=text)
    return file.getvalue()


def load(data: bytes, path: Path) -> Image.Image:
    """The image in a PNG file that is known to be whole; ``path`` is for messages.

    Raises
    ------
    SegStudioError
        Where the file is empty, no PNG, cut off, damaged or larger than is opened.
    """
    if not data:
        raise SegStudioError(path, "is empty", "Put it back from a copy, or delete it.")
    if not data.startswith(png.SIGNATURE):
        raise SegStudioError(path, "is no PNG file", _SAVE_AGAIN)
    width, height = struct.unpack_from(">II", data.ljust(_DEPTH_AT, b"\0"), _DEPTH_AT - 8)
    if too_large := why_too_large(height, width, pixel_budget()):
        raise SegStudioError(path, too_large, REMEDY)
    try:
        if broken := png.why_broken(data):
            raise ValueError(broken)
        # Not Image.open: its own limit of pixels would refuse the label maps of large slides.
        image = PngImagePlugin.PngImageFile(io.BytesIO(data))
        image.load()
    except (OSError, SyntaxError, ValueError, MemoryError) as error:
        raise SegStudioError(
            path, f"cannot be read: {error}", "Put it back from a copy, or move it away."
        ) from error
    return image


def load_ids(data: bytes, path: Path) -> NDArray[np.uint8]:
    """HxW uint8: the values that stand in an indexed, grey or 1-bit PNG, as they are.

    Palettes are never looked up, and grey of 2 or 4 bits is not stretched to 255.

    Raises
    ------
    SegStudioError
        As :func:`load`, and where the image has colours or 16 bits: those are no class ids.
    """
    image = load(data, path)
    if image.mode not in ("P", "L", "1"):
        raise SegStudioError(path, f"holds {_what(image.mode)} and not class ids", _SAVE_AGAIN)
    values = np.array(image, np.uint8)
    depth = data[_DEPTH_AT]
    if image.mode == "L" and depth < 8:
        values //= np.uint8(255 // (2**depth - 1))  # Pillow has stretched them
    return values


def _what(mode: str) -> str:
    if mode.startswith("I"):
        return "16-bit values"
    return "colours" if mode.startswith("RGB") else "transparency"
