"""Grey PNG: class ids as grey values, as SegNet's CamVid and most training code read them."""

from pathlib import Path

from segstudio.core.classes import ClassTable
from segstudio.core.label_map import Ids
from segstudio.formats.parts import png
from segstudio.formats.parts.spec import FormatSpec, registry


def encode(ids: Ids, classes: ClassTable) -> bytes:
    """An 8-bit grey PNG whose values are the ids, 255 is void."""
    return png.encode(ids)


def decode(data: bytes, path: Path, classes: ClassTable) -> Ids:
    """HxW uint8 values of a grey PNG.

    Raises
    ------
    SegStudioError
        Where the file is damaged, or holds colours or 16-bit values.
    """
    return png.load_ids(data, path)


registry.add(
    FormatSpec(
        name="grey-png",
        label="Grey PNG",
        description="Class ids as grey values (nearly black to look at), 255 is void.",
        encode=encode,
        decode=decode,
    )
)
