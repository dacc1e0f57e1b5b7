"""torchvision judges: its addresses, its counts, and its logits with the same weights."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import nn
from torchvision.models import get_model_weights, list_models, segmentation

from segstudio import models
from segstudio.models.parts.initial import InitialWeights
from segstudio.models.parts.resnet import ResNetBackbone, ResNetPlan
from segstudio.models.parts.spec import PublishedWeights

# Names here and there.
SEGMENTERS = {
    "fcn_resnet50": "fcn_resnet50",
    "fcn_resnet101": "fcn_resnet101",
    "deeplabv3_resnet50": "deeplabv3_resnet50",
    "deeplabv3_resnet101": "deeplabv3_resnet101",
    "deeplabv3_mobilenet": "deeplabv3_mobilenet_v3_large",
}


def published_by_torchvision() -> dict[str, Any]:
    """Every weight file that torchvision knows, by its address."""
    return {
        entry.url: entry
        for name in list_models()
        if not name.startswith("quantized")
        for entry in get_model_weights(name)
    }


def used_here() -> Iterator[tuple[str, PublishedWeights | InitialWeights]]:
    for name in models.names():
        spec = models.spec(name)
        for entry in (*spec.weights.values(), *spec.initial.values()):
            yield name, entry


def test_every_file_from_torchvision_is_described_as_torchvision_does():
    known = published_by_torchvision()
    compared = set()
    for name, ours in used_here():
        if "download.pytorch.org" not in ours.url:
            continue
        assert ours.url in known, name
        # torchvision puts the first digits of the SHA-256 into the name, and checks them.
        assert re.search(r"-([0-9a-f]{8,})\.pth$", ours.url)[1] == ours.sha256
        assert ours.megabytes == pytest.approx(known[ours.url].meta["_file_size"], abs=1)
        compared.add(name)
    assert compared >= set(SEGMENTERS)


def test_backbones_are_the_better_trained_ones():
    known = published_by_torchvision()
    for name in SEGMENTERS:
        url = models.spec(name).initial["imagenet"].url
        assert known[url].name == "IMAGENET1K_V2"


@pytest.mark.parametrize("name", SEGMENTERS)
def test_published_classes_and_counts(name: str):
    theirs = get_model_weights(SEGMENTERS[name]).COCO_WITH_VOC_LABELS_V1
    spec = models.spec(name)
    ours = spec.weights["coco_voc"]
    assert ours.url == theirs.url == spec.initial["voc"].url
    assert list(ours.classes.names[1:]) == theirs.meta["categories"][1:]
    assert ours.classes.classes[15].colour == (192, 128, 128)  # VOC's person
    with torch.device("meta"):
        network = models.create(name, classes=len(ours.classes), **ours.options)
    assert sum(value.numel() for value in network.parameters()) == theirs.meta["num_params"]


def as_if_trained(network: nn.Module) -> nn.Module:
    """In eval mode, with statistics that are not all 0 and 1, which would hide mixed up layers."""
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.normal_(0, 0.1)
            layer.running_var.uniform_(0.5, 1.5)
    return network.eval()


@pytest.mark.parametrize(
    ("name", "auxiliary", "count"),
    [
        ("fcn_resnet50", True, 35_322_218),
        ("fcn_resnet50", False, 35_322_218 - 2_365_205),
        ("fcn_resnet101", True, 54_314_346),
        ("fcn_resnet101", False, 54_314_346 - 2_365_205),
        ("deeplabv3_resnet50", False, 42_004_074 - 2_365_205),
        ("deeplabv3_resnet101", False, 60_996_202 - 2_365_205),
    ],
)
def test_counts_with_and_without_the_auxiliary_head(name: str, auxiliary: bool, count: int):
    with torch.device("meta"):
        network = models.create(name, classes=21, auxiliary=auxiliary)
    assert sum(value.numel() for value in network.parameters()) == count


@pytest.mark.parametrize("name", SEGMENTERS)
def test_the_same_weights_give_the_same_logits(name: str):
    torch.manual_seed(0)
    theirs = getattr(segmentation, SEGMENTERS[name])(
        weights=None, weights_backbone=None, num_classes=21, aux_loss=True
    )
    as_if_trained(theirs)
    options = models.spec(name).weights["coco_voc"].options
    ours = models.create(name, classes=21, **options).eval()
    ours.load_state_dict(theirs.state_dict())
    picture = torch.rand(1, 3, 65, 40)
    with torch.inference_mode():
        expected = theirs(picture)
        assert expected["out"].std() > 0.01
        assert torch.allclose(ours(picture), expected["out"], atol=1e-5)
        *_, middle, _ = ours.backbone(picture)
        small = ours.aux_classifier(middle)
        logits = nn.functional.interpolate(small, (65, 40), mode="bilinear", align_corners=False)
        assert torch.allclose(logits, expected["aux"], atol=1e-5)


@pytest.mark.parametrize("name", SEGMENTERS)
def test_defaults_are_what_the_published_weights_want(name: str):
    spec = models.spec(name)
    published = spec.make_options(**spec.weights["coco_voc"].options)
    with torch.device("meta"):
        default, wanted = (
            str(spec.build(21, 3, options)) for options in (spec.make_options(), published)
        )
    assert default == wanted


@pytest.mark.parametrize(
    ("depth", "output_stride", "dilated"),
    [
        (50, 32, (False, False)),
        (50, 16, (False, True)),
        (50, 8, (True, True)),
        (101, 8, (True, True)),
    ],
)
def test_residual_features_are_the_same(depth: Any, output_stride: Any, dilated: tuple[bool, bool]):
    from torchvision.models import resnet50, resnet101

    torch.manual_seed(0)
    build = {50: resnet50, 101: resnet101}[depth]
    theirs = as_if_trained(build(replace_stride_with_dilation=[False, *dilated]))
    ours = ResNetBackbone(3, ResNetPlan(depth, output_stride)).eval()
    state = {key: value for key, value in theirs.state_dict().items() if "fc." not in key}
    ours.load_state_dict(state)
    picture = torch.rand(1, 3, 64, 33)
    with torch.inference_mode():
        x = theirs.maxpool(theirs.relu(theirs.bn1(theirs.conv1(picture))))
        for stage, mine in enumerate(ours(picture), start=1):
            x = getattr(theirs, f"layer{stage}")(x)
            assert torch.allclose(mine, x, atol=1e-5 * float(x.abs().max()))
