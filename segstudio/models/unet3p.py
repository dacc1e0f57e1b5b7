"""UNet 3+: every level of the decoder sees all scales.

Huang et al. 2020, section 2.1 and figures 1c and 2: a level of the decoder is handed the encoder's
maps of its own and of all finer levels (pooled) and the decoder's of all coarser ones (enlarged),
each brought to the same few channels first. Fewer parameters than U-Net's, more work at full size.
Section 2.2, deep supervision: heads on all levels, enlarged bilinearly, train together. The paper's
third idea, a classifier that empties the mask of an absent organ (section 2.3), is for two classes
and not built.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from segstudio.core.options import option
from segstudio.models.parts import receptive_field
from segstudio.models.parts.blocks import (
    UPSAMPLINGS,
    Normalising,
    Upsampling,
    conv,
    double_conv,
    pad_to_multiple,
    resized,
    upsample,
)
from segstudio.models.parts.common_options import dropout_option, normalising_option
from segstudio.models.parts.receptive_field import Span
from segstudio.models.parts.spec import Geometry, ModelSpec, Output, Paper, registry

_WITHOUT_WEIGHTS = ("nearest", "bilinear", "bicubic")


@dataclass(frozen=True, slots=True)
class UNet3PlusOptions:
    """Options of :class:`UNet3Plus`."""

    width: int = option(
        64,
        "Width",
        "Channels of the encoder's first level, each below has twice as many; also of each map "
        "that the decoder is handed. 16 is quick on a CPU.",
        minimum=4,
        maximum=128,
    )
    depth: int = option(4, "Depth", "How many times the picture is halved.", minimum=1, maximum=5)
    deep_supervision: bool = option(
        False,
        "Deep supervision",
        "Heads on all levels, used in training alone, steady the deep layers.",
    )
    upsampling: Upsampling = option(
        "bilinear",
        "Upsampling",
        "How coarser maps are enlarged.",
        choices=UPSAMPLINGS,
    )
    normalising: Normalising = normalising_option()
    dropout: float = dropout_option(
        0.0, "Share of the deepest maps that training silences; helps with few pictures."
    )


class FullScaleLevel(nn.Module):
    """One level of the decoder (figure 2): a branch per scale, concatenated and convolved.

    Parameters
    ----------
    level
        How many times its map is halved.
    inputs
        Channels of each scale's map, the finest first: the encoder's down to this level, the
        decoder's below.
    """

    def __init__(self, level: int, inputs: Sequence[int], options: UNet3PlusOptions) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            _branch(scale - level, channels, options) for scale, channels in enumerate(inputs)
        )
        total = len(inputs) * options.width
        self.fuse = conv(total, total, normalising=options.normalising, bias=True)

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        """The level's map of those of all scales."""
        branches = zip(self.branches, maps, strict=True)
        x: Tensor = self.fuse(torch.cat([branch(map_) for branch, map_ in branches], dim=1))
        return x


class UNet3Plus(nn.Module):
    """UNet 3+ with full-scale skips."""

    def __init__(self, classes: int, channels: int, options: UNet3PlusOptions) -> None:
        super().__init__()
        depth = options.depth
        widths = [options.width * 2**level for level in range(depth + 1)]
        self.grid = 2**depth
        self.encoder = nn.ModuleList(
            double_conv(inputs, width, options.normalising, bias=True)
            for inputs, width in zip([channels, *widths[:-1]], widths, strict=True)
        )
        self.pool = nn.MaxPool2d(2)
        self.dropout = nn.Dropout2d(options.dropout)
        total = (depth + 1) * options.width
        decoded = [*[total] * depth, widths[-1]]
        self.decoder = nn.ModuleList(
            FullScaleLevel(level, [*widths[: level + 1], *decoded[level + 1 :]], options)
            for level in range(depth)
        )
        heads = decoded if options.deep_supervision else decoded[:1]
        self.heads = nn.ModuleList(nn.Conv2d(width, classes, 3, padding=1) for width in heads)

    def forward(self, x: Tensor) -> Tensor | Output:
        """Logits (N,K,H,W) of pictures (N,C,H,W); :class:`Output` in training mode."""
        height, width = x.shape[2:]
        x = pad_to_multiple(x, self.grid)
        padded = (x.shape[2], x.shape[3])
        maps: list[Tensor] = []
        for level, convolve in enumerate(self.encoder):
            x = convolve(self.pool(x) if level else x)
            maps.append(x)
        maps[-1] = self.dropout(x)
        for level in reversed(range(len(self.decoder))):
            maps[level] = self.decoder[level](maps)
        if not self.training:
            maps = maps[:1]
        logits, *others = (
            resized(head(map_), padded)[:, :, :height, :width]
            for head, map_ in zip(self.heads, maps, strict=False)
        )
        return Output(logits, tuple(others)) if self.training else logits


def _branch(deeper: int, inputs: int, options: UNet3PlusOptions) -> nn.Sequential:
    """From a map that is ``deeper`` halvings below the level (or above) to ``width`` channels."""
    width, normalising, how = options.width, options.normalising, options.upsampling
    if deeper <= 0:
        pool = [nn.MaxPool2d(2**-deeper)] if deeper else []
        return nn.Sequential(*pool, *conv(inputs, width, normalising=normalising, bias=True))
    # Kernels as large as the enlargement are kept to few channels.
    enlarged = inputs if how in _WITHOUT_WEIGHTS else width
    return nn.Sequential(
        upsample(inputs, enlarged, how, 2**deeper),
        *conv(enlarged, width, normalising=normalising, bias=True),
    )


def geometry(options: UNet3PlusOptions) -> Geometry:
    """Stride 1; the field holds all ways from a logit through the levels to the picture."""

    def follow(span: Span, level: int) -> Span:
        if level == options.depth:
            return receptive_field.before_encoder(span, level)
        # The level's own convolution, and that of the branch.
        span = receptive_field.before_convolutions(span, 2)
        encoded = (
            receptive_field.before_encoder(
                receptive_field.before_pooling(span, 2 ** (level - scale)), scale
            )
            for scale in range(level + 1)
        )
        decoded = (
            follow(
                receptive_field.before_upsampling(span, options.upsampling, 2 ** (scale - level)),
                scale,
            )
            for scale in range(level + 1, options.depth + 1)
        )
        return receptive_field.together(*encoded, *decoded)

    grid = 2**options.depth
    field = receptive_field.field(
        # The head is a 3x3 convolution, too.
        lambda span: follow(receptive_field.before_convolutions(span, 1), 0),
        grid,
        options.normalising,
    )
    return Geometry(1, 1, field, grid)


registry.add(
    ModelSpec(
        name="unet3p",
        label="UNet 3+",
        family="U-Net",
        paper=Paper(
            "Huang et al.",
            2020,
            "UNet 3+: A Full-Scale Connected UNet for Medical Image Segmentation",
        ),
        summary="Every scale at every level: few parameters, much work at full size.",
        build=UNet3Plus,
        options=UNet3PlusOptions,
        shape=geometry,
        sets_apart="Hands every level of the decoder the maps of all scales, not of its own alone.",
    )
)
