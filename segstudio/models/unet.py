"""U-Net with same padding and batch normalisation: the everyday variant.

Ronneberger et al. 2015, section 2 and figure 1: a contracting path and an expanding one of the
same depth, where every level of the second is handed the maps of the first, so that it knows both
what there is and where. The original's convolutions cost it 184 pixels (``unet_valid``); here they
are zero-padded, and normalised.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from segstudio.core.options import option
from segstudio.models.parts import receptive_field
from segstudio.models.parts.blocks import (
    UPSAMPLINGS,
    Normalising,
    Upsampling,
    double_conv,
    pad_to_multiple,
    upsample,
)
from segstudio.models.parts.common_options import (
    doubling_width_option,
    dropout_option,
    normalising_option,
)
from segstudio.models.parts.spec import Geometry, ModelSpec, Paper, registry


@dataclass(frozen=True, slots=True)
class UNetOptions:
    """Options of :class:`UNet`."""

    width: int = doubling_width_option()
    depth: int = option(4, "Depth", "How many times the picture is halved.", minimum=1, maximum=6)
    upsampling: Upsampling = option(
        "transposed",
        "Upsampling",
        "How the decoder doubles its maps.",
        choices=UPSAMPLINGS,
    )
    normalising: Normalising = normalising_option()
    dropout: float = dropout_option(
        0.0, "Share of the deepest maps that training silences; helps with few pictures."
    )


class UNet(nn.Module):
    """U-Net (Ronneberger et al. 2015, section 2), with zero-padded convolutions and BN.

    Inputs of any size: mirrored at the right and lower edge up to the pooling grid, logits
    cropped back.
    """

    def __init__(self, classes: int, channels: int, options: UNetOptions) -> None:
        super().__init__()
        how = options.normalising
        widths = [options.width * 2**level for level in range(options.depth + 1)]
        self.grid = 2**options.depth
        self.encoder = nn.ModuleList(
            double_conv(inputs, width, how)
            for inputs, width in zip([channels, *widths[:-1]], widths, strict=True)
        )
        self.pool = nn.MaxPool2d(2)
        self.dropout = nn.Dropout2d(options.dropout)
        pairs = list(pairwise(widths))[::-1]
        self.up = nn.ModuleList(upsample(deep, wide, options.upsampling) for wide, deep in pairs)
        self.decoder = nn.ModuleList(double_conv(2 * wide, wide, how) for wide, _ in pairs)
        self.head = nn.Conv2d(options.width, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N,K,H,W) of pictures (N,C,H,W)."""
        height, width = x.shape[2:]
        x = pad_to_multiple(x, self.grid)
        skips: list[Tensor] = []
        for level, convolve in enumerate(self.encoder):
            x = convolve(self.pool(x) if level else x)
            skips.append(x)
        x = self.dropout(skips.pop())
        for grow, convolve in zip(self.up, self.decoder, strict=True):
            x = convolve(torch.cat([skips.pop(), grow(x)], dim=1))
        logits: Tensor = self.head(x)
        return logits[:, :, :height, :width]


def geometry(options: UNetOptions) -> Geometry:
    """Stride 1; tiles begin on the grid that the pooling makes."""
    grid = 2**options.depth
    field = receptive_field.field(
        lambda span: receptive_field.before_u_shape(span, options.depth, options.upsampling),
        grid,
        options.normalising,
    )
    return Geometry(1, 1, field, grid)


registry.add(
    ModelSpec(
        name="unet",
        label="U-Net",
        family="U-Net",
        paper=Paper(
            "Ronneberger et al.",
            2015,
            "U-Net: Convolutional Networks for Biomedical Image Segmentation",
        ),
        summary="Sharp borders from few pictures; trains from scratch.",
        build=UNet,
        options=UNetOptions,
        shape=geometry,
        sets_apart="Concatenates the encoder's maps of each size to the decoder's.",
    )
)
