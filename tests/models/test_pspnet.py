"""PSPNet: counts, strides, the pyramid, and the authors' weights."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from segstudio import models
from segstudio.core.errors import SegStudioError
from segstudio.models.parts import creating, foreign
from segstudio.models.parts.blocks import pad_to_multiple
from segstudio.models.pspnet import BINS, PyramidPooling

DEPTHS = {"pspnet_resnet50": (3, 4, 6, 3), "pspnet_resnet101": (3, 4, 23, 3)}
NAMES = list(DEPTHS)
SMALL = {"pyramid_width": 8, "dropout": 0.0}


def on_meta(name: str, classes: int = 21, channels: int = 3, **options: Any) -> nn.Module:
    with torch.device("meta"):
        return models.create(name, classes=classes, channels=channels, **options)


def parameters(module: nn.Module) -> int:
    return sum(value.numel() for value in module.parameters())


@pytest.mark.parametrize(
    ("name", "count"), [("pspnet_resnet50", 46_716_373), ("pspnet_resnet101", 65_708_501)]
)
def test_parameters(name: str, count: int):
    assert parameters(on_meta(name, auxiliary=False)) == count
    auxiliary = 9 * 1024 * 256 + 2 * 256 + 256 * 21 + 21
    assert parameters(on_meta(name)) == count + auxiliary


@pytest.mark.parametrize("stride", [8, 16])
def test_the_deepest_map_has_the_stated_stride(stride: int):
    network = on_meta("pspnet_resnet50", output_stride=stride)
    with torch.device("meta"):
        *_, deep = network.backbone(torch.rand(1, 3, 4 * stride + 1, 59 * stride + 1))
    assert deep.shape[2:] == (5, 60)
    assert models.spec("pspnet_resnet50").geometry(output_stride=stride).output_stride == stride


def test_every_block_of_a_stage_is_dilated_alike():
    network = on_meta("pspnet_resnet50")
    stages = (network.backbone.layer2, network.backbone.layer3, network.backbone.layer4)
    dilations = [{block.conv2.dilation[0] for block in stage} for stage in stages]
    assert dilations == [{1}, {2}, {4}]


def test_the_pyramid_has_four_levels_of_a_quarter_of_the_channels_each():
    pyramid = on_meta("pspnet_resnet50").pyramid
    assert BINS == (1, 2, 3, 6)
    with torch.device("meta"):
        x = torch.rand(2, 2048, 31, 40)
        sizes = [tuple(level(x).shape[1:]) for level in pyramid.levels]
        assert pyramid(x).shape == (2, 4096, 31, 40)
    assert sizes == [(512, edge, edge) for edge in BINS]


def test_the_pyramid_tells_every_place_of_the_whole_map():
    pyramid = PyramidPooling(3, 2, "batch").eval()
    for parameter in pyramid.parameters():
        nn.init.constant_(parameter, 0.5)
    x = torch.rand(1, 3, 7, 5, requires_grad=True)
    pyramid(x)[:, 3:, 0, 0].square().sum().backward()
    assert (x.grad[0].abs().sum(dim=0) > 0).all()


# hszhao/semseg: the authors' weights


def norm(prefix: str, width: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    for key in ("weight", "bias", "running_mean", "running_var"):
        yield f"{prefix}.{key}", (width,)
    yield f"{prefix}.num_batches_tracked", ()


def semseg_shapes(
    name: str, classes: int, auxiliary: bool = True
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Keys and shapes of the files that the authors' training writes."""
    for place, inputs, width in ((0, 3, 64), (3, 64, 64), (6, 64, 128)):
        yield f"layer0.{place}.weight", (width, inputs, 3, 3)
        yield from norm(f"layer0.{place + 1}", width)
    inputs = 128
    for stage, count in enumerate(DEPTHS[name], start=1):
        width = 32 * 2**stage
        for block in range(count):
            own = f"layer{stage}.{block}"
            shapes = ((width, inputs, 1, 1), (width, width, 3, 3), (4 * width, width, 1, 1))
            for number, shape in enumerate(shapes, start=1):
                yield f"{own}.conv{number}.weight", shape
                yield from norm(f"{own}.bn{number}", shape[0])
            if block == 0:
                yield f"{own}.downsample.0.weight", (4 * width, inputs, 1, 1)
                yield from norm(f"{own}.downsample.1", 4 * width)
            inputs = 4 * width
    for level in range(4):
        yield f"ppm.features.{level}.1.weight", (512, 2048, 1, 1)
        yield from norm(f"ppm.features.{level}.2", 512)
    heads = [("cls", 4096, 512)] + auxiliary * [("aux", 1024, 256)]
    for head, inputs, width in heads:
        yield f"{head}.0.weight", (width, inputs, 3, 3)
        yield from norm(f"{head}.1", width)
        yield f"{head}.4.weight", (classes, width, 1, 1)
        yield f"{head}.4.bias", (classes,)


