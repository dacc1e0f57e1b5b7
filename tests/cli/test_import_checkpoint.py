"""``segstudio import-checkpoint``, with tiny weights."""

from pathlib import Path

import pytest

from tests.cli.conftest import CLASS_NAMES, Call

TINY = ["--option", "width=4", "--option", "depth=1"]


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    import torch

    from segstudio import models

    path = tmp_path / "unet.pth"
    torch.save(models.create("unet", classes=2, width=4, depth=1).state_dict(), path)
    return path


@pytest.fixture
def classes(tmp_path: Path) -> Path:
    path = tmp_path / "classes.txt"
    path.write_text("\n".join(CLASS_NAMES), encoding="utf-8")
    return path


def words(weights: Path, classes: Path, out: Path) -> list[object]:
    return ["import-checkpoint", weights, "--model", "unet", "--classes", classes, "--out", out]


def test_weights_become_a_checkpoint(
    call: Call, weights: Path, classes: Path, tmp_path: Path
) -> None:
    out = tmp_path / "unet.safetensors"
    answer = call(*words(weights, classes, out), *TINY)
    assert answer.status == 0, answer.err
    assert answer.out == f"{out}\n"
    again = call(*words(weights, classes, out), *TINY, "--json")
    assert again.status == 1
    assert "exists already" in again.only_line_of_err()
    replaced = call(*words(weights, classes, out), *TINY, "--json", "--overwrite")
    assert replaced.json() == {"checkpoint": str(out)}


def test_a_mismatch_is_one_line_with_keys_and_shapes(
    call: Call, weights: Path, classes: Path, tmp_path: Path
) -> None:
    answer = call(*words(weights, classes, tmp_path / "out.safetensors"))
    assert answer.status == 1
    assert "encoder.0.0.weight is (4, 3, 3, 3), not (64, 3, 3, 3)" in answer.only_line_of_err()
    wrong = call(*words(weights, tmp_path / "none.txt", tmp_path / "out.safetensors"), *TINY)
    assert "Name a classes file that exists" in wrong.only_line_of_err()
