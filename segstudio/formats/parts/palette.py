"""The palette of indexed label maps."""

import numpy as np
from numpy.typing import NDArray

from segstudio.core.classes import ClassTable, default_colour
from segstudio.core.label_map import VOID

VOID_COLOUR = (224, 224, 192)
"""What PASCAL VOC paints its void in; visible beside any picture."""


def palette(classes: ClassTable) -> NDArray[np.uint8]:
    """256x3 uint8 RGB by id; ids of no class get a default colour, void :data:`VOID_COLOUR`."""
    table = np.array([default_colour(index) for index in range(256)], np.uint8)
    for entry in classes:
        table[entry.id] = entry.colour
    table[VOID] = VOID_COLOUR
    return table
