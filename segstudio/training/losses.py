"""Losses of a segmentation network; void pixels never count."""

import math
from collections.abc import Callable, Iterable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from segstudio.core.label_map import VOID

AUXILIARY_WEIGHT = 0.4
"""Weight of each auxiliary output, as in PSPNet (Zhao et al. 2017, section 3.3)."""

DICE_WEIGHT = 0.5
_LARGEST_WEIGHT = 10.0
_SMOOTHING = 1.0

Loss = Callable[[Tensor, Tensor, Tensor | None], Tensor]


def cross_entropy(logits: Tensor, target: Tensor, weights: Tensor | None = None) -> Tensor:
    """Mean cross entropy over the pixels that are not void.

    Parameters
    ----------
    logits
        (N, K, H, W) float.
    target
        (N, H, W) int64 channel indices, 255 is void.
    weights
        K float class weights, or None for equal ones.

    Returns
    -------
    Scalar; 0 (with a gradient of 0) where everything is void.
    """
    total = F.cross_entropy(
        logits.float(), target, weight=weights, ignore_index=VOID, reduction="sum"
    )
    known = target != VOID
    if weights is None:
        return total / known.sum().clamp(min=1)
    mass = weights[target.where(known, 0)].where(known, 0.0).sum()
    return total / mass.clamp(min=torch.finfo(torch.float32).tiny)


def dice(logits: Tensor, target: Tensor) -> Tensor:
    """Soft Dice loss, averaged over the classes that occur in the batch's truth.

    Milletari et al. 2016 (V-Net), section 3, with the sums taken over the whole batch, so that a
    class that fills a few pixels of one crop does not swing the loss. Shapes and the answer for
    an all-void batch as for :func:`cross_entropy`.
    """
    known = (target != VOID).unsqueeze(1)
    probabilities = logits.float().softmax(dim=1) * known
    truth = torch.zeros_like(probabilities)
    truth.scatter_(1, target.where(target != VOID, 0).unsqueeze(1), 1.0)
    truth *= known
    overlap = (probabilities * truth).sum(dim=(0, 2, 3))
    mass = probabilities.sum(dim=(0, 2, 3)) + truth.sum(dim=(0, 2, 3))
    present = truth.sum(dim=(0, 2, 3)) > 0
    loss = 1.0 - (2.0 * overlap + _SMOOTHING) / (mass + _SMOOTHING)
    return (loss * present).sum() / present.sum().clamp(min=1)


def cross_entropy_and_dice(logits: Tensor, target: Tensor, weights: Tensor | None = None) -> Tensor:
    """:func:`cross_entropy` plus half of :func:`dice`."""
    return cross_entropy(logits, target, weights) + DICE_WEIGHT * dice(logits, target)


LOSSES: dict[str, Loss] = {"ce": cross_entropy, "ce+dice": cross_entropy_and_dice}


def balancing_weights(pixels: Sequence[int]) -> tuple[float, ...]:
    """Class weights that let rare classes be learnt early without drowning the others.

    The square root of median frequency balancing (Eigen & Fergus 2015, section 5), at most 10.

    Parameters
    ----------
    pixels
        Labelled pixels of each class; a class without any gets weight 1.
    """
    present = sorted(count for count in pixels if count)
    middle = present[len(present) // 2] if present else 1
    return tuple(
        min(_LARGEST_WEIGHT, math.sqrt(middle / count)) if count else 1.0 for count in pixels
    )


def total_loss(
    loss: Loss,
    logits: Tensor,
    auxiliary: Iterable[Tensor],
    target: Tensor,
    weights: Tensor | None = None,
) -> Tensor:
    """Loss of the main output plus 0.4 of that of each auxiliary one.

    Auxiliary logits of another size are resized bilinearly to the target's.
    """
    result = loss(logits, target, weights)
    for extra in auxiliary:
        if extra.shape[-2:] != target.shape[-2:]:
            extra = F.interpolate(extra, target.shape[-2:], mode="bilinear", align_corners=False)
        result = result + AUXILIARY_WEIGHT * loss(extra, target, weights)
    return result
