"""Cells: repeatable, of three classes, and more than a matter of brightness."""

from functools import cache

import cv2
import numpy as np
import pytest

from segstudio.samples.cells import (
    BACKGROUND,
    CELL,
    CLASSES,
    DEEP_EVERY,
    EDGE,
    NUCLEUS,
    draw_cells,
)
from segstudio.samples.sample import Sample


@cache
def cells(index: int) -> Sample:
    return draw_cells(5, index)


@pytest.mark.parametrize("index", range(8))
def test_pictures_are_grey_and_every_pixel_has_a_class(index: int) -> None:
    drawn = cells(index)
    assert drawn.picture.shape == drawn.ids.shape == (EDGE, EDGE)
    assert set(np.unique(drawn.ids)) == set(CLASSES.ids)


def test_one_picture_in_eight_is_16_bit_deep() -> None:
    depths = [cells(index).picture.dtype for index in range(DEEP_EVERY)]
    assert depths.count(np.dtype(np.uint16)) == 1
    assert depths.count(np.dtype(np.uint8)) == DEEP_EVERY - 1
    deep = next(cells(i).picture for i in range(DEEP_EVERY) if depths[i] == np.uint16)
    assert deep.max() > 4096


def test_the_same_numbers_give_the_same_picture() -> None:
    again = draw_cells(5, 2)
    np.testing.assert_array_equal(again.picture, cells(2).picture)
    np.testing.assert_array_equal(again.ids, cells(2).ids)
    assert (draw_cells(6, 2).ids != cells(2).ids).mean() > 0.1


def test_nuclei_lie_inside_cells() -> None:
    for index in range(4):
        ids = cells(index).ids
        beside = cv2.dilate((ids == NUCLEUS).astype(np.uint8), np.ones((3, 3), np.uint8))
        rim = ids[(beside == 1) & (ids != NUCLEUS)]
        assert (rim == CELL).mean() > 0.9


def test_no_threshold_finds_the_cells_in_all_pictures() -> None:
    """One pair of thresholds, the best there is for these very pictures."""
    pixels = np.concatenate([_brightness(cells(i))[::31] for i in range(8)])
    truth = np.concatenate([cells(i).ids.ravel()[::31] for i in range(8)])
    best = max(
        _mean_iou(truth, np.digitize(pixels, (low, high)))
        for low in range(20, 200, 12)
        for high in range(low + 12, 255, 12)
    )
    assert best < 0.6


def _brightness(drawn: Sample) -> np.ndarray:
    values = drawn.picture.ravel().astype(float)
    return values if drawn.picture.dtype == np.uint8 else values / values.max() * 255


def _mean_iou(truth: np.ndarray, found: np.ndarray) -> float:
    classes = (BACKGROUND, CELL, NUCLEUS)
    both = [((truth == c) & (found == c)).sum() for c in classes]
    either = [((truth == c) | (found == c)).sum() for c in classes]
    return float(np.mean(np.array(both) / np.array(either)))
