"""RefineNet: coarse maps refined by finer ones, step by step, up to a quarter of the picture.

Lin et al. 2017 dilate nothing. Four blocks, the deepest first, take a stage of a ResNet each and
what the block before made of the coarser ones (section 3.1, figure 2c). A block (section 3.2,
figure 3) adapts its stage by residual convolution units, sums it with the enlarged coarser map
(multi-resolution fusion), gathers context from ever wider neighbourhoods (chained residual
pooling), and ends in residual units again. Sums all the way, so that gradients reach every stage
unhindered (section 3.3).

How many units and poolings there are is as in the authors' released networks and in
DrSleep/refinenet-pytorch, whose keys fit: two units before, four poolings, three units behind.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from torch import Tensor, nn
from torch.nn import functional as F

from segstudio.core.options import option
from segstudio.models.parts.blocks import (
    NORMALISINGS,
    UPSAMPLINGS,
    Normalising,
    Upsampling,
    pad_to_multiple,
)
from segstudio.models.parts.common_options import dropout_option
from segstudio.models.parts.renaming import by_prefix
from segstudio.models.parts.resnet import STAGE_CHANNELS, ResNetBackbone, ResNetPlan, imagenet
from segstudio.models.parts.spec import Geometry, Layout, ModelSpec, Paper, registry

_ADAPTING_UNITS = 2
_POOLINGS = 4
_REFINING_UNITS = 3
_COARSEST_STRIDE = 32
# Nothing normalises the sums of the decoder: at 1e-3, AdamW makes them explode in ten steps.
_HIGHEST_LR = 3e-4


@dataclass(frozen=True, slots=True)
class RefineNetOptions:
    """Options of ``refinenet_resnet50`` and ``refinenet_resnet101``."""

    weights: str = option(
        "none",
        "First weights",
        "What training starts from: nothing, or a backbone that knows ImageNet.",
        choices=("none", "imagenet"),
    )
    decoder_width: int = option(
        256,
        "Decoder's width",
        "Channels of the refining blocks; the coarsest one has twice as many. 64 is far quicker.",
        minimum=4,
        maximum=256,
    )
    upsampling: Upsampling = option(
        "bilinear",
        "Upsampling",
        "How a coarser map is enlarged to be summed with the finer one, and the logits to the "
        'picture (those bilinearly where "transposed").',
        choices=UPSAMPLINGS,
    )
    dropout: float = dropout_option(
        0.5, "Share of the two deepest maps and of the last one that training silences."
    )
    normalising: Normalising = option(
        "batch",
        "Normalisation",
        "Of the backbone, the decoder has none: over the batch, or within each picture: steadier "
        "where only one or two crops fit.",
        choices=NORMALISINGS,
    )


class ResidualUnit(nn.Module):
    """A residual block without normalisation (section 3.2, figure 3b)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.conv2 = _conv(width, width)

    def forward(self, x: Tensor) -> Tensor:
        added: Tensor = self.conv2(F.relu(self.conv1(F.relu(x))))
        return x + added


class Fusion(nn.Module):
    """A fine and a coarse map summed at the fine one's size (section 3.2, figure 3c)."""

    def __init__(self, width: int, coarse_width: int, upsampling: Upsampling) -> None:
        super().__init__()
        self.fine = _conv(width, width)
        self.coarse = _conv(coarse_width, width)
        self.upsampling = upsampling
        self.grow: nn.Module = nn.Identity()
        if upsampling == "transposed":
            self.grow = nn.ConvTranspose2d(width, width, 2, stride=2)
        elif upsampling.endswith("+conv"):
            self.grow = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, fine: Tensor, coarse: Tensor) -> Tensor:
        summed: Tensor = self.fine(fine) + self._enlarged(self.coarse(coarse), fine)
        return summed

    def _enlarged(self, coarse: Tensor, fine: Tensor) -> Tensor:
        height, width = fine.shape[2:]
        if self.upsampling != "transposed":
            coarse = _interpolated(coarse, (height, width), self.upsampling)
        grown: Tensor = self.grow(coarse)
        return grown[:, :, :height, :width]


