"""What a model said about a frame."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segstudio.core.classes import ClassTable
from segstudio.core.label_map import Ids


@dataclass(frozen=True, eq=False)
class Probabilities:
    """Class probabilities of one frame.

    Attributes
    ----------
    values
        CxHxW float32, summing to 1 over C.
    classes
        The model's own class table; channel ``c`` speaks of ``classes.classes[c]``.
    """

    values: NDArray[np.float32]
    classes: ClassTable

    @property
    def shape(self) -> tuple[int, int]:
        return self.values.shape[1], self.values.shape[2]

    def ids(self) -> Ids:
        """HxW uint8: the id, in the model's class table, of the most probable class."""
        ids: Ids = np.asarray(self.classes.ids, np.uint8)[self.values.argmax(axis=0)]
        return ids
