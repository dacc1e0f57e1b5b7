"""What the robot knows: the truth, and what is still wrong."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.core.document import Document
from segstudio.core.frame import Frame
from segstudio.core.label_map import VOID, Ids
from segstudio.core.rect import Rect
from segstudio.tools.parts.spec import Likelihood
from segstudio.tools.parts.superpixels import Superpixels

Mask = NDArray[np.bool_]
Worth = NDArray[np.int8]
"""HxW: 1 where a pixel would become right, -1 where it would become wrong, 0 where neither."""


@dataclass(frozen=True, eq=False)
class Case:
    """One frame to label.

    Attributes
    ----------
    frame
        The picture.
    truth
        HxW ids; 255 where nobody knows: such pixels count neither way.
    model_ids
        HxW ids that the model says.
    refined_ids
        The same after the CRF; None where it was not run.
    likelihood
        The model's probabilities by class.
    """

    frame: Frame
    truth: Ids
    model_ids: Ids
    refined_ids: Ids | None
    likelihood: Likelihood
    _superpixels: dict[int, Superpixels] = field(default_factory=dict)

    def superpixels(self, size: int) -> Superpixels:
        """The regions of like colour that the superpixel brush shows at this size."""
        if size not in self._superpixels:
            self._superpixels[size] = Superpixels(self.frame.display, size)
        return self._superpixels[size]

    @cached_property
    def known(self) -> Mask:
        """HxW: the pixels that count."""
        known: Mask = self.truth != VOID
        return known

    def right(self, ids: Ids) -> int:
        """How many pixels are right."""
        return int(np.count_nonzero((ids == self.truth) & self.known))

    def accuracy(self, ids: Ids) -> float:
        """The share of the pixels that count which are right; 1 where none count."""
        return self.right(ids) / int(self.known.sum()) if self.known.any() else 1.0


@dataclass(frozen=True, eq=False)
class Region:
    """Pixels that hang together, should all have one class, and have another.

    ``mask`` is of ``rect``'s size.
    """

    class_id: int
    rect: Rect
    mask: Mask
    area: int

    def within(self, window: Rect) -> Mask:
        """The mask in a window that holds the region."""
        wide = np.zeros((window.height, window.width), np.bool_)
        wide[self.rect.shifted(-window.top, -window.left).slices] = self.mask
        return wide

    def deepest(self) -> tuple[tuple[int, int], float]:
        """The pixel farthest from the region's edge, and how far that is."""
        padded = np.pad(self.mask, 1).view(np.uint8)
        depth = cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1]
        row, column = np.unravel_index(int(depth.argmax()), depth.shape)
        return (self.rect.top + int(row), self.rect.left + int(column)), float(depth.max())


@dataclass(frozen=True, eq=False)
class View:
    """A case at one moment of its labelling; ``ids`` is the label map as it is."""

    case: Case
    ids: Ids

    @classmethod
    def of(cls, case: Case, document: Document) -> "View":
        return cls(case, document.label_map.ids)

    def worth(self, class_id: int, window: Rect) -> Worth:
        """What painting a class would bring."""
        return self.worth_of(np.uint8(class_id), window)

    def worth_of(self, new: Ids | np.uint8, window: Rect) -> Worth:
        """What giving each pixel of a window a new id would bring."""
        truth, ids = self.case.truth[window.slices], self.ids[window.slices]
        known = self.case.known[window.slices]
        right = (ids == truth) & known
        becomes = (new == truth) & known
        worth: Worth = becomes.astype(np.int8) - right.astype(np.int8)
        return worth

    def regions(self) -> Iterator[Region]:
        """Wrong regions, the largest first."""
        wrong = (self.ids != self.case.truth) & self.case.known
        wanted = np.where(wrong, self.case.truth, VOID)
        found = [
            region
            for class_id in np.unique(wanted[wrong]).tolist()
            for region in _regions(class_id, np.packbits(wanted == class_id).tobytes(), wrong.shape)
        ]
        return iter(sorted(found, key=lambda region: -region.area))

    def window(self, rect: Rect, reach: int) -> Rect:
        """A rectangle with what lies around it."""
        return rect.grown(reach).intersect(Rect.of_shape(self.ids.shape))


# From one gesture to the next, most classes stay as they are.
@lru_cache(maxsize=64)
def _regions(class_id: int, packed: bytes, shape: tuple[int, int]) -> tuple[Region, ...]:
    """The pieces of a mask, which is given as its bits."""
    bits = np.frombuffer(packed, np.uint8)
    mask = np.unpackbits(bits, count=shape[0] * shape[1]).reshape(shape)
    _, numbers, boxes, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    found = []
    for number, (left, top, width, height, area) in enumerate(boxes.tolist()):
        if number:
            rect = Rect(top, left, top + height, left + width)
            found.append(Region(class_id, rect, np.asarray(numbers)[rect.slices] == number, area))
    return tuple(found)
