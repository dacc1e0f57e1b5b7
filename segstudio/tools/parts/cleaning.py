"""Cleaning: a class's border made smooth, its gaps, holes and specks put right.

Tools say what a clean mask of a class is; where it counts is chosen here: for the region under the
click, for the whole class, or under a brush.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from segstudio.core.components import heirs
from segstudio.core.edit import Edit
from segstudio.core.label_map import Ids, Provenance
from segstudio.core.options import option
from segstudio.core.pointer import Modifier, PointerEvent
from segstudio.core.rect import Rect
from segstudio.tools.parts.gesture import Gesture
from segstudio.tools.parts.morphology import Mask, touched
from segstudio.tools.parts.points import place
from segstudio.tools.parts.region import connected, grown, pieces, pixel_under
from segstudio.tools.parts.shapes import Area, Circle, Note, Path, Point, Shape
from segstudio.tools.parts.spec import ToolContext
from segstudio.tools.parts.stamp import Stamp
from segstudio.tools.parts.sweep import Patch, dab, sweep

Where = Literal["region", "whole class", "brush"]
_SHOWN_AT_ONCE = 2_000_000
"""Pixels of a picture up to which a press shows what its release will do."""

WHERES: tuple[Where, ...] = ("region", "whole class", "brush")


@dataclass(frozen=True)
class CleaningOptions:
    """What all cleaning shares; each tool adds its ``size``."""

    where: Where = option(
        "region",
        "Where",
        "region: along the connected region under the click; whole class: all over the frame; "
        "brush: what a stroke touches",
        choices=WHERES,
    )
    brush: int = option(
        40,
        "Brush",
        "Width of the brush in picture pixels, where cleaning is done under it",
        minimum=1,
        maximum=2000,
        unit="px",
        logarithmic=True,
    )


class CleaningTool(Gesture):
    """Cleans the class under the press, or with Ctrl the active one.

    What a class gains, it takes; what it loses goes to whom it borders on.
    """

    def __init__(self) -> None:
        self._press: PointerEvent | None = None
        self._way: list[Point] = []
        self._preview: tuple[Area, ...] = ()

    def cleaned(self, mask: Mask, size: int) -> Mask:
        """The mask of a class as it should be."""
        raise NotImplementedError

    def reach(self, size: int) -> int:
        """How far from a pixel that is to be cleaned others matter."""
        raise NotImplementedError

    def targets(self, context: ToolContext, press: PointerEvent, ids: Ids) -> list[int]:
        """The ids to clean, of those around."""
        target = _target(context, press)
        return [] if target is None else [target]

    def under_brush(self, change: Mask, brush: Mask) -> Mask:
        """What a stroke lets happen: what it touches happens as a whole."""
        return touched(change, brush)

    def heirs(self, ids: Ids, removed: Mask) -> Ids:
        """The ids that lost pixels get."""
        return heirs(ids, removed)

    def begin(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        self.cancel()
        edits = self.move(context, event)
        height, width = context.frame.shape
        at_once = context.options.where != "brush" and height * width <= _SHOWN_AT_ONCE
        if self._press is not None and at_once:
            coming = self._edits(context, self._press, self._way)
            change = _gathered((edit.rect, edit.mask) for edit in coming)
            self._preview = (Area(*change),) if change is not None else ()
        return edits

    def move(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        self._way.append(place(event))
        if self._press is None and _pixel(context, event) is not None:
            self._press = event  # a stroke may come from beside the picture
        return ()

    def end(self, context: ToolContext, event: PointerEvent) -> Iterable[Edit]:
        press, way = self._press, self._way
        self.cancel()
        return () if press is None else self._edits(context, press, way)

    def _edits(self, context: ToolContext, press: PointerEvent, way: list[Point]) -> Iterator[Edit]:
        within = _selection(context, press, way)
        if within is None:
            return
        crop = grown(within[0], 2 * self.reach(context.options.size))
        crop = crop.intersect(Rect.of_shape(context.frame.shape))
        ids = context.label_map.ids[crop.slices]
        new = self._new(context, press, ids, _member(within, crop))
        changed = new != ids
        for rect, mask in pieces(lambda rect: changed[rect.slices], Rect.of_shape(ids.shape)):
            here = rect.shifted(crop.top, crop.left)
            yield Edit(here, mask, new[rect.slices], Provenance.HUMAN)

    def cancel(self) -> None:
        self._press, self._way, self._preview = None, [], ()

    def shapes(self, context: ToolContext, event: PointerEvent) -> tuple[Shape, ...]:
        shown: list[Shape] = [*self._preview]
        if context.options.where == "brush":
            width, here = context.options.brush, _stamp(context, place(event))
            shown.append(Circle(here.y, here.x, here.radius))
            if len(self._way) > 1:
                shown.append(Path(tuple(self._way), width=width))
        target = _target(context, self._press or event)
        if target is not None:
            meant = context.classes.get(target)
            shown.append(Note(event.y, event.x, meant.name if meant else "void"))
        return tuple(shown)

    def _new(self, context: ToolContext, press: PointerEvent, ids: Ids, within: Mask) -> Ids:
        """The ids as they should be."""
        new, removed = ids.copy(), np.zeros(ids.shape, np.bool_)
        for target in self.targets(context, press, ids):
            mask = ids == target
            clean = self.cleaned(mask, context.options.size)
            new[self._meant(context, clean & ~mask, within)] = target
            removed |= self._meant(context, mask & ~clean, within)
        np.copyto(new, self.heirs(ids, removed), where=removed)
        return new

    def _meant(self, context: ToolContext, change: Mask, within: Mask) -> Mask:
        """The part of a change that counts."""
        match context.options.where:
            case "whole class":
                return change
            case "brush":
                return self.under_brush(change, within)
            case _:
                return touched(change, within)


def _selection(context: ToolContext, press: PointerEvent, way: list[Point]) -> Patch | None:
    """Where cleaning counts, in the rectangle around it; None where there is nothing."""
    bounds, ids = Rect.of_shape(context.frame.shape), context.label_map.ids
    match context.options.where:
        case "whole class":
            target = _target(context, press)
            return _gathered(pieces(lambda rect: ids[rect.slices] == target, bounds))
        case "brush":
            return _gathered(_stroke(context, way, bounds))
        case _:
            seed = pixel_under(press, bounds)
            if seed is None:
                return None
            return connected(lambda rect: ids[rect.slices] == ids[seed], seed, bounds)


def _stroke(context: ToolContext, way: list[Point], bounds: Rect) -> Iterator[Patch]:
    stamps = [_stamp(context, point) for point in way]
    yield from dab(stamps[0], bounds)
    for start, end in pairwise(stamps):
        yield from sweep(start, end, bounds, start_done=True)


def _stamp(context: ToolContext, point: Point) -> Stamp:
    return Stamp.at("round", *point, context.options.brush)


def _pixel(context: ToolContext, event: PointerEvent) -> tuple[int, int] | None:
    return pixel_under(event, Rect.of_shape(context.frame.shape))


def _target(context: ToolContext, event: PointerEvent) -> int | None:
    """The id that is meant; None beside the picture."""
    pixel = _pixel(context, event)
    if pixel is None:
        return None
    if Modifier.CONTROL in event.modifiers:
        return context.active_class
    return int(context.label_map.ids[pixel])


def _gathered(patches: Iterable[Patch]) -> Patch | None:
    """All patches in one; None without any."""
    found = list(patches)
    around = Rect(0, 0, 0, 0)
    for rect, _ in found:
        around = around.union(rect)
    if around.empty:
        return None
    mask = np.zeros((around.height, around.width), np.bool_)
    for rect, part in found:
        mask[rect.shifted(-around.top, -around.left).slices] |= part
    return around, mask


def _member(patch: Patch, crop: Rect) -> Mask:
    """The mask of a patch in a rectangle that holds it."""
    rect, mask = patch
    wide = np.zeros((crop.height, crop.width), np.bool_)
    wide[rect.shifted(-crop.top, -crop.left).slices] = mask
    return wide
