"""DeepLabv3 and DeepLabv3+: sizes, counts, strides and rates."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from segstudio import models
from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.models import checkpoint as checkpoints
from segstudio.models.checkpoint import Checkpoint
from segstudio.models.parts.atrous_pyramid import RATES
from segstudio.models.parts.blocks import UPSAMPLINGS

NAMES = [
    "deeplabv3_resnet50",
    "deeplabv3_resnet101",
    "deeplabv3_mobilenet",
    "deeplabv3plus_resnet50",
]
# One of each backbone: what depends on it need not be seen twice.
BACKBONES = ["deeplabv3_resnet50", "deeplabv3_mobilenet", "deeplabv3plus_resnet50"]
QUICK = {"pyramid_width": 8, "dropout": 0.0}


def on_meta(name: str, classes: int = 21, channels: int = 3, **options: Any) -> nn.Module:
    with torch.device("meta"):
        return models.create(name, classes=classes, channels=channels, **options)


def parameters(module: nn.Module) -> int:
    return sum(value.numel() for value in module.parameters())


@pytest.mark.parametrize(
    ("name", "options", "count"),
    [
        ("deeplabv3_resnet50", {}, 42_004_074),
        ("deeplabv3_resnet50", {"auxiliary": False}, 42_004_074 - 2_365_205),
        ("deeplabv3_resnet101", {}, 60_996_202),
        ("deeplabv3_resnet101", {"auxiliary": False}, 60_996_202 - 2_365_205),
        ("deeplabv3_mobilenet", {}, 11_029_328),
    ],
)
@pytest.mark.parametrize("output_stride", [8, 16])
def test_parameters_do_not_depend_on_the_stride(
    name: str, options: dict[str, Any], count: int, output_stride: int
):
    assert parameters(on_meta(name, output_stride=output_stride, **options)) == count


def test_the_decoder_costs_what_its_layers_have():
    """Counted by hand from section 4.1: 48 channels of the early map, two 3x3 convolutions."""
    separable = on_meta("deeplabv3plus_resnet50")
    backbone = parameters(separable.backbone)
    assert backbone == 23_508_032  # ResNet-50 without its classifier
    early = 256 * 48 + 2 * 48
    joined, refined = ((9 * width + width * 256) + 2 * 256 for width in (256 + 48, 256))
    head = 256 * 21 + 21
    pyramid = 3 * (9 * 2048) + 5 * (2048 * 256 + 2 * 256) + 5 * 256 * 256 + 2 * 256
    assert parameters(separable.pyramid) == pyramid
    assert parameters(separable) == backbone + pyramid + early + joined + refined + head
    full = on_meta("deeplabv3plus_resnet50", separable=False)
    plain_pyramid = on_meta("deeplabv3_resnet50").classifier[0]
    assert parameters(full.pyramid) == parameters(plain_pyramid)


@pytest.mark.parametrize("name", BACKBONES)
@pytest.mark.parametrize("stride", [8, 16])
def test_the_deepest_map_has_the_stated_stride(name: str, stride: int):
    network = on_meta(name, output_stride=stride)
    with torch.device("meta"):
        *_, deep = network.backbone(torch.rand(1, 3, 256, 128))
    assert deep.shape[2:] == (256 // stride, 128 // stride)
    assert models.spec(name).geometry(output_stride=stride).output_stride == stride


def rates_in(network: nn.Module) -> list[int]:
    """Dilations of the pyramid's 3x3 convolutions."""
    pyramid = getattr(network, "pyramid", None) or network.classifier[0]
    return [
        layer.dilation[0]
        for layer in pyramid.modules()
        if isinstance(layer, nn.Conv2d) and layer.kernel_size == (3, 3)
    ]


