"""ResNet-50 as a backbone, and torchvision's way of putting heads on it."""

from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models import resnet50

from segstudio.core.classes import ClassTable
from segstudio.models.parts.blocks import BatchNorm, replace_batch_norms
from segstudio.models.parts.spec import Normalisation, Output, PublishedWeights
from segstudio.models.parts.voc import voc_classes

DEEP_CHANNELS, MIDDLE_CHANNELS = 2048, 1024


class ResNetBackbone(nn.Module):
    """ResNet-50 (He et al. 2015) without its classifier, dilated to keep resolution.

    Gives the maps of its third and fourth stage. State keys are torchvision's.

    Parameters
    ----------
    channels
        Input channels; 3 for photographs.
    output_stride
        8 dilates the two last stages, 16 the last one.
    """

    def __init__(self, channels: int, output_stride: int) -> None:
        super().__init__()
        dilated = [False, output_stride == 8, True]
        net = resnet50(weights=None, norm_layer=BatchNorm, replace_stride_with_dilation=dilated)
        self.conv1 = net.conv1
        if channels != 3:
            self.conv1 = nn.Conv2d(channels, 64, 7, stride=2, padding=3, bias=False)
            nn.init.kaiming_normal_(self.conv1.weight, mode="fan_out", nonlinearity="relu")
        self.bn1, self.relu, self.maxpool = net.bn1, net.relu, net.maxpool
        self.layer1, self.layer2 = net.layer1, net.layer2
        self.layer3, self.layer4 = net.layer3, net.layer4

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        middle = self.layer3(self.layer2(self.layer1(x)))
        return middle, self.layer4(middle)


class BackboneSegmenter(nn.Module):
    """A backbone, a head on its deepest map, and an optional one on the map before.

    State keys are those of torchvision's segmentation models, so that their weights fit.

    Parameters
    ----------
    backbone
        Gives a middle and a deep map.
    head, auxiliary
        Map to K channels each; the auxiliary one (``None`` for no such head) runs in training.
    """

    def __init__(self, backbone: nn.Module, head: nn.Module, auxiliary: nn.Module | None) -> None:
        super().__init__()
        self.backbone = backbone
        self.classifier = head
        self.aux_classifier = auxiliary
        replace_batch_norms(self)

    def forward(self, x: Tensor) -> Tensor | Output:
        """Logits (N,K,H,W) of pictures (N,C,H,W); :class:`Output` in training mode."""
        size = (x.shape[2], x.shape[3])
        middle, deep = self.backbone(x)
        logits = _resized(self.classifier(deep), size)
        if not self.training:
            return logits
        if self.aux_classifier is None:
            return Output(logits)
        return Output(logits, _resized(self.aux_classifier(middle), size))


def coco_voc_weights(file: str, sha256: str, megabytes: int) -> dict[str, PublishedWeights]:
    """torchvision's COCO_WITH_VOC_LABELS_V1 weights: COCO pictures with VOC's 21 classes."""
    classes: ClassTable = voc_classes()
    weights = PublishedWeights(
        name="coco_voc",
        label="COCO with VOC's 21 classes (torchvision)",
        url=f"https://download.pytorch.org/models/{file}",
        sha256=sha256,
        megabytes=megabytes,
        classes=classes,
        normalisation=Normalisation.imagenet(),
        options={"auxiliary": True},
    )
    return {weights.name: weights}


def _resized(logits: Tensor, size: tuple[int, int]) -> Tensor:
    return F.interpolate(logits, size=size, mode="bilinear", align_corners=False)
