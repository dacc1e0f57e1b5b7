"""Fine-tuning to other classes: those that stay keep what they have learnt."""

import pytest
import torch
from torch import nn

from segstudio import models
from segstudio.core.classes import ClassTable
from segstudio.core.options import describe
from segstudio.models import Normalisation
from segstudio.models.checkpoint import Checkpoint
from segstudio.training.transfer import network_from

TINY = {"width": 4, "depth": 1}


def _checkpoint(*names: str) -> Checkpoint:
    torch.manual_seed(0)
    network = models.create("unet", classes=len(names), channels=3, **TINY)
    return Checkpoint(
        "unet",
        TINY,
        ClassTable.of_names(names),
        3,
        Normalisation((0.5,) * 3, (0.25,) * 3),
        state=network.state_dict(),
    )


def _logits(network: nn.Module) -> torch.Tensor:
    with torch.inference_mode():
        logits: torch.Tensor = network.eval()(torch.linspace(-1, 1, 192).reshape(1, 3, 8, 8))
    return logits[0]


def test_the_same_classes_give_the_same_network() -> None:
    checkpoint = _checkpoint("road", "car", "sky")

    network = network_from(checkpoint, checkpoint.classes)

    torch.testing.assert_close(_logits(network), _logits(checkpoint.build()))


def test_classes_keep_their_logits_wherever_they_move() -> None:
    checkpoint = _checkpoint("road", "car", "sky")
    before = _logits(checkpoint.build())

    after = _logits(network_from(checkpoint, ClassTable.of_names(["Sky", "tree", "road"])))

    torch.testing.assert_close(after[0], before[2])
    torch.testing.assert_close(after[2], before[0])
    assert not torch.allclose(after[1], before[1])


def test_only_names_count_not_ids() -> None:
    checkpoint = _checkpoint("road", "car")

    network = network_from(checkpoint, ClassTable.of_names(["car", "road"]))

    torch.testing.assert_close(_logits(network).flip(0), _logits(checkpoint.build()))


def test_unknown_classes_start_afresh_over_the_old_body() -> None:
    checkpoint = _checkpoint("road", "car")

    network = network_from(checkpoint, ClassTable.of_names(["cell", "wall", "gap"]))

    state = network.state_dict()
    body = [key for key, value in checkpoint.state.items() if value.shape == state[key].shape]
    assert len(body) >= len(state) - 2
    for key in body:
        torch.testing.assert_close(state[key], checkpoint.state[key])


@pytest.mark.parametrize("name", models.names())
def test_every_architecture_can_change_its_classes(name: str) -> None:
    narrow = {
        option.name: 8 for option in describe(models.spec(name).options) if option.name == "width"
    }
    network = models.create(name, classes=2, channels=3, **narrow)
    checkpoint = Checkpoint(
        name,
        narrow,
        ClassTable.of_names("ab"),
        3,
        Normalisation.imagenet(),
        state=network.state_dict(),
    )

    wider = network_from(checkpoint, ClassTable.of_names("abc")).state_dict()

    grown = {key for key, value in checkpoint.state.items() if value.shape != wider[key].shape}
    assert grown
    assert all(torch.equal(wider[key], checkpoint.state[key]) for key in wider if key not in grown)


def test_several_channels_of_a_class_stay_together():
    table = ClassTable.of_names(["a", "b", "c"])
    options = {"width": 2, "context": "large"}
    network = models.create("dilated_context", classes=3, **options)
    normalisation = models.Normalisation.imagenet()
    checkpoint = Checkpoint(
        "dilated_context", options, table, 3, normalisation, {}, network.state_dict()
    )
    same = network_from(checkpoint, table).state_dict()
    assert all(torch.equal(same[key], value) for key, value in network.state_dict().items())
