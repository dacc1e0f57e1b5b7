"""What tests of commands share: calling them, tiny pictures with masks, a tiny network."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from segstudio import cli

CLASS_NAMES = ["dark", "bright"]
SIZE = 32
TINY = ["--option", "width=8", "--option", "depth=2", "--crop", SIZE, SIZE, "--batch-size", 4]


@dataclass(frozen=True)
class Answer:
    """What a command left behind."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)

    def only_line_of_err(self) -> str:
        """The one line that a failure consists of."""
        assert self.out == ""
        (line,) = self.err.splitlines()
        return line


Call = Callable[..., Answer]


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str]) -> Call:
    """``call("models", "--json")`` runs a command in this process."""

    def run(*words: object) -> Answer:
        capfd.readouterr()
        status = cli.run([str(word) for word in words])
        return Answer(status, *capfd.readouterr())

    return run


def write_png(path: Path, pixels: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(pixels, np.uint8)).save(path)
    return path


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Six pictures whose lower half is bright, and masks that say so: quickly learnt."""
    rng = np.random.default_rng(0)
    folder = tmp_path / "data"
    for number in range(6):
        ids = np.zeros((SIZE, SIZE), np.uint8)
        ids[SIZE // 2 + number % 3 :] = 1
        noise = rng.integers(0, 60, (SIZE, SIZE, 3))
        write_png(folder / "images" / f"{number}.png", ids[..., None] * 150 + noise)
        write_png(folder / "masks" / f"{number}.png", ids)
    (folder / "classes.txt").write_text("\n".join(CLASS_NAMES), encoding="utf-8")
    return folder


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """A tiny untrained network."""
    import torch

    from segstudio import models
    from segstudio.core.classes import ClassTable
    from segstudio.models.checkpoint import Checkpoint, Normalisation, save

    torch.manual_seed(0)
    options = {"width": 8, "depth": 1}
    network = models.create("unet", classes=2, **options)
    path = tmp_path / "tiny.safetensors"
    save(
        Checkpoint(
            "unet",
            options,
            ClassTable.of_names(CLASS_NAMES),
            3,
            Normalisation((0.5,) * 3, (0.25,) * 3),
            {"mean_iou": 0.5},
            network.state_dict(),
        ),
        path,
    )
    return path
