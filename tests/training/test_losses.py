"""Losses: against PyTorch's own and plain formulas, and deaf to void."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from segstudio.training.losses import LOSSES, balancing_weights, cross_entropy, dice, total_loss
from segstudio.training.settings import LOSS_NAMES


@pytest.fixture
def logits() -> Tensor:
    torch.manual_seed(0)
    return torch.randn(2, 3, 4, 5)


@pytest.fixture
def target() -> Tensor:
    torch.manual_seed(1)
    return torch.randint(0, 3, (2, 4, 5))


def test_settings_name_exactly_the_losses_there_are() -> None:
    assert set(LOSS_NAMES) == set(LOSSES)


def test_cross_entropy_is_the_mean_over_known_pixels(logits: Tensor, target: Tensor) -> None:
    target[0, :2] = 255

    expected = F.cross_entropy(logits, target, ignore_index=255)

    torch.testing.assert_close(cross_entropy(logits, target), expected)


def test_dice_is_two_overlaps_over_both_masses(logits: Tensor, target: Tensor) -> None:
    target[target == 2] = 1
    guess = logits.softmax(dim=1)
    expected = []
    for channel in (0, 1):  # class 2 occurs nowhere, so it is not averaged in
        truth = (target == channel).float()
        overlap = (guess[:, channel] * truth).sum()
        mass = guess[:, channel].sum() + truth.sum()
        expected.append(1 - (2 * overlap + 1) / (mass + 1))

    torch.testing.assert_close(dice(logits, target), torch.stack(expected).mean())


@pytest.mark.parametrize("name", LOSS_NAMES)
def test_void_pixels_never_count(name: str, logits: Tensor, target: Tensor) -> None:
    target[:, 2:] = 255
    changed = logits.clone()
    changed[:, :, 2:] = torch.randn_like(changed[:, :, 2:]) * 50

    torch.testing.assert_close(LOSSES[name](logits, target), LOSSES[name](changed, target))


@pytest.mark.parametrize("name", LOSS_NAMES)
def test_an_all_void_crop_gives_zero_and_no_gradient(name: str, logits: Tensor) -> None:
    logits.requires_grad_()

    loss = LOSSES[name](logits, torch.full((2, 4, 5), 255))
    loss.backward()

    assert loss.item() == 0.0
    assert logits.grad is not None
    assert not logits.grad.any()


@pytest.mark.parametrize("name", LOSS_NAMES)
def test_a_right_answer_costs_nothing(name: str, target: Tensor) -> None:
    sure = F.one_hot(target, 3).permute(0, 3, 1, 2) * 100.0

    assert LOSSES[name](sure, target).item() == pytest.approx(0.0, abs=1e-4)


def test_half_precision_logits_are_summed_in_single(logits: Tensor, target: Tensor) -> None:
    assert cross_entropy(logits.bfloat16(), target).dtype == torch.float32


def test_auxiliary_outputs_weigh_two_fifths(logits: Tensor, target: Tensor) -> None:
    main = cross_entropy(logits, target)

    total = total_loss(cross_entropy, logits, [logits], target)

    torch.testing.assert_close(total, 1.4 * main)


def test_smaller_auxiliary_outputs_are_enlarged(logits: Tensor, target: Tensor) -> None:
    small = torch.randn(2, 3, 2, 3)
    large = F.interpolate(small, (4, 5), mode="bilinear", align_corners=False)

    total = total_loss(cross_entropy, logits, [small], target)

    torch.testing.assert_close(total, total_loss(cross_entropy, logits, [large], target))


def test_weighted_cross_entropy_is_pytorchs(logits: Tensor, target: Tensor) -> None:
    weights = torch.tensor([0.5, 1.0, 3.0])
    target[0, :2] = 255

    expected = F.cross_entropy(logits, target, weights, ignore_index=255)

    torch.testing.assert_close(cross_entropy(logits, target, weights), expected)


def test_rare_classes_weigh_more_within_bounds() -> None:
    assert balancing_weights([100, 400, 25]) == (1.0, 0.5, 2.0)
    assert balancing_weights([10**9, 10**5, 1]) == (0.01, 1.0, 10.0)
    assert balancing_weights([7, 0]) == (1.0, 1.0)
