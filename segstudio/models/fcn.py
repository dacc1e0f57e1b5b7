"""FCN-32s, FCN-16s and FCN-8s: a classifier that answers for every pixel.

Long et al. 2015 read VGG16's fully connected layers as convolutions (section 3.1, figure 2), so
that a picture of any size gets a map of scores, enlarge it by transposed convolutions that begin
as bilinear interpolation (section 3.3), and add the scores of finer pooled maps to those of the
coarse one (section 4.2, figure 3): where from the deep layers, what from the shallow ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from segstudio.core.options import option
from segstudio.models.parts import vgg
from segstudio.models.parts.blocks import UPSAMPLINGS, Upsampling, upsample
from segstudio.models.parts.renaming import by_prefix
from segstudio.models.parts.spec import Geometry, Layout, ModelSpec, Normalisation, Paper, registry

# The paper pads the first convolution by 100, for the 7x7 one to find something in any picture.
_BORDER = 99
# What that padding and the unpadded layers have shifted, in pixels of the map that is cropped:
# of the input, by the number of skips.
_CROPS = (19, 27, 31)


@dataclass(frozen=True, slots=True)
class _Skip:
    """Which stage's pooled map is scored, where its scores begin, and its scale "at once"."""

    stage: int
    crop: int
    scale: float


_SKIPS = (_Skip(stage=3, crop=5, scale=1e-2), _Skip(stage=2, crop=9, scale=1e-4))


@dataclass(frozen=True, slots=True)
class FcnOptions(vgg.VggOptions):
    """Options of ``fcn32s``."""

    upsampling: Upsampling = option(
        "transposed",
        "Upsampling",
        "How scores are enlarged; transposed convolutions learn it.",
        choices=UPSAMPLINGS,
    )


@dataclass(frozen=True, slots=True)
class FcnSkipOptions(FcnOptions):
    """Options of ``fcn16s`` and ``fcn8s``."""

    at_once: bool = option(
        False,
        "All at once",
        "Scales the finer maps down before they are scored, so that all scores can be trained "
        "together from ImageNet's weights (the authors' FCN-8s-atonce).",
    )


