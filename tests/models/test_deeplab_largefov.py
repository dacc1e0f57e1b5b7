"""DeepLab-LargeFOV: the published network definition, what it sees, and how it can begin."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from segstudio import models
from segstudio.core.errors import SegStudioError
from segstudio.models.parts.initial import adopt

NAME = "deeplab_largefov"
CONVOLUTIONS = {1: 2, 2: 2, 3: 3, 4: 3, 5: 3}


def on_meta(classes: int = 21, **options: Any) -> nn.Module:
    with torch.device("meta"):
        return models.create(NAME, classes=classes, **options)


def test_parameters():
    network = on_meta()
    assert sum(value.numel() for value in network.parameters()) == 20_505_429
    assert network.fc6.weight.shape == (1024, 512, 3, 3)
    assert network.fc6.dilation == (12, 12)


@pytest.mark.parametrize(("edge", "scores"), [(321, 41), (513, 65), (9, 2)])
def test_scores_come_at_an_eighth(edge: int, scores: int):
    network = on_meta()
    with torch.device("meta"):
        assert network.scores(torch.rand(1, 3, edge, edge)).shape == (1, 21, scores, scores)


def reference(network: nn.Module, x: Tensor) -> Tensor:
    """The authors' net definition, layer by layer."""
    layers = {key.split(".")[-2]: key for key in network.state_dict() if key.endswith("weight")}
    state = network.state_dict()

    def conv(name: str, x: Tensor, holes: int = 1) -> Tensor:
        weight, bias = state[layers[name]], state[layers[name].replace("weight", "bias")]
        padding = holes * (weight.shape[2] // 2)
        return F.conv2d(x, weight, bias, padding=padding, dilation=holes)

    for stage, count in CONVOLUTIONS.items():
        for place in range(1, count + 1):
            x = conv(f"conv{stage}_{place}", x, 2 if stage == 5 else 1).relu()
        x = F.max_pool2d(x, 3, stride=2 if stage <= 3 else 1, padding=1, ceil_mode=True)
    x = F.avg_pool2d(x, 3, stride=1, padding=1)
    return conv("fc8", conv("fc7", conv("fc6", x, 12).relu()).relu())


def test_the_layers_are_those_of_the_published_network():
    torch.manual_seed(0)
    network = models.create(NAME, classes=4, width=2).eval()
    picture = torch.rand(1, 3, 41, 65)
    with torch.inference_mode():
        expected = reference(network, picture)
        assert expected.std() > 1e-3
        assert expected.shape == (1, 4, 6, 9)
        assert torch.allclose(network.scores(picture), expected, atol=1e-6)


def test_a_score_stays_at_the_pixel_that_it_was_made_for():
    """Scores that are their own place in the picture come back as that at every pixel."""
    network = on_meta().eval()
    network.scores = lambda x: x[:, :1, ::8, ::8]
    for width in (40, 57, 66):
        place = torch.arange(float(width)).expand(1, 3, 20, width)
        whole = (width - 1) // 8 * 8
        assert torch.allclose(network(place)[..., :whole], place[:, :1, :, :whole], atol=1e-4)


# What it sees


def test_a_pixel_sees_the_stated_field_and_no_farther(measured_reach: Callable[..., int]):
    geometry = models.spec(NAME).geometry()
    assert geometry.receptive_field == 449
    assert measured_reach(NAME) == 449 // 2
    assert models.spec(NAME).geometry(normalising="group").receptive_field is None


# How it begins


@pytest.mark.parametrize(
    ("weights", "normalising", "fits"),
    [
        ("imagenet", "none", True),
        ("imagenet_bn", "batch", True),
        ("imagenet_bn", "none", False),
    ],
)
def test_imagenets_weights_fit_their_own_network(weights: str, normalising: str, fits: bool):
    from torchvision.models import vgg16, vgg16_bn

    initial = models.spec(NAME).initial[weights]
    with torch.device("meta"):
        state = (vgg16_bn if weights == "imagenet_bn" else vgg16)().state_dict()
    network = on_meta(normalising=normalising)
    if not fits:
        with pytest.raises(SegStudioError, match="norm1_1"):
            adopt(network, initial, state)
        return
    adopt(network, initial, state)
    found = initial.convert(state)
    left = {key for key in network.state_dict() if key not in found}
    assert left == {"fc8.weight", "fc8.bias"}


def test_hidden_layers_are_decimated():
    initial = models.spec(NAME).initial["imagenet"]
    fc6 = torch.arange(4096.0 * 2 * 49).reshape(4096, 2 * 49)
    fc7 = torch.arange(4096.0 * 8).reshape(4096, 8)
    biases = torch.arange(4096.0)
    found = initial.convert(
        {
            "classifier.0.weight": fc6,
            "classifier.0.bias": biases,
            "classifier.3.weight": fc7,
            "classifier.3.bias": biases,
        }
    )
    assert found["fc6.weight"].shape == (1024, 2, 3, 3)
    assert found["fc6.weight"][0, 0].flatten().tolist() == [0, 3, 6, 21, 24, 27, 42, 45, 48]
    assert found["fc7.weight"][1].flatten().tolist() == [32, 36]
    for layer in ("fc6", "fc7"):
        assert found[f"{layer}.bias"].tolist() == biases[::4].tolist()


# Any size, any option


@pytest.mark.parametrize("options", [{}, {"normalising": "batch"}, {"normalising": "group"}])
def test_pictures_of_any_size(options: dict[str, Any]):
    network = models.create(NAME, classes=2, width=2, **options)
    for size in ((1, 1), (2, 9), (33, 70)):
        assert network(torch.rand(1, 3, *size)).shape == (1, 2, *size)
