"""PASCAL VOC: ``SegmentationClass/``, ``ImageSets/Segmentation/trainval.txt`` and ``labelmap.txt``.

The layout of the VOC2012 development kit, with the label map file that CVAT's "Segmentation mask
1.1" reads and writes. Masks are indexed PNG in the classes' own colours, 255 is void. The pictures
belong beside them, in ``JPEGImages/``.
"""

from pathlib import Path

from segstudio.core.atomic import write_bytes
from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import Ids
from segstudio.formats.parts import png
from segstudio.formats.parts.colours import check_distinct
from segstudio.formats.parts.palette import VOID_COLOUR, palette
from segstudio.formats.parts.spec import FormatSpec, registry

_HEADER = "# label:color_rgb:parts:actions"
_MASKS = "SegmentationClass"


def check(classes: ClassTable) -> None:
    """Refuse names and colours that ``labelmap.txt`` cannot hold.

    Raises
    ------
    SegStudioError
        Where a name holds a colon or a line break, or a colour stands for two things.
    """
    for entry in classes:
        if set(entry.name) & set(":\r\n"):
            raise SegStudioError(
                f"class {entry.name!r}", "has a name that labelmap.txt cannot hold", "Rename it."
            )
    check_distinct(classes, {VOID_COLOUR: "void"}, "and labelmap.txt tells classes by it")


def finish(folder: Path, classes: ClassTable) -> None:
    """Write the list of all frames in the folder, and the label map."""
    names = sorted(path.stem for path in (folder / _MASKS).glob("[!.]*.png"))
    listed = "".join(f"{name}\n" for name in names)
    write_bytes(folder / "ImageSets" / "Segmentation" / "trainval.txt", listed.encode())
    lines = [f"{entry.name}:{','.join(map(str, entry.colour))}::" for entry in classes]
    write_bytes(folder / "labelmap.txt", ("\n".join([_HEADER, *lines]) + "\n").encode())


def _encode(ids: Ids, classes: ClassTable) -> bytes:
    return png.encode(ids, palette(classes))


def _decode(data: bytes, path: Path, classes: ClassTable) -> Ids:
    return png.load_ids(data, path)


registry.add(
    FormatSpec(
        name="voc",
        label="PASCAL VOC",
        description="Indexed PNG in the folders of VOC2012, with its list and CVAT's label map.",
        encode=_encode,
        decode=_decode,
        path=lambda folder, name: folder / _MASKS / f"{name}.png",
        check=check,
        finish=finish,
    )
)
