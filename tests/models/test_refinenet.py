"""RefineNet: counts, the blocks of figure 3, and DrSleep's weights."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from segstudio import models
from segstudio.models.parts import creating, foreign
from segstudio.models.parts.blocks import UPSAMPLINGS, pad_to_multiple
from segstudio.models.refinenet import ChainedPooling, Fusion, ResidualUnit

NAMES = ["refinenet_resnet50", "refinenet_resnet101"]
SMALL = {"decoder_width": 4, "dropout": 0.0}


def on_meta(name: str, classes: int = 21, channels: int = 3, **options: Any) -> nn.Module:
    with torch.device("meta"):
        return models.create(name, classes=classes, channels=channels, **options)


def parameters(module: nn.Module) -> int:
    return sum(value.numel() for value in module.parameters())


def test_parameters():
    deep, shallow = (on_meta(f"refinenet_resnet{depth}") for depth in (101, 50))
    assert parameters(deep) == 118_052_437
    # ResNets without classifier; the decoder is the same on both.
    assert parameters(deep.backbone) == 42_500_160
    assert parameters(shallow.backbone) == 23_508_032
    assert parameters(shallow) == 118_052_437 - 42_500_160 + 23_508_032


def test_logits_come_at_a_quarter_of_the_picture():
    network = on_meta("refinenet_resnet101")
    with torch.device("meta"):
        assert network.coarse_logits(torch.rand(1, 3, 385, 481)).shape == (1, 21, 97, 121)
    assert models.spec("refinenet_resnet101").output_stride == 4


def test_the_coarsest_block_has_twice_the_channels_and_nothing_to_fuse():
    blocks = on_meta("refinenet_resnet50").blocks
    assert [block.reduce.in_channels for block in blocks] == [2048, 1024, 512, 256]
    assert [block.reduce.out_channels for block in blocks] == [512, 256, 256, 256]
    assert [block.fuse is None for block in blocks] == [True, False, False, False]


def test_a_residual_unit_carries_its_input_unchanged():
    unit = ResidualUnit(3)
    nn.init.zeros_(unit.conv2.weight)
    x = torch.randn(1, 3, 5, 6)
    assert torch.equal(unit(x), x)


def test_pooling_in_a_chain_gathers_ever_wider_neighbourhoods():
    pool = ChainedPooling(1)
    for convolve in pool.convs:
        nn.init.dirac_(convolve.weight)
    x = torch.zeros(1, 1, 1, 41)
    x[..., 20] = 1
    # Seen by all four poolings next to the pixel, by the last alone up to eight pixels away.
    gathered = pool(x)[0, 0, 0, 20:]
    assert gathered.tolist() == [5, 4, 4, 3, 3, 2, 2, 1, 1] + 12 * [0]


@pytest.mark.parametrize("upsampling", UPSAMPLINGS)
def test_fusion_sums_at_the_finer_size(upsampling: str):
    fuse = Fusion(4, 8, upsampling)
    fine = torch.rand(1, 4, 9, 13)
    assert fuse(fine, torch.rand(1, 8, 5, 7)).shape == fine.shape


# DrSleep/refinenet-pytorch


def drsleep_decoder_shapes(classes: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Keys and shapes of its published files beside those of torchvision's ResNet."""
    width_before = 0
    for number, inputs in enumerate((2048, 1024, 512, 256), start=1):
        width = 512 if number == 1 else 256
        square = (width, width, 3, 3)
        yield f"p_ims1d2_outl{number}_dimred.weight", (width, inputs, 3, 3)
        for part, units in ((f"adapt_stage{number}_b", 2), (f"mflow_conv_g{number}_b", 3)):
            for unit in range(1, units + 1):
                yield f"{part}.0.{unit}_conv.weight", square
                yield f"{part}.0.{unit}_conv.bias", (width,)
                yield f"{part}.0.{unit}_conv_relu_varout_dimred.weight", square
        if number > 1:
            yield f"adapt_stage{number}_b2_joint_varout_dimred.weight", square
            before = (width, width_before, 3, 3)
            yield f"mflow_conv_g{number - 1}_b3_joint_varout_dimred.weight", before
        for link in range(1, 5):
            yield f"mflow_conv_g{number}_pool.0.{link}_outvar_dimred.weight", square
        width_before = width
    yield "clf_conv.weight", (classes, 256, 3, 3)
    yield "clf_conv.bias", (classes,)


