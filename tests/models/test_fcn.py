from collections.abc import Mapping

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from segstudio import models
from segstudio.core.errors import SegStudioError
from segstudio.models.fcn import bilinear_kernel, upscore
from segstudio.models.parts.blocks import UPSAMPLINGS
from segstudio.models.parts.initial import adopt

NAMES = ("fcn32s", "fcn16s", "fcn8s")
CONVOLUTIONS = {1: 2, 2: 2, 3: 3, 4: 3, 5: 3}


def published(name: str, width: int, classes: int) -> dict[str, Tensor]:
    """Random weights with the keys and shapes of wkentaro/pytorch-fcn."""
    wide = {1: width, 2: 2 * width, 3: 4 * width, 4: 8 * width, 5: 8 * width}
    kernels = {}
    inputs = 3
    for stage, count in CONVOLUTIONS.items():
        for place in range(1, count + 1):
            kernels[f"conv{stage}_{place}"] = (wide[stage], inputs, 3, 3)
            inputs = wide[stage]
    kernels["fc6"] = (64 * width, inputs, 7, 7)
    kernels["fc7"] = (64 * width, 64 * width, 1, 1)
    kernels["score_fr"] = (classes, 64 * width, 1, 1)
    if name != "fcn32s":
        kernels["score_pool4"] = (classes, wide[4], 1, 1)
    if name == "fcn8s":
        kernels["score_pool3"] = (classes, wide[3], 1, 1)
    growing = {
        "fcn32s": {"upscore": 64},
        "fcn16s": {"upscore2": 4, "upscore16": 32},
        "fcn8s": {"upscore2": 4, "upscore_pool4": 4, "upscore8": 16},
    }[name]
    state = {}
    for key, shape in kernels.items():
        state[f"{key}.weight"] = torch.randn(shape) * (2 / (shape[1] * shape[2] * shape[3])) ** 0.5
        state[f"{key}.bias"] = torch.randn(shape[0]) / 10
    for key, edge in growing.items():
        state[f"{key}.weight"] = torch.rand(classes, classes, edge, edge) - 0.3
    return state


def reference(state: Mapping[str, Tensor], x: Tensor, name: str, scales: tuple[float, float]):
    """The network as its authors' net definition draws it, on blue, green and red."""

    def conv(key: str, x: Tensor, padding: int = 0) -> Tensor:
        return F.conv2d(x, state[f"{key}.weight"], state[f"{key}.bias"], padding=padding)

    def grow(key: str, x: Tensor, stride: int) -> Tensor:
        return F.conv_transpose2d(x, state[f"{key}.weight"], stride=stride)

    height, width = x.shape[2:]
    x, pools = x.flip(1), {}
    for stage, count in CONVOLUTIONS.items():
        for place in range(1, count + 1):
            padding = 100 if (stage, place) == (1, 1) else 1
            x = conv(f"conv{stage}_{place}", x, padding).relu()
        x = pools[stage] = F.max_pool2d(x, 2, ceil_mode=True)
    x = conv("score_fr", conv("fc7", conv("fc6", x).relu()).relu())
    if name == "fcn32s":
        return grow("upscore", x, 32)[:, :, 19 : 19 + height, 19 : 19 + width]
    x = grow("upscore2", x, 2)
    finer = conv("score_pool4", pools[4] * scales[0])
    x = x + finer[:, :, 5 : 5 + x.shape[2], 5 : 5 + x.shape[3]]
    if name == "fcn16s":
        return grow("upscore16", x, 16)[:, :, 27 : 27 + height, 27 : 27 + width]
    x = grow("upscore_pool4", x, 2)
    finer = conv("score_pool3", pools[3] * scales[1])
    x = x + finer[:, :, 9 : 9 + x.shape[2], 9 : 9 + x.shape[3]]
    return grow("upscore8", x, 8)[:, :, 31 : 31 + height, 31 : 31 + width]


@pytest.mark.parametrize(
    ("name", "classes", "count"),
    [
        ("fcn8s", 20, 134_473_084),
        ("fcn8s", 21, 134_489_759),
        ("fcn16s", 21, 134_815_994),
        ("fcn32s", 21, 136_152_917),
    ],
)
def test_parameter_counts(name: str, classes: int, count: int):
    with torch.device("meta"):
        module = models.create(name, classes=classes)
    assert sum(value.numel() for value in module.parameters()) == count


