from collections.abc import Callable

import pytest
import torch

from segstudio import models
from segstudio.models.attention_unet import AttentionGate
from segstudio.models.parts.blocks import UPSAMPLINGS


def test_it_has_the_published_parameters():
    with torch.device("meta"):
        module = models.create("attention_unet", classes=1)
    assert sum(value.numel() for value in module.parameters()) == 34_878_573


@pytest.mark.parametrize("upsampling", UPSAMPLINGS)
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_pixel_sees_the_stated_field_and_no_farther(
    upsampling: str, depth: int, measured_reach: Callable[..., int]
):
    options = {"depth": depth, "upsampling": upsampling}
    field = models.spec("attention_unet").geometry(**options).receptive_field
    assert measured_reach("attention_unet", **options) * 2 + 1 == field


def test_a_gate_scales_each_pixel_by_one_number_from_0_to_1():
    torch.manual_seed(0)
    gate = AttentionGate(6, "batch").eval()
    skip, decoded = torch.rand(2, 6, 5, 7) + 0.1, torch.randn(2, 6, 5, 7)
    with torch.inference_mode():
        share = gate(decoded, skip) / skip
    assert torch.allclose(share, share[:, :1].expand_as(share), atol=1e-5)
    assert share.min() > 0
    assert share.max() < 1
    assert share.std() > 0.01, "pixels differ"


def test_a_shut_gate_lets_nothing_of_the_skip_through():
    torch.manual_seed(0)
    module = models.create("attention_unet", classes=2, width=4, depth=1).eval()
    torch.nn.init.constant_(module.gates[0].coefficient[1].bias, -1e4)
    seen = []
    module.decoder[0].register_forward_hook(lambda _block, inputs, _out: seen.append(inputs[0]))
    with torch.inference_mode():
        module(torch.rand(1, 3, 8, 8))
    assert seen[0][:, :4].abs().max() == 0
    assert seen[0][:, 4:].abs().max() > 0