class ChainedPooling(nn.Module):
    """Poolings one after the other, each one's convolved result added (section 3.2, figure 3d)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.convs = nn.ModuleList(_conv(width, width) for _ in range(_POOLINGS))
        self.pool = nn.MaxPool2d(5, stride=1, padding=2)

    def forward(self, x: Tensor) -> Tensor:
        summed = link = F.relu(x)
        for convolve in self.convs:
            link = convolve(self.pool(link))
            summed = summed + link
        return summed


class RefineBlock(nn.Module):
    """One stage's map refined (figure 3a).

    Parameters
    ----------
    inputs
        Channels of the stage's map.
    width
        Channels of the result.
    coarse_width
        Channels of the coarser block's result; 0 where there is none and nothing is fused.
    upsampling
        How that result is enlarged.
    """

    def __init__(self, inputs: int, width: int, coarse_width: int, upsampling: Upsampling) -> None:
        super().__init__()
        self.reduce = _conv(inputs, width)
        self.adapt = nn.Sequential(*(ResidualUnit(width) for _ in range(_ADAPTING_UNITS)))
        self.fuse = Fusion(width, coarse_width, upsampling) if coarse_width else None
        self.pool = ChainedPooling(width)
        self.refine = nn.Sequential(*(ResidualUnit(width) for _ in range(_REFINING_UNITS)))

    def forward(self, x: Tensor, coarse: Tensor | None) -> Tensor:
        x = self.adapt(self.reduce(x))
        if self.fuse is not None:
            x = self.fuse(x, coarse)
        refined: Tensor = self.refine(self.pool(x))
        return refined


class RefineNet(nn.Module):
    """RefineNet on a residual network of ``depth`` layers.

    Inputs of any size: mirrored at the right and lower edge up to a multiple of 32 plus one pixel,
    where the corners of all maps lie on each other.
    """

    def __init__(
        self, depth: Literal[50, 101], classes: int, channels: int, options: RefineNetOptions
    ) -> None:
        super().__init__()
        self.backbone = ResNetBackbone(channels, ResNetPlan(depth, normalising=options.normalising))
        self.dropout = nn.Dropout(options.dropout)
        width = options.decoder_width
        widths = (2 * width, width, width, width)
        self.blocks = nn.ModuleList(
            RefineBlock(inputs, own, coarse, options.upsampling)
            for inputs, own, coarse in zip(
                reversed(STAGE_CHANNELS), widths, (0, *widths[:-1]), strict=True
            )
        )
        self.classifier = nn.Conv2d(width, classes, 3, padding=1)
        self.upsampling = options.upsampling

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N,K,H,W) of pictures (N,C,H,W)."""
        height, width = x.shape[2:]
        x = pad_to_multiple(x, _COARSEST_STRIDE, beyond=1)
        logits = _interpolated(self.coarse_logits(x), (x.shape[2], x.shape[3]), self.upsampling)
        return logits[:, :, :height, :width]

    def coarse_logits(self, x: Tensor) -> Tensor:
        """A quarter of the input's size, rounded up: what the authors call the network's output."""
        first, second, third, deep = self.backbone(x)
        refined: Tensor | None = None
        maps = (self.dropout(deep), self.dropout(third), second, first)
        for block, stage in zip(self.blocks, maps, strict=True):
            refined = block(stage, refined)
        logits: Tensor = self.classifier(self.dropout(refined))
        return logits


def _conv(inputs: int, width: int) -> nn.Conv2d:
    return nn.Conv2d(inputs, width, 3, padding=1, bias=False)


def _interpolated(x: Tensor, size: tuple[int, int], how: Upsampling) -> Tensor:
    """Brought to ``size`` by the interpolation that an upsampling names, else bilinearly."""
    mode = "bilinear" if how == "transposed" else how.removesuffix("+conv")
    return F.interpolate(x, size, mode=mode, align_corners=None if mode == "nearest" else True)


def geometry(options: RefineNetOptions) -> Geometry:
    # On paper the field is finite; it is wider than any tile worth computing.
    return Geometry(1, 4, None, _COARSEST_STRIDE)


def _drsleep_prefixes() -> Iterator[tuple[str, str]]:
    """Pairs of theirs and ours. They count from 1, ours from 0, the coarsest block first.

    The convolution that a block of theirs ends in is the first of our next block's fusion.
    """
    for layer in ("conv1", "bn1", "layer1", "layer2", "layer3", "layer4"):
        yield f"{layer}.", f"backbone.{layer}."
    for block in range(len(STAGE_CHANNELS)):
        number, own = block + 1, f"blocks.{block}"
        adapting, refining = f"adapt_stage{number}_b", f"mflow_conv_g{number}_b"
        yield f"p_ims1d2_outl{number}_dimred.", f"{own}.reduce."
        yield from _drsleep_units(adapting, f"{own}.adapt", _ADAPTING_UNITS)
        yield f"{adapting}2_joint_varout_dimred.", f"{own}.fuse.fine."
        for link in range(_POOLINGS):
            theirs = f"mflow_conv_g{number}_pool.0.{link + 1}_outvar_dimred."
            yield theirs, f"{own}.pool.convs.{link}."
        yield from _drsleep_units(refining, f"{own}.refine", _REFINING_UNITS)
        yield f"{refining}3_joint_varout_dimred.", f"blocks.{block + 1}.fuse.coarse."
    yield "clf_conv.", "classifier."


def _drsleep_units(theirs: str, ours: str, count: int) -> Iterator[tuple[str, str]]:
    for unit in range(count):
        first = f"{theirs}.0.{unit + 1}_conv"
        yield f"{first}.", f"{ours}.{unit}.conv1."
        yield f"{first}_relu_varout_dimred.", f"{ours}.{unit}.conv2."


_DRSLEEP = Layout("DrSleep/refinenet-pytorch", by_prefix(dict(_drsleep_prefixes())))


def _add(depth: Literal[50, 101], summary: str) -> None:
    registry.add(
        ModelSpec(
            name=f"refinenet_resnet{depth}",
            label=f"RefineNet, ResNet-{depth}",
            family="RefineNet",
            paper=Paper(
                "Lin et al.",
                2017,
                "RefineNet: Multi-Path Refinement Networks for High-Resolution Semantic "
                "Segmentation",
            ),
            summary=summary,
            build=partial(RefineNet, depth),
            options=RefineNetOptions,
            shape=geometry,
            sets_apart="Sums the maps of all stages, refined on the way; PSPNet dilates instead.",
            initial={"imagenet": imagenet(depth, "backbone.")},
            layouts=(_DRSLEEP,),
            highest_lr=_HIGHEST_LR,
        )
    )


_add(50, "Fine detail from every stage of the backbone; a heavy decoder.")
_add(101, "As refinenet_resnet50 with twice the depth: slower, a little better.")
