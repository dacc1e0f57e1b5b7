"""Street scenes: repeatable, complete, and not to be told apart by colour alone."""

from functools import cache

import numpy as np

from segstudio.core.label_map import Ids
from segstudio.samples.sample import Sample
from segstudio.samples.scenes import CLASSES, HEIGHT, WIDTH, draw_scene, majority

COUNT = 12


@cache
def scene(index: int) -> Sample:
    return draw_scene(5, index)


def test_a_scene_is_a_photo_with_a_class_for_every_pixel() -> None:
    drawn = scene(0)
    assert drawn.picture.shape == (HEIGHT, WIDTH, 3)
    assert drawn.picture.dtype == np.uint8
    assert drawn.ids.shape == (HEIGHT, WIDTH)
    assert drawn.ids.dtype == np.uint8
    assert set(np.unique(drawn.ids)) <= set(CLASSES.ids)


def test_the_same_numbers_give_the_same_scene() -> None:
    again = draw_scene(5, 3)
    np.testing.assert_array_equal(again.picture, scene(3).picture)
    np.testing.assert_array_equal(again.ids, scene(3).ids)


def test_other_numbers_give_another_scene() -> None:
    for other in (draw_scene(6, 0), scene(1)):
        assert (other.ids != scene(0).ids).mean() > 0.1


def test_most_scenes_show_every_class() -> None:
    counts = np.stack([np.bincount(scene(i).ids.ravel(), minlength=8) for i in range(COUNT)])
    shown = (counts >= 30).mean(axis=0)
    assert (shown >= 0.75).all(), dict(zip(CLASSES.names, shown, strict=True))


def test_colour_alone_does_not_tell_the_classes_apart() -> None:
    """The best that any look-up from colour to class can do, learned on other scenes."""
    seen = np.zeros((16**3, 8))
    for index in range(8):
        np.add.at(seen, (_colour_bins(scene(index)), scene(index).ids.ravel()), 1)
    answer = seen.argmax(axis=1)
    confusion = np.zeros((8, 8))
    for index in range(8, COUNT):
        np.add.at(confusion, (scene(index).ids.ravel(), answer[_colour_bins(scene(index))]), 1)
    hit = np.diag(confusion)
    iou = hit / (confusion.sum(axis=0) + confusion.sum(axis=1) - hit)
    assert iou.mean() < 0.35, dict(zip(CLASSES.names, iou.round(2), strict=True))


def test_picture_and_mask_change_at_the_same_places() -> None:
    """Edges of the picture are stronger along the mask's edges than a few pixels beside them."""
    picture, ids = scene(2).picture.astype(float).mean(axis=2), scene(2).ids
    steps = np.abs(np.diff(picture, axis=1))
    edges = ids[:, 1:] != ids[:, :-1]
    beside = np.roll(edges, 6, axis=1) & ~edges
    assert steps[edges].mean() > 2 * steps[beside].mean()


def test_a_halved_mask_shows_the_class_of_most_pixels() -> None:
    ids = np.random.default_rng(0).integers(0, 3, (40, 60)).astype(np.uint8)
    halved = majority(ids)
    assert halved.shape == (20, 30)
    for row in range(20):
        for column in range(30):
            counts = _counts(ids[2 * row : 2 * row + 2, 2 * column : 2 * column + 2])
            assert counts[halved[row, column]] == counts.max()


def _counts(block: Ids) -> np.ndarray:
    return np.bincount(block.ravel(), minlength=3)


def _colour_bins(drawn: Sample) -> np.ndarray:
    red, green, blue = (drawn.picture[..., c].ravel().astype(int) // 16 for c in range(3))
    return (red * 16 + green) * 16 + blue
