"""GrabCut: a rectangle around an object finds the object."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.options import option
from segstudio.core.rect import Rect
from segstudio.tools import tool
from segstudio.tools.parts.box import BoxTool, corners
from segstudio.tools.parts.region import Mask, grown
from segstudio.tools.parts.shapes import Path
from segstudio.tools.parts.spec import ToolContext
from segstudio.tools.parts.sweep import Patch

_WORK = 500_000
"""Pixels times rounds: about half a second."""

_LEAST_MARGIN = 8


@dataclass(frozen=True)
class GrabCutOptions:
    """Options of GrabCut."""

    rounds: int = option(
        5,
        "Rounds",
        "How often the colours inside and outside are learned anew",
        minimum=1,
        maximum=10,
    )
    margin: int = option(
        25,
        "Surroundings",
        "How far around the rectangle the background is looked at, in parts of its size",
        minimum=5,
        maximum=100,
        unit="%",
    )


@tool(
    name="grabcut",
    label="GrabCut",
    icon="mdi6.image-filter-center-focus-strong",
    shortcut="C",
    tooltip="Drag a rectangle around an object, with some background inside: "
    "what looks unlike the surroundings gets the active class.",
    options=GrabCutOptions,
    order=51,
    gesture="drag",
)
class GrabCut(BoxTool):
    """The foreground in a box becomes the active class.

    Rother, Kolmogorov and Blake, *"GrabCut": interactive foreground extraction using iterated graph
    cuts* (2004). Large boxes are cut in a smaller picture, so that it takes less than a second.
    """

    def patches(self, context: ToolContext, box: Rect, bounds: Rect) -> Iterable[Patch]:
        box = box.intersect(bounds)
        if box.empty:
            return
        side = max(box.height, box.width)
        margin = max(_LEAST_MARGIN, side * context.options.margin // 100)
        crop = grown(box, margin).intersect(bounds)
        inner = box.shifted(-crop.top, -crop.left)
        pixels = context.frame.display[crop.slices]
        yield box, foreground(pixels, inner, context.options.rounds)

    def outline(self, box: Rect) -> Path:
        return Path(corners(box), closed=True)


def foreground(pixels: NDArray[np.uint8], box: Rect, rounds: int) -> Mask:
    """What in a box looks unlike what is around it.

    Parameters
    ----------
    pixels
        HxWx3 uint8.
    box
        A rectangle on it. Where nothing is around it, all of it is foreground.
    rounds
        Iterations.

    Returns
    -------
    Mask of the size of ``box``.
    """
    if box == Rect.of_shape(pixels.shape):
        return np.ones((box.height, box.width), np.bool_)
    shrink = min(1.0, math.sqrt(_WORK / rounds / (pixels.shape[0] * pixels.shape[1])))
    inside = np.zeros(pixels.shape[:2], np.float32)
    inside[box.slices] = 1
    small, likely = (_scaled(plane, shrink) for plane in (pixels, inside))
    state = np.where(likely > 0.5, cv2.GC_PR_FGD, cv2.GC_BGD).astype(np.uint8)
    without, within = np.zeros((1, 65)), np.zeros((1, 65))
    nowhere = (0, 0, 0, 0)  # the state says it all
    cv2.setRNGSeed(0)  # the same box finds the same object
    cv2.grabCut(small, state, nowhere, without, within, rounds, cv2.GC_INIT_WITH_MASK)
    found = (state == cv2.GC_PR_FGD).astype(np.float32)
    height, width = pixels.shape[:2]
    whole = cv2.resize(found, (width, height), interpolation=cv2.INTER_LINEAR)
    cut: Mask = whole[box.slices] > 0.5
    return cut


def _scaled(plane: NDArray[Any], factor: float) -> NDArray[Any]:
    if factor == 1:
        return np.ascontiguousarray(plane)
    height, width = (max(1, round(side * factor)) for side in plane.shape[:2])
    return np.asarray(cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA))
