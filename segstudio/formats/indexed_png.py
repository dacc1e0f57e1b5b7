"""Indexed PNG: class ids with the class colours as palette. Also how a project keeps its labels."""

from pathlib import Path

from segstudio.core.classes import ClassTable
from segstudio.core.label_map import Ids
from segstudio.formats.parts import png
from segstudio.formats.parts.palette import palette
from segstudio.formats.parts.spec import FormatSpec, registry


def encode(ids: Ids, classes: ClassTable, remark: str = "") -> bytes:
    """An 8-bit indexed PNG whose index values are the ids.

    Parameters
    ----------
    ids
        HxW uint8; every value is kept, also those that are in no class table.
    classes
        Colours of the palette; other ids get a default colour, void VOC's pale one.
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
