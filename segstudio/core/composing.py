"""What a label map becomes when a model decides every pixel that no human decided.

Worked out from a label map that is only read, so that a worker can do it for a huge picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segstudio.core.classes import ClassTable
from segstudio.core.history import Step, TileState, raw_tile, tile_rect, tiles_under
from segstudio.core.label_map import VOID, Ids, LabelMap
from segstudio.core.rect import Rect


@dataclass(frozen=True, slots=True, eq=False)
class Composition:
    """A label map as it is to be, for as long as nothing else changes.

    Attributes
    ----------
    revision, classes
        Of the document that it was worked out for.
    planes
        Ids and provenance as they are to be.
    dirty
        The rectangle around all changes; empty where there are none.
    step
        What to undo.
    """

    revision: int
    classes: ClassTable
    planes: LabelMap
    dirty: Rect
    step: Step


def composed(label_map: LabelMap, model_ids: Ids, locked: Sequence[int]) -> LabelMap:
    """A label map with a model's word in it; pixels of humans and of locked classes stay.

    Raises
    ------
    ValueError
        Where the word is of another size.
    """
    if model_ids.shape != label_map.shape:
        raise ValueError(f"ids {model_ids.shape} for a label map {label_map.shape}")
    stays = label_map.human()
    if locked:
        stays |= np.isin(label_map.ids, locked)
    # 1 is MODEL and 0 NOBODY: where the model says nothing, nobody has decided.
    decided_by = (model_ids != VOID).view(np.uint8)
    return LabelMap(
        np.where(stays, label_map.ids, model_ids),
        np.where(stays, label_map.provenance, decided_by),
    )


def step_between(old: LabelMap, new: LabelMap, name: str, merge_key: str) -> tuple[Rect, Step]:
    """The step from one label map to another, and the rectangle around its tiles."""
    dirty, before, after = Rect(0, 0, 0, 0), [], []
    for tile in tiles_under(Rect.of_shape(old.shape)):
        was, now = raw_tile(old, tile), raw_tile(new, tile)
        if was != now:
            dirty = dirty.union(tile_rect(tile, old.shape))
            before.append(TileState.pack(tile, was))
            after.append(TileState.pack(tile, now))
    return dirty, Step(name, tuple(before), tuple(after), merge_key)