@pytest.mark.parametrize("name", BACKBONES)
@pytest.mark.parametrize(
    ("options", "rates"),
    [
        ({"output_stride": 8, "rates": "auto"}, [12, 24, 36]),
        ({"output_stride": 16, "rates": "auto"}, [6, 12, 18]),
        ({"output_stride": 8, "rates": "6,12,18"}, [6, 12, 18]),
        ({"output_stride": 16, "rates": "12,24,36"}, [12, 24, 36]),
        ({"rates": "3,6,9"}, [3, 6, 9]),
    ],
)
def test_rates_follow_the_stride_or_are_chosen(
    name: str, options: dict[str, Any], rates: list[int]
):
    assert rates_in(on_meta(name, **options)) == rates


def test_torchvisions_trap_the_first_dilated_block_keeps_the_rate_of_the_stage_before():
    dilations = {
        first: [
            [block.conv2.dilation[0] for block in stage]
            for stage in (network.backbone.layer3, network.backbone.layer4)
        ]
        for first in (False, True)
        for network in [on_meta("deeplabv3_resnet50", dilate_first=first)]
    }
    assert dilations[False] == [[1, 2, 2, 2, 2, 2], [2, 4, 4]]
    assert dilations[True] == [[2] * 6, [4] * 3]


def test_mobilenets_stages_are_dilated_one_by_one():
    for stride, wanted in ((16, {1, 2}), (8, {1, 2, 4})):
        network = on_meta("deeplabv3_mobilenet", output_stride=stride)
        kernels = [layer for layer in network.backbone.modules() if isinstance(layer, nn.Conv2d)]
        assert {layer.dilation[0] for layer in kernels} == wanted


@pytest.mark.parametrize("name", NAMES)
def test_published_weights_and_layouts_say_stride_and_rates(name: str):
    spec = models.spec(name)
    entries = (*spec.weights.values(), *spec.layouts)
    assert entries
    for entry in entries:
        assert {"output_stride", "rates"} <= set(entry.options)
        assert spec.make_options(**entry.options)


def test_the_trap_weights_fit_other_rates_and_strides_and_predict_otherwise():
    torch.manual_seed(0)
    trained = models.create("deeplabv3_mobilenet", classes=2, **QUICK)
    picture = torch.rand(1, 3, 96, 96)
    with torch.inference_mode():
        for layer in trained.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.momentum = 1.0  # one pass settles the statistics
        trained.train()(picture)
        expected = trained.eval()(picture)
        # At 6x6 cells, larger rates than these all reach beyond the map.
        for options in ({"rates": "3,6,9"}, {"output_stride": 8}):
            other = models.create("deeplabv3_mobilenet", classes=2, **QUICK, **options).eval()
            other.load_state_dict(trained.state_dict())
            assert (other(picture) - expected).abs().max() > 1e-3 * expected.std()


def test_a_checkpoint_says_rates_and_stride_though_nobody_chose_them(tmp_path: Path):
    name = "deeplabv3_mobilenet"
    network = models.create(name, classes=2, **QUICK)
    table, normalisation = ClassTable.of_names(["a", "b"]), models.Normalisation.imagenet()
    checkpoint = Checkpoint(name, QUICK, table, 3, normalisation, {}, network.state_dict())
    checkpoints.save(checkpoint, tmp_path / "net.safetensors")
    options = checkpoints.describe_checkpoint(tmp_path / "net.safetensors").options
    assert (options["output_stride"], options["rates"]) == (16, "12,24,36")


def test_rates_that_are_not_offered_are_refused():
    with pytest.raises(SegStudioError, match="12,24,36"):
        models.create("deeplabv3_resnet50", classes=2, rates="1,2,3")
    assert "auto" in RATES


