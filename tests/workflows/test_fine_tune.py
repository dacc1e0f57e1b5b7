"""Fine-tuning from folders and projects: what teaches, how classes are called, what is told."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import LabelMap, Provenance
from segstudio.formats import indexed_png
from segstudio.models.checkpoint import Checkpoint, load
from segstudio.project import Project, Status
from segstudio.training import trainer
from segstudio.training.dataset import Example
from segstudio.training.report import TrainReport
from segstudio.training.settings import TrainSettings
from segstudio.workflows.fine_tune import FineTuneRequest, fine_tune

TINY: dict[str, Any] = {
    "options": {"width": 4, "depth": 1},
    "steps": 2,
    "batch_size": 2,
    "crop": (16, 16),
    "device": "cpu",
    "precision": "fp32",
}


def _picture(path: Path, seed: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (16, 24, 3), np.uint8)
    path.write_bytes(cv2.imencode(path.suffix, pixels)[1].tobytes())


def _mask(path: Path, *values: int) -> None:
    """Stripes of these ids, in the shape of the pictures."""
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = np.resize(np.array(values, np.uint8), 24)
    path.write_bytes(cv2.imencode(".png", np.tile(columns, (16, 1)))[1].tobytes())


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Four pictures with masks of 0, 1, 2 and void 11, one picture that nobody has labelled."""
    for index in range(5):
        _picture(tmp_path / "data" / "images" / f"f{index}.png", index)
    for index in range(4):
        _mask(tmp_path / "data" / "masks" / f"f{index}.png", 0, 1, 2, 11)
    return tmp_path / "data"


def _tune(dataset: Path, out: str = "run", **options: Any) -> tuple[Checkpoint, list[str]]:
    """Train; gives the checkpoint and all messages."""
    validation = options.pop("validation", None)
    settings = TrainSettings(**{**TINY, **options})
    folder = dataset.parent / out
    reports = list(fine_tune(FineTuneRequest(dataset, folder, settings, validation)))
    assert isinstance(reports[-1].payload, TrainReport)
    return load(folder / "checkpoint.safetensors"), [report.message for report in reports]


@pytest.fixture
def taught(monkeypatch: pytest.MonkeyPatch) -> Callable[[], dict[str, Example]]:
    """Replaces training; ``taught()`` gives the examples that it would have got, by name."""
    seen: dict[str, Example] = {}

    def keep(training: list[Example], *_: Any, **__: Any) -> Any:
        seen.update({example.name: example for example in training})
        return iter(())

    monkeypatch.setattr(trainer, "train", keep)
    return lambda: seen


def test_a_folder_without_names_gets_a_class_per_id(dataset: Path) -> None:
    checkpoint, _ = _tune(dataset, void_ids=(11,))

    assert checkpoint.classes.ids == (0, 1, 2)
    assert checkpoint.classes.names == ("class 0", "class 1", "class 2")


def test_without_void_its_value_is_a_class(dataset: Path) -> None:
    assert _tune(dataset)[0].classes.ids == (0, 1, 2, 11)


def test_names_come_from_a_file_beside_the_masks(dataset: Path) -> None:
    (dataset / "classes.txt").write_text("road\ncar\nsky\n")

    assert _tune(dataset, void_ids=(11,))[0].classes.names == ("road", "car", "sky")


def test_colours_come_from_the_masks_palette(dataset: Path) -> None:
    table = ClassTable.of_names("abc").changed(1, colour=(1, 2, 3))
    for path in (dataset / "masks").iterdir():
        path.write_bytes(indexed_png.encode(indexed_png.decode(path.read_bytes(), path), table))

    classes = _tune(dataset, void_ids=(11,))[0].classes

    assert [entry.colour for entry in classes] == [entry.colour for entry in table]


def test_a_start_checkpoint_names_the_classes(dataset: Path) -> None:
    (dataset / "classes.txt").write_text("road\ncar\nsky\n")
    _tune(dataset, "first", void_ids=(11,))
    (dataset / "classes.txt").unlink()
    first = dataset.parent / "first" / "checkpoint.safetensors"

    by_init, _ = _tune(dataset, "second", void_ids=(11,), init=first)
    by_model, _ = _tune(dataset, "third", void_ids=(11,), model=str(first))

    assert by_init.classes == by_model.classes == load(first).classes


def test_black_and_white_masks_are_two_classes(dataset: Path) -> None:
    for path in (dataset / "masks").iterdir():
        _mask(path, 0, 0, 255)

    checkpoint, messages = _tune(dataset)

    assert checkpoint.classes.ids == (0, 1)
    assert any("only 0 and 255" in message for message in messages)


