"""How the picture is shown, as pure arithmetic."""

from dataclasses import replace

import numpy as np
import pytest

from segstudio.gui.canvas.adjustments import Adjustments, adjusted

RNG = np.random.default_rng(3)
RGB = RNG.integers(0, 256, (64, 96, 3), np.uint8)


def _packed(rgb: np.ndarray) -> np.ndarray:
    red, green, blue = (rgb[..., i].astype(np.uint32) for i in range(3))
    return np.uint32(0xFF000000) | red << 16 | green << 8 | blue


def _rgb(words: np.ndarray) -> np.ndarray:
    return np.stack([(words >> shift) & 255 for shift in (16, 8, 0)], axis=-1).astype(np.uint8)


def _shown(rgb: np.ndarray = RGB, **changes) -> np.ndarray:
    words = _packed(rgb)
    before = words.copy()
    result = adjusted(words, replace(Adjustments(), **changes))
    assert np.array_equal(words, before), "the picture itself must stay"
    assert (result >> 24 == 255).all() and result.shape == words.shape
    return _rgb(result)


def test_the_defaults_change_nothing() -> None:
    assert np.array_equal(_shown(), RGB)


@pytest.mark.parametrize(
    "changes", [{"brightness": 50}, {"contrast": 60}, {"gamma": 2.0}, {"gamma": 0.4}]
)
def test_values_keep_their_order(changes: dict[str, float]) -> None:
    ramp = np.arange(256, dtype=np.uint8)[None, :, None].repeat(3, 2)
    shown = _shown(ramp, **changes)[0, :, 0].astype(int)
    assert (np.diff(shown) >= 0).all()


def test_brightness_lifts_and_lowers() -> None:
    grey = np.full((2, 2, 3), 100, np.uint8)
    assert _shown(grey, brightness=20)[0, 0, 0] == pytest.approx(100 + 25.5, abs=1)
    assert _shown(grey, brightness=-20)[0, 0, 0] == pytest.approx(100 - 25.5, abs=1)


def test_contrast_spreads_away_from_the_middle() -> None:
    dark, light = np.full((1, 1, 3), 100, np.uint8), np.full((1, 1, 3), 155, np.uint8)
    assert _shown(dark, contrast=50)[0, 0, 0] < 100 < 155 < _shown(light, contrast=50)[0, 0, 0]
    assert _shown(dark, contrast=-50)[0, 0, 0] > 100


def test_gamma_keeps_black_and_white() -> None:
    ends = np.array([[[0] * 3, [60] * 3, [255] * 3]], np.uint8)
    shown = _shown(ends, gamma=2.0)[0, :, 0]
    assert shown[0] == 0 and shown[2] == 255
    assert shown[1] == round(255 * (60 / 255) ** 0.5)


@pytest.mark.parametrize(("channel", "place"), [("Red", 0), ("Green", 1), ("Blue", 2)])
def test_one_channel_is_grey(channel: str, place: int) -> None:
    shown = _shown(channel=channel)
    assert all(np.array_equal(shown[..., i], RGB[..., place]) for i in range(3))


def test_local_contrast_shows_what_hides_in_flat_parts() -> None:
    rng = np.random.default_rng(0)
    flat = (120 + rng.integers(0, 4, (128, 128, 1))).astype(np.uint8).repeat(3, 2)
    assert _shown(flat, local_contrast=8.0).std() > 2 * flat.std()


def test_nothing_on_the_screen_is_nothing_to_adjust() -> None:
    empty = np.zeros((0, 5), np.uint32)
    assert adjusted(empty, Adjustments(brightness=5)).shape == (0, 5)
