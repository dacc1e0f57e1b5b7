"""DeepLabv3: dilated convolutions side by side see several scales at once.

Chen et al. 2017 (section 3.3, figure 5) put batch normalisation and an image-level branch into
the atrous spatial pyramid of DeepLabv2 and drop its CRF. These are torchvision's variants: without
the multi-grid of section 3.2.1, with an auxiliary head, and one on MobileNetV3 (Howard et al.
2019).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from torch import nn

from segstudio.core.options import option
from segstudio.models.parts import mobilenet, resnet
from segstudio.models.parts.atrous_pyramid import (
    AtrousPyramid,
    pyramid_width_option,
    rates_of,
    rates_option,
)
from segstudio.models.parts.blocks import Normalising, conv
from segstudio.models.parts.common_options import dropout_option, normalising_option
from segstudio.models.parts.initial import InitialWeights
from segstudio.models.parts.renaming import by_prefix
from segstudio.models.parts.segmenter import (
    BackboneSegmenter,
    coco_voc_weights,
    convolutional_head,
    voc,
)
from segstudio.models.parts.spec import (
    Geometry,
    Layout,
    ModelSpec,
    Paper,
    PublishedWeights,
    registry,
)


@dataclass(frozen=True, slots=True)
class DeepLabV3Options:
    """Options of the family.

    Weights of one output stride, or of some rates, load into a network of others, and predict
    differently: they belong to the checkpoint.
    """

    weights: str = option(
        "none",
        "First weights",
        "What training starts from: nothing, a backbone that knows ImageNet, or all but the last "
        "layers of a network that knows VOC's classes.",
        choices=("none", "imagenet", "voc"),
    )
    output_stride: Literal[8, 16] = option(
        8,
        "Output stride",
        "Pixels per pixel of the deepest map: 16 takes a third of the work, 8 is finer.",
        choices=(8, 16),
    )
    rates: str = rates_option()
    pyramid_width: int = pyramid_width_option()
    auxiliary: bool = option(
        True,
        "Auxiliary head",
        "A second head on an earlier map, used in training alone, steadies the deep layers.",
    )
    dropout: float = dropout_option(
        0.5, "Share of the pyramid's values that training silences; helps with few pictures."
    )
    normalising: Normalising = normalising_option()
    align_corners: bool = option(
        False,
        "Align corners",
        "Lay the centres of corner pixels on each other where logits are enlarged. "
        "segmentation_models.pytorch does, torchvision does not.",
    )


@dataclass(frozen=True, slots=True)
class DeepLabV3ResNetOptions(DeepLabV3Options):
    """Options of ``deeplabv3_resnet50`` and ``deeplabv3_resnet101``."""

    dilate_first: bool = option(
        False,
        "Dilate first blocks",
        "Dilate the first block of a stage as its others. segmentation_models.pytorch does, "
        "torchvision does not.",
    )


@dataclass(frozen=True, slots=True)
class DeepLabV3MobileNetOptions(DeepLabV3Options):
    """Options of ``deeplabv3_mobilenet``: by default what torchvision's weights want."""

    output_stride: Literal[8, 16] = option(
        16,
        "Output stride",
        "Pixels per pixel of the deepest map: 16 takes a quarter of the work, 8 is finer.",
        choices=(8, 16),
    )
    rates: str = rates_option("12,24,36")


def _segmenter(
    backbone: nn.Module, middle: int, deep: int, classes: int, options: DeepLabV3Options
) -> nn.Module:
    """Heads on a backbone whose last two maps have ``middle`` and ``deep`` channels."""
    how, width = options.normalising, options.pyramid_width
    head = nn.Sequential(
        AtrousPyramid(
            deep,
            rates_of(options.rates, options.output_stride),
            width,
            dropout=options.dropout,
            normalising=how,
        ),
        *conv(width, width, normalising=how),
        nn.Conv2d(width, classes, 1),
    )
    auxiliary = convolutional_head(middle, classes, normalising=how) if options.auxiliary else None
    return BackboneSegmenter(backbone, head, auxiliary, options.align_corners)


