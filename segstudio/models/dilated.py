"""The dilated networks: VGG16 without its last poolings, and a module that gathers context.

Yu & Koltun 2016 read VGG16 as an answer for every place and remove what a classifier needed and
that does not: the last two poolings go, what followed each of them is dilated by 2 once more, and
so are the paddings (section 4). This front end alone beat FCN-8s and DeepLab. Behind it, the
context module (section 3, table 1) looks at its scores through 3x3 convolutions whose dilation
doubles from layer to layer: the field grows exponentially, the map stays as fine as it is. Its
weights begin as the identity (equations 4 and 5), since random ones would not learn.

Every score is computed from pixels alone: where some are missing beyond the picture's border, the
picture is mirrored (section 4). Scores come at an eighth of the size.
"""

from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from segstudio.core.options import option
from segstudio.models.parts import receptive_field, vgg
from segstudio.models.parts.blocks import mirror_border, pad_to_multiple, resized
from segstudio.models.parts.receptive_field import Span
from segstudio.models.parts.spec import Geometry, ModelSpec, Paper, registry

MARGIN = 186
"""Pixels that the unpadded front end takes off each side."""

_GRID = 8
_POOLED = (True, True, True, False, False)
_DILATIONS = (1, 1, 1, 1, 2)
_KERNEL, _KERNEL_DILATION = 7, 4

CONTEXT_DILATIONS = (1, 1, 2, 4, 8, 16, 1)
"""Of the context module's 3x3 convolutions; a 1x1 one follows."""

# Table 1: channels of what these and the last one give, in multiples of the classes.
_CONTEXT_WIDTHS = {
    "basic": (1, 1, 1, 1, 1, 1, 1, 1),
    "large": (2, 2, 4, 8, 16, 32, 32, 1),
}
_NOISE = 0.01


@dataclass(frozen=True, slots=True)
class DilatedOptions(vgg.VggOptions):
    """Options of ``dilated_frontend``."""


@dataclass(frozen=True, slots=True)
class DilatedContextOptions(DilatedOptions):
    """Options of ``dilated_context``."""

    context: Literal["basic", "large"] = option(
        "basic",
        "Context module",
        "Basic has as many channels as there are classes; large has up to 32 times as many.",
        choices=("basic", "large"),
    )


