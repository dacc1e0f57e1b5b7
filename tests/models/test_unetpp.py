from collections.abc import Callable

import pytest
import torch

from segstudio import models
from segstudio.models.parts.blocks import UPSAMPLINGS

SMALL = {"width": 4, "depth": 3}


def test_it_has_the_published_parameters():
    with torch.device("meta"):
        module = models.create("unetpp", classes=1)
    assert sum(value.numel() for value in module.parameters()) == 47_176_132


@pytest.mark.parametrize("upsampling", UPSAMPLINGS)
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_pixel_sees_the_stated_field_and_no_farther(
    upsampling: str, depth: int, measured_reach: Callable[..., int]
):
    options = {"depth": depth, "upsampling": upsampling}
    field = models.spec("unetpp").geometry(**options).receptive_field
    assert measured_reach("unetpp", **options) * 2 + 1 == field


def test_every_node_is_handed_all_earlier_ones_of_its_level_and_the_one_below():
    module = models.create("unetpp", classes=2, **SMALL)
    seen = []
    for node in module.nodes:
        node.register_forward_hook(
            lambda _node, inputs, out: seen.append(
                ([tuple(x.shape[1:]) for x in inputs[0]], tuple(inputs[1].shape[1:]), out.shape[2])
            )
        )
    module(torch.rand(1, 3, 16, 16))
    fine, middle, coarse, deep = (4, 16, 16), (8, 8, 8), (16, 4, 4), (32, 2, 2)
    assert seen == [
        ([fine], middle, 16),
        ([middle], coarse, 8),
        ([coarse], deep, 4),
        ([fine] * 2, middle, 16),
        ([middle] * 2, coarse, 8),
        ([fine] * 3, middle, 16),
    ]


def test_the_node_below_is_that_of_the_column_before():
    module = models.create("unetpp", classes=2, **SMALL).eval()
    handed, given = [], []
    for node in module.nodes:
        node.register_forward_hook(
            lambda _node, inputs, out: handed.append(inputs[1]) or given.append(out)
        )
    with torch.inference_mode():
        module(torch.rand(1, 3, 16, 16))
    # Nodes 0 1 2 are the first column, 3 4 the second and 5 the third.
    assert handed[3] is given[1]
    assert handed[4] is given[2]
    assert handed[5] is given[4]


def test_deep_supervision_trains_every_head_and_predicts_their_mean():
    torch.manual_seed(0)
    module = models.create("unetpp", classes=2, **SMALL).train()
    picture = torch.rand(2, 3, 21, 30)
    output = module(picture)
    assert isinstance(output, models.Output)
    assert len(output.aux) == 2
    assert all(logits.shape == (2, 2, 21, 30) for logits in (output.logits, *output.aux))
    module.eval()
    finest = []
    for head in module.heads:
        head.register_forward_hook(lambda _head, _inputs, out: finest.append(out))
    with torch.inference_mode():
        mean = module(picture)
    expected = sum(logits[:, :, :21, :30] for logits in finest) / 3
    assert torch.allclose(mean, expected, atol=1e-6)


def test_without_deep_supervision_one_head_speaks():
    module = models.create("unetpp", classes=2, deep_supervision=False, **SMALL)
    assert len(module.heads) == 1
    assert module(torch.rand(1, 3, 8, 8)).aux == ()
