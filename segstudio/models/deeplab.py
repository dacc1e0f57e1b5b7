"""DeepLab: dilated convolutions side by side see several scales at once."""

from dataclasses import dataclass

from torch import nn
from torchvision.models.segmentation.deeplabv3 import DeepLabHead
from torchvision.models.segmentation.fcn import FCNHead

from segstudio.core.options import option
from segstudio.models.parts.resnet import (
    DEEP_CHANNELS,
    MIDDLE_CHANNELS,
    BackboneSegmenter,
    ResNetBackbone,
    coco_voc_weights,
)
from segstudio.models.parts.spec import Geometry, ModelSpec, Paper, registry

# DeepLabv3, section 3.3: the rates double where the map is twice as fine.
_RATES = {8: (12, 24, 36), 16: (6, 12, 18)}


@dataclass(frozen=True, slots=True)
class DeepLabV3Options:
    """Options of ``deeplabv3_resnet50``.

    Weights of one output stride load into the other, and predict differently: the stride belongs
    to the checkpoint.
    """

    output_stride: int = option(
        8,
        "Output stride",
        "Pixels per pixel of the deepest map; 16 is twice as quick, 8 finer. The published "
        "weights want 8.",
        choices=tuple(_RATES),
    )
    auxiliary: bool = option(
        True,
        "Auxiliary head",
        "A second head on the third stage, used in training alone, steadies the deep layers.",
    )


def deeplabv3_resnet50(classes: int, channels: int, options: DeepLabV3Options) -> nn.Module:
    """DeepLabv3 (Chen et al. 2017, section 3.3): ResNet-50 with atrous pyramid pooling."""
    return BackboneSegmenter(
        ResNetBackbone(channels, options.output_stride),
        DeepLabHead(DEEP_CHANNELS, classes, _RATES[options.output_stride]),
        FCNHead(MIDDLE_CHANNELS, classes) if options.auxiliary else None,
    )


def geometry(options: DeepLabV3Options) -> Geometry:
    """The pooled branch sees the whole input."""
    return Geometry(32, options.output_stride, None, options.output_stride)


registry.add(
    ModelSpec(
        name="deeplabv3_resnet50",
        label="DeepLabv3, ResNet-50",
        family="DeepLab",
        paper=Paper(
            "Chen et al.", 2017, "Rethinking Atrous Convolution for Semantic Image Segmentation"
        ),
        summary="Several scales at once; published weights know VOC's 21 classes.",
        build=deeplabv3_resnet50,
        options=DeepLabV3Options,
        shape=geometry,
        weights=coco_voc_weights("deeplabv3_resnet50_coco-cd0a2569.pth", "cd0a2569", 161),
    )
)
