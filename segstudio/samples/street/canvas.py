"""What a scene is painted on: a picture and its class ids, always changed together."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.label_map import Ids
from segstudio.samples.sample import Floats

_SUBPIXEL_BITS = 4


class Street(IntEnum):
    """Class ids of street scenes."""

    ROAD = 0
    PAVEMENT = 1
    BUILDING = 2
    SKY = 3
    TREE = 4
    CAR = 5
    PEDESTRIAN = 6
    SIGN = 7


@dataclass(eq=False)
class Canvas:
    """Painted from far to near.

    Attributes
    ----------
    picture
        HxWx3 float32 linear RGB.
    ids
        HxW uint8 values of :class:`Street`.
    """

    picture: Floats
    ids: Ids

    @classmethod
    def blank(cls, height: int, width: int) -> Self:
        return cls(
            np.zeros((height, width, 3), np.float32), np.full((height, width), Street.SKY, np.uint8)
        )

    @property
    def shape(self) -> tuple[int, int]:
        height, width = self.ids.shape
        return height, width

    def polygon(self, points: Floats, colour: Floats, label: Street) -> None:
        """Fill a polygon (N, 2) of (column, row)."""
        corners = fixed_point(points)
        cv2.fillPoly(self.picture, [corners], _scalar(colour), shift=_SUBPIXEL_BITS)
        cv2.fillPoly(self.ids, [corners], int(label), shift=_SUBPIXEL_BITS)

    def stroke(self, points: Floats, width: float, colour: Floats, label: Street) -> None:
        """Draw a line with round ends along points (N, 2); at least one pixel wide."""
        corners = fixed_point(points)
        thickness = max(1, round(width))
        cv2.polylines(
            self.picture, [corners], False, _scalar(colour), thickness, shift=_SUBPIXEL_BITS
        )
        cv2.polylines(self.ids, [corners], False, int(label), thickness, shift=_SUBPIXEL_BITS)

    def stamp(
        self, patch: Floats, mask: NDArray[np.uint8], top: int, left: int, label: Street
    ) -> None:
        """Lay a patch (h, w, 3) where its mask (h, w) is not 0; what is outside is cut off."""
        rows = slice(max(0, top), min(self.shape[0], top + mask.shape[0]))
        columns = slice(max(0, left), min(self.shape[1], left + mask.shape[1]))
        if rows.start >= rows.stop or columns.start >= columns.stop:
            return
        inner = (
            slice(rows.start - top, rows.stop - top),
            slice(columns.start - left, columns.stop - left),
        )
        shown = mask[inner]
        cv2.copyTo(patch[inner], shown, self.picture[rows, columns])
        self.ids[rows, columns][shown != 0] = label


def fixed_point(points: Floats) -> NDArray[np.int32]:
    """Points as OpenCV's fixed-point corners, kept within what it can count."""
    clipped = np.clip(points - 0.5, -20000, 20000)
    corners: NDArray[np.int32] = np.round(clipped * 2**_SUBPIXEL_BITS).astype(np.int32)
    return corners


def polygon_mask(points: Floats, height: int, width: int) -> NDArray[np.uint8]:
    """Mask (height, width) of a polygon (N, 2): 1 inside."""
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [fixed_point(points)], 1, shift=_SUBPIXEL_BITS)
    return mask


def _scalar(colour: Floats) -> tuple[float, float, float]:
    return float(colour[0]), float(colour[1]), float(colour[2])
