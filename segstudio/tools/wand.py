"""The magic wand: fills what looks like the place under the pointer."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segstudio.core.edit import Edit
from segstudio.core.label_map import Provenance
from segstudio.core.options import option
from segstudio.core.pointer import PointerEvent
from segstudio.core.rect import Rect
from segstudio.tools import tool
from segstudio.tools.parts.colour import FARTHEST, SPACES, Space, distances, near
from segstudio.tools.parts.gesture import Gesture
from segstudio.tools.parts.region import (
    WHERES,
    Mask,
    Pixel,
    Where,
    fill,
    grown,
    pixel_under,
)
from segstudio.tools.parts.shapes import Area, Note, Shape
from segstudio.tools.parts.spec import ToolContext

_TOLERANCE_PER_REACH = 2.0
"""How much more is tolerated for a drag as long as what the pointer hits: 8 pixels of a screen."""

_CELL = 1 / 4
"""Side of a cell of the preview as a share of what the pointer hits: 2 pixels of a screen."""

_PREVIEW_REACH = 512
"""Cells of the preview to each side of the press."""


@dataclass(frozen=True)
class WandOptions:
    """Options of the magic wand."""

    tolerance: float = option(
        12.0,
        "Tolerance",
        "How far a colour may be from the one under the pointer; "
        "dragging up or down with the button held changes it",
        minimum=0,
        maximum=FARTHEST,
        decimals=1,
    )
    where: Where = option(
        "connected",
        "Fill",
        "connected: the like pixels around the pointer; "
        "whole frame: all like pixels wherever they are",
        choices=WHERES,
    )
    smooth: int = option(
        0,
        "Smooth",
        "Rounds the edge, and takes specks and holes away: each pixel goes with most of those "
        "that are at most so far from it",
        minimum=0,
        maximum=20,
        unit="px",
    )
    space: Space = option(
        "Lab",
        "Colours",
        "Lab: as different as they look; RGB: as the file has them",
        choices=SPACES,
    )


@dataclass(frozen=True, slots=True)
class _Preview:
    """What lies around a press, in cells of ``step`` pixels: distances from the colour there."""

    window: Rect
    step: int
    seed: Pixel
    apart: NDArray[np.uint16]


@tool(
    name="wand",
    label="Magic wand",
    icon="mdi6.magic-staff",
    shortcut="W",
    tooltip="Click to fill what has the colour under the pointer. "
    "Hold the button and drag up to take more in, down for less.",
    options=WandOptions,
    order=42,
    gesture="click",
    patient=True,
)
class Wand(Gesture):
    """Pixels near in colour to the one under the press become the active class at release."""

    def __init__(self) -> None:
        self._press: PointerEvent | None = None
        self._preview: _Preview | None = None
        self._areas: tuple[Area, ...] = ()

    def begin(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        seed = pixel_under(event, Rect.of_shape(context.frame.shape))
        if seed is not None:
            self._press = event
            self._preview = _look_around(context, seed, event.reach)
            self._areas = _areas(self._preview, context.options, context.options.tolerance)
        return ()

    def move(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        if self._press is not None and self._preview is not None:
            tolerance = _tolerance(context.options, self._press, event)
            self._areas = _areas(self._preview, context.options, tolerance)
        return ()

    def end(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        press = self._press
        self.cancel()
        if press is None:
            return ()
        return _filled(context, press, _tolerance(context.options, press, event))

    def cancel(self) -> None:
        self._press = self._preview = None
        self._areas = ()

    def shapes(self, context: ToolContext, event: PointerEvent) -> tuple[Shape, ...]:
        if self._press is None:
            return ()
        tolerance = _tolerance(context.options, self._press, event)
        return *self._areas, Note(event.y, event.x, f"Tolerance {tolerance:.1f}")


def _filled(context: ToolContext, press: PointerEvent, tolerance: float) -> Iterator[Edit]:
    """The edits that fill what is like the pixel under a press."""
    options, picture = context.options, context.frame.display
    bounds = Rect.of_shape(context.frame.shape)
    seed = pixel_under(press, bounds)
    if seed is None:
        return
    colour = picture[seed]

    def like(rect: Rect) -> Mask:
        return near(distances(picture[rect.slices], colour, options.space), tolerance)

    for patch in fill(like, seed, bounds, options.where, options.smooth):
        yield Edit(*patch, context.active_class, Provenance.HUMAN)


def _tolerance(options: WandOptions, press: PointerEvent, event: PointerEvent) -> float:
    """The slider's, more or less what was dragged; a hand that trembles changes nothing."""
    up = (press.y - event.y) / max(press.reach, 1e-6)
    dragged = math.copysign(max(0.0, abs(up) - 1.0), up)
    return min(float(FARTHEST), max(0.0, options.tolerance + dragged * _TOLERANCE_PER_REACH))


def _look_around(context: ToolContext, seed: Pixel, reach: float) -> _Preview:
    """Distances around a press, as fine as the screen shows them and no farther than it reaches."""
    step = max(1, int(reach * _CELL))
    picture, (row, column) = context.frame.display, seed
    window = grown(Rect(row, column, row + 1, column + 1), _PREVIEW_REACH * step)
    # Cells begin whole steps from the press, so that one of them has the very pixel pressed.
    top, left = max(window.top, row % step), max(window.left, column % step)
    window = Rect(top, left, window.bottom, window.right).intersect(Rect.of_shape(picture.shape))
    thinned = picture[window.slices][::step, ::step]
    apart = distances(thinned, picture[seed], context.options.space)
    return _Preview(window, step, ((row - top) // step, (column - left) // step), apart)


def _areas(preview: _Preview, options: WandOptions, tolerance: float) -> tuple[Area, ...]:
    """What a tolerance would fill, as the screen shows it."""
    window, step = preview.window, preview.step

    def like(cells: Rect) -> Mask:
        return near(preview.apart[cells.slices], tolerance)

    bounds, smooth = Rect.of_shape(preview.apart.shape), round(options.smooth / step)
    return tuple(
        Area(_pixels(cells, step).shifted(window.top, window.left), mask, step)
        for cells, mask in fill(like, preview.seed, bounds, options.where, smooth)
    )


def _pixels(cells: Rect, step: int) -> Rect:
    return Rect(cells.top * step, cells.left * step, cells.bottom * step, cells.right * step)
