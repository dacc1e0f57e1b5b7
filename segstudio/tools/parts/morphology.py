"""Masks made smooth, whole and clean: pure functions on small pictures of one class.

Pieces of a class hang together over corners too (8 neighbours), so that a line of one pixel is one
piece; what is not the class hangs together over sides alone (4 neighbours), so that such a line
parts what lies on its sides.
"""

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.label_map import VOID, Ids

Mask = NDArray[np.bool_]

_VANISHING = 1.349
"""A straight bar vanishes from a thresholded Gaussian blur below this many standard deviations."""

_CUT = 4
"""Standard deviations at which the blur is cut off."""


def smoothed(mask: Mask, size: float) -> Mask:
    """A mask whose border is smooth: bars and bays narrower than ``size`` pixels vanish.

    The mask is blurred and cut at one half, one step of Merriman, Bence and Osher, *Diffusion
    generated motion by mean curvature* (1992). Beyond its edge, it goes on as it is there.
    """
    blurred = cv2.GaussianBlur(
        mask.astype(np.float32), _kernel(size), size / _VANISHING, borderType=cv2.BORDER_REPLICATE
    )
    inside: Mask = blurred > 0.5
    return inside


def smoothing_reach(size: float) -> int:
    """How far a pixel of :func:`smoothed` looks."""
    return _kernel(size)[0] // 2


def _kernel(size: float) -> tuple[int, int]:
    side = 2 * math.ceil(_CUT * size / _VANISHING) + 1
    return side, side


def closed(mask: Mask, radius: int) -> Mask:
    """The morphological closing with a disc: what a disc that stays outside cannot reach is in.

    Beyond the mask's edge there is nothing, so that an open bay at the edge stays open. Distances
    replace the disc: the cost does not grow with it.
    """
    room = 2 * radius + 1
    padded = np.pad(mask, room)
    near = _distance_to(padded) <= radius
    inside: Mask = _distance_to(~near)[room:-room, room:-room] > radius
    return inside


def _distance_to(mask: Mask) -> NDArray[np.float32]:
    """Euclidean distance from each pixel's centre to that of the nearest pixel of a mask."""
    if not mask.any():
        return np.full(mask.shape, np.inf, np.float32)
    # OpenCV measures from the pixels that are not zero.
    away = (~mask).view(np.uint8)
    return np.asarray(cv2.distanceTransform(away, cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float32)


def holes(mask: Mask, largest: int) -> Mask:
    """What a mask surrounds, where that is at most ``largest`` pixels; bays at the edge are not."""
    _, pieces, boxes, _ = cv2.connectedComponentsWithStats((~mask).view(np.uint8), connectivity=4)
    found = boxes[:, cv2.CC_STAT_AREA] <= largest
    found[0] = False  # the mask itself
    found[_at_edge(np.asarray(pieces))] = False
    surrounded: Mask = found[pieces]
    return surrounded


def specks(mask: Mask, largest: int) -> Mask:
    """Those pieces of a mask that have at most ``largest`` pixels."""
    _, pieces, boxes, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    found = boxes[:, cv2.CC_STAT_AREA] <= largest
    found[0] = False  # what is not the mask
    small: Mask = found[pieces]
    return small


def touched(change: Mask, by: Mask) -> Mask:
    """Those pieces of ``change`` that ``by`` covers or touches, be it with a corner."""
    count, pieces = cv2.connectedComponents(change.view(np.uint8), connectivity=8)
    reached = cv2.dilate(by.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    found = np.zeros(count, np.bool_)
    found[pieces[reached]] = True
    found[0] = False
    met: Mask = found[pieces]
    return met


def _at_edge(values: NDArray[Any]) -> NDArray[Any]:
    """The values along the edge of an array, each once."""
    sides = (values[0], values[-1], values[:, 0], values[:, -1])
    return np.unique(np.concatenate(sides))


def nearest(ids: Ids, removed: Mask) -> Ids:
    """Whom removed pixels, all of one id, go to: each to the nearest pixel of another id.

    Returns
    -------
    HxW ids, to be read under ``removed``.
    """
    if not removed.any():
        return ids
    others = ids != ids[removed][0]
    _, labels = cv2.distanceTransformWithLabels(
        (~others).view(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    owner = np.full(int(labels.max()) + 1, VOID, np.uint8)
    owner[labels[others]] = ids[others]
    taken: Ids = owner[labels]
    return taken
