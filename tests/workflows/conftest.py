"""A checkpoint whose answer is known beforehand."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def model_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network that calls bright pixels "light" (id 4) and the others "dark" (id 2).

    Its class table also has "alien" (id 9), which it never sees.
    """
    import torch

    from segstudio import models
    from segstudio.core.classes import ClassTable, LabelClass
    from segstudio.models import checkpoint as checkpoints

    options = {"width": 4, "depth": 1}
    network = models.create("unet", classes=3, channels=1, **options)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
        # One channel carries the picture through encoder, skip and decoder, unchanged.
        for stage in (network.encoder[0], network.decoder[0]):
            for place in (0, 3):
                stage[place].weight[0, 0, 1, 1] = 1
                stage[place + 1].weight[0] = 1
        network.head.weight[1, 0] = 20
        network.head.bias[0], network.head.bias[2] = 10, -50
    table = ClassTable(
        (
            LabelClass(2, "dark", (10, 20, 30)),
            LabelClass(4, "light", (200, 210, 220)),
            LabelClass(9, "alien", (0, 255, 0)),
        )
    )
    path = tmp_path_factory.mktemp("models") / "bright.safetensors"
    normalisation = models.Normalisation((0.0,), (1.0,))
    checkpoints.save(
        checkpoints.Checkpoint("unet", options, table, 1, normalisation, {}, network.state_dict()),
        path,
    )
    return path