def drsleep_logits(state: Mapping[str, Tensor], maps: list[Tensor]) -> Tensor:
    """The decoder as figures 2 and 3 draw it, under its keys; ``maps`` the finest first."""

    def conv(x: Tensor, key: str) -> Tensor:
        return F.conv2d(x, state[f"{key}.weight"], state.get(f"{key}.bias"), padding=1)

    def units(x: Tensor, part: str, count: int) -> Tensor:
        for unit in range(1, count + 1):
            own = f"{part}.0.{unit}_conv"
            x = x + conv(conv(x.relu(), own).relu(), f"{own}_relu_varout_dimred")
        return x

    coarse = None
    for number, x in enumerate(reversed(maps), start=1):
        x = units(conv(x, f"p_ims1d2_outl{number}_dimred"), f"adapt_stage{number}_b", 2)
        if coarse is not None:
            coarse = conv(coarse, f"mflow_conv_g{number - 1}_b3_joint_varout_dimred")
            grown = F.interpolate(coarse, x.shape[2:], mode="bilinear", align_corners=True)
            x = conv(x, f"adapt_stage{number}_b2_joint_varout_dimred") + grown
        x = link = x.relu()
        for place in range(1, 5):
            pooled = F.max_pool2d(link, 5, stride=1, padding=2)
            link = conv(pooled, f"mflow_conv_g{number}_pool.0.{place}_outvar_dimred")
            x = x + link
        coarse = units(x, f"mflow_conv_g{number}_b", 3)
    return conv(coarse, "clf_conv")


def stages(resnet: nn.Module, x: Tensor) -> list[Tensor]:
    """Maps of torchvision's network."""
    x = resnet.maxpool(resnet.relu(resnet.bn1(resnet.conv1(x))))
    maps = []
    for stage in (resnet.layer1, resnet.layer2, resnet.layer3, resnet.layer4):
        x = stage(x)
        maps.append(x)
    return maps


def backbone_state(resnet: nn.Module) -> dict[str, Tensor]:
    return {key: v for key, v in resnet.state_dict().items() if not key.startswith("fc.")}


def test_drsleeps_weights_give_its_logits():
    torchvision = pytest.importorskip("torchvision")
    torch.manual_seed(0)
    resnet = torchvision.models.resnet50().eval()
    for layer in resnet.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.normal_(0, 0.1)
            layer.running_var.uniform_(0.5, 1.5)
    decoder = {
        key: torch.randn(shape) * (0.5 / torch.Size(shape[1:]).numel()) ** 0.5
        for key, shape in drsleep_decoder_shapes(4)
    }
    state = {**backbone_state(resnet), **decoder}
    (layout,) = models.spec("refinenet_resnet50").layouts
    network = models.create("refinenet_resnet50", classes=4, **layout.options).eval()
    network.load_state_dict(layout.convert(state))
    with torch.inference_mode():
        for size in ((65, 97), (50, 43)):
            picture = torch.rand(1, 3, *size)
            expected = drsleep_logits(decoder, stages(resnet, picture))
            assert expected.std() > 0.01
            found = network.coarse_logits(picture)
            assert torch.allclose(found, expected, rtol=1e-5, atol=1e-5)
        whole = pad_to_multiple(picture, 32, beyond=1)
        expected = F.interpolate(
            network.coarse_logits(whole), whole.shape[2:], mode="bilinear", align_corners=True
        )
        assert torch.equal(network(picture), expected[:, :, :50, :43])


@pytest.mark.parametrize("name", NAMES)
def test_drsleeps_keys_fit_wholly(name: str):
    torchvision = pytest.importorskip("torchvision")
    with torch.device("meta"):
        resnet = getattr(torchvision.models, name.removeprefix("refinenet_"))()
        decoder = {key: torch.empty(shape) for key, shape in drsleep_decoder_shapes(21)}
        fitted = foreign.fit({**backbone_state(resnet), **decoder}, name, {})
    assert (fitted.layout, fitted.classes) == ("DrSleep/refinenet-pytorch", 21)
    counted = sum(shape.numel() for shape in (value.shape for value in decoder.values()))
    assert counted == 118_052_437 - 42_500_160


@pytest.mark.parametrize("name", NAMES)
def test_imagenets_weights_fit(name: str, monkeypatch: pytest.MonkeyPatch):
    torchvision = pytest.importorskip("torchvision")
    with torch.device("meta"):
        theirs = getattr(torchvision.models, name.removeprefix("refinenet_"))()
    monkeypatch.setattr(creating, "read_published", lambda weights: theirs.state_dict())
    network = on_meta(name, weights="imagenet")
    assert set(network.backbone.state_dict()) == set(backbone_state(theirs))


# Any size, any option


@pytest.mark.parametrize("upsampling", UPSAMPLINGS)
def test_it_trains_on_one_odd_picture_however_it_enlarges(upsampling: str):
    torch.manual_seed(0)
    network = models.create("refinenet_resnet50", classes=3, upsampling=upsampling, **SMALL)
    logits = network.train()(torch.rand(1, 3, 21, 34))
    assert logits.shape == (1, 3, 21, 34)
    (logits * torch.rand_like(logits)).sum().backward()
    assert [key for key, value in network.named_parameters() if value.grad is None] == []


@pytest.mark.parametrize("options", [{}, {"normalising": "group"}])
def test_pictures_of_any_size(options: dict[str, Any]):
    network = models.create("refinenet_resnet50", classes=2, **SMALL, **options)
    for size in ((1, 1), (2, 9), (32, 32), (33, 70)):
        assert network(torch.rand(1, 3, *size)).shape == (1, 2, *size)
