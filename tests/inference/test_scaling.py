"""Predicting at the resolution that a network was trained at."""

from dataclasses import replace

import numpy as np
import torch

from segstudio import models
from segstudio.core.classes import ClassTable
from segstudio.inference.predictor import Predictor
from segstudio.inference.scaling import enlarged, shrunk
from segstudio.models import Normalisation
from segstudio.models.checkpoint import Checkpoint


def test_shrinking_averages_areas() -> None:
    pattern = np.indices((8, 8)).sum(axis=0)[None] % 2

    shown = shrunk(pattern.astype(np.float32), 0.5)

    assert shown.shape == (1, 4, 4)
    np.testing.assert_allclose(shown, 0.5)


def test_full_resolution_changes_nothing() -> None:
    unit = np.random.default_rng(0).random((3, 5, 7), np.float32)

    assert shrunk(unit, 1.0) is unit
    assert enlarged(unit, (5, 7)) is unit


def test_enlarged_probabilities_still_sum_to_one() -> None:
    values = np.random.default_rng(0).dirichlet(np.ones(4), (3, 5)).transpose(2, 0, 1)

    full = enlarged(values.astype(np.float32), (7, 10))

    assert full.shape == (4, 7, 10)
    np.testing.assert_allclose(full.sum(axis=0), 1.0, atol=1e-6)


def test_predictor_works_at_the_checkpoints_scale() -> None:
    torch.manual_seed(0)
    network = models.create("unet", classes=2, channels=1, width=4, depth=1)
    checkpoint = Checkpoint(
        architecture="unet",
        options={"width": 4, "depth": 1},
        classes=ClassTable.of_names(["a", "b"]),
        channels=1,
        normalisation=Normalisation((0.5,), (0.25,)),
        state=network.state_dict(),
    )
    image = np.random.default_rng(0).integers(0, 256, (20, 30), np.uint8)
    small = shrunk(image[None].astype(np.float32) / 255, 0.5)[0]

    at_half = Predictor(replace(checkpoint, scale=0.5), "cpu", "fp32").predict(image)
    of_small = Predictor(checkpoint, "cpu", "fp32").predict(small, window=(0.0, 1.0))

    assert at_half.shape == (20, 30)
    np.testing.assert_allclose(at_half.values, enlarged(of_small.values, (20, 30)), atol=1e-6)
