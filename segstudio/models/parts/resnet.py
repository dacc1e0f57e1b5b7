"""Residual networks as backbones: every stage's map, dilated where a family wants it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn

from segstudio.models.parts.blocks import Normalising, normalise
from segstudio.models.parts.initial import InitialWeights

STAGE_CHANNELS = (256, 512, 1024, 2048)
"""Channels of the four stages' maps."""

_BLOCKS = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3)}
_EXPANSION = 4


@dataclass(frozen=True, slots=True)
class ResNetPlan:
    """How a residual network is built. The defaults are torchvision's.

    Attributes
    ----------
    depth
        50 or 101 layers (He et al. 2016, table 1).
    output_stride
        32 for the classifier's own; 16 dilates the last stage by 2, 8 the last two by 2 and 4.
    stem
        "plain" is one 7x7 convolution, "deep" three 3x3 ones that end with 128 channels.
    dilate_first
        Whether the first block of a dilated stage is dilated like the others. torchvision gives
        it the dilation of the stage before.
    stride_first
        Whether a block's stride lies in its first 1x1 convolution, as in the paper's own Caffe
        models. torchvision has it in the 3x3 one.
    ceil_pool
        Whether the pooling's map counts a last pixel that it only half fills, as Caffe does.
    normalising
        As for :func:`segstudio.models.parts.blocks.normalise`.
    """

    depth: Literal[50, 101]
    output_stride: Literal[8, 16, 32] = 32
    stem: Literal["plain", "deep"] = "plain"
    dilate_first: bool = False
    stride_first: bool = False
    ceil_pool: bool = False
    normalising: Normalising = "batch"


class Bottleneck(nn.Module):
    """1x1, 3x3 and 1x1 convolutions around which the input is carried (He et al. 2016, fig. 5)."""

    def __init__(
        self, inputs: int, width: int, strides: tuple[int, int], dilation: int, how: Normalising
    ) -> None:
        super().__init__()
        outputs = width * _EXPANSION
        self.conv1 = nn.Conv2d(inputs, width, 1, stride=strides[0], bias=False)
        self.bn1 = normalise(width, how)
        self.conv2 = nn.Conv2d(
            width, width, 3, stride=strides[1], padding=dilation, dilation=dilation, bias=False
        )
        self.bn2 = normalise(width, how)
        self.conv3 = nn.Conv2d(width, outputs, 1, bias=False)
        self.bn3 = normalise(outputs, how)
        self.relu = nn.ReLU(inplace=True)
        self.downsample: nn.Module | None = None
        stride = strides[0] * strides[1]
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False), normalise(outputs, how)
            )

    def forward(self, x: Tensor) -> Tensor:
        carried = x if self.downsample is None else self.downsample(x)
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.relu(self.bn2(self.conv2(x)))
        summed: Tensor = self.relu(self.bn3(self.conv3(x)) + carried)
        return summed


class ResNetBackbone(nn.Module):
    """A residual network without its classifier. State keys are torchvision's.

    Parameters
    ----------
    channels
        Input channels; 3 for photographs.
    plan
        How it is built.
    """

    def __init__(self, channels: int, plan: ResNetPlan) -> None:
        super().__init__()
        how = plan.normalising
        deep = plan.stem == "deep"
        width = 128 if deep else 64
        if deep:
            self.conv1 = nn.Conv2d(channels, 64, 3, stride=2, padding=1, bias=False)
            self.bn1 = normalise(64, how)
            self.conv2 = nn.Conv2d(64, 64, 3, padding=1, bias=False)
            self.bn2 = normalise(64, how)
            self.conv3 = nn.Conv2d(64, width, 3, padding=1, bias=False)
            self.bn3 = normalise(width, how)
        else:
            self.conv1 = nn.Conv2d(channels, width, 7, stride=2, padding=3, bias=False)
            self.bn1 = normalise(width, how)
        self.deep = deep
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1, ceil_mode=plan.ceil_pool)
        stages = []
        dilation, reached = 1, 4
        for index, blocks in enumerate(_BLOCKS[plan.depth]):
            stride, before = (2 if index else 1), dilation
            if stride == 2 and reached >= plan.output_stride:
                stride, dilation = 1, 2 * dilation
            reached *= stride
            first = dilation if plan.dilate_first else before
            strides = (stride, 1) if plan.stride_first else (1, stride)
            outputs = STAGE_CHANNELS[index]
            stages.append(
                nn.Sequential(
                    Bottleneck(width, outputs // _EXPANSION, strides, first, how),
                    *(
                        Bottleneck(outputs, outputs // _EXPANSION, (1, 1), dilation, how)
                        for _ in range(blocks - 1)
                    ),
                )
            )
            width = outputs
        self.layer1, self.layer2, self.layer3, self.layer4 = stages
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Maps of the four stages, the finest first, with :data:`STAGE_CHANNELS`."""
        x = self.relu(self.bn1(self.conv1(x)))
        if self.deep:
            x = self.relu(self.bn2(self.conv2(x)))
            x = self.relu(self.bn3(self.conv3(x)))
        first = self.layer1(self.maxpool(x))
        second = self.layer2(first)
        third = self.layer3(second)
        return first, second, third, self.layer4(third)


def imagenet(depth: Literal[50, 101], prefix: str) -> InitialWeights:
    """torchvision's ImageNet weights (IMAGENET1K_V2) for the backbone under ``prefix``."""
    file, sha256, megabytes = {
        50: ("resnet50-11ad3fa6.pth", "11ad3fa6", 98),
        101: ("resnet101-cd907fc2.pth", "cd907fc2", 171),
    }[depth]

    def convert(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return {prefix + key: value for key, value in state.items() if not key.startswith("fc.")}

    return InitialWeights(
        name="imagenet",
        label=f"ImageNet's, ResNet-{depth} (torchvision)",
        url=f"https://download.pytorch.org/models/{file}",
        sha256=sha256,
        megabytes=megabytes,
        convert=convert,
        first_convolution=f"{prefix}conv1.weight",
    )
