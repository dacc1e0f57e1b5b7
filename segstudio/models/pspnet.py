"""PSPNet: what the picture is like at four scales, told to every pixel.

Zhao et al. 2017 pool the deepest map of a dilated ResNet into 1x1, 2x2, 3x3 and 6x6 regions,
reduce each to a quarter of the channels, enlarge them and put them beside the map itself (section
3.2, figure 3), so that a place is judged by its surroundings too. A second head on the stage
before, with 0.4 of the main loss, steadies training (section 4, figure 4).

As in the authors' code (hszhao/semseg) the ResNet begins with three 3x3 convolutions, every 3x3
convolution of the last two stages is dilated, and maps are enlarged with corners aligned.
segmentation_models.pytorch's PSPNet is another network (it reads the second stage, its decoder has
a 1x1 convolution for the 3x3 one and its head a 3x3 for the 1x1), so that its files do not fit.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import torch
from torch import Tensor, nn

from segstudio.core.options import option
from segstudio.models.parts.blocks import (
    Normalising,
    conv,
    pad_to_multiple,
    resized,
)
from segstudio.models.parts.common_options import dropout_option, normalising_option
from segstudio.models.parts.renaming import by_prefix
from segstudio.models.parts.resnet import STAGE_CHANNELS, ResNetBackbone, ResNetPlan, imagenet
from segstudio.models.parts.spec import Geometry, Layout, ModelSpec, Output, Paper, registry

BINS = (1, 2, 3, 6)
"""Edges, in regions, of the pyramid's levels (section 3.2)."""

_AUXILIARY_WIDTH = 256


@dataclass(frozen=True, slots=True)
class PSPNetOptions:
    """Options of ``pspnet_resnet50`` and ``pspnet_resnet101``."""

    weights: str = option(
        "none",
        "First weights",
        "What training starts from: nothing, or a backbone that knows ImageNet. The latter has "
        "the plain stem, and the network gets it too unless another one is asked for.",
        choices=("none", "imagenet"),
    )
    stem: Literal["deep", "plain"] = option(
        "deep",
        "Stem",
        "How the backbone begins: with three 3x3 convolutions as the authors' code, or with one "
        "of 7x7 as the ResNet that ImageNet's weights are published for.",
        choices=("deep", "plain"),
    )
    output_stride: Literal[8, 16] = option(
        8,
        "Output stride",
        "Pixels per pixel of the deepest map: 16 takes a third of the work, 8 is finer.",
        choices=(8, 16),
    )
    pyramid_width: int = option(
        512,
        "Pyramid's width",
        "Channels of each level of the pyramid and of the head behind it.",
        minimum=8,
        maximum=512,
    )
    auxiliary: bool = option(
        True,
        "Auxiliary head",
        "A second head on the third stage, used in training alone, steadies the deep layers.",
    )
    dropout: float = dropout_option(
        0.1, "Share of the heads' maps that training silences; helps with few pictures."
    )
    normalising: Normalising = normalising_option()


class PyramidPooling(nn.Module):
    """The map, and beside it what its regions are like on average, at several sizes of regions.

    Parameters
    ----------
    inputs
        Channels of the map.
    width
        Channels of each level.
    normalising
        As for :func:`segstudio.models.parts.blocks.normalise`.
    """

    def __init__(self, inputs: int, width: int, normalising: Normalising) -> None:
        super().__init__()
        self.outputs = inputs + len(BINS) * width
        self.levels = nn.ModuleList(
            nn.Sequential(
                nn.AdaptiveAvgPool2d(regions), *conv(inputs, width, 1, normalising=normalising)
            )
            for regions in BINS
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N,outputs,h,w) of a map (N,inputs,h,w)."""
        size = (x.shape[2], x.shape[3])
        levels = (resized(level(x), size, align_corners=True) for level in self.levels)
        return torch.cat([x, *levels], dim=1)


class PSPNet(nn.Module):
    """PSPNet on a residual network of ``depth`` layers.

    Inputs of any size: mirrored at the right and lower edge up to a multiple of the stride plus
    one pixel, which are the sizes that the authors' code takes.
    """

    def __init__(
        self, depth: Literal[50, 101], classes: int, channels: int, options: PSPNetOptions
    ) -> None:
        super().__init__()
        how = options.normalising
        *_, middle, deep = STAGE_CHANNELS
        self.grid = options.output_stride
        plan = ResNetPlan(depth, self.grid, options.stem, dilate_first=True, normalising=how)
        self.backbone = ResNetBackbone(channels, plan)
        self.pyramid = PyramidPooling(deep, options.pyramid_width, how)
        head = partial(_head, classes=classes, dropout=options.dropout, normalising=how)
        self.classifier = head(self.pyramid.outputs, options.pyramid_width)
        self.auxiliary = head(middle, _AUXILIARY_WIDTH) if options.auxiliary else None

    def forward(self, x: Tensor) -> Tensor | Output:
        """Logits (N,K,H,W) of pictures (N,C,H,W); :class:`Output` in training mode."""
        height, width = x.shape[2:]
        x = pad_to_multiple(x, self.grid, beyond=1)
        padded = (x.shape[2], x.shape[3])
        *_, middle, deep = self.backbone(x)

        def at_input_size(logits: Tensor) -> Tensor:
            return resized(logits, padded, align_corners=True)[:, :, :height, :width]

        logits = at_input_size(self.classifier(self.pyramid(deep)))
        if not self.training:
            return logits
        if self.auxiliary is None:
            return Output(logits)
        return Output(logits, (at_input_size(self.auxiliary(middle)),))


def _head(
    inputs: int, width: int, *, classes: int, dropout: float, normalising: Normalising
) -> nn.Sequential:
    return nn.Sequential(
        *conv(inputs, width, normalising=normalising),
        nn.Dropout2d(dropout),
        nn.Conv2d(width, classes, 1),
    )


def geometry(options: PSPNetOptions) -> Geometry:
    """The pyramid sees the whole input."""
    return Geometry(1, options.output_stride, None, options.output_stride)


# Their stem is one row of layers, with ReLUs between; ours has torchvision's names.
_STEM = dict(enumerate(("conv1", "bn1", "relu", "conv2", "bn2", "relu", "conv3", "bn3")))
_SEMSEG = Layout(
    "hszhao/semseg",
    by_prefix(
        {
            **{f"layer0.{place}.": f"backbone.{layer}." for place, layer in _STEM.items()},
            **{f"layer{stage}.": f"backbone.layer{stage}." for stage in (1, 2, 3, 4)},
            "ppm.features.": "pyramid.levels.",
            "cls.": "classifier.",
            "aux.": "auxiliary.",
        }
    ),
    {"stem": "deep", "output_stride": 8},
)


def _add(depth: Literal[50, 101], summary: str) -> None:
    registry.add(
        ModelSpec(
            name=f"pspnet_resnet{depth}",
            label=f"PSPNet, ResNet-{depth}",
            family="PSPNet",
            paper=Paper("Zhao et al.", 2017, "Pyramid Scene Parsing Network"),
            summary=summary,
            build=partial(PSPNet, depth),
            options=PSPNetOptions,
            shape=geometry,
            sets_apart="Averages regions of four sizes; DeepLabv3 looks around at several rates.",
            initial={"imagenet": replace(imagenet(depth, "backbone."), options={"stem": "plain"})},
            layouts=(_SEMSEG,),
        )
    )


_add(50, "Judges a place by its surroundings; good at whole scenes.")
_add(101, "As pspnet_resnet50 with twice the depth: slower, a little better.")
