"""The shipped starters: small, and good on pictures of a seed that they were not trained on."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from segstudio.core.classes import ClassTable
from segstudio.core.resources import resource
from segstudio.samples import cells, scenes
from segstudio.samples.sample import Sample

STARTERS = {
    "scenes": (scenes.CLASSES, scenes.draw_scene, 12),
    "cells": (cells.CLASSES, cells.draw_cells, 8),
}
MOST_BYTES = 2_000_000
OTHER_SEED = 77


def path(name: str) -> Path:
    return resource("starters", f"{name}.safetensors")


@cache
def pictures(name: str) -> list[Sample]:
    _, draw, count = STARTERS[name]
    return [draw(OTHER_SEED, index) for index in range(count)]


def test_nothing_else_ships_as_a_starter() -> None:
    assert {file.stem for file in resource("starters").glob("*.safetensors")} == set(STARTERS)


@pytest.mark.parametrize("name", STARTERS)
def test_a_starter_is_small_and_knows_the_samples_classes(name: str) -> None:
    from segstudio.models.checkpoint import describe_checkpoint

    assert path(name).stat().st_size <= MOST_BYTES
    card = describe_checkpoint(path(name))
    classes: ClassTable = STARTERS[name][0]
    assert card.classes == classes
    assert card.half
    assert card.training["mean_iou"] > 0.8


@pytest.mark.parametrize("name", STARTERS)
def test_a_starter_reaches_080_on_another_seed(name: str) -> None:
    from segstudio.inference.predictor import Predictor
    from segstudio.training.metrics import ConfusionMatrix

    predictor, matrix = Predictor(path(name), device="cpu"), ConfusionMatrix(STARTERS[name][0])
    for drawn in pictures(name):
        matrix.add(drawn.ids, predictor.predict(drawn.picture).ids())
    scores = matrix.scores()
    assert scores.mean_iou is not None
    assert scores.mean_iou >= 0.80, scores.per_class_iou


@pytest.mark.parametrize("name", STARTERS)
def test_there_is_something_left_to_correct(name: str) -> None:
    from segstudio.inference.predictor import Predictor

    drawn = pictures(name)[0]
    predicted = Predictor(path(name), device="cpu").predict(drawn.picture).ids()
    assert np.mean(predicted != drawn.ids) > 0.002
