"""Touching: classes side by side that cannot be neighbours, such as car and sky."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segstudio.core.components import Indices, Mask, components
from segstudio.core.label_map import Ids
from segstudio.core.lint import check
from segstudio.core.lint.parts.class_sets import ClassPairs
from segstudio.core.lint.parts.spec import Finding, Subject, plural
from segstudio.core.options import option

_NAME = "touching"


@dataclass(frozen=True)
class TouchingOptions:
    """Which classes may not touch."""

    forbidden: ClassPairs = option(
        ClassPairs(), "May not touch", "Pairs of classes that may not lie side by side"
    )


@check(
    name=_NAME,
    label="Forbidden neighbours",
    nouns=("forbidden touch", "forbidden touches"),
    tooltip="Places where two classes touch that may not",
    options=TouchingOptions,
    order=30,
)
def find(subject: Subject, options: TouchingOptions) -> Iterator[Finding]:
    """Every place where pixels of two forbidden classes share a side (4 neighbours).

    A touch over a corner is none: three classes that meet in a point would else forbid each other.
    The pixels of both classes that have such a side are counted; those that touch each other, over
    corners too, are one place.
    """
    ids = subject.label_map.ids.reshape(-1)
    width = subject.label_map.shape[1]
    sides = _sides(subject.label_map.ids, options.forbidden)
    pairs = np.sort(ids[sides], axis=1)
    for one, other in np.unique(pairs, axis=0).tolist():
        pixels = np.unique(sides[(pairs == (one, other)).all(axis=1)])
        mask, top, left = _drawn(*np.divmod(pixels, width))
        places = components(mask)
        names = f"{subject.name_of(one)} touches {subject.name_of(other)}"
        for number in np.flatnonzero(places.values).tolist():
            count = int(places.areas[number])
            text = f"{names}, {plural(count, 'pixel', 'pixels')}"
            rect = places.rect(number).shifted(top, left)
            yield Finding(_NAME, (one, other), rect, count, text)


def _sides(ids: Ids, forbidden: ClassPairs) -> Indices:
    """Nx2: both pixels, as flat indices, of every side that a forbidden pair shares."""
    width = ids.shape[1]
    below = np.flatnonzero(ids[1:] != ids[:-1])
    rows, columns = np.nonzero(ids[:, 1:] != ids[:, :-1])
    beside = rows * width + columns
    first = np.concatenate([below, beside])
    second = np.concatenate([below + width, beside + 1])
    wrong = _table(forbidden)[ids.flat[first], ids.flat[second]]
    return np.stack([first[wrong], second[wrong]], axis=1)


def _drawn(rows: Indices, columns: Indices) -> tuple[Mask, int, int]:
    """A mask of pixels in the rectangle around them, and its top and left."""
    top, left = int(rows.min()), int(columns.min())
    mask = np.zeros((int(rows.max()) - top + 1, int(columns.max()) - left + 1), np.bool_)
    mask[rows - top, columns - left] = True
    return mask, top, left


def _table(pairs: ClassPairs) -> NDArray[np.bool_]:
    """256x256: whether two ids make one of the pairs, in either order."""
    table = np.zeros((256, 256), np.bool_)
    for one, other in pairs:
        table[one, other] = table[other, one] = True
    return table