def test_masks_without_a_picture_are_told(dataset: Path) -> None:
    _mask(dataset / "masks" / "lonely.png", 0, 1)

    _, messages = _tune(dataset, void_ids=(11,))

    assert any("lonely.png" in message for message in messages)
    config = json.loads((dataset.parent / "run" / "config.json").read_text())
    assert [entry["name"] for entry in config["left_out"]] == ["lonely"]
    assert "f4" not in config["training_frames"] + config["validation_frames"]


def test_a_validation_folder_is_scored_in_the_training_sets_classes(
    dataset: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    _picture(other / "images" / "v.png", 9)
    _mask(other / "masks" / "v.png", 0, 11)

    checkpoint, _ = _tune(dataset, void_ids=(11,), validation=other)

    config = json.loads((dataset.parent / "run" / "config.json").read_text())
    assert config["validation_frames"] == ["v"]
    assert len(config["training_frames"]) == 4
    assert checkpoint.classes.ids == (0, 1, 2)


def test_validation_classes_are_matched_by_name(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (dataset / "classes.txt").write_text("road\ncar\nsky\n")
    other = tmp_path / "other"
    _picture(other / "images" / "v.png", 9)
    _mask(other / "masks" / "v.png", 0, 1)
    (other / "classes.txt").write_text("sky\ntree\n")
    scored: list[Example] = []

    def keep(training: list[Example], validation: list[Example], *_: Any, **__: Any) -> Any:
        scored.extend(validation)
        return iter(())

    monkeypatch.setattr(trainer, "train", keep)
    list(fine_tune(FineTuneRequest(dataset, tmp_path / "run", validation=other)))

    assert set(np.unique(scored[0].load().ids)) == {2, 255}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Frames whose left half a human labelled and whose right half a model did."""
    folder = tmp_path / "project"
    for name in ("open", "done", "bare"):
        _picture(folder / f"{name}.png")
    ids = np.zeros((16, 24), np.uint8)
    ids[:, 8:] = 1
    provenance = np.full((16, 24), Provenance.HUMAN, np.uint8)
    provenance[:, 12:] = Provenance.MODEL
    with Project.open(folder) as opened:
        opened.classes = ClassTable.of_names(["road", "car"])
        for name in ("open", "done"):
            opened.save_labels(name, LabelMap(ids.copy(), provenance.copy()))
        opened.set_status("done", Status.DONE)
    return folder


def test_only_what_a_human_vouches_for_teaches(
    project: Path, tmp_path: Path, taught: Callable[[], dict[str, Example]]
) -> None:
    list(fine_tune(FineTuneRequest(project, tmp_path / "run")))

    examples = taught()
    assert set(examples) == {"open", "done"}
    half = examples["open"].load().ids
    assert set(np.unique(half[:, :12])) == {0, 1}
    assert (half[:, 12:] == 255).all()
    assert (examples["done"].load().ids[:, 12:] == 1).all()


def test_one_may_label_while_the_project_is_trained(project: Path, tmp_path: Path) -> None:
    settings = TrainSettings(**TINY)
    for report in fine_tune(FineTuneRequest(project, tmp_path / "run", settings)):
        if isinstance(report.payload, TrainReport):
            with Project.open(project) as opened:
                assert not opened.read_only


def test_a_project_is_trained_in_its_own_classes(project: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in project.glob("*.png")}

    checkpoint, _ = _tune(project)

    assert checkpoint.classes == ClassTable.of_names(["road", "car"])
    assert {path: path.read_bytes() for path in project.glob("*.png")} == before


def test_labels_of_ones_own_go_before_masks_beside_the_pictures(
    dataset: Path, tmp_path: Path, taught: Callable[[], dict[str, Example]]
) -> None:
    with Project.open(dataset) as opened:
        opened.classes = ClassTable.of_names(["road", "car"])
        labelled = LabelMap.blank((16, 24))
        labelled.ids[:], labelled.provenance[:] = 1, Provenance.HUMAN
        opened.save_labels("f0", labelled)

    list(fine_tune(FineTuneRequest(dataset, tmp_path / "run")))

    assert set(taught()) == {"f0"}


def test_a_project_without_labels_says_what_to_do(tmp_path: Path) -> None:
    _picture(tmp_path / "pictures" / "a.png")

    with pytest.raises(SegStudioError, match=r"holds no labelled frame\. Label a frame"):
        _tune(tmp_path / "pictures")


def test_a_dataset_that_is_no_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SegStudioError, match="nowhere: is no folder"):
        _tune(tmp_path / "nowhere")


def test_an_unknown_model_is_answered_with_the_known_ones(dataset: Path) -> None:
    with pytest.raises(SegStudioError, match=r"architecture 'unknown'.*unet"):
        _tune(dataset, model="unknown")


def test_a_missing_start_checkpoint_is_named(dataset: Path) -> None:
    with pytest.raises(SegStudioError, match=r"gone\.safetensors"):
        _tune(dataset, model=str(dataset / "gone.safetensors"))
