"""Colour and PNM pictures of 16 bits, which Pillow would cut down to 8 or stretch."""

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segstudio.core import png

_DEPTH_AT = len(png.SIGNATURE) + 16
_COLOUR_OR_ALPHA = (2, 4, 6)
_PNM_HEADER = re.compile(rb"P([56])" + rb"(?:\s|#[^\n]*\n)+(\d+)" * 3 + rb"\s")
_HEADER_ROOM = 4096


def is_deep(data: bytes) -> bool:
    """Whether this is a 16-bit PNG with more than a grey channel, or a binary 16-bit PNM."""
    if data.startswith(png.SIGNATURE):
        depth, colour = data[_DEPTH_AT : _DEPTH_AT + 2]
        return depth == 16 and colour in _COLOUR_OR_ALPHA
    header = _PNM_HEADER.match(data[:_HEADER_ROOM])
    return header is not None and int(header[4]) > 255


def decode_deep(data: bytes) -> NDArray[Any]:
    """HxW or HxWxC uint16 (RGB) of a file that :func:`is_deep` has accepted.

    Raises
    ------
    ValueError
        Where the data is damaged or cut off.
    """
    return _png(data) if data.startswith(png.SIGNATURE) else _pnm(data)


def _png(data: bytes) -> NDArray[Any]:
    import cv2  # takes as long to import as a picture to open, and few pictures are 16-bit colour

    values = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if values is None:
        raise ValueError("its pixel data is damaged")
    if data[_DEPTH_AT + 1] == 4:  # grey with transparency
        return np.ascontiguousarray(values[..., 0])
    return np.ascontiguousarray(values[..., 2::-1])


def _pnm(data: bytes) -> NDArray[Any]:
    header = _PNM_HEADER.match(data[:_HEADER_ROOM])
    assert header is not None
    width, height, samples = int(header[2]), int(header[3]), 3 if header[1] == b"6" else 1
    values = np.frombuffer(data, ">u2", width * height * samples, header.end())
    return values.reshape((height, width, 3) if samples == 3 else (height, width))