@pytest.mark.parametrize(
    ("name", "at_once"),
    [*((name, False) for name in NAMES), ("fcn16s", True), ("fcn8s", True)],
)
def test_pytorch_fcns_weights_give_its_logits(name: str, at_once: bool):
    torch.manual_seed(0)
    theirs = published(name, 2, classes=4)
    layout = models.spec(name).layouts[0]
    options = {"at_once": at_once} if at_once else {}
    module = models.create(name, classes=4, width=2, **layout.options, **options).eval()
    module.load_state_dict(layout.convert(theirs))
    scales = (1e-2, 1e-4) if at_once else (1.0, 1.0)
    for size in ((1, 1), (37, 70)):
        picture = torch.randn(2, 3, *size)
        with torch.inference_mode():
            expected = reference(theirs, picture, name, scales)
            assert torch.allclose(module(picture), expected, atol=1e-5)
    assert expected.std() > 0.05, "something to compare"


@pytest.mark.parametrize("name", NAMES)
def test_the_layout_covers_the_whole_network(name: str):
    with torch.device("meta"):
        theirs = published(name, 64, classes=21)
        ours = models.create(name, classes=21).state_dict()
    found = models.spec(name).layouts[0].convert(theirs)
    assert {key: value.shape for key, value in found.items()} == {
        key: value.shape for key, value in ours.items()
    }


def test_caffes_pictures_are_expressed_as_a_normalisation():
    expected = models.spec("fcn8s").layouts[0].normalisation
    red = (200 / 255 - expected.mean[0]) / expected.std[0]
    assert red == pytest.approx(200 - 122.67891434)


@pytest.mark.parametrize("factor", [2, 8, 16, 32])
def test_transposed_convolutions_begin_as_interpolation(factor: int):
    assert bilinear_kernel(factor).sum() == factor**2
    torch.manual_seed(0)
    scores = torch.rand(1, 3, 4, 5)
    learned = upscore(3, factor, "transposed")(scores)
    plain = upscore(3, factor, "bilinear")(scores)
    assert learned.shape == plain.shape == (1, 3, 5 * factor, 6 * factor)
    inside = (..., slice(factor, -factor), slice(factor, -factor))
    assert torch.allclose(learned[inside], plain[inside], atol=1e-6)


@pytest.mark.parametrize("how", UPSAMPLINGS)
def test_every_upsampling_fits_its_place(how: str):
    module = models.create("fcn8s", classes=3, channels=1, width=2, upsampling=how).eval()
    with torch.inference_mode():
        assert module(torch.rand(1, 1, 33, 70)).shape == (1, 3, 33, 70)


def test_a_finer_network_begins_with_the_coarser_ones_predictions():
    networks = []
    for name in NAMES:
        torch.manual_seed(0)
        networks.append(models.create(name, classes=3, width=2, upsampling="bilinear").eval())
    picture = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        coarse, middle, fine = (network(picture).argmax(dim=1) for network in networks)
    assert (coarse == middle).float().mean() > 0.95
    assert (middle == fine).float().mean() > 0.95


@pytest.mark.parametrize(
    ("weights", "normalising", "fits"),
    [
        ("imagenet", "none", True),
        ("imagenet_bn", "batch", True),
        ("imagenet_bn", "none", False),
        ("imagenet_bn", "group", False),
    ],
)
def test_imagenets_weights_fit_their_own_network(weights: str, normalising: str, fits: bool):
    from torchvision.models import vgg16, vgg16_bn

    initial = models.spec("fcn8s").initial[weights]
    assert initial.name == weights
    with torch.device("meta"):
        state = (vgg16_bn if weights == "imagenet_bn" else vgg16)().state_dict()
        module = models.create("fcn8s", classes=21, channels=1, normalising=normalising)
    if fits:
        adopt(module, initial, state)
    else:
        with pytest.raises(SegStudioError, match="norm1_1"):
            adopt(module, initial, state)
