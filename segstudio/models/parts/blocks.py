"""Layers that several families are built from."""

from math import gcd, sqrt
from typing import Literal, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Upsampling = Literal[
    "nearest", "bilinear", "bicubic", "transposed", "nearest+conv", "bilinear+conv"
]
UPSAMPLINGS: tuple[Upsampling, ...] = get_args(Upsampling)

Normalising = Literal["batch", "group"]
NORMALISINGS: tuple[Normalising, ...] = get_args(Normalising)

Normalised = Literal["none", "batch", "group"]
NORMALISED: tuple[Normalised, ...] = get_args(Normalised)
"""For networks older than normalisation: "none" is as published."""

_MOST_GROUPS = 32


class BatchNorm(nn.BatchNorm2d):
    """Batch normalisation that also trains on one value per channel.

    A single picture whose map has shrunk to 1x1 (after global pooling, or a tiny crop) has no
    variance; PyTorch's layer raises there. This one uses the running statistics instead and
    leaves them as they are.
    """

    def forward(self, x: Tensor) -> Tensor:
        if self.training and x.shape[0] * x.shape[2] * x.shape[3] == 1:
            return F.batch_norm(
                x, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
            )
        return super().forward(x)


def normalise(width: int, how: Normalising) -> nn.Module:
    """A normalising layer of ``width`` channels.

    "batch" takes its statistics from the batch (Ioffe & Szegedy 2015), "group" from each picture
    (Wu & He 2018, section 3.2, at most 32 groups): steady where only one or two pictures fit.
    """
    if how == "batch":
        return BatchNorm(width)
    groups = gcd(_MOST_GROUPS, width)
    # A group of one channel has no variance on a map of 1x1, and PyTorch's layer raises there.
    return nn.GroupNorm(groups if groups < width else max(1, groups // 2), width)


def conv(
    inputs: int,
    width: int,
    kernel: int = 3,
    *,
    dilation: int = 1,
    padded: bool = True,
    bias: bool = False,
    normalising: Normalised = "batch",
) -> nn.Sequential:
    """A convolution, its normalisation where there is one and a ReLU, each a layer.

    Parameters
    ----------
    padded
        Whether the map keeps its size (for odd kernels).
    bias
        Whether there is one beside a normalisation, which takes it off again: some published
        networks count it. Without a normalisation there is always one.
    """
    layer = nn.Conv2d(
        inputs,
        width,
        kernel,
        padding=dilation * (kernel // 2) if padded else 0,
        dilation=dilation,
        bias=bias or normalising == "none",
    )
    if normalising == "none":
        return nn.Sequential(layer, nn.ReLU(inplace=True))
    return nn.Sequential(layer, normalise(width, normalising), nn.ReLU(inplace=True))


def separable_conv(
    inputs: int,
    width: int,
    kernel: int = 3,
    *,
    dilation: int = 1,
    normalising: Normalising = "batch",
) -> nn.Sequential:
    """As :func:`conv`, each channel on its own first and then all of them by a 1x1 convolution.

    Chen et al. 2018, section 3.1: about as good as a full convolution at a fraction of the work.
    """
    return nn.Sequential(
        nn.Sequential(
            nn.Conv2d(
                inputs,
                inputs,
                kernel,
                padding=dilation * (kernel // 2),
                dilation=dilation,
                groups=inputs,
                bias=False,
            ),
            nn.Conv2d(inputs, width, 1, bias=False),
        ),
        normalise(width, normalising),
        nn.ReLU(inplace=True),
    )


def double_conv(
    inputs: int,
    width: int,
    normalising: Normalised = "batch",
    *,
    padded: bool = True,
    bias: bool = False,
) -> nn.Sequential:
    """Two 3x3 convolutions to ``width`` channels, each as :func:`conv`."""
    return nn.Sequential(
        *conv(inputs, width, normalising=normalising, padded=padded, bias=bias),
        *conv(width, width, normalising=normalising, padded=padded, bias=bias),
    )


def he_normal(layer: nn.Module) -> None:
    """Give a convolution first weights of standard deviation sqrt(2 / terms of each sum).

    He et al. 2015, section 2.2: without normalisation, maps then keep their variance from layer
    to layer. Leaves layers of other kinds as they are: meant for ``network.apply``.
    """
    if isinstance(layer, nn.Conv2d):
        terms = layer.weight[0].numel()
    elif isinstance(layer, nn.ConvTranspose2d):
        terms = layer.weight[:, 0].numel() // (layer.stride[0] * layer.stride[1])
    else:
        return
    nn.init.normal_(layer.weight, std=sqrt(2 / terms))
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)


def upsample(
    inputs: int,
    width: int,
    how: Upsampling,
    factor: int = 2,
    *,
    align_corners: bool = False,
    overlap: int = 0,
) -> nn.Module:
    """``factor`` times the height and width, ``inputs`` to ``width`` channels.

    The transposed convolution's kernel is its stride, or wider by ``overlap`` (an even number) on
    either side together: one that the stride does not divide draws a chequerboard (Odena et al.
    2016). Plain interpolation is followed by a 1x1 convolution where the number of channels
    changes, and "+conv" by a 3x3 one.
    """
    if how == "transposed":
        return nn.ConvTranspose2d(
            inputs, width, factor + overlap, stride=factor, padding=overlap // 2
        )
    mode = how.removesuffix("+conv")
    align = None if mode == "nearest" else align_corners
    grow = nn.Upsample(scale_factor=factor, mode=mode, align_corners=align)
    if how.endswith("+conv"):
        return nn.Sequential(grow, nn.Conv2d(inputs, width, 3, padding=1))
    return grow if inputs == width else nn.Sequential(grow, nn.Conv2d(inputs, width, 1))


def resized(logits: Tensor, size: tuple[int, int], align_corners: bool = False) -> Tensor:
    """(N,K,h,w) brought to ``size`` bilinearly.

    With ``align_corners`` the centres of corner pixels lie on each other, else the maps' edges.
    """
    return F.interpolate(logits, size=size, mode="bilinear", align_corners=align_corners)


def pad_to_multiple(x: Tensor, multiple: int, beyond: int = 0) -> Tensor:
    """Mirror (N,C,H,W) at its right and lower edge up to multiples of ``multiple``.

    Works for any size from 1x1, unlike PyTorch's own reflection, which mirrors only once.

    Parameters
    ----------
    beyond
        0 or 1 pixel that sizes exceed the multiple by. With 1, maps that were halved by padded
        convolutions end on the last pixel as they begin on the first: what maps with aligned
        corners need to lie on each other exactly.
    """
    for axis in (2, 3):
        length = x.shape[axis]
        padded = -(-(length - beyond) // multiple) * multiple + beyond
        if padded != length:
            x = x.index_select(axis, mirrored_indices(length, padded, device=x.device))
    return x


def mirror_border(x: Tensor, before: int, after: int) -> Tensor:
    """Mirror (N,C,H,W) at its upper and left edge, and at its lower and right one."""
    for axis in (2, 3):
        indices = mirrored_indices(x.shape[axis], x.shape[axis] + after, before, x.device)
        x = x.index_select(axis, indices)
    return x


def mirrored_indices(
    length: int, padded: int, before: int = 0, device: torch.device | None = None
) -> Tensor:
    """Indices 0 to ``length`` - 1 going forth and back; edges not repeated.

    Those for places -``before`` to ``padded`` - 1, made on ``device``: a copy from the CPU would
    wait for it, and could not be recorded in a CUDA graph.
    """
    period = max(1, 2 * (length - 1))
    steps = torch.arange(-before, padded, device=device) % period
    return torch.minimum(steps, period - steps) if length > 1 else torch.zeros_like(steps)
