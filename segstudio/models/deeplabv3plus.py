"""DeepLabv3+: DeepLabv3 as an encoder, and a small decoder that sharpens borders.

Chen et al. 2018 (section 3.1, figure 2): the pyramid's map is enlarged by four and joined by an
early map of the backbone, reduced to 48 channels (section 4.1); two 3x3 convolutions refine them,
and the logits are enlarged by four again. Convolutions of pyramid and decoder are separable ones.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from segstudio.core.options import option
from segstudio.models.parts.atrous_pyramid import (
    AtrousPyramid,
    pyramid_width_option,
    rates_of,
    rates_option,
)
from segstudio.models.parts.blocks import (
    UPSAMPLINGS,
    Normalising,
    Upsampling,
    conv,
    pad_to_multiple,
    resized,
    separable_conv,
    upsample,
)
from segstudio.models.parts.common_options import dropout_option, normalising_option
from segstudio.models.parts.renaming import by_prefix
from segstudio.models.parts.resnet import STAGE_CHANNELS, ResNetBackbone, ResNetPlan, imagenet
from segstudio.models.parts.segmenter import convolutional_head
from segstudio.models.parts.spec import Geometry, Layout, ModelSpec, Output, Paper, registry

# Section 4.1, table 1: more or fewer channels of the early map do worse.
_EARLY_WIDTH = 48
_EARLY_STRIDE = 4


@dataclass(frozen=True, slots=True)
class DeepLabV3PlusOptions:
    """Options of ``deeplabv3plus_resnet50``."""

    weights: str = option(
        "none",
        "First weights",
        "What training starts from: nothing, or a backbone that knows ImageNet.",
        choices=("none", "imagenet"),
    )
    output_stride: Literal[8, 16] = option(
        16,
        "Output stride",
        "Pixels per pixel of the deepest map: 16 takes a third of the work, 8 is finer.",
        choices=(8, 16),
    )
    rates: str = rates_option()
    upsampling: Upsampling = option(
        "bilinear",
        "Upsampling",
        "How the decoder enlarges the pyramid's map.",
        choices=UPSAMPLINGS,
    )
    separable: bool = option(
        True,
        "Separable convolutions",
        "In pyramid and decoder: a fraction of the work, about as good.",
    )
    refining: Literal["after", "around"] = option(
        "after",
        "Refining",
        "Where the decoder's two convolutions lie: both after the early map has joined (the "
        "paper), or one before and one after (segmentation_models.pytorch).",
        choices=("after", "around"),
    )
    pyramid_width: int = pyramid_width_option()
    auxiliary: bool = option(
        False,
        "Auxiliary head",
        "A second head on the third stage, used in training alone, steadies the deep layers.",
    )
    dropout: float = dropout_option(
        0.5, "Share of the pyramid's values that training silences; helps with few pictures."
    )
    normalising: Normalising = normalising_option()
    align_corners: bool = option(
        False,
        "Align corners",
        "Lay the centres of corner pixels on each other where maps are enlarged. "
        "segmentation_models.pytorch does.",
    )


class DeepLabV3Plus(nn.Module):
    """DeepLabv3+ on a residual network of 50 layers, all blocks of a stage dilated alike."""

    def __init__(self, classes: int, channels: int, options: DeepLabV3PlusOptions) -> None:
        super().__init__()
        stride, how, width = options.output_stride, options.normalising, options.pyramid_width
        early, _, middle, deep = STAGE_CHANNELS
        refine = separable_conv if options.separable else conv
        around = options.refining == "around"
        self.grid = stride
        self.align_corners = options.align_corners
        self.backbone = ResNetBackbone(
            channels, ResNetPlan(50, stride, dilate_first=True, normalising=how)
        )
        self.pyramid = AtrousPyramid(
            deep,
            rates_of(options.rates, stride),
            width,
            dropout=options.dropout,
            normalising=how,
            separable=options.separable,
        )
        self.before = refine(width, width, normalising=how) if around else nn.Identity()
        self.grow = upsample(
            width,
            width,
            options.upsampling,
            stride // _EARLY_STRIDE,
            align_corners=options.align_corners,
        )
        self.early = conv(early, _EARLY_WIDTH, 1, normalising=how)
        self.join = refine(width + _EARLY_WIDTH, width, normalising=how)
        self.after = nn.Identity() if around else refine(width, width, normalising=how)
        self.head = nn.Conv2d(width, classes, 1)
        self.auxiliary = (
            convolutional_head(middle, classes, normalising=how) if options.auxiliary else None
        )

    def forward(self, x: Tensor) -> Tensor | Output:
        """Logits (N,K,H,W) of pictures (N,C,H,W); :class:`Output` in training mode."""
        height, width = x.shape[2:]
        x = pad_to_multiple(x, self.grid)
        padded = (x.shape[2], x.shape[3])
        early, _, middle, deep = self.backbone(x)
        coarse = self.grow(self.before(self.pyramid(deep)))
        joined = self.after(self.join(torch.cat([coarse, self.early(early)], dim=1)))

        def at_input_size(logits: Tensor) -> Tensor:
            return resized(logits, padded, self.align_corners)[:, :, :height, :width]

        logits = at_input_size(self.head(joined))
        if not self.training:
            return logits
        if self.auxiliary is None:
            return Output(logits)
        return Output(logits, (at_input_size(self.auxiliary(middle)),))


def geometry(options: DeepLabV3PlusOptions) -> Geometry:
    """The pooled branch sees the whole input."""
    return Geometry(32, options.output_stride, None, options.output_stride)


_SMP = Layout(
    "segmentation_models.pytorch",
    by_prefix(
        {
            "encoder.": "backbone.",
            "decoder.aspp.0.": "pyramid.",
            "decoder.aspp.1.": "before.0.",
            "decoder.aspp.2.": "before.1.",
            "decoder.block1.": "early.",
            "decoder.block2.": "join.",
            "segmentation_head.0.": "head.",
        }
    ),
    {"output_stride": 16, "rates": "12,24,36", "refining": "around", "align_corners": True},
)

registry.add(
    ModelSpec(
        name="deeplabv3plus_resnet50",
        label="DeepLabv3+, ResNet-50",
        family="DeepLab",
        paper=Paper(
            "Chen et al.",
            2018,
            "Encoder-Decoder with Atrous Separable Convolution for Semantic Image Segmentation",
        ),
        summary="DeepLabv3 with sharper borders, for a quarter of its work.",
        build=DeepLabV3Plus,
        options=DeepLabV3PlusOptions,
        shape=geometry,
        sets_apart="Joins an early map to the pyramid; DeepLabv3 only enlarges its logits.",
        initial={"imagenet": imagenet(50, "backbone.")},
        layouts=(_SMP,),
    )
)
