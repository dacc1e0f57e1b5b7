"""Frames to label, with the truth and what a model says about them."""

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from robot.view import Case
from segstudio.core.classes import ClassTable
from segstudio.inference import crf
from segstudio.inference.mapping import map_to_project
from segstudio.inference.predictor import Predictor
from segstudio.training.files import mask_lookup, read_mask, read_picture
from segstudio.training.folders import MaskFolder


@dataclass(frozen=True)
class Source:
    """A dataset folder, and a checkpoint whose class ids are its masks' values.

    Attributes
    ----------
    void
        The value in the masks that means void, beside 255.
    """

    folder: Path
    checkpoint: Path
    void: int

    @cached_property
    def classes(self) -> ClassTable:
        """The project's classes: the model's, with keys to pick them."""
        return ClassTable.of_names(self._predictor.checkpoint.classes.names)

    def names(self, count: int | None) -> list[str]:
        """All frames, or so many of them, evenly spread."""
        names = list(self._pairs)
        return names if count is None else [names[i * len(names) // count] for i in range(count)]

    def case(self, name: str) -> Case:
        """What is known about a frame."""
        picture, mask = self._pairs[name]
        frame = read_picture(picture)
        said = map_to_project(self._predictor.predict(frame.pixels, frame.window), self.classes)
        refined = crf.refine(frame.display, said.values, crf.CrfParameters())
        to_project = self.classes.lookup_from(self._predictor.checkpoint.classes)
        truth = to_project[read_mask(mask, mask_lookup((self.void,)))]
        refined_ids = said.with_values(refined).label_ids()
        return Case(frame, truth, said.label_ids(), refined_ids, said.plane)

    @cached_property
    def _pairs(self) -> dict[str, tuple[Path, Path]]:
        pairs = MaskFolder.open(self.folder).pairs
        return {name: (picture, mask) for name, picture, mask in pairs}

    @property
    def _predictor(self) -> Predictor:
        return _predictor(self.checkpoint)


@cache  # sources travel to other processes, networks do not
def _predictor(checkpoint: Path) -> Predictor:
    return Predictor(checkpoint, device="cpu", threads=1)
