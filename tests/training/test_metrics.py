"""Figures read from a confusion matrix, against ones counted by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.training.metrics import ConfusionMatrix

CLASSES = ClassTable.of_names(["road", "car", "sky"])


def _ids(*values: int) -> np.ndarray:
    return np.array([values], np.uint8)


def test_figures_counted_by_hand() -> None:
    matrix = ConfusionMatrix(CLASSES)
    matrix.add(_ids(0, 0, 0, 1, 1, 255), _ids(0, 0, 1, 1, 1, 0))

    scores = matrix.scores()

    assert scores.pixel_accuracy == pytest.approx(4 / 5)
    assert scores.mean_class_accuracy == pytest.approx((2 / 3 + 1) / 2)
    assert scores.per_class_iou == {"road": pytest.approx(2 / 3), "car": 2 / 3, "sky": None}
    assert scores.mean_iou == pytest.approx(2 / 3)
    assert scores.confusion == ((2, 1, 0, 0), (0, 2, 0, 0), (0, 0, 0, 0))


def test_a_class_that_is_only_predicted_counts_with_zero() -> None:
    matrix = ConfusionMatrix(CLASSES)
    matrix.add(_ids(0, 0), _ids(0, 2))

    scores = matrix.scores()

    assert scores.mean_iou == pytest.approx((0.5 + 0.0) / 2)
    assert scores.mean_class_accuracy == pytest.approx(0.5)


def test_void_in_the_truth_counts_nowhere() -> None:
    with_void, without = ConfusionMatrix(CLASSES), ConfusionMatrix(CLASSES)
    with_void.add(_ids(0, 1, 255, 255), _ids(0, 0, 1, 2))
    without.add(_ids(0, 1), _ids(0, 0))

    assert with_void.scores() == without.scores()


def test_void_in_the_prediction_is_an_error_of_its_own_column() -> None:
    matrix = ConfusionMatrix(CLASSES)
    matrix.add(_ids(0, 0, 1), _ids(0, 255, 1))

    scores = matrix.scores()

    assert scores.confusion[0] == (1, 0, 0, 1)
    assert scores.pixel_accuracy == pytest.approx(2 / 3)
    assert scores.per_class_iou["road"] == pytest.approx(1 / 2)


def test_nothing_but_void_has_no_figure() -> None:
    matrix = ConfusionMatrix(CLASSES)
    matrix.add(_ids(255), _ids(0))

    scores = matrix.scores()

    assert (scores.mean_iou, scores.pixel_accuracy, scores.mean_class_accuracy) == (None,) * 3
    assert scores.frames == 1


def test_ids_of_the_table_may_have_gaps() -> None:
    table = CLASSES.without(1)
    matrix = ConfusionMatrix(table)
    matrix.add(_ids(0, 2, 2), _ids(0, 2, 0))

    assert matrix.scores().confusion == ((1, 0, 0), (1, 1, 0))


def test_another_size_is_refused_by_name() -> None:
    with pytest.raises(SegStudioError, match=r"b\.png: has 3x1 pixels and its truth has 2x1"):
        ConfusionMatrix(CLASSES).add(_ids(0, 0), _ids(0, 0, 0), "b.png")


def test_ids_outside_the_table_are_refused_and_leave_the_counts_alone() -> None:
    matrix = ConfusionMatrix(CLASSES)

    with pytest.raises(SegStudioError, match="not in the class table: 7, 9"):
        matrix.add(_ids(0, 9), _ids(7, 0), "b.png")

    assert matrix.scores().frames == 0


def test_json_holds_every_figure() -> None:
    matrix = ConfusionMatrix(CLASSES)
    matrix.add(_ids(0, 1), _ids(0, 0))

    plain = matrix.scores().to_json()

    assert plain["classes"][1] == {"id": 1, "name": "car", "iou": 0.0, "accuracy": 0.0, "pixels": 1}
    assert plain["confusion"][1] == [1, 0, 0, 0]
    assert plain["mean_iou"] == pytest.approx(0.25)


@given(st.lists(st.tuples(st.sampled_from([0, 1, 2, 255]), st.sampled_from([0, 1, 2]))))
def test_iou_is_intersection_over_union(pairs: list[tuple[int, int]]) -> None:
    truth = np.array([[true for true, _ in pairs]], np.uint8).reshape(1, -1)
    guess = np.array([[guessed for _, guessed in pairs]], np.uint8).reshape(1, -1)
    matrix = ConfusionMatrix(CLASSES)
    matrix.add(truth, guess)
    known = truth != 255

    for entry, iou in zip(CLASSES, matrix.scores().per_class_iou.values(), strict=True):
        union = ((truth == entry.id) | (guess == entry.id)) & known
        both = (truth == entry.id) & (guess == entry.id)
        assert iou == (pytest.approx(both.sum() / union.sum()) if union.any() else None)