def semseg_state(name: str, classes: int) -> dict[str, Tensor]:
    """Random weights that keep maps at about 1, so that differences cannot hide."""
    torch.manual_seed(0)
    state = {}
    for key, shape in semseg_shapes(name, classes):
        if len(shape) == 4:
            state[key] = torch.randn(shape) * (2 / torch.Size(shape[1:]).numel()) ** 0.5
        elif key.endswith("num_batches_tracked"):
            state[key] = torch.tensor(1)
        else:
            state[key] = torch.empty(shape).uniform_(0.3, 0.7)
    return state


def semseg_logits(state: Mapping[str, Tensor], x: Tensor, name: str) -> Tensor:
    """The network as figure 3 draws it, under the authors' keys; sizes of 8k + 1 pixels."""

    def layer(x: Tensor, conv: str, norm: str, **shape: int) -> Tensor:
        x = F.conv2d(x, state[f"{conv}.weight"], **shape)
        keys = ("running_mean", "running_var", "weight", "bias")
        return F.batch_norm(x, *(state[f"{norm}.{key}"] for key in keys))

    def bottleneck(x: Tensor, own: str, stride: int, dilation: int) -> Tensor:
        carried = x
        if f"{own}.downsample.0.weight" in state:
            carried = layer(x, f"{own}.downsample.0", f"{own}.downsample.1", stride=stride)
        x = layer(x, f"{own}.conv1", f"{own}.bn1").relu()
        middle = {"stride": stride, "padding": dilation, "dilation": dilation}
        x = layer(x, f"{own}.conv2", f"{own}.bn2", **middle).relu()
        return (layer(x, f"{own}.conv3", f"{own}.bn3") + carried).relu()

    def enlarged(x: Tensor, size: torch.Size) -> Tensor:
        return F.interpolate(x, size, mode="bilinear", align_corners=True)

    size = x.shape[2:]
    for place, stride in ((0, 2), (3, 1), (6, 1)):
        x = layer(x, f"layer0.{place}", f"layer0.{place + 1}", stride=stride, padding=1).relu()
    x = F.max_pool2d(x, 3, 2, 1)
    strides_and_dilations = ((1, 1), (2, 1), (1, 2), (1, 4))
    for stage, (stride, dilation) in enumerate(strides_and_dilations, start=1):
        for block in range(DEPTHS[name][stage - 1]):
            x = bottleneck(x, f"layer{stage}.{block}", 1 if block else stride, dilation)
    parts = [x]
    for level, regions in enumerate((1, 2, 3, 6)):
        own = f"ppm.features.{level}"
        pooled = layer(F.adaptive_avg_pool2d(x, regions), f"{own}.1", f"{own}.2").relu()
        parts.append(enlarged(pooled, x.shape[2:]))
    x = layer(torch.cat(parts, 1), "cls.0", "cls.1", padding=1).relu()
    return enlarged(F.conv2d(x, state["cls.4.weight"], state["cls.4.bias"]), size)


