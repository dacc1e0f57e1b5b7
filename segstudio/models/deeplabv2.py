"""DeepLabv2: the map classified at four rates at once, and the picture at three scales.

Chen et al. 2018 (TPAMI) keep a ResNet-101's map at an eighth of the picture by dilating its last
two stages (section 3.1, figure 3) and classify it by four 3x3 convolutions of different rates,
whose scores are summed (atrous spatial pyramid pooling, section 3.2, figures 4 and 7): what is
small and what is large each finds a field of its size. The same network may see the picture in
smaller copies too; of its scores the largest counts (section 3.2). The dense CRF that follows in
the paper is not a part of the network.

The ResNet is that of the first paper's Caffe models: strides lie in the first 1x1 convolution of a
block, and its pooling rounds up, so that 321 pixels make 41.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from segstudio.core.options import option
from segstudio.models.parts.blocks import Normalising, pad_to_multiple, resized
from segstudio.models.parts.common_options import normalising_option
from segstudio.models.parts.renaming import by_prefix
from segstudio.models.parts.resnet import STAGE_CHANNELS, ResNetBackbone, ResNetPlan, imagenet
from segstudio.models.parts.spec import (
    Geometry,
    Layout,
    ModelSpec,
    Normalisation,
    Output,
    Paper,
    registry,
)

_SCALES = (0.5, 0.75)
# Multiples of 4 stay whole at these scales.
_SCALING = 4
_MINIMUM = 8


@dataclass(frozen=True, slots=True)
class DeepLabV2Options:
    """Options of :class:`DeepLabV2`."""

    weights: str = option(
        "none",
        "First weights",
        "What training starts from: nothing, or a backbone that knows ImageNet. The latter has "
        "its strides in the 3x3 convolutions, and the network too unless asked for otherwise.",
        choices=("none", "imagenet"),
    )
    output_stride: Literal[8, 16] = option(
        8,
        "Output stride",
        "Pixels per pixel of the deepest map: 16 takes a third of the work, 8 is the paper's.",
        choices=(8, 16),
    )
    rates: str = option(
        "6,12,18,24",
        "Rates",
        "Dilations of the four classifiers. The paper's ASPP-L has 6,12,18,24 and its ASPP-S "
        "2,4,8,12; small pictures want small ones.",
        choices=("6,12,18,24", "3,6,9,12", "2,4,8,12"),
    )
    multi_scale: bool = option(
        False,
        "Several scales",
        "Sees the picture at a half and three quarters of its size too and takes the largest "
        "score: some two points better, for almost twice the work.",
    )
    stride_first: bool = option(
        True,
        "Stride first",
        "Strides in the first convolution of a block, as in the authors' network; torchvision's, "
        "whose weights know ImageNet, has them in the second.",
    )
    align_corners: bool = option(
        True,
        "Align corners",
        "Lay the centres of corner pixels on each other where maps are resized, as the authors' "
        "network does. kazuto1011/deeplab-pytorch does not.",
    )
    normalising: Normalising = normalising_option()


class DeepLabV2(nn.Module):
    """A dilated ResNet-101 and four classifiers.

    Inputs of any size. With aligned corners they are mirrored at the right and lower edge, up to
    where the corners of all maps lie on each other.
    """

    def __init__(self, classes: int, channels: int, options: DeepLabV2Options) -> None:
        super().__init__()
        self.backbone = ResNetBackbone(
            channels,
            ResNetPlan(
                101,
                options.output_stride,
                dilate_first=True,
                stride_first=options.stride_first,
                ceil_pool=True,
                normalising=options.normalising,
            ),
        )
        self.classifiers = nn.ModuleList(
            _classifier(int(rate), classes) for rate in options.rates.split(",")
        )
        self.scales = _SCALES if options.multi_scale else ()
        self.align_corners = options.align_corners
        self.grid = options.output_stride * (_SCALING if self.scales else 1)

    def forward(self, x: Tensor) -> Tensor | Output:
        """Logits (N,K,H,W) of pictures (N,C,H,W).

        In training mode :class:`Output`, whose auxiliary logits are those of each scale alone.
        """
        height, width = x.shape[2:]
        if self.align_corners:
            x = pad_to_multiple(x, self.grid, beyond=1)
        padded = (x.shape[2], x.shape[3])

        def at_input_size(scores: Tensor) -> Tensor:
            return resized(scores, padded, self.align_corners)[:, :, :height, :width]

        scales = [self.scores(x), *(self.scores(self._shrunk(x, scale)) for scale in self.scales)]
        logits = at_input_size(self._largest(scales))
        if not self.training:
            return logits
        return Output(logits, tuple(map(at_input_size, scales)) if self.scales else ())

    def scores(self, x: Tensor) -> Tensor:
        """Of one scale, an eighth of its size rounded up: 41x41 for 321x321 pixels."""
        *_, deep = self.backbone(x)
        summed: Tensor = reduce(torch.add, (classify(deep) for classify in self.classifiers))
        return summed

    def _shrunk(self, x: Tensor, scale: float) -> Tensor:
        if not self.align_corners:
            return F.interpolate(x, scale_factor=scale, mode="bilinear", align_corners=False)
        height, width = (int((edge - 1) * scale) + 1 for edge in x.shape[2:])
        return resized(x, (height, width), align_corners=True)

    def _largest(self, scales: list[Tensor]) -> Tensor:
        finest, *others = scales
        size = (finest.shape[2], finest.shape[3])
        enlarged = (resized(scores, size, self.align_corners) for scores in others)
        return reduce(torch.maximum, enlarged, finest)


def _classifier(rate: int, classes: int) -> nn.Conv2d:
    """Its scores are summed with three others': they begin small, as in the authors' network."""
    layer = nn.Conv2d(STAGE_CHANNELS[-1], classes, 3, padding=rate, dilation=rate)
    nn.init.normal_(layer.weight, std=0.01)
    assert layer.bias is not None
    nn.init.zeros_(layer.bias)
    return layer


def geometry(options: DeepLabV2Options) -> Geometry:
    # On paper the field is finite; it is wider than any tile worth computing.
    stride = options.output_stride
    return Geometry(_MINIMUM, stride, None, stride * (_SCALING if options.multi_scale else 1))


_FIRST = "backbone.conv1.weight"
_BRANCHES = {
    "reduce.conv.": "conv1.",
    "reduce.bn.": "bn1.",
    "conv3x3.conv.": "conv2.",
    "conv3x3.bn.": "bn2.",
    "increase.conv.": "conv3.",
    "increase.bn.": "bn3.",
    "shortcut.conv.": "downsample.0.",
    "shortcut.bn.": "downsample.1.",
}
_BLOCKS = (3, 4, 23, 3)


def _kazuto_prefixes() -> Iterator[tuple[str, str]]:
    """Pairs of theirs and ours. Their stem is layer 1, and they count blocks from 1."""
    yield "layer1.conv1.conv.", "backbone.conv1."
    yield "layer1.conv1.bn.", "backbone.bn1."
    for stage, blocks in enumerate(_BLOCKS, start=1):
        for block in range(blocks):
            for theirs, ours in _BRANCHES.items():
                yield (
                    f"layer{stage + 1}.block{block + 1}.{theirs}",
                    f"backbone.layer{stage}.{block}.{ours}",
                )
    yield "aspp.c", "classifiers."


_renamed = by_prefix(dict(_kazuto_prefixes()))


def _from_kazuto(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    # What runs their network at several scales keeps it as "base".
    found = _renamed({key.removeprefix("base."): value for key, value in state.items()})
    if _FIRST in found:
        # Caffe's networks see blue first.
        found[_FIRST] = found[_FIRST].flip(1)
    return found


_KAZUTO = Layout(
    "kazuto1011/deeplab-pytorch",
    _from_kazuto,
    {
        "output_stride": 8,
        "rates": "6,12,18,24",
        "multi_scale": True,
        "stride_first": True,
        "align_corners": False,
    },
    Normalisation(mean=(122.675 / 255, 116.669 / 255, 104.008 / 255), std=(1 / 255,) * 3),
)

registry.add(
    ModelSpec(
        name="deeplabv2",
        label="DeepLabv2, ResNet-101",
        family="DeepLab",
        paper=Paper(
            "Chen et al.",
            2018,
            "DeepLab: Semantic Image Segmentation with Deep Convolutional Nets, Atrous "
            "Convolution, and Fully Connected CRFs",
        ),
        summary="Four fields of view at once, several scales as an option; takes a CRF well.",
        build=DeepLabV2,
        options=DeepLabV2Options,
        shape=geometry,
        sets_apart="Sums classifiers of four rates; DeepLabv3 merges features and sees the whole.",
        initial={"imagenet": replace(imagenet(101, "backbone."), options={"stride_first": False})},
        layouts=(_KAZUTO,),
    )
)
