"""``segstudio evaluate``."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call, write_png

TRUTH = [[0, 0, 1, 1], [0, 0, 1, 255]]
GUESS = [[0, 0, 1, 1], [0, 1, 1, 1]]


@pytest.fixture
def masks(tmp_path: Path) -> tuple[Path, Path]:
    write_png(tmp_path / "guess" / "a.png", GUESS)
    write_png(tmp_path / "truth" / "a.png", TRUTH)
    return tmp_path / "guess", tmp_path / "truth"


def test_scores_are_printed(call: Call, masks: tuple[Path, Path]) -> None:
    answer = call("evaluate", *masks)
    assert answer.status == 0
    printed = {tuple(line.split()) for line in answer.out.splitlines()}
    # Seven pixels count, six are right; class 0: 3 of 4, class 1: 3 of 4 in the union.
    assert ("pixel", "accuracy", "85.71") in printed
    assert ("mean", "class", "accuracy", "87.50") in printed
    assert ("mean", "IoU", "75.00") in printed
    assert ("class", "0", "0", "75.00", "75.00", "4") in printed
    assert ("class", "0", "75.0", "25.0", "0.0") in printed


def test_json_on_stdout_is_nothing_but_json(call: Call, masks: tuple[Path, Path]) -> None:
    scores = call("evaluate", *masks, "--json", "-").json()
    assert scores["mean_iou"] == pytest.approx(0.75)
    assert scores["confusion"] == [[3, 1, 0], [0, 3, 0]]
    assert [entry["iou"] for entry in scores["classes"]] == [0.75, 0.75]


def test_json_into_a_file_leaves_the_tables(
    call: Call, masks: tuple[Path, Path], tmp_path: Path
) -> None:
    answer = call("evaluate", *masks, "--json", tmp_path / "scores.json")
    assert "mean IoU" in answer.out
    assert json.loads((tmp_path / "scores.json").read_text())["frames"] == 1


def test_void_and_class_names_come_from_the_call(
    call: Call, masks: tuple[Path, Path], tmp_path: Path
) -> None:
    (tmp_path / "names.txt").write_text("road\ncar\n", encoding="utf-8")
    words = ["--void", "1", "--classes", tmp_path / "names.txt", "--json", "-"]
    scores = call("evaluate", *masks, *words).json()
    assert [entry["name"] for entry in scores["classes"]] == ["road"]
    assert scores["pixel_accuracy"] == pytest.approx(0.75)


def test_frames_without_a_prediction_are_named(call: Call, masks: tuple[Path, Path]) -> None:
    write_png(masks[1] / "forgotten.png", TRUTH)
    answer = call("evaluate", *masks, "--json", "-")
    assert "forgotten" in answer.err
    assert answer.json()["frames"] == 1


def test_failures_are_one_line_that_names_the_file(
    call: Call, masks: tuple[Path, Path], tmp_path: Path
) -> None:
    missing = call("evaluate", tmp_path / "nowhere", masks[1])
    assert missing.status == 1
    assert str(tmp_path / "nowhere") in missing.only_line_of_err()
    write_png(masks[0] / "a.png", [[0, 0], [0, 0]])
    other_size = call("evaluate", *masks)
    assert other_size.status == 1
    assert "2x2" in other_size.only_line_of_err()
    (masks[0] / "a.png").write_bytes(b"no picture")
    broken = call("evaluate", *masks)
    assert broken.status == 1
    assert str(masks[0] / "a.png") in broken.only_line_of_err()


@pytest.mark.parametrize("words", [[], ["one"], ["one", "two", "--void", "256"], ["--what"]])
def test_a_wrong_call_is_a_usage_error(call: Call, words: list[str]) -> None:
    answer = call("evaluate", *words)
    assert answer.status == 2
    assert answer.out == ""
    assert "Usage: segstudio evaluate" in answer.err
