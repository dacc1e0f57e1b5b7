"""Attention U-Net: gates decide which pixels of a skip are worth handing on.

Oktay et al. 2018, section 2 and figure 2: before the encoder's map is concatenated, it is
multiplied, pixel by pixel, with a coefficient from 0 to 1 that an additive gate finds from the map
itself and from the decoder's coarser one (equations 1 and 2). Here, as in the implementation that
most people use, the decoder's map is enlarged first, so that gate and skip are of one size and no
coefficient has to be interpolated.
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
    normalise,
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
class AttentionUNetOptions:
    """Options of :class:`AttentionUNet`."""

    width: int = doubling_width_option()
    depth: int = option(4, "Depth", "How many times the picture is halved.", minimum=1, maximum=6)
    upsampling: Upsampling = option(
        "nearest+conv",
        "Upsampling",
        "How the decoder doubles its maps.",
        choices=UPSAMPLINGS,
    )
    normalising: Normalising = normalising_option()
    dropout: float = dropout_option(
        0.0, "Share of the deepest maps that training silences; helps with few pictures."
    )


class AttentionGate(nn.Module):
    """Additive attention (figure 2): how much of each pixel of a skip passes.

    Parameters
    ----------
    width
        Channels of the skip and of the decoder's map; half of it is where they are compared.
    """

    def __init__(self, width: int, normalising: Normalising) -> None:
        super().__init__()
        compared = width // 2
        self.of_gate = _projection(width, compared, normalising)
        self.of_skip = _projection(width, compared, normalising)
        self.coefficient = _projection(compared, 1, normalising)

    def forward(self, gate: Tensor, skip: Tensor) -> Tensor:
        """The skip, dimmed where the gate finds nothing of interest."""
        compared = torch.relu(self.of_gate(gate) + self.of_skip(skip))
        return skip * torch.sigmoid(self.coefficient(compared))


class AttentionUNet(nn.Module):
    """U-Net with an attention gate on each skip."""

    def __init__(self, classes: int, channels: int, options: AttentionUNetOptions) -> None:
        super().__init__()
        how = options.normalising
        widths = [options.width * 2**level for level in range(options.depth + 1)]
        self.grid = 2**options.depth
        self.encoder = nn.ModuleList(
            double_conv(inputs, width, how, bias=True)
            for inputs, width in zip([channels, *widths[:-1]], widths, strict=True)
        )
        self.pool = nn.MaxPool2d(2)
        self.dropout = nn.Dropout2d(options.dropout)
        pairs = list(pairwise(widths))[::-1]
        self.up = nn.ModuleList(
            nn.Sequential(
                upsample(deep, wide, options.upsampling),
                normalise(wide, how),
                nn.ReLU(inplace=True),
            )
            for wide, deep in pairs
        )
        self.gates = nn.ModuleList(AttentionGate(wide, how) for wide, _ in pairs)
        self.decoder = nn.ModuleList(
            double_conv(2 * wide, wide, how, bias=True) for wide, _ in pairs
        )
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
        for grow, gate, convolve in zip(self.up, self.gates, self.decoder, strict=True):
            x = grow(x)
            x = convolve(torch.cat([gate(x, skips.pop()), x], dim=1))
        logits: Tensor = self.head(x)
        return logits[:, :, :height, :width]


def _projection(inputs: int, width: int, normalising: Normalising) -> nn.Sequential:
    """The paper's W and psi: a 1x1 convolution, normalised."""
    return nn.Sequential(nn.Conv2d(inputs, width, 1), normalise(width, normalising))


def geometry(options: AttentionUNetOptions) -> Geometry:
    """As U-Net's: a gate looks at one pixel."""
    grid = 2**options.depth
    field = receptive_field.field(
        lambda span: receptive_field.before_u_shape(span, options.depth, options.upsampling),
        grid,
        options.normalising,
    )
    return Geometry(1, 1, field, grid)


registry.add(
    ModelSpec(
        name="attention_unet",
        label="Attention U-Net",
        family="U-Net",
        paper=Paper(
            "Oktay et al.", 2018, "Attention U-Net: Learning Where to Look for the Pancreas"
        ),
        summary="U-Net that learns to look away from the background; for small things.",
        build=AttentionUNet,
        options=AttentionUNetOptions,
        shape=geometry,
        sets_apart="Dims each skip, pixel by pixel, by what the decoder already knows.",
    )
)
