"""Probabilities: the most probable class, and how sure the model is."""

import numpy as np

from segstudio.core.classes import ClassTable, LabelClass
from segstudio.core.probabilities import Probabilities

SPARSE = ClassTable(
    (LabelClass(7, "seven", (0, 0, 0)), LabelClass(2, "two", (1, 1, 1))),
)


def of(values: list[list[float]]) -> Probabilities:
    """Probabilities of one row of pixels, a list of class values for each pixel."""
    return Probabilities(np.array(values, np.float32).T[:, None, :], SPARSE)


def test_ids_are_those_of_the_models_table_not_channel_numbers() -> None:
    said = of([[0.9, 0.1], [0.2, 0.8]])
    assert said.shape == (1, 2)
    assert said.ids().tolist() == [[7, 2]]
    assert said.ids().dtype == np.uint8
