"""Label maps and what is read from them."""

import numpy as np
import pytest

from segstudio.core.label_map import VOID, LabelMap, Provenance


def test_blank_is_void_and_nobodys() -> None:
    blank = LabelMap.blank((3, 5))
    assert blank.shape == (3, 5)
    assert (blank.ids == VOID).all()
    assert (blank.provenance == Provenance.NOBODY).all()


@pytest.mark.parametrize(
    ("ids", "provenance"),
    [
        (np.zeros((2, 2), np.int64), np.zeros((2, 2), np.uint8)),
        (np.zeros((2, 2), np.uint8), np.zeros((2, 2), bool)),
        (np.zeros((2, 2, 1), np.uint8), np.zeros((2, 2, 1), np.uint8)),
        (np.zeros((2, 3), np.uint8), np.zeros((3, 2), np.uint8)),
    ],
)
def test_other_types_and_sizes_are_refused(ids: np.ndarray, provenance: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"label map is HxW uint8|differ"):
        LabelMap(ids, provenance)


def test_a_copy_does_not_follow_the_original() -> None:
    original = LabelMap.blank((2, 2))
    snapshot = original.copy()
    original.ids[:] = 1
    original.provenance[:] = Provenance.HUMAN
    assert (snapshot.ids == VOID).all()
    assert not snapshot.human().any()


def test_scribbles_are_the_humans_pixels_alone() -> None:
    label_map = LabelMap(
        np.array([[0, 1, VOID]], np.uint8),
        np.array([[Provenance.MODEL, Provenance.HUMAN, Provenance.HUMAN]], np.uint8),
    )
    assert label_map.human().tolist() == [[False, True, True]]
    assert label_map.scribbles().tolist() == [[VOID, 1, VOID]]
    assert label_map.scribbles().dtype == np.uint8
