"""Colour PNG: every pixel in its class's colour, for people and for programs that match colours."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segstudio.core.classes import ClassTable, Colour
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import VOID, Ids
from segstudio.formats.parts import png
from segstudio.formats.parts.colours import check_distinct
from segstudio.formats.parts.ids import count_ids
from segstudio.formats.parts.spec import FormatSpec, registry


def check(classes: ClassTable) -> None:
    """Refuse classes that share a colour: their pixels could not be told apart again.

    Raises
    ------
    SegStudioError
        Where two classes have the same colour; both are named.
    """
    check_distinct(classes, {}, "so a colour PNG could not tell them apart")


def void_colour(classes: ClassTable) -> Colour:
    """What void is painted in: black, or white where a class is black, or else a free grey."""
    taken = {entry.colour for entry in classes}
    greys = (0, 255, *range(1, 255))  # 256 greys and at most 255 classes: one is always free
    return next((grey, grey, grey) for grey in greys if (grey, grey, grey) not in taken)


def encode(ids: Ids, classes: ClassTable) -> bytes:
    """An RGB PNG of the class colours.

    Raises
    ------
    SegStudioError
        Where classes share a colour, or an id is in no class table and so has no colour.
    """
    check(classes)
    unknown = [value for value in count_ids(ids) if value not in (*classes.ids, VOID)]
    if unknown:
        raise SegStudioError(
            "colour PNG",
            f"ids {', '.join(map(str, unknown))} have no colour",
            "Add classes with these ids, or export grey PNG.",
        )
    return png.encode(_table(classes)[ids])


def decode(data: bytes, path: Path, classes: ClassTable) -> Ids:
    """HxW uint8 ids of an RGB PNG in the colours of these classes.

    Raises
    ------
    SegStudioError
        Where the file is damaged, holds no colours, or a colour that no class has.
    """
    check(classes)
    image = png.load(data, path)
    if image.mode not in ("RGB", "RGBA"):
        raise SegStudioError(path, "holds no RGB colours", "Read it as an indexed or grey PNG.")
    # One table over all 24-bit colours: a look-up per pixel, however many classes there are.
    ids_by_code = np.full(1 << 24, -1, np.int16)
    known = [*classes.ids, VOID]
    ids_by_code[_codes(_table(classes)[known])] = known
    codes = _codes(np.asarray(image.convert("RGB")))
    ids = ids_by_code[codes]
    if (strange := codes[ids < 0]).size:
        colour = f"#{int(strange[0]):06x}"
        raise SegStudioError(
            path, f"holds the colour {colour}, which no class has", "Use its own class table."
        )
    return ids.astype(np.uint8)


def _table(classes: ClassTable) -> NDArray[np.uint8]:
    table = np.zeros((256, 3), np.uint8)
    for entry in classes:
        table[entry.id] = entry.colour
    table[VOID] = void_colour(classes)
    return table


def _codes(colours: NDArray[np.uint8]) -> NDArray[np.uint32]:
    red, green, blue = (colours[..., channel].astype(np.uint32) for channel in range(3))
    codes: NDArray[np.uint32] = red << np.uint32(16) | green << np.uint32(8) | blue
    return codes


registry.add(
    FormatSpec(
        name="colour-png",
        label="Colour PNG",
        description="Every pixel in its class's colour; void is black, or white beside black.",
        encode=encode,
        decode=decode,
        check=check,
    )
)
