"""torchvision's way of putting heads on a backbone."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from segstudio.models.parts.blocks import Normalising, conv, resized
from segstudio.models.parts.initial import InitialWeights
from segstudio.models.parts.spec import Normalisation, Output, PublishedWeights
from segstudio.models.parts.voc import voc_classes


class BackboneSegmenter(nn.Module):
    """A backbone, a head on its deepest map, and an optional one on the map before.

    State keys are those of torchvision's segmentation models, so that their weights fit.

    Parameters
    ----------
    backbone
        Gives a tuple of maps, the deepest last.
    head, auxiliary
        Map to K channels each; the auxiliary one (``None`` for no such head) runs in training.
    align_corners
        How logits are enlarged, as for :func:`segstudio.models.parts.blocks.resized`.
    """

    def __init__(
        self,
        backbone: nn.Module,
        head: nn.Module,
        auxiliary: nn.Module | None,
        align_corners: bool = False,
    ) -> None:
        super().__init__()
        self.align_corners = align_corners
        self.backbone = backbone
        self.classifier = head
        self.aux_classifier = auxiliary

    def forward(self, x: Tensor) -> Tensor | Output:
        """Logits (N,K,H,W) of pictures (N,C,H,W); :class:`Output` in training mode."""
        size = (x.shape[2], x.shape[3])
        *_, middle, deep = self.backbone(x)
        logits = resized(self.classifier(deep), size, self.align_corners)
        if not self.training:
            return logits
        if self.aux_classifier is None:
            return Output(logits)
        auxiliary = resized(self.aux_classifier(middle), size, self.align_corners)
        return Output(logits, (auxiliary,))


def convolutional_head(
    inputs: int, classes: int, dropout: float = 0.1, normalising: Normalising = "batch"
) -> nn.Sequential:
    """A 3x3 convolution to a quarter of the channels, and a 1x1 one to ``classes``."""
    width = inputs // 4
    return nn.Sequential(
        *conv(inputs, width, normalising=normalising),
        nn.Dropout(dropout),
        nn.Conv2d(width, classes, 1),
    )


_DEPEND_ON_CLASSES = ("classifier.4.", "aux_classifier.4.")


def voc(published: Mapping[str, PublishedWeights], first_convolution: str) -> InitialWeights:
    """The same weights to start training from, without the layers that depend on the classes."""
    weights = published["coco_voc"]

    def convert(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return {
            key: value for key, value in state.items() if not key.startswith(_DEPEND_ON_CLASSES)
        }

    return InitialWeights(
        name="voc",
        label=weights.label,
        url=weights.url,
        sha256=weights.sha256,
        megabytes=weights.megabytes,
        convert=convert,
        first_convolution=first_convolution,
        optional=("aux_classifier.",),
    )


def coco_voc_weights(
    file: str, sha256: str, megabytes: int, **options: Any
) -> Mapping[str, PublishedWeights]:
    """torchvision's COCO_WITH_VOC_LABELS_V1 weights: COCO pictures with VOC's 21 classes.

    ``options`` are those that predictions depend on; the auxiliary head is always there.
    """
    weights = PublishedWeights(
        name="coco_voc",
        label="COCO with VOC's 21 classes (torchvision)",
        url=f"https://download.pytorch.org/models/{file}",
        sha256=sha256,
        megabytes=megabytes,
        classes=voc_classes(),
        normalisation=Normalisation.imagenet(),
        options={"auxiliary": True, **options},
    )
    return {weights.name: weights}
