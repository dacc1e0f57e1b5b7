"""Fully convolutional networks."""

from dataclasses import dataclass

from torch import nn
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


@dataclass(frozen=True, slots=True)
class FcnResNetOptions:
    """Options of ``fcn_resnet50``."""

    auxiliary: bool = option(
        True,
        "Auxiliary head",
        "A second head on the third stage, used in training alone, steadies the deep layers.",
    )


def fcn_resnet50(classes: int, channels: int, options: FcnResNetOptions) -> nn.Module:
    """FCN (Long et al. 2015) on a ResNet-50 dilated to stride 8, as torchvision publishes it."""
    return BackboneSegmenter(
        ResNetBackbone(channels, output_stride=8),
        FCNHead(DEEP_CHANNELS, classes),
        FCNHead(MIDDLE_CHANNELS, classes) if options.auxiliary else None,
    )


registry.add(
    ModelSpec(
        name="fcn_resnet50",
        label="FCN, ResNet-50",
        family="FCN",
        paper=Paper("Long et al.", 2015, "Fully Convolutional Networks for Semantic Segmentation"),
        summary="One scale, simple and sturdy; published weights know VOC's 21 classes.",
        build=fcn_resnet50,
        options=FcnResNetOptions,
        # On paper the field is finite; it is wider than any tile worth computing.
        shape=lambda _: Geometry(32, 8, None, 8),
        weights=coco_voc_weights("fcn_resnet50_coco-1167a1af.pth", "1167a1af", 135),
    )
)
