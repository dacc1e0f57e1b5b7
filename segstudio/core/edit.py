"""One undoable change of a label map, before it is applied."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segstudio.core.label_map import Ids, Provenance
from segstudio.core.rect import Rect


@dataclass(frozen=True, slots=True, eq=False)
class Edit:
    """Give the pixels under ``mask`` new ids.

    Attributes
    ----------
    rect
        Where the mask lies; it may reach over the picture's edge and is clipped when applied.
    mask
        Bool array of ``rect``'s size: which pixels change.
    ids
        The new id, or an array of ``rect``'s size of new ids.
    provenance
        Who decides, one value or an array of ``rect``'s size.
    """

    rect: Rect
    mask: NDArray[np.bool_]
    ids: int | Ids
    provenance: int | Ids = Provenance.HUMAN

    def __post_init__(self) -> None:
        size = (self.rect.height, self.rect.width)
        for part in (self.mask, self.ids, self.provenance):
            if isinstance(part, np.ndarray) and part.shape != size:
                raise ValueError(f"an edit of {size} holds an array of {part.shape}")

    def clipped(self, shape: tuple[int, int]) -> "Edit":
        """The part of the edit that lies on a picture of this shape."""
        inside = self.rect.intersect(Rect.of_shape(shape))
        if inside == self.rect:
            return self
        if inside.empty:
            inside = Rect(0, 0, 0, 0)
            cut = (slice(0, 0), slice(0, 0))
        else:
            cut = inside.shifted(-self.rect.top, -self.rect.left).slices
        return Edit(inside, self.mask[cut], _cut(self.ids, cut), _cut(self.provenance, cut))


def _cut(values: int | Ids, where: tuple[slice, slice]) -> int | Ids:
    return values[where] if isinstance(values, np.ndarray) else values
