"""What a label format says about itself, and the registry that finds it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from segstudio.core.atomic import write_bytes
from segstudio.core.classes import ClassTable
from segstudio.core.label_map import Ids
from segstudio.core.registry import Registry
from segstudio.formats.parts.files import read_bytes


def _beside(folder: Path, name: str) -> Path:
    return folder / f"{name}.png"


def _accept(classes: ClassTable) -> None:
    """Any class table will do."""


def _nothing_more(folder: Path, classes: ClassTable) -> None:
    """Nothing belongs beside the files of this format."""


@dataclass(frozen=True, slots=True)
class FormatSpec:
    """One format that label maps are exported to.

    Attributes
    ----------
    name, label, description
        For commands and files; for people; one sentence on what it is good for.
    encode
        ``encode(ids, classes)``: HxW uint8 ids as the bytes of that file.
    decode
        ``decode(data, path, classes)``: the ids back; ``path`` is for messages alone.
    path
        ``path(folder, name)``: where the label map of the frame ``name`` goes.
    check
        ``check(classes)`` raises SegStudioError where the format cannot hold these classes.
    finish
        ``finish(folder, classes)`` writes what belongs beside the label maps, once, at the end.
    """

    name: str
    label: str
    description: str
    encode: Callable[[Ids, ClassTable], bytes]
    decode: Callable[[bytes, Path, ClassTable], Ids]
    path: Callable[[Path, str], Path] = _beside
    check: Callable[[ClassTable], None] = _accept
    finish: Callable[[Path, ClassTable], None] = _nothing_more

    def write(self, folder: Path, name: str, ids: Ids, classes: ClassTable) -> Path:
        """Write one frame's label map; gives the file.

        Raises
        ------
        SegStudioError
            Where the file cannot be written, or the format cannot hold these ids.
        """
        path = self.path(folder, name)
        write_bytes(path, self.encode(ids, classes))
        return path

    def read(self, path: Path, classes: ClassTable) -> Ids:
        """HxW uint8 ids of a file that :meth:`write` wrote.

        Raises
        ------
        SegStudioError
            Where the file is missing or is no such label map.
        """
        return self.decode(read_bytes(path), path, classes)


registry: Registry[FormatSpec] = Registry("segstudio.formats", "label format", "segstudio.formats")
