"""Pixels for the screen from a picture and a label map: only the crop that is asked for."""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.label_map import Ids
from segstudio.core.overlay import edges
from segstudio.core.rect import Rect
from segstudio.gui.canvas.viewport import Viewport

Rgb = NDArray[np.uint8]
Quads = NDArray[np.uint8]
Packed = NDArray[np.uint32]
Codes = NDArray[np.uint8] | NDArray[np.uint16]
Indices = NDArray[np.intp]
_MARGIN = 2
"""Source pixels around a crop that linear interpolation may reach for."""


class PicturePyramid:
    """A picture at 1, 1/2, 1/4, ... of its size.

    Parameters
    ----------
    pixels
        HxWx3 uint8 RGB.
    shape
        Height and width of the picture where ``pixels`` are only a reduced copy of it, to be seen
        until all of it has been read.
    """

    def __init__(self, pixels: Rgb, shape: tuple[int, int] | None = None) -> None:
        self.shape = shape or (pixels.shape[0], pixels.shape[1])
        self._pixels = pixels
        # Four bytes a pixel: OpenCV interpolates four channels several times faster than three.
        self._reduced: list[Quads] = []

    def build(self) -> None:
        """Make all levels now, in a worker; else each is made when it is first looked at."""
        self._level(max(self.shape).bit_length())

    def render(self, viewport: Viewport, area: Rect) -> Packed:
        """hxw packed 0xffRRGGBB colours of a device rectangle that lies on the picture.

        Nearest pixel at 100 % and above, so that one sees what one labels; smooth below.
        """
        level = self._pixels
        if viewport.scale < 1.0 or level.shape[:2] != self.shape:
            reduction = level.shape[0] / (self.shape[0] * viewport.scale)
            level = self._level(int(np.log2(max(1.0, reduction))))
            return _interpolated(level, viewport, area, self.shape)
        rows, columns = viewport.picture_indices(self.shape, area)
        crop = level[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        return _gathered(_words(_quads(crop)), rows - rows[0], columns - columns[0])

    def _level(self, number: int) -> Rgb | Quads:
        level = self._reduced[-1] if self._reduced else self._pixels
        while len(self._reduced) < number and min(level.shape[:2]) > 1:
            height, width = level.shape[:2]
            half = (max(1, width // 2), max(1, height // 2))
            smaller = np.asarray(cv2.resize(level, half, interpolation=cv2.INTER_AREA), np.uint8)
            level = _quads(smaller) if smaller.shape[2] == 3 else smaller
            self._reduced.append(level)
        return self._reduced[min(number, len(self._reduced)) - 1] if number else self._pixels


def render_ids(ids: Ids, viewport: Viewport, area: Rect) -> Ids:
    """hxw class ids under each device pixel of a rectangle that lies on the picture."""
    height, width = ids.shape
    rows, columns = viewport.picture_indices((height, width), area)
    inside = ids[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return _gathered(inside, rows - rows[0], columns - columns[0])


def render_overlay(
    codes: Callable[[Rect], Codes | None],
    around: Rect,
    area: Rect,
    palette: Packed,
    pen: int = 0,
) -> Packed | None:
    """hxw packed colours of a device rectangle that lies on the picture.

    Parameters
    ----------
    codes
        Gives the codes (class ids, say) of a device rectangle; None where there are none.
    around
        The device rectangle that the whole picture covers.
    area
        What is wanted of it.
    palette
        Packed premultiplied ARGB colours by code.
    pen
        Outlines only, this many device pixels wide on each side of a border, at every zoom; 0
        fills the areas.
    """
    # A pen's width more on each side, so that an outline does not depend on what is repainted.
    wider = area.grown(pen).intersect(around)
    shown = codes(wider)
    if shown is None or not pen:
        return None if shown is None else _coloured(shown, palette)
    border = edges(shown)
    if pen > 1:
        nib = np.ones((2 * pen - 1, 2 * pen - 1), np.uint8)
        border = cv2.dilate(border.view(np.uint8), nib).view(np.bool_)
    inner = area.shifted(-wider.top, -wider.left).slices
    colours = _coloured(shown[inner], palette)
    colours *= border[inner]
    return colours


def _coloured(codes: Codes, palette: Packed) -> Packed:
    """The colours of codes. Bytes are looked up four times as fast as other codes."""
    if codes.dtype != np.uint8:
        return palette.take(codes)
    return np.asarray(cv2.LUT(codes, palette[:256].view(np.int32)), np.int32).view(np.uint32)


def _gathered(values: NDArray[Any], rows: Indices, columns: Indices) -> NDArray[Any]:
    # Rows first: whole rows are copied at memory speed, and one axis at a time gathers several
    # times faster than both at once. Evenly spaced indices from the first to the last of as many
    # values are each of them once, as at 100 %.
    if len(rows) != values.shape[0]:
        values = values[rows]
    return values if len(columns) == values.shape[1] else values.take(columns, axis=1)


def _quads(pixels: Rgb) -> Quads:
    """hxwx4 blue, green, red, 255 of RGB: in memory the words 0xffRRGGBB that Qt draws at once."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGRA), np.uint8)


def _words(quads: Quads) -> Packed:
    words: Packed = quads.view(np.uint32)[..., 0]
    return words


def _interpolated(
    level: Rgb | Quads, viewport: Viewport, area: Rect, shape: tuple[int, int]
) -> Packed:
    # Levels are floor-halved, so each axis has its own exact ratio to the picture.
    ratio = level.shape[0] / shape[0], level.shape[1] / shape[1]
    step = ratio[0] / viewport.scale, ratio[1] / viewport.scale
    start = (
        (area.top + 0.5 - viewport.top) * step[0] - 0.5,
        (area.left + 0.5 - viewport.left) * step[1] - 0.5,
    )
    source = Rect(
        int(start[0]) - _MARGIN,
        int(start[1]) - _MARGIN,
        int(start[0] + area.height * step[0]) + 2 * _MARGIN,
        int(start[1] + area.width * step[1]) + 2 * _MARGIN,
    ).intersect(Rect.of_shape(level.shape))
    to_source = np.array(
        [[step[1], 0.0, start[1] - source.left], [0.0, step[0], start[0] - source.top]]
    )
    crop = level[source.slices]
    drawn = cv2.warpAffine(
        _quads(crop) if crop.shape[2] == 3 else crop,
        to_source,
        (area.width, area.height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return _words(np.asarray(drawn, np.uint8))
