"""Batches: numbered for good, on a 0..1 scale, in the network's own channel indices."""

import numpy as np
import pytest
import torch

from segstudio.core.classes import ClassTable
from segstudio.core.frame import Frame
from segstudio.training.batches import Crops, Prefetcher
from segstudio.training.dataset import Example, FrameSet, LabelledFrame, read_frames
from segstudio.training.plan import make_plan
from segstudio.training.settings import TrainSettings

GAPPED = ClassTable.of_names("abc").without(1)


def _frames(*pixels: np.ndarray, ids: int = 2) -> FrameSet:
    def example(number: int, values: np.ndarray) -> Example:
        labels = np.full(values.shape[:2], ids, np.uint8)
        labels[0] = 255
        frame = LabelledFrame(Frame(str(number), values), labels)
        return Example(str(number), f"{number}.png", lambda: frame)

    reading = read_frames([example(n, values) for n, values in enumerate(pixels)], GAPPED)
    while True:
        try:
            next(reading)
        except StopIteration as end:
            return end.value


def _crops(frames: FrameSet, augmentation: str = "none", **settings: int) -> Crops:
    chosen = TrainSettings(crop=(32, 32), scale=1.0, augmentation=augmentation, **settings)  # type: ignore[arg-type]
    plan = make_plan(chosen, (32, 32), frames.has_colour, on_cpu=True)
    return Crops(frames, GAPPED, plan)


def _noise(seed: int, kind: type = np.uint8) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, np.iinfo(kind).max, (32, 32, 3), kind)


def test_labels_become_places_in_the_class_table() -> None:
    batch = _crops(_frames(_noise(0))).batch(0, 1)

    assert batch.target.dtype == torch.int64
    assert set(batch.target[0, 1:].unique().tolist()) == {1}
    assert set(batch.target[0, 0].unique().tolist()) == {255}


def test_eight_bits_are_divided_by_255_and_nothing_else() -> None:
    pixels = _noise(0)

    batch = _crops(_frames(pixels)).batch(0, 1)

    expected = torch.from_numpy(pixels.transpose(2, 0, 1).astype(np.float32) / np.float32(255))
    torch.testing.assert_close(batch.pictures[0], expected)


def test_sixteen_bits_keep_more_than_256_levels() -> None:
    batch = _crops(_frames(_noise(0, np.uint16))).batch(0, 1)

    assert 0.0 <= batch.pictures.min() < batch.pictures.max() <= 1.0
    assert len(batch.pictures.unique()) > 1000


def test_every_frame_comes_once_in_a_round() -> None:
    frames = _frames(*(np.full((32, 32, 3), 10 * n, np.uint8) for n in range(1, 6)))

    pictures = _crops(frames).batch(0, 10).pictures

    levels = [round(picture.mean().item() * 255 / 10) for picture in pictures]
    assert sorted(levels[:5]) == sorted(levels[5:]) == [1, 2, 3, 4, 5]


def test_crops_depend_on_their_number_and_not_on_the_batch() -> None:
    crops = _crops(_frames(_noise(0), _noise(1), _noise(2)), "scenes")
    whole = crops.batch(0, 6)

    parts = [crops.batch(first, 2) for first in (4, 0, 2)]

    torch.testing.assert_close(parts[0].pictures, whole.pictures[4:])
    torch.testing.assert_close(parts[1].pictures, whole.pictures[:2])
    torch.testing.assert_close(parts[2].target, whole.target[2:4])


def test_another_seed_gives_other_crops() -> None:
    one, other = (_crops(_frames(_noise(0)), "scenes", seed=seed).batch(0, 2) for seed in (0, 1))

    assert not torch.equal(one.pictures, other.pictures)


def test_normalisation_is_mean_and_spread_of_the_pictures() -> None:
    pixels = np.stack([_noise(0)[..., 0], np.full((32, 32), 51), _noise(1)[..., 0] // 2], axis=2)

    normalisation = _crops(_frames(pixels.astype(np.uint8))).normalisation()

    unit = pixels.reshape(-1, 3) / 255
    assert normalisation.mean == pytest.approx(unit.mean(axis=0), abs=1e-5)
    assert normalisation.std[0] == pytest.approx(unit[:, 0].std(), abs=1e-4)
    assert normalisation.std[1] == pytest.approx(0.01), "a flat channel must not blow noise up"


@pytest.mark.parametrize("workers", [1, 3])
def test_prefetched_batches_come_in_order(workers: int) -> None:
    crops = _crops(_frames(_noise(0), _noise(1)), "scenes")
    ahead = Prefetcher(crops, first=4, size=2, workers=workers)
    try:
        for first in (4, 6, 8, 10):
            batch = ahead.take()
            assert batch.first == first
            torch.testing.assert_close(batch.pictures, crops.batch(first, 2).pictures)
    finally:
        ahead.close()
