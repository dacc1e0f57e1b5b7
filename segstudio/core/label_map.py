"""The label map of a frame, and who decided each of its pixels."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Self

import numpy as np
from numpy.typing import NDArray

VOID = 255
"""Id of pixels without a class: ignored by losses, scores and exports."""

Ids = NDArray[np.uint8]


class Provenance(IntEnum):
    """Who decided a pixel."""

    NOBODY = 0
    MODEL = 1
    HUMAN = 2


@dataclass(slots=True, eq=False)
class LabelMap:
    """Class ids and provenance of one frame.

    Attributes
    ----------
    ids
        HxW uint8 class ids, 255 is void.
    provenance
        HxW uint8 values of :class:`Provenance`.
    """

    ids: Ids
    provenance: Ids

    def __post_init__(self) -> None:
        for plane in (self.ids, self.provenance):
            if plane.dtype != np.uint8 or plane.ndim != 2:
                raise ValueError(f"a label map is HxW uint8, not {plane.dtype} {plane.shape}")
        if self.ids.shape != self.provenance.shape:
            raise ValueError(f"ids {self.ids.shape} and provenance {self.provenance.shape} differ")

    @classmethod
    def blank(cls, shape: tuple[int, int]) -> Self:
        """All void, decided by nobody."""
        return cls(np.full(shape, VOID, np.uint8), np.zeros(shape, np.uint8))

    @property
    def shape(self) -> tuple[int, int]:
        height, width = self.ids.shape
        return height, width

    def copy(self) -> "LabelMap":
        """An immutable-by-agreement snapshot for workers."""
        return LabelMap(self.ids.copy(), self.provenance.copy())

    def equals(self, other: "LabelMap") -> bool:
        """Whether all pixels are the same, and decided by the same."""
        same_ids = np.array_equal(self.ids, other.ids)
        return same_ids and np.array_equal(self.provenance, other.provenance)

    def human(self) -> NDArray[np.bool_]:
        """HxW mask of the pixels that a human decided."""
        decided_by_human: NDArray[np.bool_] = self.provenance == Provenance.HUMAN
        return decided_by_human

    def scribbles(self) -> Ids:
        """HxW ids of the human's pixels, 255 elsewhere: what the CRF must respect."""
        return np.where(self.human(), self.ids, np.uint8(VOID))
