"""U-Net as it was first published: convolutions without padding, on a mirrored border.

Ronneberger et al. 2015, section 2 and figure 1: 23 convolutions, none of them padded, so that
572x572 pixels give 388x388 logits and the encoder's maps are cropped before they are concatenated.
Every logit is computed from pixels alone, never from the zeros of a padding; where pixels are
missing beyond the picture's border, the picture is mirrored (overlap-tile strategy, figure 2).
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from segstudio.core.options import option
from segstudio.models.parts import receptive_field
from segstudio.models.parts.blocks import (
    NORMALISED,
    UPSAMPLINGS,
    Normalised,
    Upsampling,
    double_conv,
    he_normal,
    mirror_border,
    pad_to_multiple,
    upsample,
)
from segstudio.models.parts.common_options import doubling_width_option, dropout_option
from segstudio.models.parts.spec import Geometry, ModelSpec, Paper, registry

_DEPTH = 4
_GRID = 2**_DEPTH
# What the convolutions take off each side, and what they need on top at the lower and right one:
# inputs of 188 + 16k pixels give 4 + 16k logits.
_MARGIN = 92
_SPARE = 4


@dataclass(frozen=True, slots=True)
class UNetValidOptions:
    """Options of :class:`UNetValid`."""

    width: int = doubling_width_option()
    upsampling: Upsampling = option(
        "transposed",
        "Upsampling",
        "How the decoder doubles its maps; the paper's is the transposed convolution.",
        choices=UPSAMPLINGS,
    )
    normalising: Normalised = option(
        "none",
        "Normalisation",
        "None as in the paper; over the batch or within each picture, training is quicker.",
        choices=NORMALISED,
    )
    dropout: float = dropout_option(
        0.5, "Share of the two deepest maps that training silences (section 3.1)."
    )


class ValidCore(nn.Module):
    """The network of figure 1: (N,C,n,m) to (N,K,n-184,m-184) for n, m = 188, 204, 220 and so on.

    First weights are drawn as section 3 says: a standard deviation of sqrt(2 / N) for sums of N.
    """

    def __init__(self, classes: int, channels: int, options: UNetValidOptions) -> None:
        super().__init__()
        how = options.normalising
        widths = [options.width * 2**level for level in range(_DEPTH + 1)]
        self.encoder = nn.ModuleList(
            double_conv(inputs, width, how, padded=False)
            for inputs, width in zip([channels, *widths[:-1]], widths, strict=True)
        )
        self.pool = nn.MaxPool2d(2)
        self.dropout = nn.Dropout(options.dropout)
        pairs = list(pairwise(widths))[::-1]
        self.up = nn.ModuleList(upsample(deep, wide, options.upsampling) for wide, deep in pairs)
        self.decoder = nn.ModuleList(
            double_conv(2 * wide, wide, how, padded=False) for wide, _ in pairs
        )
        self.head = nn.Conv2d(options.width, classes, 1)
        self.apply(he_normal)

    def forward(self, x: Tensor) -> Tensor:
        """Logits of the pixels that are 92 or more away from the border."""
        skips: list[Tensor] = []
        for level, convolve in enumerate(self.encoder):
            x = convolve(self.pool(x) if level else x)
            if level >= _DEPTH - 1:
                x = self.dropout(x)
            skips.append(x)
        x = skips.pop()
        for grow, convolve in zip(self.up, self.decoder, strict=True):
            x = grow(x)
            x = convolve(torch.cat([_cropped(skips.pop(), x), x], dim=1))
        logits: Tensor = self.head(x)
        return logits


class UNetValid(nn.Module):
    """:class:`ValidCore` for pictures of any size, whose border it mirrors."""

    def __init__(self, classes: int, channels: int, options: UNetValidOptions) -> None:
        super().__init__()
        self.core = ValidCore(classes, channels, options)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N,K,H,W) of pictures (N,C,H,W)."""
        height, width = x.shape[2:]
        # Mirrored to the grid first: a tile, which ends on it, then meets the same border.
        x = mirror_border(pad_to_multiple(x, _GRID), _MARGIN, _MARGIN + _SPARE)
        logits: Tensor = self.core(x)
        return logits[:, :, :height, :width]


def _cropped(skip: Tensor, to: Tensor) -> Tensor:
    """The middle of ``skip``, as large as ``to``."""
    top, left = ((a - b) // 2 for a, b in zip(skip.shape[2:], to.shape[2:], strict=True))
    return skip[:, :, top : top + to.shape[2], left : left + to.shape[3]]


def geometry(options: UNetValidOptions) -> Geometry:
    """Stride 1; the padded network's field, since padding changes nothing about it."""
    field = receptive_field.field(
        lambda span: receptive_field.before_u_shape(span, _DEPTH, options.upsampling),
        _GRID,
        options.normalising,
    )
    return Geometry(1, 1, field, _GRID)


registry.add(
    ModelSpec(
        name="unet_valid",
        label="U-Net, the original",
        family="U-Net",
        paper=Paper(
            "Ronneberger et al.",
            2015,
            "U-Net: Convolutional Networks for Biomedical Image Segmentation",
        ),
        summary="The published network to the letter; slower than U-Net on small pictures.",
        build=UNetValid,
        options=UNetValidOptions,
        shape=geometry,
        sets_apart="Pads nothing: crops its skips, and sees a mirrored border instead of zeros.",
    )
)