def test_the_authors_weights_give_the_authors_logits():
    state = semseg_state("pspnet_resnet50", 4)
    (layout,) = models.spec("pspnet_resnet50").layouts
    network = models.create("pspnet_resnet50", classes=4, **layout.options).eval()
    network.load_state_dict(layout.convert(state))
    theirs, any_size = torch.rand(1, 3, 65, 49), torch.rand(1, 3, 50, 43)
    with torch.inference_mode():
        expected = semseg_logits(state, theirs, "pspnet_resnet50")
        assert 0.1 < expected.std() < 100
        assert torch.allclose(network(theirs), expected, rtol=1e-5, atol=1e-5)
        # Their code refuses any size but 8k + 1; ours mirrors up to the next one.
        expected = semseg_logits(state, pad_to_multiple(any_size, 8, beyond=1), "pspnet_resnet50")
        ours = network(any_size)
        assert torch.allclose(ours, expected[:, :, :50, :43], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_the_authors_keys_fit_wholly(name: str):
    (layout,) = models.spec(name).layouts
    assert layout.options == {"stem": "deep", "output_stride": 8}
    with torch.device("meta"):
        theirs = {key: torch.empty(shape) for key, shape in semseg_shapes(name, 21)}
        converted = layout.convert(theirs)
        ours = on_meta(name, **layout.options).state_dict()
    assert {key: v.shape for key, v in converted.items()} == {k: v.shape for k, v in ours.items()}


def test_the_authors_files_fit_without_an_auxiliary_head_too():
    shapes = semseg_shapes("pspnet_resnet50", 19, auxiliary=False)
    with torch.device("meta"):
        theirs = {key: torch.empty(shape) for key, shape in shapes}
        fitted = foreign.fit(theirs, "pspnet_resnet50", {})
    assert (fitted.layout, fitted.classes) == ("hszhao/semseg", 19)
    assert fitted.options["auxiliary"] is False


# ImageNet's weights


@pytest.mark.parametrize("name", NAMES)
def test_imagenets_weights_bring_the_stem_that_they_fit(name: str, monkeypatch: pytest.MonkeyPatch):
    torchvision = pytest.importorskip("torchvision")
    with torch.device("meta"):
        theirs = getattr(torchvision.models, name.removeprefix("pspnet_"))().state_dict()
    monkeypatch.setattr(creating, "read_published", lambda weights: theirs)
    network = on_meta(name, weights="imagenet")
    assert not network.backbone.deep
    backbone = set(network.backbone.state_dict())
    assert backbone == {key for key in theirs if not key.startswith("fc.")}
    with pytest.raises(SegStudioError, match="stem=plain"):
        on_meta(name, weights="imagenet", stem="deep")


# Any size, any option


@pytest.mark.parametrize(
    "options",
    [
        {"normalising": "group"},
        {"output_stride": 16, "auxiliary": False},
        {"stem": "plain"},
    ],
)
def test_every_kind_of_it_trains_on_one_odd_picture(options: dict[str, Any]):
    torch.manual_seed(0)
    network = models.create("pspnet_resnet50", classes=3, **SMALL, **options).train()
    output = network(torch.rand(1, 3, 21, 34))
    maps = [output.logits, *output.aux]
    assert len(maps) == 1 + options.get("auxiliary", True)
    assert {tuple(logits.shape) for logits in maps} == {(1, 3, 21, 34)}
    sum((logits * torch.rand_like(logits)).sum() for logits in maps).backward()
    assert [key for key, value in network.named_parameters() if value.grad is None] == []


def test_pictures_are_mirrored_until_their_last_pixel_is_on_the_grid():
    row = torch.arange(4.0).reshape(1, 1, 1, 4)
    assert pad_to_multiple(row, 8, beyond=1)[0, 0].tolist() == [[0, 1, 2, 3, 2, 1, 0, 1, 2]]
    assert pad_to_multiple(torch.rand(1, 1, 9, 16), 8, beyond=1).shape == (1, 1, 9, 17)


def test_pictures_of_any_size():
    network = models.create("pspnet_resnet50", classes=2, **SMALL).eval()
    with torch.inference_mode():
        for size in ((1, 1), (2, 9), (8, 8), (9, 130)):
            assert network(torch.rand(1, 3, *size)).shape == (1, 2, *size)
