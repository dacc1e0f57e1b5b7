"""Pixels for the screen from a picture and a label map: only the crop that is asked for."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.label_map import Ids
from segstudio.core.overlay import edges
from segstudio.core.rect import Rect
from segstudio.gui.canvas.viewport import Viewport

Rgb = NDArray[np.uint8]
Packed = NDArray[np.uint32]
Indices = NDArray[np.intp]
_MARGIN = 2
"""Source pixels around a crop that linear interpolation may reach for."""


class PicturePyramid:
    """A picture at 1, 1/2, 1/4, ... of its size; levels are made when they are first looked at.

    Parameters
    ----------
    pixels
        HxWx3 uint8 RGB.
    """

    def __init__(self, pixels: Rgb) -> None:
        self._levels = [pixels]

    @property
    def shape(self) -> tuple[int, int]:
        height, width = self._levels[0].shape[:2]
        return height, width

    def render(self, viewport: Viewport, area: Rect) -> Packed:
        """hxw packed 0xffRRGGBB colours of a device rectangle that lies on the picture.

        Nearest pixel at 100 % and above, so that one sees what one labels; smooth below.
        """
        if viewport.scale >= 1.0:
            rows, columns = viewport.picture_indices(self.shape, area)
            crop = self._levels[0][rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            return _gathered(_pack(crop), rows - rows[0], columns - columns[0])
        number = int(np.log2(1.0 / viewport.scale))
        return _pack(_interpolated(self._level(number), viewport, area, self.shape))

    def _level(self, number: int) -> Rgb:
        while len(self._levels) <= number and min(self._levels[-1].shape[:2]) > 1:
            height, width = self._levels[-1].shape[:2]
            half = (max(1, width // 2), max(1, height // 2))
            smaller = cv2.resize(self._levels[-1], half, interpolation=cv2.INTER_AREA)
            self._levels.append(np.asarray(smaller, np.uint8))
        return self._levels[min(number, len(self._levels) - 1)]


def render_ids(ids: Ids, viewport: Viewport, area: Rect) -> Ids:
    """hxw class ids under each device pixel of a rectangle that lies on the picture."""
    height, width = ids.shape
    rows, columns = viewport.picture_indices((height, width), area)
    inside = ids[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return _gathered(inside, rows - rows[0], columns - columns[0])


def render_overlay(
    ids: Ids, viewport: Viewport, area: Rect, palette: Packed, contours: bool
) -> Packed:
    """hxw packed colours of a device rectangle that lies on the picture.

    Parameters
    ----------
    ids
        HxW label map.
    palette
        256 packed premultiplied ARGB colours by class id.
    contours
        Outlines only, one device pixel wide on each side of a border, at every zoom.
    """
    if not contours:
        return palette[render_ids(ids, viewport, area)]
    # One more device pixel on each side, so that an outline does not depend on what is repainted.
    height, width = ids.shape
    wider = Rect(area.top - 1, area.left - 1, area.bottom + 1, area.right + 1)
    shown = render_ids(ids, viewport, viewport.covered((height, width), wider))
    coloured = np.where(edges(shown), palette[shown], np.uint32(0))
    around = viewport.covered((height, width), wider)
    inner = area.shifted(-around.top, -around.left)
    return np.ascontiguousarray(coloured[inner.slices])


def _gathered(values: NDArray[Any], rows: Indices, columns: Indices) -> NDArray[Any]:
    # Rows first: whole rows are copied at memory speed, and one axis at a time gathers several
    # times faster than both at once.
    return values[rows].take(columns, axis=1)


def _pack(pixels: Rgb) -> Packed:
    """The 32-bit words, 0xffRRGGBB, that Qt draws without converting."""
    words = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2BGRA)
    return np.asarray(words, np.uint8).view(np.uint32)[..., 0]


def _interpolated(level: Rgb, viewport: Viewport, area: Rect, shape: tuple[int, int]) -> Rgb:
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
    drawn = cv2.warpAffine(
        level[source.slices],
        to_source,
        (area.width, area.height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(drawn, np.uint8)
