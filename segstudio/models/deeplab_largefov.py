"""DeepLab-LargeFOV: VGG16 whose map stays fine and whose classifier looks far.

Chen et al. 2015 (ICLR) leave the strides of VGG16's last two poolings out and spread the kernels
behind them instead (the hole algorithm, section 3.1, figure 1), so that scores come at an eighth of
the picture. Its first fully connected layer becomes a 3x3 convolution with holes of 12: as large a
field of view as the classifier's 7x7 one, at a fraction of the weights (section 3.2, table 1,
"LargeFOV"). The dense CRF that follows in the paper is not a part of the network.

As in the published network all poolings are of 3x3 pixels, so that maps of 8k + 1, 4k + 1, 2k + 1
and k + 1 pixels have their corners in the same places, and an average over 3x3 follows the last.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from torch import Tensor, nn
from torch.nn import functional as F

from segstudio.models.parts import receptive_field, vgg
from segstudio.models.parts.blocks import mirror_border, pad_to_multiple, resized
from segstudio.models.parts.initial import Convert, InitialWeights
from segstudio.models.parts.receptive_field import Span
from segstudio.models.parts.spec import Geometry, ModelSpec, Paper, registry

_GRID = 8
_STRIDES = (2, 2, 2, 1, 1)
_DILATIONS = (1, 1, 1, 1, 2)
_HOLES = 12


@dataclass(frozen=True, slots=True)
class LargeFovOptions(vgg.VggOptions):
    """Options of :class:`LargeFov`."""


class LargeFov(nn.Module):
    """VGG16 at stride 8, and a classifier of a large field of view.

    Inputs of any size: mirrored at the right and lower edge up to a multiple of 8 and by one pixel
    more, where the corners of all maps lie on each other.
    """

    def __init__(self, classes: int, channels: int, options: LargeFovOptions) -> None:
        super().__init__()
        hidden = 16 * options.width
        self.stages = vgg.stages(
            channels, options.width, dilations=_DILATIONS, normalising=options.normalising
        )
        self.pools = nn.ModuleList(nn.MaxPool2d(3, stride, padding=1) for stride in _STRIDES)
        self.average = nn.AvgPool2d(3, stride=1, padding=1)
        self.fc6 = vgg.convolution(vgg.widths(options.width)[-1], hidden, dilation=_HOLES)
        self.fc7 = vgg.convolution(hidden, hidden, 1)
        self.dropout = nn.Dropout(options.dropout)
        self.fc8 = nn.Conv2d(hidden, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N,K,H,W) of pictures (N,C,H,W)."""
        height, width = x.shape[2:]
        # Mirrored to the grid first: a tile, which ends on it, then meets the same border.
        x = mirror_border(pad_to_multiple(x, _GRID), 0, 1)
        logits = resized(self.scores(x), (x.shape[2], x.shape[3]), align_corners=True)
        return logits[:, :, :height, :width]

    def scores(self, x: Tensor) -> Tensor:
        """At an eighth of the size: (k + 1)x(l + 1) for (8k + 1)x(8l + 1) pixels."""
        for stage, pool in zip(self.stages, self.pools, strict=True):
            x = pool(stage(x))
        x = self.dropout(F.relu(self.fc6(self.average(x))))
        x = self.dropout(F.relu(self.fc7(x)))
        scored: Tensor = self.fc8(x)
        return scored


def geometry(options: LargeFovOptions) -> Geometry:
    field = receptive_field.field(_seen, _GRID, options.normalising)
    return Geometry(1, _GRID, field, _GRID)


def _seen(span: Span) -> Span:
    """What of the picture a span of logits sees."""
    # Between two scores lies what is interpolated from both.
    first, last = span[0] // _GRID, -(-span[1] // _GRID)
    first, last = receptive_field.before_convolutions((first, last), _HOLES + 1)
    for stride, dilation, count in reversed(
        list(zip(_STRIDES, _DILATIONS, vgg.CONVOLUTIONS, strict=True))
    ):
        pooled = stride * first - 1, stride * last + 1
        first, last = receptive_field.before_convolutions(pooled, dilation * count)
    return first, last


def _decimated(convert: Convert) -> Convert:
    """VGG16's hidden layers brought to size as section 3.2 says: one of every so many weights.

    Every fourth of 4096 channels, and of 7x7 places those in the corners, halfway and in the
    middle.
    """

    def decimate(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
        found = convert(state)
        for layer, taken in (("fc6", slice(None)), ("fc7", slice(None, None, 4))):
            key = f"{layer}.weight"
            if key in found:
                found[key] = found[key][::4, taken, ::3, ::3]
                found[f"{layer}.bias"] = found[f"{layer}.bias"][::4]
        return found

    return decimate


def _initial() -> dict[str, InitialWeights]:
    known = vgg.initial(vgg.within("stages."), fully_connected=True)
    return {
        name: replace(weights, convert=_decimated(weights.convert))
        for name, weights in known.items()
    }


registry.add(
    ModelSpec(
        name="deeplab_largefov",
        label="DeepLab-LargeFOV",
        family="DeepLab",
        paper=Paper(
            "Chen et al.",
            2015,
            "Semantic Image Segmentation with Deep Convolutional Nets and Fully Connected CRFs",
        ),
        summary="The first DeepLab: light for a network on VGG16, blobby without a CRF.",
        build=LargeFov,
        options=LargeFovOptions,
        shape=geometry,
        sets_apart="Dilates VGG16 to stride 8, where the FCNs go to 32 and add finer scores.",
        initial=_initial(),
    )
)
