"""What it takes to call a frame empty: nothing in it is worth a label of its own."""

import numpy as np

from segstudio.core.edit import Edit
from segstudio.core.label_map import VOID, Ids, LabelMap, Provenance
from segstudio.core.rect import Rect


def emptied(label_map: LabelMap, fill: int) -> Edit | None:
    """The edit that leaves nothing in a frame but ``fill``; None where that changes nothing.

    What a human decided stays as it is. With a class to fill, the frame teaches that all of it is
    that class, by the human's word; with void (255) it teaches nothing.
    """
    ids, decided = label_map.ids, label_map.provenance
    by = Provenance.NOBODY if fill == VOID else Provenance.HUMAN
    mask = (decided != Provenance.HUMAN) & ((ids != fill) | (decided != by))
    if not mask.any():
        return None
    return Edit(Rect.of_shape(label_map.shape), mask, fill, by)


def kept(label_map: LabelMap, fill: int, locked: tuple[int, ...]) -> Ids:
    """Ids that no emptying may touch, a human's and locked ones: then the frame is not empty."""
    ids = label_map.ids
    mine = label_map.human() | np.isin(ids, locked)
    found: Ids = np.unique(ids[mine & (ids != VOID) & (ids != fill)])
    return found
