import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.inference import tiling

LENGTHS = st.integers(1, 12).map(lambda n: n * 8)


def put_together(tiles: tuple[tiling.Tile, ...], picture: np.ndarray) -> np.ndarray:
    canvas = tiling.Canvas(len(picture), picture.shape[1:])
    for tile in tiles:
        canvas.add(tile, picture[:, *tile.rect.slices])
    return canvas.result()


@settings(max_examples=60, deadline=None)
@given(LENGTHS, LENGTHS, st.integers(1, 64), st.integers(0, 20))
def test_exact_tiles_show_each_pixel_all_that_it_sees(
    height: int, width: int, edge: int, halo: int
):
    owner = np.zeros((height, width), int)
    for tile in tiling.exact_tiles((height, width), edge, halo, 8):
        assert tile.rect.top % 8 == tile.rect.left % 8 == 0
        rows, columns = np.nonzero(tile.weights)
        owner[tile.rect.slices] += tile.weights.astype(int)
        seen = (
            (rows.min(), tile.rect.top),
            (columns.min(), tile.rect.left),
            (tile.rect.height - 1 - rows.max(), height - tile.rect.bottom),
            (tile.rect.width - 1 - columns.max(), width - tile.rect.right),
        )
        assert all(margin >= halo or beyond == 0 for margin, beyond in seen)
    assert (owner == 1).all()


@settings(max_examples=40, deadline=None)
@given(LENGTHS, LENGTHS, st.integers(8, 64), st.sampled_from([0.0, 0.25, 0.5]))
def test_smooth_tiles_cover_everything_and_keep_what_agrees(
    height: int, width: int, edge: int, overlap: float
):
    picture = np.random.default_rng(0).random((2, height, width), np.float32)
    tiles = tiling.smooth_tiles((height, width), edge, overlap, 8)
    assert all((tile.weights > 0).all() for tile in tiles)
    assert np.allclose(put_together(tiles, picture), picture, atol=1e-5)


def test_neighbours_fade_into_each_other():
    left, right = tiling.smooth_tiles((8, 96), 64, 0.5, 8)
    canvas = tiling.Canvas(1, (8, 96))
    canvas.add(left, np.zeros((1, 8, 64), np.float32))
    canvas.add(right, np.ones((1, 8, 64), np.float32))
    row = canvas.result()[0, 0]
    assert row[0] == 0
    assert row[-1] == 1
    assert (np.diff(row) >= 0).all()
    assert np.diff(row).max() < 0.3, "no seam"


@pytest.mark.parametrize("length", [1, 2, 3, 7, 8, 9])
def test_mirroring_is_that_of_the_networks(length: int):
    import torch

    from segstudio.models.parts.blocks import pad_to_multiple

    row = np.random.default_rng(0).random((1, length, 5), np.float32)
    theirs = pad_to_multiple(torch.from_numpy(row)[None], 8)[0].numpy()
    assert np.array_equal(tiling.mirrored(row, 8), theirs)


def test_mirroring_reaches_the_minimum():
    assert tiling.mirrored(np.zeros((3, 1, 50), np.float32), 1, 32).shape == (3, 32, 50)
