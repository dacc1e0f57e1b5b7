import numpy as np

from segstudio.core.classes import ClassTable, LabelClass
from segstudio.core.probabilities import Probabilities
from segstudio.inference.mapping import map_to_project

MODEL = ClassTable.of_names(["sky", "road", "alien"])
PROJECT = ClassTable(
    (
        LabelClass(7, "Road", (1, 1, 1)),
        LabelClass(3, "tree", (2, 2, 2)),
        LabelClass(0, "sky", (3,) * 3),
    )
)


def said(*channels: list[float], table: ClassTable = MODEL) -> Probabilities:
    """One row of pixels."""
    return Probabilities(np.array(channels, np.float32)[:, None], table)


def test_classes_are_matched_by_name_whatever_their_ids():
    mapped = map_to_project(said([0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]), PROJECT)
    assert mapped.label_ids().tolist() == [[0, 7, 255]]
    assert mapped.unmatched == ("alien",)
    assert mapped.ids == (7, 3, 0, 255)
    assert mapped.shape == (1, 3)
    assert np.allclose(mapped.values.sum(axis=0), 1)


def test_scribbles_become_channels():
    mapped = map_to_project(said([1], [0], [0]), PROJECT)
    scribbles = np.array([[7, 3, 0, 255, 99]], np.uint8)
    assert mapped.channels_of(scribbles).tolist() == [[0, 1, 2, 255, 255]]


def test_two_names_that_a_project_takes_for_one_add_up():
    table = ClassTable.of_names(["Road", "road ", "sky"])
    mapped = map_to_project(said([0.3], [0.3], [0.4], table=table), PROJECT)
    assert mapped.label_ids().tolist() == [[7]]


def test_refined_values_keep_their_meaning():
    mapped = map_to_project(said([1], [0], [0]), PROJECT)
    refined = mapped.with_values(np.array([1, 0, 0, 0], np.float32).reshape(4, 1, 1))
    assert refined.label_ids().tolist() == [[7]]
    assert refined.unmatched == mapped.unmatched
