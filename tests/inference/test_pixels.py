import numpy as np
import pytest
from numpy.typing import NDArray

from segstudio.core.errors import SegStudioError
from segstudio.core.frame import Frame
from segstudio.inference.pixels import to_unit


def ramp(dtype: type, *shape: int) -> NDArray:
    return np.arange(np.prod(shape)).reshape(shape).astype(dtype)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float16, np.float32, np.int16, np.bool_])
@pytest.mark.parametrize("shape", [(1, 9), (5, 4), (4, 3, 1), (4, 3, 2), (4, 3, 3), (4, 3, 4)])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_kind_of_picture_comes_out_between_0_and_1(dtype: type, shape: tuple, channels: int):
    unit = to_unit(ramp(dtype, *shape), channels)
    assert unit.dtype == np.float32
    assert unit.shape == (channels, *shape[:2])
    assert unit.flags.c_contiguous
    assert 0 <= unit.min() <= unit.max() <= 1


def test_eight_bits_keep_their_scale():
    picture = np.array([[0, 51, 255]], np.uint8)
    assert to_unit(picture, 1)[0, 0].tolist() == pytest.approx([0, 0.2, 1])


def test_sixteen_bits_are_stretched_as_on_the_screen():
    picture = (1000 + ramp(np.uint16, 40, 50) % 700).astype(np.uint16)
    shown = Frame("a", picture).display[..., 0] / 255
    assert np.abs(to_unit(picture, 1)[0] - shown).max() < 1 / 254


def test_a_stated_window_is_used():
    picture = np.array([[-1000, 0, 400, 3000]], np.int16)
    assert to_unit(picture, 1, window=(0, 800))[0, 0].tolist() == [0, 0, 0.5, 1]


def test_missing_values_become_dark_and_leave_the_rest_alone():
    picture = ramp(np.float32, 10, 10)
    with_holes = picture.copy()
    with_holes[0, :3] = np.nan, np.inf, -np.inf
    unit = to_unit(with_holes, 1)[0]
    assert unit[0, :3].tolist() == [0, 1, 0]
    assert np.abs(unit - to_unit(picture, 1)[0])[1:].max() < 0.05
    assert np.array_equal(to_unit(np.full((2, 2), np.nan), 1), np.zeros((1, 2, 2)))


def test_colour_becomes_grey_by_how_bright_it_looks():
    pure = np.eye(3, dtype=np.uint8)[None] * 255
    assert to_unit(pure, 1)[0, 0].tolist() == pytest.approx([0.299, 0.587, 0.114])


def test_alpha_is_dropped_before_anything_else():
    colour = ramp(np.uint16, 4, 5, 3)
    alpha = np.full((4, 5, 1), 65535, np.uint16)
    assert np.array_equal(to_unit(np.concatenate([colour, alpha], axis=2), 3), to_unit(colour, 3))


def test_a_network_for_four_channels_keeps_all_four():
    assert to_unit(ramp(np.uint8, 4, 5, 4), 4).shape == (4, 4, 5)


@pytest.mark.parametrize(
    ("shape", "channels"), [((0, 4), 3), ((4,), 3), ((4, 4, 3), 5), ((4, 4, 7), 3)]
)
def test_what_cannot_fit_is_refused(shape: tuple, channels: int):
    with pytest.raises(SegStudioError):
        to_unit(np.zeros(shape, np.uint8), channels)
