"""Indexed PNG: class ids with the class colours as palette. Also how a project keeps its labels."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segstudio.core.classes import ClassTable, default_colour
from segstudio.core.label_map import VOID, Ids
from segstudio.formats.parts import png
from segstudio.formats.parts.spec import FormatSpec, registry

VOID_COLOUR = (224, 224, 192)
"""What PASCAL VOC paints its void in; visible beside any picture."""


def encode(ids: Ids, classes: ClassTable, remark: str = "") -> bytes:
    """An 8-bit indexed PNG whose index values are the ids.

    Parameters
    ----------
    ids
        HxW uint8; every value is kept, also those that are in no class table.
    classes
        Colours of the palette; other ids get a default colour, void :data:`VOID_COLOUR`.
    remark
        Kept in the file's text under the key "SegStudio".
    """
    return png.encode(ids, palette(classes), remark)


def decode(data: bytes, path: Path) -> Ids:
    """HxW uint8 index values of an indexed, grey or 1-bit PNG; the palette is never looked up.

    Raises
    ------
    SegStudioError
        Where the file is damaged, or holds colours or 16-bit values; ``path`` is named.
    """
    return png.load_ids(data, path)


def palette(classes: ClassTable) -> NDArray[np.uint8]:
    """256x3 uint8 RGB by id."""
    table = np.array([default_colour(index) for index in range(256)], np.uint8)
    for entry in classes:
        table[entry.id] = entry.colour
    table[VOID] = VOID_COLOUR
    return table


def _decode(data: bytes, path: Path, classes: ClassTable) -> Ids:
    return decode(data, path)


registry.add(
    FormatSpec(
        name="indexed-png",
        label="Indexed PNG",
        description="Class ids with the class colours as palette, 255 is void.",
        encode=encode,
        decode=_decode,
    )
)
