"""Slivers: strips of one pixel, as they stay between two strokes or along an edge."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from segstudio.core.components import Mask, components
from segstudio.core.label_map import VOID, Ids
from segstudio.core.lint import check
from segstudio.core.lint.parts.class_sets import ClassSet
from segstudio.core.lint.parts.spec import Finding, Subject
from segstudio.core.options import option

_NAME = "slivers"


@dataclass(frozen=True)
class SliversOptions:
    """What counts as a sliver."""

    length: int = option(
        10,
        "Length from",
        "Strips of fewer pixels are left to the specks",
        minimum=2,
        maximum=1000,
        unit="px",
        logarithmic=True,
    )
    thin: ClassSet = option(
        ClassSet(), "Thin by nature", "Classes that may be one pixel thick, such as poles or wires"
    )


@check(
    name=_NAME,
    label="Slivers",
    nouns=("sliver", "slivers"),
    tooltip="Strips of a class that are only one pixel thick",
    options=SliversOptions,
    order=20,
)
def find(subject: Subject, options: SliversOptions) -> Iterator[Finding]:
    """Every 8-connected piece of ``length`` or more pixels where a class is one pixel thick.

    A pixel is thin where no square of 2 x 2 pixels of its class holds it: what an opening of the
    class with that square takes away. Thin pixels of one class that touch, over corners too, are
    one piece; so the two ends of a class may be slivers while its middle is none. Void has no
    slivers: it is often drawn as a thin line between two objects. Classes that are thin by nature
    have none either.
    """
    ids = subject.label_map.ids
    pieces = components(np.where(_thin(ids), ids, np.uint8(VOID)))
    long = (pieces.areas >= options.length) & (pieces.values != VOID)
    for number in np.flatnonzero(long & ~np.isin(pieces.values, [*options.thin])).tolist():
        class_id, pixels = int(pieces.values[number]), int(pieces.areas[number])
        text = f"Sliver of {subject.name_of(class_id)}, {pixels} pixels"
        yield Finding(_NAME, (class_id,), pieces.rect(number), pixels, text)


def _thin(ids: Ids) -> Mask:
    """HxW: pixels that no 2x2 square of one id holds."""
    corner = ids[:-1, :-1]
    square = (corner == ids[1:, :-1]) & (corner == ids[:-1, 1:]) & (corner == ids[1:, 1:])
    thin = np.ones(ids.shape, np.bool_)
    for down in (np.s_[:-1], np.s_[1:]):
        for right in (np.s_[:-1], np.s_[1:]):
            thin[down, right] &= ~square
    return thin
