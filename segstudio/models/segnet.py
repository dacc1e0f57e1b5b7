"""SegNet and SegNet-Basic: a decoder that remembers where each maximum was.

Badrinarayanan et al. 2017 keep of the encoder's maps nothing but the places of the maxima that
pooling chose (section 3, figure 3). The decoder puts its values back to those places, zeros
around them, and convolves the sparse map dense: borders come back sharp without one weight for
upsampling. The encoder is VGG16's; the decoder mirrors it (figure 2).
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from torch import Tensor, nn

from segstudio.core.options import option
from segstudio.models.parts import vgg
from segstudio.models.parts.blocks import (
    Normalising,
    conv,
    normalise,
    pad_to_multiple,
)
from segstudio.models.parts.common_options import dropout_option, normalising_option
from segstudio.models.parts.spec import Geometry, ModelSpec, Paper, registry

_BASIC_STAGES = 4
_BASIC_KERNEL = 7


@dataclass(frozen=True, slots=True)
class SegNetBasicOptions:
    """Options of ``segnet_basic``."""

    width: int = option(
        64,
        "Width",
        "Channels of the first stage. Narrower ones are quicker.",
        minimum=4,
        maximum=128,
    )
    normalising: Normalising = normalising_option()
    dropout: float = dropout_option(
        0.0, "Share of the deepest maps that training silences; helps with few pictures."
    )


@dataclass(frozen=True, slots=True)
class SegNetOptions(SegNetBasicOptions):
    """Options of ``segnet``."""

    weights: str = option(
        "none",
        "First weights",
        "What training starts from: nothing, or an encoder that knows ImageNet; that one is 64 "
        "wide and normalised over the batch.",
        choices=("none", "imagenet"),
    )


class MaxIndexNet(nn.Module):
    """Stages that are pooled, and stages that undo each pooling at the places it chose.

    Inputs of any size: mirrored at the right and lower edge up to the pooling grid, logits
    cropped back.

    Parameters
    ----------
    encoder
        Stages, the finest first.
    decoder
        As many, the deepest first; each gives as many channels as the encoder's stage before its
        counterpart, the last one logits.
    dropout
        Share of the deepest maps that training silences.
    """

    def __init__(
        self, encoder: Iterable[nn.Module], decoder: Iterable[nn.Module], dropout: float
    ) -> None:
        super().__init__()
        self.encoder = nn.ModuleList(encoder)
        self.pool = nn.MaxPool2d(2, return_indices=True)
        self.dropout = nn.Dropout2d(dropout)
        self.unpool = nn.MaxUnpool2d(2)
        self.decoder = nn.ModuleList(decoder)
        self.grid = 2 ** len(self.encoder)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N,K,H,W) of pictures (N,C,H,W)."""
        height, width = x.shape[2:]
        x = pad_to_multiple(x, self.grid)
        places = []
        for stage in self.encoder:
            x = stage(x)
            size = x.shape[2:]
            x, maxima = self.pool(x)
            places.append((maxima, size))
        x = self.dropout(x)
        for stage in self.decoder:
            maxima, size = places.pop()
            x = stage(self.unpool(x, maxima, output_size=size))
        return x[:, :, :height, :width]


def segnet(classes: int, channels: int, options: SegNetOptions) -> nn.Module:
    """VGG16's thirteen convolutions, and thirteen in mirror order."""
    how = options.normalising
    widths = vgg.widths(options.width)
    outputs = (classes, *widths[:-1])
    return MaxIndexNet(
        vgg.stages(channels, options.width, normalising=how),
        [
            _mirrored(number, widths[number - 1], outputs[number - 1], how)
            for number in range(len(widths), 0, -1)
        ],
        options.dropout,
    )


def segnet_basic(classes: int, channels: int, options: SegNetBasicOptions) -> nn.Module:
    """Four and four stages of one 7x7 convolution without bias; no ReLU in the decoder.

    Section 3.1: large kernels give a small network enough to see.
    """
    width, how = options.width, options.normalising
    encoder = [
        conv(inputs, width, _BASIC_KERNEL, normalising=how)
        for inputs in (channels, *(width,) * (_BASIC_STAGES - 1))
    ]
    decoder = [
        conv(width, width, _BASIC_KERNEL, normalising=how)[:-1] for _ in range(_BASIC_STAGES)
    ]
    decoder[-1].append(nn.Conv2d(width, classes, 1))
    return MaxIndexNet(encoder, decoder, options.dropout)


def _mirrored(number: int, inputs: int, outputs: int, how: Normalising) -> nn.Sequential:
    """A stage of VGG16 backwards: its last convolution leads to the channels of the one before.

    The first stage's ends with logits, neither normalised nor rectified.
    """
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    for place in range(vgg.CONVOLUTIONS[number - 1], 0, -1):
        name = f"{number}_{place}"
        width = inputs if place > 1 else outputs
        layers[f"conv{name}"] = vgg.convolution(inputs, width)
        if (number, place) != (1, 1):
            layers[f"norm{name}"] = normalise(width, how)
            layers[f"relu{name}"] = nn.ReLU(inplace=True)
    return nn.Sequential(layers)


def _geometry(stages: tuple[int, ...], how: Normalising) -> Geometry:
    """Normalising within a picture lets each pixel feel the whole of it.

    ``stages`` are how many pixels the convolutions of each stage reach together.
    """
    grid = 2 ** len(stages)
    # The grid shifts what a pixel sees: of one of each kind, the farthest.
    reach = max(_reach(place, stages) for place in range(grid))
    return Geometry(1, 1, 2 * reach + 1 if how == "batch" else None, grid)


def _reach(place: int, stages: tuple[int, ...]) -> int:
    """How far the logit at ``place`` sees, followed down the decoder and up the encoder."""
    first = last = place
    for reach in stages:
        # A value stems from one deep pixel; its place was chosen among the four above that.
        first, last = (first - reach) // 2, (last + reach) // 2
    for reach in reversed(stages):
        first, last = 2 * first - reach, 2 * last + 1 + reach
    return max(place - first, last - place)


def _segnet_geometry(options: SegNetOptions) -> Geometry:
    return _geometry(vgg.CONVOLUTIONS, options.normalising)


def _basic_geometry(options: SegNetBasicOptions) -> Geometry:
    return _geometry((_BASIC_KERNEL // 2,) * _BASIC_STAGES, options.normalising)


_PAPER = Paper(
    "Badrinarayanan et al.",
    2017,
    "SegNet: A Deep Convolutional Encoder-Decoder Architecture for Image Segmentation",
)

registry.add(
    ModelSpec(
        name="segnet",
        label="SegNet",
        family="SegNet",
        paper=_PAPER,
        summary="Made for road scenes; sharp borders with little memory.",
        build=segnet,
        options=SegNetOptions,
        shape=_segnet_geometry,
        sets_apart="Reuses the pooling indices, where U-Net carries whole maps across.",
        initial={
            "imagenet": replace(
                vgg.imagenet(vgg.within("encoder."), normalised=True),
                options={"width": 64, "normalising": "batch"},
            )
        },
    )
)
registry.add(
    ModelSpec(
        name="segnet_basic",
        label="SegNet-Basic",
        family="SegNet",
        paper=_PAPER,
        summary="A small SegNet: quick to train, for a first try.",
        build=segnet_basic,
        options=SegNetBasicOptions,
        shape=_basic_geometry,
        sets_apart="Reuses the pooling indices like SegNet; few but large convolutions.",
    )
)
