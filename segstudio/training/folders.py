"""Datasets as plain folders: ``images/`` and ``masks/`` whose files share their stems."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from segstudio.core.classes import ClassTable, LabelClass, default_colour
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import VOID, Ids
from segstudio.imaging import find_pictures
from segstudio.training.dataset import Example, Skipped
from segstudio.training.files import read_mask

IMAGES, MASKS = "images", "masks"
_BLACK_AND_WHITE = {0, VOID}


@dataclass(frozen=True, slots=True)
class MaskFolder:
    """Pictures with masks, by stem.

    Attributes
    ----------
    pairs
        Name, picture, mask; in the pictures' natural order.
    left_out
        Masks without a picture, and pictures that share a stem with another.
    """

    pairs: tuple[tuple[str, Path, Path], ...]
    left_out: tuple[Skipped, ...]

    @classmethod
    def is_one(cls, folder: Path) -> bool:
        """Whether a folder is laid out as such a dataset."""
        return (folder / IMAGES).is_dir() and (folder / MASKS).is_dir()

    @classmethod
    def open(cls, folder: Path) -> "MaskFolder":
        """Pair pictures and masks; pictures without a mask are simply not labelled yet."""
        masks = {path.stem: path for path in sorted((folder / MASKS).glob("*.png"))}
        pairs: dict[str, tuple[str, Path, Path]] = {}
        left_out: list[Skipped] = []
        for picture in find_pictures(folder / IMAGES):
            name = picture.stem
            if name in pairs:
                left_out.append(Skipped(name, f"{picture}: shares its stem with {pairs[name][1]}"))
            elif name in masks:
                pairs[name] = (name, picture, masks[name])
        for name in masks.keys() - pairs.keys():
            reason = f"{masks[name]}: no readable kind of picture in {IMAGES}/ has this stem"
            left_out.append(Skipped(name, reason))
        return cls(tuple(pairs.values()), tuple(sorted(left_out, key=lambda skip: skip.name)))

    def examples(self, lookup: Ids) -> list[Example]:
        """The frames; ``lookup`` says what mask values mean, see :func:`files.read_mask`."""
        return [Example.of_files(*pair, lookup) for pair in self.pairs]

    def values(self) -> set[int]:
        """All values in the masks that can be read; reading the dataset tells about the others."""
        found = np.zeros(256, np.bool_)
        for _, _, mask in self.pairs:
            try:
                found |= np.bincount(read_mask(mask).ravel(), minlength=256) > 0
            except SegStudioError:
                continue
        return {int(value) for value in np.flatnonzero(found)}

    def palette(self) -> NDArray[np.uint8] | None:
        """The first mask's colours, n x 3 RGB by id; None where it is grey or unreadable."""
        try:
            with Image.open(self.pairs[0][2]) as image:
                colours = image.getpalette("RGB")
        except (OSError, IndexError):
            return None
        return np.array(colours, np.uint8).reshape(-1, 3) if colours else None


def black_and_white(values: set[int]) -> bool:
    """Whether masks hold just 0 and 255: two classes then, and not one class beside void."""
    return values == _BLACK_AND_WHITE


def nameless_classes(values: Sequence[int], palette: NDArray[np.uint8] | None) -> ClassTable:
    """Classes "class 0", "class 1", ... for these ids, in the palette's colours."""
    table = []
    for class_id in sorted(values):
        known = palette is not None and class_id < len(palette)
        colour = palette[class_id] if palette is not None and known else default_colour(class_id)
        red, green, blue = (int(value) for value in colour)
        table.append(LabelClass(class_id, f"class {class_id}", (red, green, blue)))
    return ClassTable(tuple(table))
