"""Scoring folders of masks: pairs by stem, void, class tables, and clear refusals."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.formats import indexed_png
from segstudio.training.metrics import Scores
from segstudio.workflows.evaluate import evaluate


def _write(path: Path, *rows: list[int]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", np.array(rows, np.uint8))[1].tobytes())
    return path


def _scores(*arguments: object, **options: object) -> Scores:
    result = list(evaluate(*arguments, **options))[-1].payload  # type: ignore[arg-type]
    assert isinstance(result, Scores)
    return result


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two frames on each side; void is 11; six of the eight known pixels are right."""
    guessed, true = tmp_path / "guessed", tmp_path / "true"
    _write(true / "a.png", [0, 0, 1, 1, 11])
    _write(guessed / "a.png", [0, 0, 1, 0, 1])
    _write(true / "b.png", [2, 2, 2, 0, 11])
    _write(guessed / "b.png", [2, 2, 0, 0, 2])
    return guessed, true


def test_figures_of_two_folders(folders: tuple[Path, Path]) -> None:
    scores = _scores(*folders, void=11)

    assert scores.pixel_accuracy == pytest.approx(6 / 8)
    assert list(scores.per_class_iou.values()) == pytest.approx([3 / 5, 1 / 2, 2 / 3])
    assert scores.mean_iou == pytest.approx((3 / 5 + 1 / 2 + 2 / 3) / 3)
    assert scores.confusion == ((3, 0, 0, 0), (1, 1, 0, 0), (1, 0, 2, 0))
    assert (scores.frames, scores.missing) == (2, ())


def test_indexed_masks_are_read_by_index_and_not_by_colour(folders: tuple[Path, Path]) -> None:
    guessed, true = folders
    table = ClassTable.of_names(["x", "y", "z"])
    before = _scores(guessed, true, void=11)
    for path in guessed.glob("*.png"):
        path.write_bytes(indexed_png.encode(indexed_png.decode(path.read_bytes(), path), table))

    assert _scores(guessed, true, void=11) == before


def test_masks_and_labels_folders_are_looked_into(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    guessed, true = folders
    (tmp_path / "dataset").mkdir()
    (tmp_path / "project").mkdir()
    true.rename(tmp_path / "dataset" / "masks")
    guessed.rename(tmp_path / "project" / "labels")

    scores = _scores(tmp_path / "project", tmp_path / "dataset", void=11)

    assert scores.pixel_accuracy == pytest.approx(6 / 8)


def test_two_files_need_no_common_stem(tmp_path: Path) -> None:
    scores = _scores(_write(tmp_path / "p.png", [0, 1]), _write(tmp_path / "t.png", [0, 0]))

    assert scores.pixel_accuracy == pytest.approx(0.5)


def test_truth_without_prediction_is_told_and_counts_nowhere(folders: tuple[Path, Path]) -> None:
    guessed, true = folders
    _write(true / "c.png", [0, 0, 0, 0, 0])

    reports = list(evaluate(guessed, true, void=11))

    assert any("c has no prediction" in report.message for report in reports)
    assert reports[-1].payload.missing == ("c",)
    assert reports[-1].payload.frames == 2


def test_names_come_from_a_classes_file(folders: tuple[Path, Path], tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("road\ncar\nsky\n" + "".join(f"spare {n}\n" for n in range(3, 11)) + "void\n")

    scores = _scores(*folders, void=11, classes=names)

    assert list(scores.per_class_iou)[:3] == ["road", "car", "sky"]
    assert "void" not in scores.per_class_iou
    assert scores.mean_iou == pytest.approx((3 / 5 + 1 / 2 + 2 / 3) / 3)


def test_names_come_from_beside_the_truth(folders: tuple[Path, Path]) -> None:
    guessed, true = folders
    (true / "classes.json").write_text(json.dumps(["road", "car", {"id": 2, "name": "sky"}]))

    assert list(_scores(guessed, true, void=11).per_class_iou) == ["road", "car", "sky"]


def test_ids_outside_the_table_are_refused(folders: tuple[Path, Path], tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("road\ncar\n")

    with pytest.raises(SegStudioError, match=r"b\.png: holds ids that are not.*: 2\."):
        _scores(*folders, void=11, classes=names)


def test_another_size_is_refused(folders: tuple[Path, Path]) -> None:
    guessed, true = folders
    _write(guessed / "b.png", [2, 2, 0])

    with pytest.raises(SegStudioError, match=r"guessed/b\.png: has 3x1 pixels and its truth has"):
        _scores(guessed, true, void=11)


def test_black_and_white_masks_hold_two_classes(tmp_path: Path) -> None:
    _write(tmp_path / "true" / "a.png", [0, 0, 255, 255])
    ids = _scores(_write(tmp_path / "ids.png", [0, 1, 1, 1]), tmp_path / "true" / "a.png")
    grey = _scores(_write(tmp_path / "grey.png", [0, 255, 255, 255]), tmp_path / "true" / "a.png")

    assert ids.mean_iou == grey.mean_iou == pytest.approx((1 / 2 + 2 / 3) / 2)


@pytest.mark.parametrize("side", [0, 1])
def test_a_missing_side_is_named(folders: tuple[Path, Path], side: int) -> None:
    paths = list(folders)
    paths[side] = paths[side].with_name("nowhere")

    with pytest.raises(SegStudioError, match=r"nowhere: does not exist"):
        _scores(*paths)


def test_folders_without_a_common_stem_are_refused(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    _write(tmp_path / "other" / "z.png", [0])

    with pytest.raises(SegStudioError, match="has no mask with the stem"):
        _scores(tmp_path / "other", folders[1])


def test_an_empty_folder_is_named(folders: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(SegStudioError, match=r"empty: holds no PNG masks"):
        _scores(tmp_path / "empty", folders[1])


def test_a_damaged_mask_is_named(folders: tuple[Path, Path]) -> None:
    (folders[0] / "a.png").write_bytes(b"no png")

    with pytest.raises(SegStudioError, match=r"guessed/a\.png"):
        _scores(*folders)


def test_nothing_but_void_is_said(tmp_path: Path) -> None:
    reports = list(
        evaluate(_write(tmp_path / "p.png", [0, 1]), _write(tmp_path / "t.png", [11, 11]), void=11)
    )

    assert reports[-1].message == "Nothing to compare: all of the truth is void"
    assert reports[-1].payload.mean_iou is None
