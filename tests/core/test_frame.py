"""Frames: how raw pixels become what is shown."""

import numpy as np
import pytest

from segstudio.core.frame import Frame, percentile_window


def test_colour_bytes_are_shown_as_they_are() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (4, 5, 3)).astype(np.uint8)
    frame = Frame("frame", pixels)
    assert frame.shape == (4, 5)
    assert (frame.display == pixels).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_grey_is_shown_as_rgb_in_one_piece_of_memory(dtype: type) -> None:
    frame = Frame("frame", np.arange(12, dtype=dtype).reshape(3, 4), window=(0, 11))
    shown = frame.display
    assert shown.shape == (3, 4, 3)
    assert shown.dtype == np.uint8
    assert shown.flags.c_contiguous
    assert (shown == shown[..., :1]).all()
    assert shown[0, 0, 0] == 0
    assert shown[2, 3, 0] == 255
    assert (np.diff(shown[..., 0].ravel().astype(int)) > 0).all()


def test_a_turned_picture_becomes_one_piece_of_memory() -> None:
    pixels = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    shown = Frame("frame", pixels.transpose(1, 0, 2)).display
    assert shown.flags.c_contiguous
    assert (shown == pixels.transpose(1, 0, 2)).all()


def test_the_window_cuts_off_what_is_outside() -> None:
    pixels = np.array([[0, 1000, 1500, 2000, 65535]], np.uint16)
    shown = Frame("frame", pixels, window=(1000, 2000)).display[..., 0]
    assert shown.tolist() == [[0, 0, 128, 255, 255]]


def test_without_a_window_one_outlier_does_not_darken_the_rest() -> None:
    pixels = np.linspace(1000, 2000, 10_000).reshape(100, 100).astype(np.uint16)
    pixels[0, 0] = 65535
    shown = Frame("frame", pixels).display[..., 0]
    assert shown[99, 99] == 255
    assert abs(int(np.median(shown)) - 127) <= 2


@pytest.mark.filterwarnings("error")
def test_values_that_are_no_numbers_are_black_and_spoil_nothing() -> None:
    pixels = np.linspace(0, 1, 100, dtype=np.float32).reshape(10, 10)
    pixels[0, 0], pixels[0, 1], pixels[0, 2] = np.nan, np.inf, -np.inf
    shown = Frame("frame", pixels).display[..., 0]
    assert shown[0, :3].tolist() == [0, 255, 0]
    assert shown[9, 9] == 255


@pytest.mark.parametrize(
    "pixels",
    [np.full((3, 3), 700, np.uint16), np.full((3, 3), np.nan, np.float32)],
    ids=["constant", "no number at all"],
)
def test_nothing_to_stretch_is_black(pixels: np.ndarray) -> None:
    assert not Frame("frame", pixels).display.any()


def test_tiny_float_values_are_stretched_too() -> None:
    shown = Frame("frame", np.array([[0, 5e-9, 1e-8]], np.float32), window=(0, 1e-8)).display
    assert shown[0, :, 0].tolist() == [0, 128, 255]


def test_the_display_is_made_once_and_leaves_the_pixels_alone() -> None:
    pixels = np.array([[1, 2], [3, 4]], np.uint16)
    frame = Frame("frame", pixels)
    assert frame.display is frame.display
    assert pixels.tolist() == [[1, 2], [3, 4]]


def test_the_percentile_window_of_a_large_frame_is_that_of_all_its_pixels() -> None:
    pixels = np.random.default_rng(0).normal(500, 100, (1000, 1000)).astype(np.float32)
    assert percentile_window(pixels) == pytest.approx(np.percentile(pixels, (0.5, 99.5)), rel=0.02)
