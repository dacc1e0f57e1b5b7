"""Small checkpoints to predict with."""

from collections.abc import Callable

import pytest
import torch

from segstudio import models
from segstudio.core.classes import ClassTable
from segstudio.models.checkpoint import Checkpoint


@pytest.fixture(scope="session")
def tiny() -> Callable[..., Checkpoint]:
    """``tiny(name, channels, **options)``: random weights whose answers differ between pixels."""

    def make(name: str = "unet", channels: int = 3, **options: object) -> Checkpoint:
        torch.manual_seed(0)
        if name == "unet":
            options = {"width": 4, "depth": 2, **options}
        table = ClassTable.of_names(["sky", "road", "car"]).changed(2, colour=(9, 8, 7))
        network = models.create(name, classes=3, channels=channels, **options)
        normalisation = models.Normalisation.imagenet(channels)
        return Checkpoint(name, options, table, channels, normalisation, {}, network.state_dict())

    return make
