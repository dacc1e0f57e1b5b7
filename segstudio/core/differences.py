"""Where a model would label otherwise: connected regions that a human accepts or rejects."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segstudio.core.components import Components, components
from segstudio.core.edit import Edit
from segstudio.core.label_map import VOID, Ids, LabelMap, Provenance
from segstudio.core.protection import Mask
from segstudio.core.rect import Rect

Codes = NDArray[np.uint16]
"""256 times the id that a pixel has, plus the id that the model would give it; 0 where it need not
be asked: the id 0 is never to be replaced by itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """A label map beside what a model says of it.

    Pixels that the human has decided since the model spoke are not asked again: the human knew its
    word. Older ones are, for a model may find what a human has overlooked; yet it only suggests,
    and composing never changes them. Where the model says nothing (void), there is no question.

    Attributes
    ----------
    labels
        The label map as it is now.
    network
        HxW ids: the network's own word, held against what a human decided. The CRF's would not do,
        which yields to the human's pixels.
    composed
        HxW ids that models composed last, after the CRF where it is on: held against the rest.
    known
        The label map as it was when the network spoke.
    """

    labels: LabelMap
    network: Ids
    composed: Ids
    known: LabelMap

    def within(self, rect: Rect) -> "Comparison":
        """The part in a rectangle of the picture, as views."""
        here = rect.slices
        return Comparison(
            _part(self.labels, rect),
            self.network[here],
            self.composed[here],
            _part(self.known, rect),
        )

    def suggested(self) -> Ids:
        """HxW ids that the model would give."""
        return np.where(self.labels.human(), self.network, self.composed)

    def codes(self) -> Codes:
        """HxW: which class would become which."""
        labels, known, suggested = self.labels, self.known, self.suggested()
        asked = suggested != labels.ids
        asked &= suggested != VOID
        asked &= ~labels.human() | (known.human() & (labels.ids == known.ids))
        codes = labels.ids.astype(np.uint16)
        codes <<= 8
        codes |= suggested
        codes *= asked
        return codes

    def settled(self, rect: Rect, mask: Mask) -> "Comparison":
        """Without asking again for the human's pixels under a mask of ``rect``'s size."""
        provenance = self.known.provenance.copy()
        provenance[rect.slices][mask] = Provenance.NOBODY
        known = LabelMap(self.known.ids, provenance)
        return Comparison(self.labels, self.network, self.composed, known)


@dataclass(frozen=True, slots=True)
class Difference:
    """One connected region that is of one class and would all become another.

    Attributes
    ----------
    number
        Among the components of its :class:`Differences`.
    rect
        The rectangle around it.
    first
        Row and column of its first pixel, row by row.
    area
        Its pixels.
    now, suggested
        The id that they have, and the one that they would get.
    sureness
        The model's mean probability, 0 to 1.
    by_human
        How many of its pixels a human decided.
    """

    number: int
    rect: Rect
    first: tuple[int, int]
    area: int
    now: int
    suggested: int
    sureness: float
    by_human: int

    @property
    def code(self) -> int:
        return 256 * self.now + self.suggested


@dataclass(frozen=True, slots=True, eq=False)
class Differences:
    """The regions of one comparison, largest first, and what masks are made from."""

    regions: tuple[Difference, ...]
    codes: Codes
    _components: Components

    def mask(self, region: Difference) -> Mask:
        """The pixels of a region, of its rectangle's size."""
        here = components(self.codes[region.rect.slices] == region.code)
        row, column = region.first
        first = (row - region.rect.top) * region.rect.width + column - region.rect.left
        return here.mask(here.firsts == first)

    def mask_of_all(self, regions: Collection[Difference]) -> Mask:
        """HxW: the pixels of all these regions."""
        chosen = np.zeros(len(self._components), np.bool_)
        chosen[[region.number for region in regions]] = True
        return self._components.mask(chosen)


def find_differences(
    comparison: Comparison, sureness: NDArray[np.float32], least: int = 1
) -> Differences:
    """All regions of at least so many pixels; pixels hang together over corners, too.

    Parameters
    ----------
    sureness
        HxW: the model's probability of its word.
    """
    codes = comparison.codes()
    found = components(codes)
    wanted = np.flatnonzero((found.values != 0) & (found.areas >= least))
    wanted = wanted[np.argsort(-found.areas[wanted], kind="stable")]
    sums = found.sums(sureness)
    human = found.sums(comparison.labels.human())
    rows, columns = np.divmod(found.firsts, max(1, codes.shape[1]))
    regions = tuple(
        Difference(
            number,
            found.rect(number),
            (int(rows[number]), int(columns[number])),
            area := int(found.areas[number]),
            int(found.values[number]) >> 8,
            int(found.values[number]) & 255,
            float(sums[number]) / area,
            int(human[number]),
        )
        for number in wanted.tolist()
    )
    return Differences(regions, codes, found)


def decide(now: Comparison, asked: Codes, rect: Rect, mask: Mask, *, accept: bool) -> Edit:
    """The edit by which a human takes a model's word, or keeps what is there.

    Either way a human has decided, and no model changes the pixels any more.

    Parameters
    ----------
    now
        As it is at this moment: pixels that have changed since they were asked for are left out.
    asked
        HxW codes that the human has answered.
    rect, mask
        Where, and which pixels there.
    """
    here = now.within(rect)
    mask = mask & (asked[rect.slices] == here.codes())
    ids = here.suggested() if accept else here.labels.ids.copy()
    return Edit(rect, mask, ids, Provenance.HUMAN)


def _part(labels: LabelMap, rect: Rect) -> LabelMap:
    return LabelMap(labels.ids[rect.slices], labels.provenance[rect.slices])
