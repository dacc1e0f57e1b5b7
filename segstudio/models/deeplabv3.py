"""DeepLabv3: dilated convolutions side by side see several scales at once.

Chen et al. 2017 (section 3.3, figure 5) put batch normalisation and an image-level branch into
the atrous spatial pyramid of DeepLabv2 and drop its CRF.
"""

from dataclasses import dataclass
from itertools import chain
from typing import Literal

import torch
from torch import Tensor, nn

from segstudio.core.options import option
from segstudio.models.parts.blocks import conv, resized
from segstudio.models.parts.resnet import STAGE_CHANNELS, ResNetBackbone, ResNetPlan, imagenet
from segstudio.models.parts.segmenter import (
    BackboneSegmenter,
    coco_voc_weights,
    convolutional_head,
)
from segstudio.models.parts.spec import Geometry, ModelSpec, Paper, registry

# Section 3.3: the rates double where the map is twice as fine.
_RATES: dict[Literal[8, 16], tuple[int, ...]] = {8: (12, 24, 36), 16: (6, 12, 18)}


@dataclass(frozen=True, slots=True)
class DeepLabV3Options:
    """Options of ``deeplabv3_resnet50``.

    Weights of one output stride load into the other, and predict differently: the stride belongs
    to the checkpoint.
    """

    weights: str = option(
        "none",
        "First weights",
        "What training starts from: nothing, or a backbone that knows ImageNet.",
        choices=("none", "imagenet"),
    )
    output_stride: Literal[8, 16] = option(
        8,
        "Output stride",
        "Pixels per pixel of the deepest map; 16 is twice as quick, 8 finer. The published "
        "weights want 8.",
        choices=tuple(_RATES),
    )
    auxiliary: bool = option(
        True,
        "Auxiliary head",
        "A second head on the third stage, used in training alone, steadies the deep layers.",
    )


class ImagePooling(nn.Sequential):
    """The image-level branch: what the whole picture is like, told to every pixel."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__(nn.AdaptiveAvgPool2d(1), *conv(inputs, width, 1))

    def forward(self, x: Tensor) -> Tensor:
        size = (x.shape[2], x.shape[3])
        for layer in self:
            x = layer(x)
        return resized(x, size)


class AtrousPyramid(nn.Module):
    """ASPP: a 1x1 convolution, 3x3 ones at several rates and the image-level branch, merged."""

    def __init__(self, inputs: int, rates: tuple[int, ...], width: int = 256) -> None:
        super().__init__()
        self.convs = nn.ModuleList(
            chain(
                [conv(inputs, width, 1)],
                (conv(inputs, width, dilation=rate) for rate in rates),
                [ImagePooling(inputs, width)],
            )
        )
        self.project = nn.Sequential(*conv(len(self.convs) * width, width, 1), nn.Dropout(0.5))

    def forward(self, x: Tensor) -> Tensor:
        merged: Tensor = self.project(torch.cat([branch(x) for branch in self.convs], dim=1))
        return merged


def deeplabv3_resnet50(classes: int, channels: int, options: DeepLabV3Options) -> nn.Module:
    """DeepLabv3 on ResNet-50, as torchvision publishes it."""
    _, _, middle, deep = STAGE_CHANNELS
    head = nn.Sequential(
        AtrousPyramid(deep, _RATES[options.output_stride]),
        *conv(256, 256),
        nn.Conv2d(256, classes, 1),
    )
    return BackboneSegmenter(
        ResNetBackbone(channels, ResNetPlan(50, options.output_stride)),
        head,
        convolutional_head(middle, classes) if options.auxiliary else None,
    )


def geometry(options: DeepLabV3Options) -> Geometry:
    """The pooled branch sees the whole input."""
    return Geometry(32, options.output_stride, None, options.output_stride)


registry.add(
    ModelSpec(
        name="deeplabv3_resnet50",
        label="DeepLabv3, ResNet-50",
        family="DeepLab",
        paper=Paper(
            "Chen et al.", 2017, "Rethinking Atrous Convolution for Semantic Image Segmentation"
        ),
        summary="Several scales at once; published weights know VOC's 21 classes.",
        build=deeplabv3_resnet50,
        options=DeepLabV3Options,
        shape=geometry,
        sets_apart="Looks at every place at several rates, and at the picture as a whole.",
        weights=coco_voc_weights("deeplabv3_resnet50_coco-cd0a2569.pth", "cd0a2569", 161),
        initial={"imagenet": imagenet(50, "backbone.")},
    )
)