def deeplabv3_resnet(
    depth: Literal[50, 101], classes: int, channels: int, options: DeepLabV3ResNetOptions
) -> nn.Module:
    """The network on a residual one of ``depth`` layers."""
    plan = resnet.ResNetPlan(
        depth,
        options.output_stride,
        dilate_first=options.dilate_first,
        normalising=options.normalising,
    )
    _, _, middle, deep = resnet.STAGE_CHANNELS
    return _segmenter(resnet.ResNetBackbone(channels, plan), middle, deep, classes, options)


def deeplabv3_mobilenet(
    classes: int, channels: int, options: DeepLabV3MobileNetOptions
) -> nn.Module:
    """The network on MobileNetV3-Large."""
    backbone = mobilenet.MobileNetBackbone(channels, options.output_stride, options.normalising)
    return _segmenter(
        backbone, mobilenet.MIDDLE_CHANNELS, mobilenet.DEEP_CHANNELS, classes, options
    )


def geometry(options: DeepLabV3Options) -> Geometry:
    """The pooled branch sees the whole input."""
    return Geometry(32, options.output_stride, None, options.output_stride)


# segmentation_models.pytorch's DeepLabV3 on a residual network. Its older files number the parts
# of the decoder, newer ones name them.
_SMP = Layout(
    "segmentation_models.pytorch",
    by_prefix(
        {
            "encoder.": "backbone.",
            "decoder.aspp.": "classifier.0.",
            "decoder.0.": "classifier.0.",
            "decoder.conv.": "classifier.1.",
            "decoder.1.": "classifier.1.",
            "decoder.bn.": "classifier.2.",
            "decoder.2.": "classifier.2.",
            "segmentation_head.0.": "classifier.4.",
        }
    ),
    {
        "output_stride": 8,
        "rates": "12,24,36",
        "auxiliary": False,
        "dilate_first": True,
        "align_corners": True,
    },
)


def _add(
    name: str,
    backbone: str,
    summary: str,
    build: Callable[[int, int, Any], nn.Module],
    options: type,
    weights: Mapping[str, PublishedWeights],
    imagenet: InitialWeights,
    layouts: tuple[Layout, ...] = (),
) -> None:
    registry.add(
        ModelSpec(
            name=name,
            label=f"DeepLabv3, {backbone}",
            family="DeepLab",
            paper=Paper(
                "Chen et al.",
                2017,
                "Rethinking Atrous Convolution for Semantic Image Segmentation",
            ),
            summary=summary,
            build=build,
            options=options,
            shape=geometry,
            sets_apart="Looks at every place at several rates, and at the picture as a whole.",
            weights=weights,
            initial={"imagenet": imagenet, "voc": voc(weights, imagenet.first_convolution)},
            layouts=layouts,
        )
    )


_add(
    "deeplabv3_resnet50",
    "ResNet-50",
    "Several scales at once; published weights know VOC's 21 classes.",
    partial(deeplabv3_resnet, 50),
    DeepLabV3ResNetOptions,
    coco_voc_weights(
        "deeplabv3_resnet50_coco-cd0a2569.pth", "cd0a2569", 161, output_stride=8, rates="12,24,36"
    ),
    resnet.imagenet(50, "backbone."),
    (_SMP,),
)
_add(
    "deeplabv3_resnet101",
    "ResNet-101",
    "As deeplabv3_resnet50 with twice the depth: slower, a little better.",
    partial(deeplabv3_resnet, 101),
    DeepLabV3ResNetOptions,
    coco_voc_weights(
        "deeplabv3_resnet101_coco-586e9e4e.pth", "586e9e4e", 233, output_stride=8, rates="12,24,36"
    ),
    resnet.imagenet(101, "backbone."),
    (_SMP,),
)
_add(
    "deeplabv3_mobilenet",
    "MobileNetV3",
    "Small and quick on a processor; published weights know VOC's 21 classes.",
    deeplabv3_mobilenet,
    DeepLabV3MobileNetOptions,
    coco_voc_weights(
        "deeplabv3_mobilenet_v3_large-fc3c493d.pth",
        "fc3c493d",
        42,
        output_stride=16,
        rates="12,24,36",
    ),
    mobilenet.imagenet("backbone."),
)