class FrontEnd(nn.Module):
    """The dilated VGG16, unpadded: (N,C,h,w) to (N,K,(h-372)/8,(w-372)/8)."""

    def __init__(self, classes: int, channels: int, options: DilatedOptions) -> None:
        super().__init__()
        widths = vgg.widths(options.width)
        hidden = widths[-1] * 8
        self.stages = vgg.stages(
            channels,
            options.width,
            dilations=_DILATIONS,
            padded=False,
            normalising=options.normalising,
        )
        self.pool = nn.MaxPool2d(2)
        self.fc6 = vgg.convolution(
            widths[-1], hidden, _KERNEL, dilation=_KERNEL_DILATION, padded=False
        )
        self.fc7 = vgg.convolution(hidden, hidden, 1)
        self.dropout = nn.Dropout(options.dropout)
        self.final = nn.Conv2d(hidden, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Scores of the cells of 8x8 pixels that are 186 or more away from the border."""
        for stage, pooled in zip(self.stages, _POOLED, strict=True):
            x = stage(x)
            if pooled:
                x = self.pool(x)
        x = self.dropout(F.relu(self.fc6(x)))
        x = self.dropout(F.relu(self.fc7(x)))
        scores: Tensor = self.final(x)
        return scores


def context_module(classes: int, size: Literal["basic", "large"]) -> nn.Sequential:
    """Table 1: eight convolutions on a map of scores, zero-padded as in the authors' code."""
    widths = [classes, *(classes * multiple for multiple in _CONTEXT_WIDTHS[size])]
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    for number, ((inputs, outputs), dilation) in enumerate(
        zip(pairwise(widths[:-1]), CONTEXT_DILATIONS, strict=True), start=1
    ):
        layers[f"conv{number}"] = nn.Conv2d(inputs, outputs, 3, padding=dilation, dilation=dilation)
        layers[f"relu{number}"] = nn.ReLU(inplace=True)
    layers[f"conv{len(widths) - 1}"] = nn.Conv2d(widths[-2], classes, 1)
    for layer in layers.values():
        if isinstance(layer, nn.Conv2d):
            begin_as_identity(layer, classes)
    return nn.Sequential(layers)


def begin_as_identity(layer: nn.Conv2d, classes: int) -> None:
    """First weights that hand each class's scores on (equation 5; 4 where widths are equal).

    As many channels next to each other belong to each class; their sum stays what it was. A
    little noise beside it tells the channels of a class apart.
    """
    outputs, inputs = layer.weight.shape[:2]
    device = layer.weight.device
    came = torch.arange(inputs, device=device) * classes // inputs
    goes = torch.arange(outputs, device=device) * classes // outputs
    share = classes / outputs
    middle = layer.kernel_size[0] // 2
    assert layer.bias is not None
    with torch.no_grad():
        layer.weight.normal_(std=_NOISE * share)
        layer.weight[:, :, middle, middle].masked_fill_(goes[:, None] == came, share)
        layer.bias.zero_()


class Dilated(nn.Module):
    """The front end on a mirrored border, the context module where there is one, and enlarging.

    Inputs of any size: mirrored at the right and lower edge up to a multiple of 8, then by the
    front end's margin all around.
    """

    def __init__(
        self, classes: int, channels: int, options: DilatedOptions, with_context: bool
    ) -> None:
        super().__init__()
        self.front = FrontEnd(classes, channels, options)
        self.context: nn.Module = nn.Identity()
        if with_context:
            assert isinstance(options, DilatedContextOptions)
            self.context = context_module(classes, options.context)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N,K,H,W) of pictures (N,C,H,W)."""
        height, width = x.shape[2:]
        # Mirrored to the grid first: a tile, which ends on it, then meets the same border.
        x = pad_to_multiple(x, _GRID)
        size = (x.shape[2], x.shape[3])
        scores = self.context(self.front(mirror_border(x, MARGIN, MARGIN)))
        return resized(scores, size)[:, :, :height, :width]


def _geometry(options: DilatedOptions, with_context: bool) -> Geometry:
    field = receptive_field.field(
        partial(_seen, with_context=with_context), _GRID, options.normalising
    )
    return Geometry(1, _GRID, field, _GRID)


def _seen(span: Span, with_context: bool) -> Span:
    """What of the picture a span of logits sees."""
    span = receptive_field.before_upsampling(span, "bilinear", _GRID)
    if with_context:
        span = receptive_field.before_convolutions(span, sum(CONTEXT_DILATIONS))
    span = receptive_field.before_convolutions(span, _KERNEL // 2 * _KERNEL_DILATION)
    for pooled, dilation, count in reversed(
        list(zip(_POOLED, _DILATIONS, vgg.CONVOLUTIONS, strict=True))
    ):
        if pooled:
            span = receptive_field.before_pooling(span)
        span = receptive_field.before_convolutions(span, dilation * count)
    return span


def _name(layer: str) -> str:
    """Where the network has a layer of VGG16."""
    return "front." + vgg.within("stages.")(layer)


def _add(
    name: str, label: str, options: type, with_context: bool, summary: str, sets_apart: str
) -> None:
    registry.add(
        ModelSpec(
            name=name,
            label=label,
            family="Dilated",
            paper=Paper(
                "Yu & Koltun", 2016, "Multi-Scale Context Aggregation by Dilated Convolutions"
            ),
            summary=summary,
            build=partial(Dilated, with_context=with_context),
            options=options,
            shape=partial(_geometry, with_context=with_context),
            sets_apart=sets_apart,
            initial=vgg.initial(_name, fully_connected=True),
        )
    )


_add(
    "dilated_frontend",
    "Dilated VGG16, front end",
    DilatedOptions,
    False,
    "VGG16's whole classifier at every eighth pixel: strong, large, and slow on small pictures.",
    "Pads nothing and sees a mirrored border; only the first three of VGG16's poolings are left.",
)
_add(
    "dilated_context",
    "Dilated VGG16 with context",
    DilatedContextOptions,
    True,
    "The front end and a look at far surroundings: for scenes whose parts explain each other.",
    "Gathers context from scores by ever wider dilation, where PSPNet pools whole regions.",
)
