"""The label files of a project: ``labels/<frame>.png`` with ``provenance/<frame>.png`` beside.

The label file is the data set and stands for itself. Where it has no provenance file, it came from
elsewhere, and all its labelled pixels count as a human's; so do labelled pixels that nobody is
said to have decided, which another program must have painted.
"""

import io
import os
from pathlib import Path

import numpy as np
from PIL import PngImagePlugin

from segstudio.core.atomic import write_together
from segstudio.core.classes import ClassTable, LabelClass
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import VOID, Ids, LabelMap, Provenance
from segstudio.formats import count_ids, indexed_png
from segstudio.project.census import Census
from segstudio.project.layout import Layout
from segstudio.project.status import Status

# Colours for people who open a provenance file in a viewer: only a palette, never read back.
_DECIDERS = ClassTable(
    (
        LabelClass(Provenance.NOBODY, "nobody", (0, 0, 0)),
        LabelClass(Provenance.MODEL, "model", (86, 180, 233)),
        LabelClass(Provenance.HUMAN, "human", (230, 159, 0)),
    )
)
_HEADER_ROOM = 2048


class LabelStore:
    """Loads and saves the label maps of a project."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def path(self, name: str) -> Path:
        return self._layout.labels / f"{name}.png"

    def provenance_path(self, name: str) -> Path:
        return self._layout.provenance / f"{name}.png"

    def stamp(self, name: str) -> str:
        """What changes whenever the label file does; empty where there is none."""
        try:
            return _stamp(self.path(name).stat())
        except OSError:
            return ""

    def stamps(self) -> dict[str, str]:
        """Stamps of all label files, by frame name."""
        try:
            with os.scandir(self._layout.labels) as entries:
                files = [e for e in entries if e.name.endswith(".png") and e.name[0] != "."]
                return {e.name.removesuffix(".png"): _stamp(e.stat()) for e in files}
        except OSError:
            return {}

    def load(self, name: str, shape: tuple[int, int], classes: ClassTable) -> LabelMap:
        """A frame's label map; blank where there is none yet.

        Raises
        ------
        SegStudioError
            Where a file is damaged or of another size, or holds ids of no class.
        """
        label_map = self.read(name)
        if label_map is None:
            return LabelMap.blank(shape)
        if label_map.shape != shape:
            raise SegStudioError(
                self.path(name),
                f"has {_size(label_map.shape)} pixels, and the picture {_size(shape)}",
                "Put back the picture that was labelled, or move the label file away.",
            )
        self._check_ids(name, label_map.ids, classes)
        return label_map

    def read(self, name: str) -> LabelMap | None:
        """A frame's label map as its files hold it; None where there is no label file.

        Raises
        ------
        SegStudioError
            Where a file is damaged, or the two are of different size.
        """
        path = self.path(name)
        data = _read(path)
        if data is None:
            return None
        ids = indexed_png.decode(data, path)
        return LabelMap(ids, self._provenance(name, ids))

    def encode(self, name: str, label_map: LabelMap, classes: ClassTable) -> dict[Path, bytes]:
        """The two files, provenance first: see :meth:`save`."""
        labels = indexed_png.encode(label_map.ids, classes)
        remark = Census.of(label_map).remark(len(labels))
        decided = indexed_png.encode(label_map.provenance, _DECIDERS, remark)
        return {self.provenance_path(name): decided, self.path(name): labels}

    def save(self, name: str, label_map: LabelMap, classes: ClassTable) -> None:
        """Write both files.

        Provenance goes first: a crash right between the two leaves old labels with newer
        provenance, and the journal, which is dropped only afterwards, mends it. The other way
        round, a model's fresh labels would pass for a human's.

        Raises
        ------
        SegStudioError
            Where they cannot be written; what is on disk stays whole.
        """
        write_together(self.encode(name, label_map, classes))

    def census(self, name: str) -> Census:
        """What the files say about a frame, where possible from their headers alone."""
        try:
            with self.provenance_path(name).open("rb") as file:
                header = file.read(_HEADER_ROOM)
            remark = PngImagePlugin.PngImageFile(io.BytesIO(header)).info.get("SegStudio")
            return Census.from_remark(str(remark), self.path(name).stat().st_size)
        except (OSError, SyntaxError, ValueError):
            return self.count(name)

    def count(self, name: str) -> Census:
        """The same from the pixels; of a damaged file only that there are labels."""
        try:
            label_map = self.read(name)
        except SegStudioError:  # opening the frame will tell what is wrong with them
            return Census.uncounted(Status.EDITED)
        return Census() if label_map is None else Census.of(label_map)

    def _provenance(self, name: str, ids: Ids) -> Ids:
        path = self.provenance_path(name)
        labelled_by_human = np.where(ids == VOID, np.uint8(0), np.uint8(Provenance.HUMAN))
        data = _read(path)
        if data is None:
            return labelled_by_human
        provenance = indexed_png.decode(data, path)
        if provenance.shape != ids.shape or provenance.max(initial=0) > Provenance.HUMAN:
            raise SegStudioError(
                path,
                "does not fit the label file of the same name",
                "Delete it: all labels of the frame then count as yours.",
            )
        return np.where(provenance == Provenance.NOBODY, labelled_by_human, provenance)

    def _check_ids(self, name: str, ids: Ids, classes: ClassTable) -> None:
        unknown = [value for value in count_ids(ids) if value not in (*classes.ids, VOID)]
        if unknown:
            raise SegStudioError(
                self.path(name),
                f"holds ids that are no class of this project: {', '.join(map(str, unknown))}",
                "Add classes with these ids, or move the label file away.",
            )


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        reason = f"cannot be read ({error.strerror or error})"
        raise SegStudioError(path, reason, "Check that you may read it.") from error


def _stamp(stat: os.stat_result) -> str:
    return f"{stat.st_mtime_ns}:{stat.st_size}"


def _size(shape: tuple[int, int]) -> str:
    return f"{shape[1]} x {shape[0]}"
