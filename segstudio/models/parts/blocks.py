"""Layers that several families are built from."""

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Upsampling = Literal["transposed", "bilinear+conv", "nearest+conv"]
UPSAMPLINGS: tuple[Upsampling, ...] = ("transposed", "bilinear+conv", "nearest+conv")


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


def replace_batch_norms(module: nn.Module) -> None:
    """Put :class:`BatchNorm` in the place of every ``nn.BatchNorm2d``; state keys stay."""
    for name, child in module.named_children():
        if type(child) is nn.BatchNorm2d:
            robust = BatchNorm(child.num_features, child.eps, child.momentum)
            robust.load_state_dict(child.state_dict())
            setattr(module, name, robust)
        else:
            replace_batch_norms(child)


def double_conv(channels: int, width: int) -> nn.Sequential:
    """Two 3x3 convolutions to ``width`` channels, each with batch normalisation and ReLU."""
    layers: list[nn.Module] = []
    for inputs in (channels, width):
        layers += [
            nn.Conv2d(inputs, width, 3, padding=1, bias=False),
            BatchNorm(width),
            nn.ReLU(inplace=True),
        ]
    return nn.Sequential(*layers)


def upsample(channels: int, width: int, how: Upsampling) -> nn.Module:
    """Twice the height and width, ``channels`` to ``width``.

    The transposed convolution has kernel 2 at stride 2: a kernel that the stride does not divide
    draws a chequerboard.
    """
    if how == "transposed":
        return nn.ConvTranspose2d(channels, width, 2, stride=2)
    mode = how.removesuffix("+conv")
    align = False if mode == "bilinear" else None
    return nn.Sequential(
        nn.Upsample(scale_factor=2, mode=mode, align_corners=align),
        nn.Conv2d(channels, width, 3, padding=1),
    )


def pad_to_multiple(x: Tensor, multiple: int) -> Tensor:
    """Mirror (N,C,H,W) at its right and lower edge up to multiples of ``multiple``.

    Works for any size from 1x1, unlike PyTorch's own reflection, which mirrors only once.
    """
    for axis in (2, 3):
        length = x.shape[axis]
        padded = -(-length // multiple) * multiple
        if padded != length:
            x = x.index_select(axis, mirrored_indices(length, padded).to(x.device))
    return x


def mirrored_indices(length: int, padded: int) -> Tensor:
    """Indices 0 to ``length`` - 1 going forth and back, ``padded`` of them; edges not repeated."""
    period = max(1, 2 * (length - 1))
    steps = torch.arange(padded) % period
    return torch.minimum(steps, period - steps) if length > 1 else torch.zeros_like(steps)
