"""MobileNetV3 as a backbone: torchvision's layers, dilated, any channels, any normalisation."""

from collections.abc import Callable, Mapping
from functools import partial

from torch import Tensor, nn

from segstudio.models.parts.blocks import BatchNorm, Normalising, normalise
from segstudio.models.parts.initial import InitialWeights

MIDDLE_CHANNELS, DEEP_CHANNELS = 40, 960
"""Channels of the two maps that the backbone gives."""

# Indices of layers: the first at stride 8, whose map torchvision's auxiliary head sees, and at 16.
_MIDDLE, _STRIDE_16 = 4, 7


class MobileNetBackbone(nn.Sequential):
    """MobileNetV3-Large (Howard et al. 2019, table 1) without its classifier.

    Its last stage is dilated by 2 for output stride 16, the last two by 2 and 4 for 8. State keys
    are those of torchvision's segmentation model.
    """

    def __init__(self, channels: int, output_stride: int, normalising: Normalising) -> None:
        # Importing torchvision takes more than a second, and most networks do without.
        from torchvision.models import mobilenet_v3_large

        layers = mobilenet_v3_large(dilated=True, norm_layer=_norm_layer(normalising)).features
        if channels != 3:
            layers[0][0] = nn.Conv2d(channels, 16, 3, stride=2, padding=1, bias=False)
            nn.init.kaiming_normal_(layers[0][0].weight, mode="fan_out")
        super().__init__(*layers)
        if output_stride == 8:
            _dilate(layers[_STRIDE_16:])

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Maps at stride 8 and at the output stride."""
        maps = []
        for layer in self:
            x = layer(x)
            maps.append(x)
        return maps[_MIDDLE], x


def _norm_layer(normalising: Normalising) -> Callable[[int], nn.Module]:
    if normalising == "batch":
        return partial(BatchNorm, eps=0.001, momentum=0.01)
    return partial(normalise, how=normalising)


def _dilate(layers: nn.Module) -> None:
    """Take the stride out of these layers, and set their kernels twice as far apart."""
    for layer in layers.modules():
        if isinstance(layer, nn.Conv2d) and layer.kernel_size != (1, 1):
            layer.stride = (1, 1)
            layer.dilation = (2 * layer.dilation[0], 2 * layer.dilation[1])
            edge = layer.dilation[0] * (layer.kernel_size[0] // 2)
            layer.padding = (edge, edge)


def imagenet(prefix: str) -> InitialWeights:
    """torchvision's ImageNet weights (IMAGENET1K_V2) for the backbone under ``prefix``."""

    def convert(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
        features = "features."
        return {
            prefix + key.removeprefix(features): value
            for key, value in state.items()
            if key.startswith(features)
        }

    return InitialWeights(
        name="imagenet",
        label="ImageNet's, MobileNetV3-Large (torchvision)",
        url="https://download.pytorch.org/models/mobilenet_v3_large-5c1a4163.pth",
        sha256="5c1a4163",
        megabytes=21,
        convert=convert,
        first_convolution=f"{prefix}0.0.weight",
    )
