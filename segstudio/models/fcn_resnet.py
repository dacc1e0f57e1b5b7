"""FCN on a residual network: the fully convolutional idea with a modern backbone.

Long et al. 2015 turned classifiers into networks that answer for every pixel (section 3). This is
torchvision's variant: the ResNet is dilated to stride 8, so that one score map suffices and
nothing has to be summed from finer ones as in ``fcn8s``.
"""

from dataclasses import dataclass
from typing import Literal

from torch import nn

from segstudio.core.options import option
from segstudio.models.parts.blocks import Normalising
from segstudio.models.parts.common_options import dropout_option, normalising_option
from segstudio.models.parts.resnet import STAGE_CHANNELS, ResNetBackbone, ResNetPlan, imagenet
from segstudio.models.parts.segmenter import (
    BackboneSegmenter,
    coco_voc_weights,
    convolutional_head,
    voc,
)
from segstudio.models.parts.spec import Geometry, ModelSpec, Paper, registry


@dataclass(frozen=True, slots=True)
class FcnResNetOptions:
    """Options of ``fcn_resnet50`` and ``fcn_resnet101``."""

    weights: str = option(
        "none",
        "First weights",
        "What training starts from: nothing, a backbone that knows ImageNet, or all but the last "
        "layers of a network that knows VOC's classes.",
        choices=("none", "imagenet", "voc"),
    )
    auxiliary: bool = option(
        True,
        "Auxiliary head",
        "A second head on the third stage, used in training alone, steadies the deep layers.",
    )
    dropout: float = dropout_option(
        0.1, "Share of the head's values that training silences; helps with few pictures."
    )
    normalising: Normalising = normalising_option()


def _build(
    depth: Literal[50, 101], classes: int, channels: int, options: FcnResNetOptions
) -> nn.Module:
    how, dropout = options.normalising, options.dropout
    _, _, middle, deep = STAGE_CHANNELS
    return BackboneSegmenter(
        ResNetBackbone(channels, ResNetPlan(depth, output_stride=8, normalising=how)),
        convolutional_head(deep, classes, dropout, how),
        convolutional_head(middle, classes, dropout, how) if options.auxiliary else None,
    )


def fcn_resnet50(classes: int, channels: int, options: FcnResNetOptions) -> nn.Module:
    """The network on 50 layers."""
    return _build(50, classes, channels, options)


def fcn_resnet101(classes: int, channels: int, options: FcnResNetOptions) -> nn.Module:
    """The network on 101 layers."""
    return _build(101, classes, channels, options)


def _geometry(options: FcnResNetOptions) -> Geometry:
    # On paper the field is finite; it is wider than any tile worth computing.
    return Geometry(32, 8, None, 8)


_PAPER = Paper("Long et al.", 2015, "Fully Convolutional Networks for Semantic Segmentation")
_APART = "One score map at stride 8; fcn8s sums three coarser ones instead."
_WEIGHTS_50 = coco_voc_weights("fcn_resnet50_coco-1167a1af.pth", "1167a1af", 135)
_WEIGHTS_101 = coco_voc_weights("fcn_resnet101_coco-7ecb50ca.pth", "7ecb50ca", 208)
_FIRST = "backbone.conv1.weight"

registry.add(
    ModelSpec(
        name="fcn_resnet50",
        label="FCN, ResNet-50",
        family="FCN",
        paper=_PAPER,
        summary="One scale, simple and sturdy; published weights know VOC's 21 classes.",
        build=fcn_resnet50,
        options=FcnResNetOptions,
        shape=_geometry,
        sets_apart=_APART,
        weights=_WEIGHTS_50,
        initial={"imagenet": imagenet(50, "backbone."), "voc": voc(_WEIGHTS_50, _FIRST)},
    )
)
registry.add(
    ModelSpec(
        name="fcn_resnet101",
        label="FCN, ResNet-101",
        family="FCN",
        paper=_PAPER,
        summary="As fcn_resnet50 with twice the depth: slower, a little better.",
        build=fcn_resnet101,
        options=FcnResNetOptions,
        shape=_geometry,
        sets_apart=_APART,
        weights=_WEIGHTS_101,
        initial={"imagenet": imagenet(101, "backbone."), "voc": voc(_WEIGHTS_101, _FIRST)},
    )
)
