from collections.abc import Callable

import pytest
import torch

from segstudio import models
from segstudio.models.parts.blocks import (
    UPSAMPLINGS,
    he_normal,
    mirror_border,
    pad_to_multiple,
    upsample,
)


@pytest.mark.parametrize("upsampling", UPSAMPLINGS)
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_pixel_sees_the_stated_field_and_no_farther(
    upsampling: str, depth: int, measured_reach: Callable[..., int]
):
    options = {"depth": depth, "upsampling": upsampling}
    field = models.spec("unet").geometry(**options).receptive_field
    assert measured_reach("unet", **options) * 2 + 1 == field


def test_tiles_of_the_standard_depth_need_a_halo_of_112():
    geometry = models.spec("unet").geometry()
    assert geometry.alignment == 16
    assert -(-(geometry.receptive_field // 2) // 16) * 16 == 112


def test_normalising_each_picture_as_a_whole_lets_a_pixel_see_everything():
    assert models.spec("unet").geometry(normalising="group").receptive_field is None
    torch.manual_seed(0)
    module = models.create("unet", classes=2, width=4, depth=1, normalising="group").eval()
    picture = torch.rand(1, 3, 64, 64)
    changed = picture.clone()
    changed[:, :, -8:, -8:] = 5.0
    with torch.inference_mode():
        far = (module(picture) - module(changed))[:, :, :16, :16]
    assert far.abs().max() > 1e-3


def test_a_picture_of_one_pixel():
    module = models.create("unet", classes=2, width=4).train()
    assert module(torch.rand(1, 3, 1, 1)).shape == (1, 2, 1, 1)


def test_checkpoints_from_before_the_normalisation_was_an_option_still_fit():
    with torch.device("meta"):
        keys = list(models.create("unet", classes=3, width=4, depth=1).state_dict())
    assert [key for key in keys if key.endswith("weight")] == [
        *(f"encoder.{level}.{layer}.weight" for level in (0, 1) for layer in (0, 1, 3, 4)),
        "up.0.weight",
        *(f"decoder.0.{layer}.weight" for layer in (0, 1, 3, 4)),
        "head.weight",
    ]
    assert "encoder.0.0.bias" not in keys


def test_padding_mirrors():
    row = torch.arange(3.0).reshape(1, 1, 1, 3)
    assert pad_to_multiple(row, 8)[0, 0].tolist() == [[0, 1, 2, 1, 0, 1, 2, 1]] * 8


def test_borders_mirror_on_all_sides():
    row = torch.arange(3.0).reshape(1, 1, 1, 3)
    assert mirror_border(row, 5, 2)[0, 0].tolist() == [[1, 0, 1, 2, 1, 0, 1, 2, 1, 0]] * 8
    picture = torch.rand(2, 3, 20, 30)
    same = torch.nn.functional.pad(picture, (7, 9, 7, 9), mode="reflect")
    assert torch.equal(mirror_border(picture, 7, 9), same)


@pytest.mark.parametrize("overlap", [0, 2])
def test_transposed_convolutions_double_whatever_their_overlap(overlap: int):
    layer = upsample(3, 5, "transposed", overlap=overlap)
    assert layer.kernel_size == (2 + overlap, 2 + overlap)
    assert layer(torch.rand(1, 3, 7, 6)).shape == (1, 5, 14, 12)


@pytest.mark.parametrize(
    "layer",
    [
        torch.nn.Conv2d(40, 30, 3),
        torch.nn.ConvTranspose2d(200, 30, 2, stride=2),
        torch.nn.ConvTranspose2d(50, 30, 4, stride=2),
    ],
)
def test_first_weights_keep_the_variance_twofold_for_the_relu_to_halve(layer: torch.nn.Module):
    torch.manual_seed(0)
    he_normal(layer)
    inputs = layer.in_channels
    with torch.inference_mode():
        inside = layer(torch.randn(4, inputs, 32, 32))[:, :, 4:-4, 4:-4]
    assert inside.var().item() == pytest.approx(2, rel=0.15)
