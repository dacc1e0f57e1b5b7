"""DeepLabv2: counts and shapes, and kazuto1011/deeplab-pytorch as the outside judge."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from segstudio import models
from segstudio.models.parts import creating, foreign

BACKBONE = 42_500_160  # ResNet-101 without its classifier
BLOCKS = {2: 3, 3: 4, 4: 23, 5: 3}
RATES = (6, 12, 18, 24)


def on_meta(classes: int = 21, **options: Any) -> nn.Module:
    with torch.device("meta"):
        return models.create("deeplabv2", classes=classes, **options)


def parameters(module: nn.Module) -> int:
    return sum(value.numel() for value in module.parameters())


# Counts and shapes


@pytest.mark.parametrize("multi_scale", [False, True])
def test_parameters(multi_scale: bool):
    network = on_meta(multi_scale=multi_scale)
    assert parameters(network) == 44_048_532
    assert parameters(network.backbone) == BACKBONE
    assert parameters(network.classifiers) == 4 * (2048 * 9 + 1) * 21


@pytest.mark.parametrize(
    ("edge", "scores"), [(321, 41), (513, 65), (320, 41), (326, 41), (384, 49)]
)
def test_pixels_make_an_eighth_rounded_up(edge: int, scores: int):
    network = on_meta()
    with torch.device("meta"):
        assert network.scores(torch.rand(1, 3, edge, edge)).shape == (1, 21, scores, scores)


def test_the_last_two_stages_are_dilated_from_their_first_block():
    backbone = on_meta().backbone
    for stage, dilation in ((backbone.layer2, 1), (backbone.layer3, 2), (backbone.layer4, 4)):
        assert {block.conv2.dilation for block in stage} == {(dilation, dilation)}
    assert backbone.layer2[0].conv1.stride == (2, 2)
    assert backbone.layer2[0].conv2.stride == (1, 1)


@pytest.mark.parametrize("rates", ["6,12,18,24", "2,4,8,12"])
def test_rates_are_chosen(rates: str):
    classifiers = on_meta(rates=rates).classifiers
    assert ",".join(str(layer.dilation[0]) for layer in classifiers) == rates


@pytest.mark.parametrize(
    ("options", "stride", "alignment"),
    [
        ({}, 8, 8),
        ({"output_stride": 16}, 16, 16),
        ({"multi_scale": True}, 8, 32),
    ],
)
def test_geometry(options: dict[str, Any], stride: int, alignment: int):
    geometry = models.spec("deeplabv2").geometry(**options)
    assert (geometry.output_stride, geometry.alignment) == (stride, alignment)
    assert geometry.receptive_field is None


# kazuto1011/deeplab-pytorch


def kazuto_shapes(classes: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Keys and shapes of its published files."""

    def unit(key: str, outputs: int, inputs: int, kernel: int) -> Iterator[tuple[str, Any]]:
        yield f"{key}.conv.weight", (outputs, inputs, kernel, kernel)
        for kind in ("weight", "bias", "running_mean", "running_var"):
            yield f"{key}.bn.{kind}", (outputs,)
        yield f"{key}.bn.num_batches_tracked", ()

    yield from unit("base.layer1.conv1", 64, 3, 7)
    inputs = 64
    for layer, blocks in BLOCKS.items():
        outputs = 64 * 2**layer
        for block in range(1, blocks + 1):
            key = f"base.layer{layer}.block{block}"
            yield from unit(f"{key}.reduce", outputs // 4, inputs, 1)
            yield from unit(f"{key}.conv3x3", outputs // 4, outputs // 4, 3)
            yield from unit(f"{key}.increase", outputs, outputs // 4, 1)
            if block == 1:
                yield from unit(f"{key}.shortcut", outputs, inputs, 1)
            inputs = outputs
    for branch in range(len(RATES)):
        yield f"base.aspp.c{branch}.weight", (classes, 2048, 3, 3)
        yield f"base.aspp.c{branch}.bias", (classes,)


def kazuto_state(classes: int) -> dict[str, Tensor]:
    """Random weights under which maps keep their scale."""
    state = {}
    for key, shape in kazuto_shapes(classes):
        if key.endswith("running_var"):
            state[key] = torch.rand(shape) + 0.5
        elif key.endswith("tracked"):
            state[key] = torch.tensor(0)
        elif len(shape) == 4:
            state[key] = torch.randn(shape) * torch.Size(shape[1:]).numel() ** -0.5
        elif key.endswith("weight"):
            # What a block adds must not swamp what it carries, thirty-three times over.
            state[key] = torch.rand(shape) * (0.3 if "increase" in key else 1.0)
        else:
            state[key] = torch.randn(shape) / 10
    return state


class Reference:
    """The network as the paper draws it, under their keys, on blue, green and red."""

    def __init__(self, state: Mapping[str, Tensor]) -> None:
        self.state = state

    def __call__(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """The largest scores, and those of each scale."""
        x = x.flip(1)
        smaller = (
            F.interpolate(x, scale_factor=scale, mode="bilinear", align_corners=False)
            for scale in (0.5, 0.75)
        )
        scales = [self.scores(x), *map(self.scores, smaller)]
        return torch.stack([self.resized(s, scales[0].shape[2:]) for s in scales]).amax(0), scales

    @staticmethod
    def resized(x: Tensor, size: torch.Size) -> Tensor:
        return F.interpolate(x, size=size, mode="bilinear", align_corners=False)

    def unit(self, key: str, x: Tensor, stride: int = 1, padding: int = 0, dilation: int = 1):
        weight = self.state[f"base.{key}.conv.weight"]
        x = F.conv2d(x, weight, stride=stride, padding=padding, dilation=dilation)
        mean, var, weight, bias = (
            self.state[f"base.{key}.bn.{kind}"]
            for kind in ("running_mean", "running_var", "weight", "bias")
        )
        return F.batch_norm(x, mean, var, weight, bias)

    def scores(self, x: Tensor) -> Tensor:
        x = self.unit("layer1.conv1", x, stride=2, padding=3).relu()
        x = F.max_pool2d(x, 3, stride=2, padding=1, ceil_mode=True)
        for layer, blocks in BLOCKS.items():
            dilation = {4: 2, 5: 4}.get(layer, 1)
            for block in range(1, blocks + 1):
                key = f"layer{layer}.block{block}"
                stride = 2 if (layer, block) == (3, 1) else 1
                carried = self.unit(f"{key}.shortcut", x, stride) if block == 1 else x
                x = self.unit(f"{key}.reduce", x, stride).relu()
                x = self.unit(f"{key}.conv3x3", x, padding=dilation, dilation=dilation).relu()
                x = (self.unit(f"{key}.increase", x) + carried).relu()
        summed = torch.zeros(())
        for branch, rate in enumerate(RATES):
            weight, bias = (self.state[f"base.aspp.c{branch}.{k}"] for k in ("weight", "bias"))
            summed = summed + F.conv2d(x, weight, bias, padding=rate, dilation=rate)
        return summed


def test_kazutos_weights_give_its_logits():
    torch.manual_seed(0)
    state = kazuto_state(4)
    fitted = foreign.fit(state, "deeplabv2", {})
    assert (fitted.layout, fitted.classes) == ("kazuto1011/deeplab-pytorch", 4)
    network = models.create("deeplabv2", classes=4, **fitted.options).eval()
    network.load_state_dict(fitted.state)
    reference = Reference(state)
    with torch.inference_mode():
        for size in ((65, 73), (50, 43)):
            picture = torch.rand(1, 3, *size)
            largest, scales = reference(picture)
            assert largest.std() > 0.1, "something to compare"
            expected = reference.resized(largest, torch.Size(size))
            assert torch.allclose(network(picture), expected, rtol=1e-5, atol=1e-5)
            assert not torch.allclose(largest, scales[0], atol=0.01), "scales differ"


def test_kazutos_keys_cover_the_whole_network_also_without_the_wrapper_of_scales():
    with torch.device("meta"):
        theirs = {key: torch.empty(shape) for key, shape in kazuto_shapes(21)}
    ours = {key: value.shape for key, value in on_meta().state_dict().items()}
    (layout,) = models.spec("deeplabv2").layouts
    for state in (theirs, {key.removeprefix("base."): value for key, value in theirs.items()}):
        assert {key: v.shape for key, v in layout.convert(state).items()} == ours


def test_caffes_pictures_are_expressed_as_a_normalisation():
    expected = models.spec("deeplabv2").layouts[0].normalisation
    values = [
        (200 / 255 - mean) / std for mean, std in zip(expected.mean, expected.std, strict=True)
    ]
    assert values == pytest.approx([200 - 122.675, 200 - 116.669, 200 - 104.008])


# Starting from ImageNet


def test_imagenets_weights_bring_their_strides(monkeypatch: pytest.MonkeyPatch):
    torchvision = pytest.importorskip("torchvision")
    with torch.device("meta"):
        theirs = torchvision.models.resnet101().state_dict()
    monkeypatch.setattr(creating, "read_published", lambda weights: theirs)
    first = on_meta(weights="imagenet").backbone.layer2[0]
    assert (first.conv1.stride, first.conv2.stride) == ((1, 1), (2, 2))


def test_torchvision_gives_the_same_map_where_strides_and_dilations_are():
    torchvision = pytest.importorskip("torchvision")
    torch.manual_seed(0)
    judge = torchvision.models.resnet101(replace_stride_with_dilation=[False, True, True]).eval()
    judge.maxpool.ceil_mode = True
    for stage, dilation in ((judge.layer3, 2), (judge.layer4, 4)):
        stage[0].conv2.dilation = stage[0].conv2.padding = (dilation, dilation)
    network = models.create("deeplabv2", classes=2, stride_first=False).eval()
    state = {key: v for key, v in judge.state_dict().items() if not key.startswith("fc.")}
    network.backbone.load_state_dict(state)
    picture = torch.rand(1, 3, 46, 57)
    with torch.inference_mode():
        x = judge.maxpool(judge.relu(judge.bn1(judge.conv1(picture))))
        for stage in (judge.layer1, judge.layer2, judge.layer3, judge.layer4):
            x = stage(x)
        assert torch.allclose(network.backbone(picture)[-1], x, rtol=1e-5, atol=1e-5)


# Any size, any option


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ({"multi_scale": True}, 3),
        ({"multi_scale": True, "align_corners": False}, 3),
        ({"output_stride": 16, "normalising": "group"}, 0),
    ],
)
def test_every_kind_of_it_trains_on_one_small_odd_picture(options: dict[str, Any], count: int):
    torch.manual_seed(0)
    network = models.create("deeplabv2", classes=3, **options).train()
    output = network(torch.rand(1, 3, 9, 11))
    maps = [output.logits, *output.aux]
    assert len(maps) == 1 + count
    assert {tuple(logits.shape) for logits in maps} == {(1, 3, 9, 11)}
    sum((logits * torch.rand_like(logits)).sum() for logits in maps).backward()
    assert [key for key, value in network.named_parameters() if value.grad is None] == []


def test_of_several_scales_the_largest_score_counts():
    """Scores that say which copy of the picture they are of: the smallest copy wins."""
    network = on_meta(multi_scale=True)

    def scores(x: Tensor) -> Tensor:
        edge = -(-x.shape[-1] // 8)
        return torch.full((1, 2, edge, edge), -float(x.shape[-1]))

    network.scores = scores
    output = network.train()(torch.zeros(1, 3, 65, 65))
    assert [logits.unique().tolist() for logits in output.aux] == [[-65], [-33], [-49]]
    assert output.logits.unique().tolist() == [-33]


@pytest.mark.parametrize("multi_scale", [False, True])
def test_aligned_corners_keep_a_score_in_its_place_at_any_size(multi_scale: bool):
    """Scores that are their own place in the picture come back as that at every pixel."""
    network = on_meta(multi_scale=multi_scale).eval()

    def scores(x: Tensor) -> Tensor:
        # Of every eighth pixel, as the strides take them.
        return x[:, :1, ::8, ::8]

    network.scores = scores
    for width in (40, 57, 66):
        place = torch.arange(float(width)).expand(1, 3, 20, width)
        # The mirrored rest beyond the last whole cell counts downwards again.
        whole = (width - 1) // 32 * 32 if multi_scale else (width - 1) // 8 * 8
        assert torch.allclose(network(place)[..., :whole], place[:, :1, :, :whole], atol=1e-4)
