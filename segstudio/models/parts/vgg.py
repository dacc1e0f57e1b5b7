"""VGG16's convolutions as building pieces for the networks that were made of it.

Simonyan & Zisserman 2015, table 1, column D: five stages of two, two and three times three 3x3
convolutions. Pooling is left to the networks, since that is where they differ.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from torch import Tensor, nn

from segstudio.core.options import option
from segstudio.models.parts import blocks
from segstudio.models.parts.common_options import dropout_option
from segstudio.models.parts.initial import InitialWeights

Normalised = blocks.Normalised
NORMALISED = blocks.NORMALISED

CONVOLUTIONS = (2, 2, 3, 3, 3)
"""How many convolutions each stage has."""

FULLY_CONNECTED = ("fc6", "fc7")
"""The classifier's hidden layers, of 7x7 and 1x1 pixels as convolutions (Long et al. 2015)."""

_MULTIPLES = (1, 2, 4, 8, 8)


@dataclass(frozen=True, slots=True)
class VggOptions:
    """Options that every network made of VGG16 has."""

    weights: str = option(
        "none",
        "First weights",
        "What training starts from: nothing, or a VGG16 that knows ImageNet; imagenet_bn goes "
        "with batch normalisation.",
        choices=("none", "imagenet", "imagenet_bn"),
    )
    width: int = option(
        64,
        "Width",
        "Channels of the first stage; all others follow. ImageNet's weights want 64.",
        minimum=2,
        maximum=64,
    )
    normalising: Normalised = option(
        "none",
        "Normalisation",
        "None as published; over the batch it learns from random weights far more surely.",
        choices=NORMALISED,
    )
    dropout: float = dropout_option(
        0.5, "Share of the two hidden layers' values that training silences."
    )


def widths(width: int = 64) -> tuple[int, ...]:
    """Channels of the five stages, where the first has ``width``."""
    return tuple(width * multiple for multiple in _MULTIPLES)


def convolution(
    inputs: int, width: int, kernel: int = 3, *, dilation: int = 1, padded: bool = True
) -> nn.Conv2d:
    """A convolution with bias, its first weights made for the ReLU behind it.

    Parameters
    ----------
    padded
        Whether the map keeps its size (for odd kernels).
    """
    padding = dilation * (kernel // 2) if padded else 0
    layer = nn.Conv2d(inputs, width, kernel, padding=padding, dilation=dilation)
    blocks.he_normal(layer)
    return layer


def stage(
    number: int,
    inputs: int,
    width: int,
    *,
    dilation: int = 1,
    padded: bool = True,
    normalising: Normalised = "none",
) -> nn.Sequential:
    """Stage 1 to 5: layers ``conv3_1``, ``norm3_1``, ``relu3_1``, ``conv3_2`` and so on.

    Convolutions keep their bias beside a normalisation, because torchvision's weights have one.
    """
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    for place in range(1, CONVOLUTIONS[number - 1] + 1):
        name = f"{number}_{place}"
        layers[f"conv{name}"] = convolution(inputs, width, dilation=dilation, padded=padded)
        if normalising != "none":
            layers[f"norm{name}"] = blocks.normalise(width, normalising)
        layers[f"relu{name}"] = nn.ReLU(inplace=True)
        inputs = width
    return nn.Sequential(layers)


def stages(
    channels: int,
    width: int = 64,
    *,
    dilations: tuple[int, ...] = (1, 1, 1, 1, 1),
    padded: bool = True,
    normalising: Normalised = "none",
) -> nn.ModuleList:
    """All five, for the network to put its pooling between.

    Parameters
    ----------
    channels
        Of the picture.
    width
        Channels of the first stage.
    dilations
        Of each stage's convolutions.
    padded
        Whether convolutions keep the size of maps.
    normalising
        What follows each convolution.
    """
    outputs = widths(width)
    return nn.ModuleList(
        stage(number, inputs, wide, dilation=dilation, padded=padded, normalising=normalising)
        for number, (inputs, wide, dilation) in enumerate(
            zip([channels, *outputs[:-1]], outputs, dilations, strict=True), start=1
        )
    )


Naming = Callable[[str], str]
"""From a layer's name ("conv1_1", "norm1_1", "fc6") to where a network has it."""


def within(prefix: str) -> Naming:
    """Names of layers in the :func:`stages` that a network keeps under ``prefix`` ("stages.").

    ``fc6`` and ``fc7`` are the network's own.
    """

    def name(layer: str) -> str:
        return layer if layer in FULLY_CONNECTED else f"{prefix}{int(layer[4]) - 1}.{layer}"

    return name


def imagenet(
    name: Naming, *, normalised: bool = False, fully_connected: bool = False
) -> InitialWeights:
    """torchvision's ImageNet weights (IMAGENET1K_V1).

    Parameters
    ----------
    name
        Where the network has the layers.
    normalised
        Whether they are those of the VGG16 with batch normalisation.
    fully_connected
        Whether the network has the classifier's hidden layers too, as convolutions.
    """
    file, sha256 = (
        ("vgg16_bn-6c64b313.pth", "6c64b313") if normalised else ("vgg16-397923af.pth", "397923af")
    )
    layers = dict(_torchvision_layers(normalised))
    if fully_connected:
        layers |= {"classifier.0": "fc6", "classifier.3": "fc7"}

    def convert(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
        found = {}
        for key, value in state.items():
            layer, _, kind = key.rpartition(".")
            if layer in layers:
                own = layers[layer]
                found[f"{name(own)}.{kind}"] = _as_convolution(own, value)
        return found

    return InitialWeights(
        name="imagenet",
        label="ImageNet's, VGG16" + (" with batch normalisation" if normalised else ""),
        url=f"https://download.pytorch.org/models/{file}",
        sha256=sha256,
        megabytes=528,
        convert=convert,
        first_convolution=f"{name('conv1_1')}.weight",
    )


def initial(name: Naming, *, fully_connected: bool = False) -> dict[str, InitialWeights]:
    """Both kinds by name, each with the options of the network that has a place for it.

    For networks with the options ``width`` and ``normalising``; parameters as for
    :func:`imagenet`.
    """
    plain = imagenet(name, fully_connected=fully_connected)
    normalised = imagenet(name, normalised=True, fully_connected=fully_connected)
    return {
        "imagenet": replace(plain, options={"width": 64, "normalising": "none"}),
        "imagenet_bn": replace(
            normalised, name="imagenet_bn", options={"width": 64, "normalising": "batch"}
        ),
    }


def _torchvision_layers(normalised: bool) -> Iterator[tuple[str, str]]:
    """Pairs of torchvision's name, a place in one long row of layers, and ours."""
    kinds = ("conv", "norm", "relu") if normalised else ("conv", "relu")
    row = chain.from_iterable(
        [*(f"{kind}{number}_{place + 1}" for place in range(count) for kind in kinds), "pool"]
        for number, count in enumerate(CONVOLUTIONS, start=1)
    )
    return ((f"features.{place}", layer) for place, layer in enumerate(row))


def _as_convolution(layer: str, value: Tensor) -> Tensor:
    """A fully connected layer's weight as the kernel that does the same to a 7x7 or 1x1 map."""
    if layer not in FULLY_CONNECTED or value.ndim != 2:
        return value
    edge = 7 if layer == "fc6" else 1
    return value.reshape(len(value), -1, edge, edge)
