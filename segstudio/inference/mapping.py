"""What a model says, in the words of a project: classes are matched by name."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from segstudio.core.classes import ClassTable
from segstudio.core.label_map import VOID, Ids
from segstudio.core.probabilities import Probabilities


@dataclass(frozen=True, eq=False)
class ProjectProbabilities:
    """Class probabilities for a project's classes.

    Attributes
    ----------
    values
        CxHxW float32: first one channel for each of the project's classes (0 everywhere where the
        model does not know it), then one for each of the model's classes that the project lacks.
    ids
        The project's id of each channel; 255 for the latter.
    unmatched
        Names of the model's classes that the project lacks; their pixels become void.
    """

    values: NDArray[np.float32]
    ids: tuple[int, ...]
    unmatched: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, int]:
        return self.values.shape[1], self.values.shape[2]

    def plane(self, class_id: int) -> NDArray[np.float32] | None:
        """HxW probability of one of the project's classes; None where it is none of them."""
        known = class_id != VOID and class_id in self.ids
        return self.values[self.ids.index(class_id)] if known else None

    def label_ids(self) -> Ids:
        """HxW uint8: the project's id of the most probable class."""
        ids: Ids = np.asarray(self.ids, np.uint8)[self.values.argmax(axis=0)]
        return ids

    @property
    def channel_of(self) -> dict[int, int]:
        """The channel of each of the project's ids."""
        return {class_id: c for c, class_id in enumerate(self.ids) if class_id != VOID}

    def channels_of(self, scribbles: Ids) -> Ids:
        """HxW channel indices of HxW project ids, 255 where there is none: what the CRF takes."""
        lookup = np.full(256, VOID, np.uint8)
        for class_id, channel in self.channel_of.items():
            lookup[class_id] = channel
        return lookup[scribbles]

    def with_values(self, values: NDArray[np.float32]) -> "ProjectProbabilities":
        """The same channels with other probabilities, after the CRF say."""
        return replace(self, values=values)


def map_to_project(probabilities: Probabilities, classes: ClassTable) -> ProjectProbabilities:
    """Sort a model's channels by a project's classes; names are matched, case aside.

    Parameters
    ----------
    probabilities
        As :meth:`Predictor.predict` gives them.
    classes
        The project's class table.
    """
    lookup = classes.lookup_from(probabilities.classes)
    unmatched = tuple(e.name for e in probabilities.classes if lookup[e.id] == VOID)
    values = np.zeros((len(classes) + len(unmatched), *probabilities.shape), np.float32)
    places = {class_id: place for place, class_id in enumerate(classes.ids)}
    spare = iter(range(len(classes), len(values)))
    for entry, plane in zip(probabilities.classes, probabilities.values, strict=True):
        class_id = int(lookup[entry.id])
        values[next(spare) if class_id == VOID else places[class_id]] += plane
    ids = (*classes.ids, *(VOID for _ in unmatched))
    return ProjectProbabilities(values, ids, unmatched)