@pytest.mark.parametrize("name", ["deeplabv3_mobilenet", "deeplabv3plus_resnet50"])
@pytest.mark.parametrize(
    "options",
    [
        {"normalising": "group", "auxiliary": True},
        {"output_stride": 8, "auxiliary": False, "align_corners": True},
    ],
)
def test_every_kind_of_it_trains_on_one_odd_picture(name: str, options: dict[str, Any]):
    torch.manual_seed(0)
    network = models.create(name, classes=3, **QUICK, **options).train()
    output = network(torch.rand(1, 3, 35, 49))
    maps = [output.logits, *output.aux]
    assert len(maps) == 1 + options["auxiliary"]
    assert {tuple(logits.shape) for logits in maps} == {(1, 3, 35, 49)}
    sum((logits * torch.rand_like(logits)).sum() for logits in maps).backward()
    assert [key for key, value in network.named_parameters() if value.grad is None] == []


@pytest.mark.parametrize(
    ("upsampling", "stride"), [*((way, 16) for way in UPSAMPLINGS), ("transposed", 8)]
)
def test_the_decoder_enlarges_in_every_way(upsampling: str, stride: int):
    options = {"upsampling": upsampling, "output_stride": stride, **QUICK}
    network = on_meta("deeplabv3plus_resnet50", classes=2, **options).eval()
    with torch.device("meta"):
        assert network(torch.rand(1, 3, 37, 50)).shape == (1, 2, 37, 50)


def test_refining_around_and_after_are_both_two_convolutions():
    around, after = (
        on_meta("deeplabv3plus_resnet50", refining=refining) for refining in ("around", "after")
    )
    assert parameters(around) == parameters(after)
    assert isinstance(after.before, nn.Identity)
    assert isinstance(around.after, nn.Identity)


# segmentation_models.pytorch judges from outside


@pytest.mark.parametrize(
    ("name", "theirs", "encoder", "own", "changed"),
    [
        ("deeplabv3_resnet50", "DeepLabV3", "resnet50", {}, {}),
        (
            "deeplabv3_resnet50",
            "DeepLabV3",
            "resnet50",
            {"encoder_output_stride": 16, "decoder_channels": 32},
            {"output_stride": 16, "pyramid_width": 32},
        ),
        ("deeplabv3plus_resnet50", "DeepLabV3Plus", "resnet50", {}, {}),
        (
            "deeplabv3plus_resnet50",
            "DeepLabV3Plus",
            "resnet50",
            {"encoder_output_stride": 8, "decoder_atrous_rates": (6, 12, 18)},
            {"output_stride": 8, "rates": "6,12,18"},
        ),
    ],
)
def test_segmentation_models_pytorch_gives_the_same_logits(
    name: str, theirs: str, encoder: str, own: dict[str, Any], changed: dict[str, Any]
):
    smp = pytest.importorskip("segmentation_models_pytorch")
    torch.manual_seed(0)
    judge = getattr(smp, theirs)(encoder, encoder_weights=None, classes=3, **own)
    unlike_each_other(judge)
    layout = models.spec(name).layouts[0]
    network = models.create(name, classes=3, **{**layout.options, **changed}).eval()
    network.load_state_dict(layout.convert(judge.state_dict()))
    picture = torch.rand(1, 3, 64, 48)
    with torch.inference_mode():
        expected = judge.eval()(picture)
        assert expected.std() > 0.01
        assert torch.allclose(network(picture), expected, atol=1e-5)


def unlike_each_other(network: nn.Module) -> None:
    """Statistics as after training: fresh ones, all 0 and 1, would hide mixed up layers."""
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.normal_(0, 0.1)
            layer.running_var.uniform_(0.5, 1.5)


def test_older_files_of_segmentation_models_pytorch_number_the_decoder():
    convert = models.spec("deeplabv3_resnet50").layouts[0].convert
    older = ["decoder.0.convs.0.0.weight", "decoder.1.weight", "decoder.2.bias", "mystery.weight"]
    assert list(convert(dict.fromkeys(older, torch.zeros(1)))) == [
        "classifier.0.convs.0.0.weight",
        "classifier.1.weight",
        "classifier.2.bias",
        "mystery.weight",
    ]
