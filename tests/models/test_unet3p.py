from collections.abc import Callable

import pytest
import torch
from torch import nn

from segstudio import models
from segstudio.models.parts.blocks import UPSAMPLINGS


def test_it_has_the_published_parameters():
    with torch.device("meta"):
        module = models.create("unet3p", classes=1)
    assert sum(value.numel() for value in module.parameters()) == 26_971_777


@pytest.mark.parametrize("upsampling", UPSAMPLINGS)
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_pixel_sees_the_stated_field_and_no_farther(
    upsampling: str, depth: int, measured_reach: Callable[..., int]
):
    options = {"depth": depth, "upsampling": upsampling}
    field = models.spec("unet3p").geometry(**options).receptive_field
    assert measured_reach("unet3p", **options) * 2 + 1 == field


def test_every_level_of_the_decoder_is_handed_all_scales():
    with torch.device("meta"):
        module = models.create("unet3p", classes=2)
        picture = torch.empty(1, 3, 64, 64)
    handed: dict[int, list[tuple[int, ...]]] = {}
    branches: dict[int, set[tuple[int, ...]]] = {}
    for index, level in enumerate(module.decoder):
        level.register_forward_hook(
            lambda _level, inputs, _out, index=index: handed.__setitem__(
                index, [tuple(x.shape[1:3]) for x in inputs[0]]
            )
        )
        for branch in level.branches:
            branch.register_forward_hook(
                lambda _branch, _inputs, out, index=index: branches.setdefault(index, set()).add(
                    tuple(out.shape[1:])
                )
            )
    module(picture)
    assert handed == {
        3: [(64, 64), (128, 32), (256, 16), (512, 8), (1024, 4)],
        2: [(64, 64), (128, 32), (256, 16), (320, 8), (1024, 4)],
        1: [(64, 64), (128, 32), (320, 16), (320, 8), (1024, 4)],
        0: [(64, 64), (320, 32), (320, 16), (320, 8), (1024, 4)],
    }
    assert branches == {level: {(64, 64 >> level, 64 >> level)} for level in range(4)}


def test_finer_maps_are_pooled_and_coarser_ones_enlarged():
    with torch.device("meta"):
        module = models.create("unet3p", classes=2, width=4)
    first = [[type(branch[0]).__name__ for branch in level.branches] for level in module.decoder]
    conv, pool, grow = "Conv2d", "MaxPool2d", "Upsample"
    assert first == [
        [conv, grow, grow, grow, grow],
        [pool, conv, grow, grow, grow],
        [pool, pool, conv, grow, grow],
        [pool, pool, pool, conv, grow],
    ]
    pools = [m.kernel_size for m in module.decoder[3].branches.modules() if type(m) is nn.MaxPool2d]
    assert pools == [8, 4, 2]


def test_deep_supervision_adds_a_head_for_each_level_in_training_alone():
    torch.manual_seed(0)
    module = models.create("unet3p", classes=2, width=4, depth=3, deep_supervision=True)
    output = module(torch.rand(1, 3, 21, 30))
    assert len(output.aux) == 3
    assert all(logits.shape == (1, 2, 21, 30) for logits in (output.logits, *output.aux))
    (output.logits.sum() + sum(logits.sum() for logits in output.aux)).backward()
    assert all(value.grad is not None for value in module.parameters())
    plain = models.create("unet3p", classes=2, width=4, depth=3).eval()
    missing, unexpected = plain.load_state_dict(module.state_dict(), strict=False)
    assert missing == []
    assert {key.split(".")[0] + key.split(".")[1] for key in unexpected} == {
        "heads1",
        "heads2",
        "heads3",
    }
    picture = torch.rand(1, 3, 24, 24)
    with torch.inference_mode():
        assert torch.equal(plain(picture), module.eval()(picture))


@pytest.mark.parametrize("upsampling", UPSAMPLINGS)
def test_no_way_of_enlarging_makes_the_network_huge(upsampling: str):
    with torch.device("meta"):
        module = models.create("unet3p", classes=2, upsampling=upsampling)
    assert sum(value.numel() for value in module.parameters()) < 60_000_000
