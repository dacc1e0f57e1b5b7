"""``segstudio crf`` on small drawn pictures."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import Call

TWO_HALVES = np.repeat(np.where(np.arange(32) < 16, 40, 200).astype(np.uint8)[None], 24, axis=0)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "halves.png"
    Image.fromarray(TWO_HALVES).save(path)
    return path


@pytest.fixture
def scribbles(tmp_path: Path) -> Path:
    ids = np.full((24, 32), 255, np.uint8)
    ids[12, 4], ids[12, 28] = 7, 3
    path = tmp_path / "scribbles.png"
    Image.fromarray(ids).save(path)
    return path


def saved(path: Path, values: np.ndarray) -> Path:
    np.save(path, values)
    return path


def ids_in(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        assert picture.mode == "P"
        return np.asarray(picture)


def test_two_scribbled_pixels_are_enough(
    call: Call, picture: Path, scribbles: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.png"
    words = ["crf", picture, "--scribbles", scribbles, "--out", out]
    answer = call(*words, "--appearance-weight", "10", "--scribble-confidence", "0.7")
    assert answer.status == 0, answer.err
    assert answer.out == f"{out}\n"
    assert np.array_equal(ids_in(out), np.where(TWO_HALVES < 100, 7, 3))
    assert "exists already" in call(*words).only_line_of_err()


def test_the_authors_example_comes_out(
    call: Call, tmp_path: Path, shared_data: Callable[..., Path]
) -> None:
    examples = shared_data("crf")
    marks = np.array(Image.open(examples / "anno1.png").convert("RGB"))
    wanted = np.array(Image.open(examples / "out1.png").convert("RGB"))
    colours = [c for c in np.unique(marks.reshape(-1, 3), axis=0) if c.any()]
    ids = np.full(marks.shape[:2], 255, np.uint8)
    for class_id, colour in enumerate(colours):
        ids[(marks == colour).all(axis=2)] = class_id
    Image.fromarray(ids).save(tmp_path / "marks.png")
    params = tmp_path / "authors.json"
    params.write_text(json.dumps({"scribble_confidence": 0.7, "appearance_weight": 10}), "utf-8")
    out = tmp_path / "out.png"
    files = ["--scribbles", tmp_path / "marks.png", "--params", params, "--out", out]
    assert call("crf", examples / "im1.png", *files).status == 0
    drawn = np.array(colours, np.uint8)[ids_in(out)]
    assert (drawn == wanted).all(axis=2).mean() >= 0.995


def test_probabilities_and_scribbles_together(call: Call, picture: Path, tmp_path: Path) -> None:
    values = np.full((3, 24, 32), 0.3, np.float16)
    values[0] = 0.4
    ids = np.full((24, 32), 255, np.uint8)
    ids[2:22, 20:30] = 2
    Image.fromarray(ids).save(tmp_path / "marks.png")
    files = ["--probabilities", saved(tmp_path / "p.npy", values), "--out", tmp_path / "out.png"]
    answer = call("crf", picture, *files, "--scribbles", tmp_path / "marks.png", "--json")
    assert answer.json()["labels"] == str(tmp_path / "out.png")
    assert answer.json()["parameters"]["iterations"] == 5
    assert np.array_equal(ids_in(tmp_path / "out.png"), np.where(TWO_HALVES < 100, 0, 2))


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (np.full((2, 24, 31), 0.5, np.float32), "is 31x24 and the picture 32x24"),
        (np.full((24, 32), 0.5, np.float32), "holds no CxHxW array"),
        (np.full((1, 24, 32), 0.5, np.float32), "holds 1 classes"),
        (np.full((2, 24, 32), 4.0, np.float32), "Save probabilities, not logits"),
        (np.full((2, 24, 32), np.nan, np.float32), "no numbers"),
    ],
)
def test_probabilities_that_make_no_sense(
    call: Call, picture: Path, tmp_path: Path, values: np.ndarray, why: str
) -> None:
    file = saved(tmp_path / "p.npy", values)
    answer = call("crf", picture, "--probabilities", file, "--out", tmp_path / "out.png")
    assert answer.status == 1
    assert why in answer.only_line_of_err()
    assert not (tmp_path / "out.png").exists()


def test_other_mistakes_are_one_line(
    call: Call, picture: Path, scribbles: Path, tmp_path: Path
) -> None:
    out = ["--out", tmp_path / "out.png"]
    marks = ["--scribbles", scribbles]
    assert "nothing to refine" in call("crf", picture, *out).only_line_of_err()
    unknown = saved(tmp_path / "p.npy", np.full((4, 24, 32), 0.25, np.float32))
    both = call("crf", picture, *out, *marks, "--probabilities", unknown)
    assert "holds class 7" in both.only_line_of_err()
    negative = call("crf", picture, *out, *marks, "--iterations", "-1")
    assert "iterations is -1" in negative.only_line_of_err().replace(": ", " ")
    missing = call("crf", picture, *out, *marks, "--params", tmp_path / "none.json")
    assert "none.json" in missing.only_line_of_err()
    empty = tmp_path / "empty.png"
    Image.fromarray(np.full((24, 32), 255, np.uint8)).save(empty)
    assert "holds no scribble" in call("crf", picture, *out, "--scribbles", empty).err


def test_help_tells_every_parameter(call: Call) -> None:
    told = call("crf", "--help").out
    for name in ("--iterations", "--smoothness-sigma-xy", "--normalisation", "--scribbles"):
        assert name in told
