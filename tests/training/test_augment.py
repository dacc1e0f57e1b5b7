"""Random crops: picture and labels move together, void fills what is outside."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from segstudio.training.augment import Augmentation, jitter, random_crop

STILL = Augmentation(zoom=(1.0, 1.0), flip=0.0, brightness=0.0, contrast=0.0, saturation=0.0)


def _rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def _steps(height: int = 40, width: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """A picture whose every pixel shows its own label, in blocks of 10."""
    ids = (np.indices((height, width)) // 10).sum(axis=0).astype(np.uint8)
    return np.repeat((ids * 20)[..., None], 3, axis=2), ids


@given(seed=st.integers(0, 10_000), height=st.integers(1, 80), width=st.integers(1, 80))
def test_crops_have_the_asked_size_and_known_labels(seed: int, height: int, width: int) -> None:
    picture, ids = _steps()

    crop, labels = random_crop(picture, ids, (height, width), 0.5, Augmentation(), _rng(seed))

    assert crop.shape == (height, width, 3)
    assert labels.shape == (height, width)
    assert crop.dtype == labels.dtype == np.uint8
    assert set(np.unique(labels)) <= {*np.unique(ids), 255}


@pytest.mark.parametrize("seed", range(20))
def test_picture_and_labels_stay_together(seed: int) -> None:
    picture, ids = _steps()

    crop, labels = random_crop(picture, ids, (24, 32), 1.0, Augmentation(zoom=(0.8, 3)), _rng(seed))

    known = labels != 255
    off = np.abs(crop[..., 0].astype(int) - labels.astype(int) * 20)[known]
    assert np.median(off) <= 2, "away from the blocks' borders the colour is the label's"


def test_at_zoom_one_the_whole_picture_is_taken_as_it_is() -> None:
    picture, ids = _steps()

    crop, labels = random_crop(picture, ids, (40, 60), 1.0, STILL, _rng())

    np.testing.assert_array_equal(crop, picture)
    np.testing.assert_array_equal(labels, ids)


def test_always_flipping_mirrors_both() -> None:
    picture, ids = _steps()
    mirrored = Augmentation(zoom=(1.0, 1.0), flip=1.0)

    crop, labels = random_crop(picture, ids, (40, 60), 1.0, mirrored, _rng())

    np.testing.assert_array_equal(crop, picture[:, ::-1])
    np.testing.assert_array_equal(labels, ids[:, ::-1])


def test_outside_a_small_picture_is_void() -> None:
    picture, ids = _steps(20, 20)

    crop, labels = random_crop(picture, ids, (32, 40), 1.0, STILL, _rng())

    assert (labels != 255).sum() == 20 * 20
    assert not crop[labels == 255].any()


def test_halved_labels_are_sampled_at_pixel_centres() -> None:
    ids = np.zeros((4, 4), np.uint8)
    ids[:2, 2:] = 1

    _, labels = random_crop(np.zeros((4, 4, 1), np.uint8), ids, (2, 2), 0.5, STILL, _rng())

    np.testing.assert_array_equal(labels, [[0, 1], [0, 0]])


def test_sixteen_bits_stay() -> None:
    picture = np.full((8, 8, 1), 40_000, np.uint16)

    crop, _ = random_crop(picture, np.zeros((8, 8), np.uint8), (8, 8), 1.0, STILL, _rng())

    assert crop.dtype == np.uint16
    assert (crop == 40_000).all()


def test_the_same_seed_gives_the_same_crop() -> None:
    picture, ids = _steps()
    first, again, other = (
        random_crop(picture, ids, (16, 16), 0.7, Augmentation(), _rng(seed))[0]
        for seed in (1, 1, 2)
    )

    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_colours_stay_between_black_and_white(channels: int) -> None:
    batch = torch.rand(4, channels, 8, 8)

    varied = jitter(batch, Augmentation(), _rng())

    assert varied.shape == batch.shape
    assert varied.dtype == batch.dtype
    assert 0.0 <= varied.min() < varied.max() <= 1.0
    assert not torch.allclose(varied, batch)


def test_no_reach_leaves_colours_alone() -> None:
    batch = torch.rand(2, 3, 8, 8)

    torch.testing.assert_close(jitter(batch, STILL, _rng()), batch)


def test_brightness_scales_and_contrast_keeps_the_mean() -> None:
    batch = torch.rand(1, 3, 16, 16) * 0.2 + 0.4
    brighter = jitter(batch, Augmentation(brightness=0.2, contrast=0, saturation=0), _rng())
    sharper = jitter(batch, Augmentation(brightness=0, contrast=0.5, saturation=0), _rng())

    assert (brighter / batch).std() < 1e-6
    assert sharper.mean().item() == pytest.approx(batch.mean().item(), abs=1e-6)
    assert sharper.std().item() != pytest.approx(batch.std().item(), rel=1e-3)
