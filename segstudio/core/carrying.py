"""Labels that are carried from one frame to another of the same size."""

import numpy as np

from segstudio.core.edit import Edit
from segstudio.core.label_map import VOID, LabelMap, Provenance
from segstudio.core.rect import Rect


def carried(other: LabelMap, labels: LabelMap, *, over_all: bool) -> Edit:
    """The edit that copies another frame's labels into this one.

    Who decided a pixel is copied with it: what a model guessed there stays a guess here, which the
    model may better, and never passes for a human's word in training; what a human decided there
    counts as the human's here, who asked for it. Void is not copied, and what a model decided
    never covers what a human has decided here.

    Parameters
    ----------
    other, labels
        Where the labels come from and where they go, of one size.
    over_all
        Replace what is labelled here already; else only pixels that nobody has decided change, and
        those that a human has called void stay so.
    """
    mask = other.ids != VOID
    if over_all:
        mask &= other.human() | ~labels.human()
    else:
        mask &= (labels.ids == VOID) & ~labels.human()
    decided_by = np.where(other.human(), Provenance.HUMAN, Provenance.MODEL).astype(np.uint8)
    return Edit(Rect.of_shape(labels.shape), mask, other.ids, decided_by)