class Fcn(nn.Module):
    """Scores of the deepest map, enlarged step by step; each step adds a finer map's scores.

    Parameters
    ----------
    skips
        How many finer maps are scored: 0 for FCN-32s, 1 for 16s, 2 for 8s.
    """

    def __init__(self, classes: int, channels: int, options: FcnOptions, skips: int) -> None:
        super().__init__()
        widths = vgg.widths(options.width)
        hidden = widths[-1] * 8
        how = options.upsampling
        self.skips = _SKIPS[:skips]
        self.at_once = isinstance(options, FcnSkipOptions) and options.at_once
        self.stages = vgg.stages(channels, options.width, normalising=options.normalising)
        self.pool = nn.MaxPool2d(2, ceil_mode=True)
        self.fc6 = vgg.convolution(widths[-1], hidden, 7, padded=False)
        self.fc7 = vgg.convolution(hidden, hidden, 1)
        self.dropout = nn.Dropout(options.dropout)
        self.score_fr = nn.Conv2d(hidden, classes, 1)
        self.score_skips = nn.ModuleList(
            nn.Conv2d(widths[skip.stage], classes, 1) for skip in self.skips
        )
        # Section 4.2: a net begins with the predictions of the coarser one.
        for parameter in self.score_skips.parameters():
            nn.init.zeros_(parameter)
        self.grow = nn.ModuleList(upscore(classes, 2, how) for _ in self.skips)
        self.upscore = upscore(classes, 32 // 2**skips, how)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N,K,H,W) of pictures (N,C,H,W)."""
        like = x
        x = F.pad(x, (_BORDER,) * 4)
        pooled = []
        for stage in self.stages:
            x = self.pool(stage(x))
            pooled.append(x)
        x = self.dropout(F.relu(self.fc6(x)))
        x = self.dropout(F.relu(self.fc7(x)))
        x = self.score_fr(x)
        for skip, score, grow in zip(self.skips, self.score_skips, self.grow, strict=True):
            x = grow(x)
            finer = pooled[skip.stage] * (skip.scale if self.at_once else 1.0)
            x = x + _cropped(score(finer), skip.crop, x)
        return _cropped(self.upscore(x), _CROPS[len(self.skips)], like)


def upscore(classes: int, factor: int, how: Upsampling) -> nn.Module:
    """From (N,K,h,w) to (N,K,f(h+1),f(w+1)): half a pixel of the map more on every side.

    The transposed convolution's kernel is two strides wide, as bilinear interpolation needs.
    """
    if how != "transposed":
        return nn.Sequential(
            nn.ReplicationPad2d(1),
            upsample(classes, classes, how, factor),
            nn.ZeroPad2d(-(factor // 2)),
        )
    layer = nn.ConvTranspose2d(classes, classes, 2 * factor, stride=factor, bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.eye(classes)[:, :, None, None] * bilinear_kernel(factor))
    return layer


def bilinear_kernel(factor: int) -> Tensor:
    """The (2f,2f) kernel with which a transposed convolution of stride f interpolates."""
    ramp = 1 - (torch.arange(2 * factor) - (factor - 0.5)).abs() / factor
    return ramp[:, None] * ramp


def _cropped(x: Tensor, start: int, like: Tensor) -> Tensor:
    height, width = like.shape[2:]
    return x[:, :, start : start + height, start : start + width]


_FIRST = "stages.0.conv1_1.weight"

_renamed = by_prefix(
    {f"conv{number}_": f"stages.{number - 1}.conv{number}_" for number in range(1, 6)}
    | {"score_pool4.": "score_skips.0.", "score_pool3.": "score_skips.1."}
    | {"upscore2.": "grow.0.", "upscore_pool4.": "grow.1."}
    | {"upscore16.": "upscore.", "upscore8.": "upscore."}
)


def _from_pytorch_fcn(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    found = _renamed(state)
    if _FIRST in found:
        # Caffe's networks see blue first.
        found[_FIRST] = found[_FIRST].flip(1)
    return found


_LAYOUT = Layout(
    "wkentaro/pytorch-fcn",
    _from_pytorch_fcn,
    normalisation=Normalisation(
        mean=(122.67891434 / 255, 116.66876762 / 255, 104.00698793 / 255), std=(1 / 255,) * 3
    ),
)


def _geometry(options: FcnOptions, skips: int) -> Geometry:
    # The field is finite, but at the edges of a picture that is no multiple of 32 the pools
    # reach over it, which no tile shows.
    return Geometry(1, 32 // 2**skips, None, 32)


def _spec(name: str, label: str, skips: int, summary: str, sets_apart: str) -> ModelSpec:
    return ModelSpec(
        name=name,
        label=label,
        family="FCN",
        paper=Paper("Long et al.", 2015, "Fully Convolutional Networks for Semantic Segmentation"),
        summary=summary,
        build=partial(Fcn, skips=skips),
        options=FcnSkipOptions if skips else FcnOptions,
        shape=partial(_geometry, skips=skips),
        sets_apart=sets_apart,
        initial=vgg.initial(vgg.within("stages."), fully_connected=True),
        layouts=(_LAYOUT,),
    )


registry.add(
    _spec(
        "fcn32s",
        "FCN-32s",
        0,
        "The first of its kind: scores every 32 pixels, so borders stay coarse.",
        "Enlarges one coarse map of scores in a single step.",
    )
)
registry.add(
    _spec(
        "fcn16s",
        "FCN-16s",
        1,
        "Finer than fcn32s by the scores of one shallower map.",
        "Sums the scores of the deepest map and the one before.",
    )
)
registry.add(
    _spec(
        "fcn8s",
        "FCN-8s",
        2,
        "The finest of the original FCNs; large, and strong with ImageNet's weights.",
        "Sums the scores of three maps, where U-Net concatenates the maps themselves.",
    )
)
