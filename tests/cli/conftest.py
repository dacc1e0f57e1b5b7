"""What tests of commands share: calling them, and tiny pictures with masks."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from segstudio import cli


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


def write_mask(path: Path, ids: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(ids, np.uint8)).save(path)
    return path


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Eight pictures whose lower half is bright, and masks that say so: quickly learnt."""
    rng = np.random.default_rng(0)
    for number in range(8):
        ids = np.zeros((32, 32), np.uint8)
        ids[16 + number % 3 :] = 1
        noise = rng.integers(0, 60, (32, 32, 3))
        write_mask(tmp_path / "data" / "images" / f"{number}.png", ids[..., None] * 150 + noise)
        write_mask(tmp_path / "data" / "masks" / f"{number}.png", ids)
    (tmp_path / "data" / "classes.txt").write_text("dark\nbright\n")
    return tmp_path / "data"
