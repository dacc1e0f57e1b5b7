"""The atrous spatial pyramid that DeepLabv3 and its successor share, and what it is asked for."""

from itertools import chain

import torch
from torch import Tensor, nn

from segstudio.core.options import option
from segstudio.models.parts.blocks import Normalising, conv, resized, separable_conv

_AUTO = "auto"
# Chen et al. 2017, section 3.3: the rates double where the map is twice as fine.
_RATES_AT_STRIDE = {8: (12, 24, 36), 16: (6, 12, 18)}
RATES = (_AUTO, "3,6,9", "6,12,18", "12,24,36")


def rates_option(default: str = _AUTO) -> str:
    """The dataclass field of a network whose pyramid has selectable rates."""
    rates: str = option(
        default,
        "Rates",
        "Dilations of the pyramid's three 3x3 convolutions. \"auto\" is the paper's: 6,12,18 at "
        "output stride 16, twice that at 8. Small pictures want smaller ones.",
        choices=RATES,
    )
    return rates


def pyramid_width_option() -> int:
    """The dataclass field of the channels that each branch of a pyramid has."""
    width: int = option(
        256,
        "Pyramid's width",
        "Channels of each branch and of the head behind them.",
        minimum=8,
        maximum=512,
    )
    return width


def rates_of(rates: str, output_stride: int) -> tuple[int, ...]:
    """What the option says, as numbers."""
    if rates == _AUTO:
        return _RATES_AT_STRIDE[output_stride]
    return tuple(int(rate) for rate in rates.split(","))


class ImagePooling(nn.Sequential):
    """The image-level branch: what the whole picture is like, told to every pixel."""

    def __init__(self, inputs: int, width: int, normalising: Normalising) -> None:
        super().__init__(nn.AdaptiveAvgPool2d(1), *conv(inputs, width, 1, normalising=normalising))

    def forward(self, x: Tensor) -> Tensor:
        size = (x.shape[2], x.shape[3])
        for layer in self:
            x = layer(x)
        return resized(x, size)


class AtrousPyramid(nn.Module):
    """ASPP: a 1x1 convolution, 3x3 ones at several rates and the image-level branch, merged.

    State keys are torchvision's.

    Parameters
    ----------
    inputs
        Channels of the map.
    rates
        Dilation of each 3x3 convolution.
    width
        Channels of each branch, and of the result.
    dropout
        Share of the result that training silences.
    normalising
        As for :func:`segstudio.models.parts.blocks.normalise`.
    separable
        Whether the 3x3 convolutions are depthwise ones followed by 1x1 ones.
    """

    def __init__(
        self,
        inputs: int,
        rates: tuple[int, ...],
        width: int = 256,
        *,
        dropout: float = 0.5,
        normalising: Normalising = "batch",
        separable: bool = False,
    ) -> None:
        super().__init__()
        atrous = separable_conv if separable else conv
        self.convs = nn.ModuleList(
            chain(
                [conv(inputs, width, 1, normalising=normalising)],
                (atrous(inputs, width, dilation=rate, normalising=normalising) for rate in rates),
                [ImagePooling(inputs, width, normalising)],
            )
        )
        self.project = nn.Sequential(
            *conv(len(self.convs) * width, width, 1, normalising=normalising), nn.Dropout(dropout)
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N,width,h,w) of a map (N,inputs,h,w)."""
        merged: Tensor = self.project(torch.cat([branch(x) for branch in self.convs], dim=1))
        return merged
