"""Edits: what they hold and how a picture's edge cuts them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.core.edit import Edit
from segstudio.core.label_map import Provenance
from segstudio.core.rect import Rect


@pytest.mark.parametrize("wrong", ["mask", "ids", "provenance"])
def test_arrays_of_another_size_are_refused(wrong: str) -> None:
    parts = {
        "mask": np.ones((2, 3), bool),
        "ids": np.zeros((2, 3), np.uint8),
        "provenance": np.zeros((2, 3), np.uint8),
    }
    Edit(Rect(0, 0, 2, 3), **parts)
    parts[wrong] = parts[wrong].T
    with pytest.raises(ValueError, match=r"an edit of \(2, 3\) holds an array of \(3, 2\)"):
        Edit(Rect(0, 0, 2, 3), **parts)


@given(st.integers(-8, 8), st.integers(-8, 8), st.integers(1, 9), st.integers(1, 9), st.booleans())
def test_clipping_keeps_what_lies_on_the_picture(
    top: int, left: int, height: int, width: int, arrays: bool
) -> None:
    rng = np.random.default_rng(abs(top) * 100 + width)
    mask = rng.random((height, width)) < 0.5
    ids = rng.integers(0, 255, (height, width)).astype(np.uint8)
    decided_by = np.full((height, width), Provenance.MODEL, np.uint8)
    rect = Rect(top, left, top + height, left + width)
    edit = Edit(rect, mask, ids if arrays else 7, decided_by if arrays else Provenance.MODEL)
    shape = (4, 6)
    clipped = edit.clipped(shape)

    # The judge pastes the edit onto a sheet around the picture and cuts the picture out.
    sheet = np.zeros((40, 40), bool)
    sheet[rect.shifted(16, 16).slices] = mask
    expected = sheet[16 : 16 + shape[0], 16 : 16 + shape[1]]
    painted = np.zeros(shape, bool)
    painted[clipped.rect.slices] = clipped.mask
    assert (painted == expected).all()
    if arrays:
        id_sheet = np.zeros((40, 40), np.uint8)
        id_sheet[rect.shifted(16, 16).slices] = ids
        got = np.zeros(shape, np.uint8)
        got[clipped.rect.slices] = clipped.ids
        inside = np.zeros(shape, bool)
        inside[clipped.rect.slices] = True
        assert (got[inside] == id_sheet[16:20, 16:22][inside]).all()


def test_an_edit_inside_the_picture_is_not_copied() -> None:
    edit = Edit(Rect(0, 0, 2, 2), np.ones((2, 2), bool), 1)
    assert edit.clipped((2, 2)) is edit
