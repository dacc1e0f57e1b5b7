"""U-Net++: nested U-Nets of every depth that share one encoder.

Zhou et al. 2018, section 3.1 and figure 1a: between encoder and decoder of each level lie nodes
that are handed all earlier nodes of their level and the enlarged one from below, so that what is
concatenated in the end is close in meaning. Section 3.2, deep supervision: every node of the finest
level has a head of its own, trained on its own; predictions are the mean of all heads ("accurate
mode"). Nodes have the encoder's convolutions without normalisation, and maps are enlarged by 4x4
transposed convolutions, as in the implementation that UNet 3+'s authors compared with.
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
    double_conv,
    he_normal,
    pad_to_multiple,
    upsample,
)
from segstudio.models.parts.common_options import (
    doubling_width_option,
    dropout_option,
    normalising_option,
)
from segstudio.models.parts.receptive_field import Span
from segstudio.models.parts.spec import Geometry, ModelSpec, Output, Paper, registry

# By how much a transposed convolution's kernel is wider than its stride.
_OVERLAP = 2


@dataclass(frozen=True, slots=True)
class UNetPlusPlusOptions:
    """Options of :class:`UNetPlusPlus`."""

    width: int = doubling_width_option()
    depth: int = option(4, "Depth", "How many times the picture is halved.", minimum=1, maximum=5)
    deep_supervision: bool = option(
        True,
        "Deep supervision",
        "Trains every nested U-Net on its own and predicts their mean; else the deepest alone.",
    )
    upsampling: Upsampling = option(
        "transposed",
        "Upsampling",
        "How nodes double the map from below.",
        choices=UPSAMPLINGS,
    )
    normalising: Normalising = normalising_option()
    dropout: float = dropout_option(
        0.0, "Share of the deepest maps that training silences; helps with few pictures."
    )


class Node(nn.Module):
    """X of figure 1a: all earlier nodes of its level and the one from below, convolved twice.

    Parameters
    ----------
    width, deep
        Channels of its level, and of the one below.
    earlier
        How many earlier nodes its level has.
    """

    def __init__(self, width: int, deep: int, earlier: int, upsampling: Upsampling) -> None:
        super().__init__()
        self.up = upsample(deep, width, upsampling, overlap=_OVERLAP)
        self.convolve = double_conv((earlier + 1) * width, width, "none")

    def forward(self, earlier: Sequence[Tensor], below: Tensor) -> Tensor:
        """The level's next map."""
        x: Tensor = self.convolve(torch.cat([*earlier, self.up(below)], dim=1))
        return x


class UNetPlusPlus(nn.Module):
    """U-Net++: an encoder, and columns of nodes that each end one level higher."""

    def __init__(self, classes: int, channels: int, options: UNetPlusPlusOptions) -> None:
        super().__init__()
        depth, width = options.depth, options.width
        widths = [width * 2**level for level in range(depth + 1)]
        self.grid = 2**depth
        self.encoder = nn.ModuleList(
            double_conv(inputs, wide, options.normalising, bias=True)
            for inputs, wide in zip([channels, *widths[:-1]], widths, strict=True)
        )
        self.pool = nn.MaxPool2d(2)
        self.dropout = nn.Dropout2d(options.dropout)
        # Column by column, each downwards: the level below then still ends with the one before.
        places = [
            (level, column) for column in range(1, depth + 1) for level in range(depth + 1 - column)
        ]
        self.levels = [level for level, _ in places]
        self.nodes = nn.ModuleList(
            Node(widths[level], widths[level + 1], column, options.upsampling)
            for level, column in places
        )
        heads = depth if options.deep_supervision else 1
        self.heads = nn.ModuleList(nn.Conv2d(width, classes, 1) for _ in range(heads))
        self.apply(he_normal)

    def forward(self, x: Tensor) -> Tensor | Output:
        """Logits (N,K,H,W) of pictures (N,C,H,W); :class:`Output` in training mode."""
        height, width = x.shape[2:]
        maps = self._encode(pad_to_multiple(x, self.grid))
        for level, node in zip(self.levels, self.nodes, strict=True):
            maps[level].append(node(maps[level], maps[level + 1][-1]))
        finest = maps[0][-len(self.heads) :]
        *others, last = (
            head(node_map)[:, :, :height, :width]
            for head, node_map in zip(self.heads, finest, strict=True)
        )
        if self.training:
            return Output(last, tuple(others))
        return torch.stack([*others, last]).mean(dim=0)

    def _encode(self, x: Tensor) -> list[list[Tensor]]:
        """For each level, a list that begins with the encoder's map."""
        maps: list[list[Tensor]] = []
        for level, convolve in enumerate(self.encoder):
            x = convolve(self.pool(x) if level else x)
            maps.append([x])
        maps[-1] = [self.dropout(x)]
        return maps


def geometry(options: UNetPlusPlusOptions) -> Geometry:
    """Stride 1; the field holds all ways from the last node back to the picture."""

    def follow(span: Span, level: int, column: int) -> Span:
        if column == 0:
            return receptive_field.before_encoder(span, level)
        span = receptive_field.before_convolutions(span, 2)
        below = receptive_field.before_upsampling(span, options.upsampling, overlap=_OVERLAP)
        return receptive_field.together(
            follow(span, level, column - 1), follow(below, level + 1, column - 1)
        )

    grid = 2**options.depth
    field = receptive_field.field(
        lambda span: follow(span, 0, options.depth), grid, options.normalising
    )
    return Geometry(1, 1, field, grid)


registry.add(
    ModelSpec(
        name="unetpp",
        label="U-Net++",
        family="U-Net",
        paper=Paper(
            "Zhou et al.",
            2018,
            "UNet++: A Nested U-Net Architecture for Medical Image Segmentation",
        ),
        summary="Finer than U-Net on things of many sizes, at several times the work.",
        build=UNetPlusPlus,
        options=UNetPlusPlusOptions,
        shape=geometry,
        sets_apart="Fills each skip with nodes that bring encoder and decoder closer in meaning.",
    )
)
