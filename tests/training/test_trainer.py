"""Whole runs of a tiny network: they learn, stop at any moment, go on, and repeat exactly."""

import csv
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.frame import Frame
from segstudio.core.progress import Progress
from segstudio.inference.predictor import Predictor
from segstudio.models.checkpoint import load
from segstudio.training.dataset import Example, LabelledFrame, Skipped
from segstudio.training.learner import Learner
from segstudio.training.losses import LOSSES
from segstudio.training.metrics import ConfusionMatrix
from segstudio.training.report import TrainReport
from segstudio.training.settings import TrainSettings
from segstudio.training.trainer import train

Start = Callable[..., Iterator[Progress]]
TINY = {"width": 8, "depth": 2}
CLASSES = ClassTable.of_names(["ground", "blob"])


def scene(seed: int, size: int = 32) -> LabelledFrame:
    """A bright square on dark noise, and a band of void."""
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 80, (size, size, 3), np.uint8)
    ids = np.zeros((size, size), np.uint8)
    top, left = random.integers(2, size // 2, 2)
    here = (slice(top, top + size // 3), slice(left, left + size // 3))
    pixels[here] += 150
    ids[here] = 1
    ids[-2:] = 255
    return LabelledFrame(Frame(f"scene{seed}", pixels), ids)


def examples(*seeds: int, size: int = 32) -> list[Example]:
    """Examples of these scenes."""
    return [
        Example(f"scene{seed}", f"scene{seed}.png", lambda seed=seed: scene(seed, size))
        for seed in seeds
    ]


def settings(**changes: Any) -> TrainSettings:
    """A run of a tiny network on the CPU in float32."""
    values = {
        "options": TINY,
        "steps": 6,
        "batch_size": 2,
        "crop": (32, 32),
        "device": "cpu",
        "precision": "fp32",
        **changes,
    }
    return TrainSettings(**values)


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Iterator[Progress]]:
    """``run(steps=6, ...)``: train on four tiny scenes, scored on two others."""

    def start(folder: str = "run", resume: bool = False, **changes: Any) -> Iterator[Progress]:
        return train(
            examples(0, 1, 2, 3),
            examples(4, 5),
            CLASSES,
            settings(**changes),
            tmp_path / folder,
            resume=resume,
        )

    return start


def _finish(running: Iterator[Progress]) -> TrainReport:
    report = list(running)[-1].payload
    assert isinstance(report, TrainReport)
    return report


def _stop_after(running: Iterator[Progress], step: int) -> None:
    for progress in running:
        if progress.payload is not None and progress.payload.step == step:
            break
    running.close()  # type: ignore[attr-defined]


def _weights(folder: Path) -> dict[str, torch.Tensor]:
    return load(folder / "checkpoint.safetensors").state


def _same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(one[key], other[key]) for key in one)


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "metrics.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_single_picture_is_learnt(tmp_path: Path) -> None:
    fast = settings(steps=60, lr=1e-2, batch_size=4, loss="ce", evaluate_every=60)

    report = _finish(train(examples(0), examples(0), CLASSES, fast, tmp_path))

    assert report.best_mean_iou is not None
    assert report.best_mean_iou > 0.9
    assert report.checkpoint == tmp_path / "checkpoint.safetensors"


def test_the_same_seed_gives_the_same_network(run: Start, tmp_path: Path) -> None:
    for folder, seed in (("a", 1), ("b", 1), ("c", 2)):
        _finish(run(folder, seed=seed))

    assert _same(_weights(tmp_path / "a"), _weights(tmp_path / "b"))
    assert not _same(_weights(tmp_path / "a"), _weights(tmp_path / "c"))


def test_a_resumed_run_equals_an_uninterrupted_one(run: Start, tmp_path: Path) -> None:
    dropping = {**TINY, "dropout": 0.5}
    whole = _finish(run("whole", options=dropping, evaluate_every=2))
    _stop_after(run("parts", options=dropping, evaluate_every=2), step=3)

    resumed = _finish(run("parts", resume=True, options=dropping, evaluate_every=2))

    assert resumed.step == whole.step == 6
    assert resumed.best_mean_iou == whole.best_mean_iou
    states = [
        torch.load(tmp_path / name / "resume.pt", weights_only=True) for name in ("whole", "parts")
    ]
    for part in ("network", "average"):
        assert _same(states[0][part], states[1][part])
    scored = [
        [(row["step"], row["mean_iou"]) for row in _rows(tmp_path / name)]
        for name in ("whole", "parts")
    ]
    assert scored[0] == scored[1]


def test_a_resumed_run_can_be_made_longer(run: Start) -> None:
    _finish(run(steps=2))

    assert _finish(run(resume=True, steps=5)).step == 5


def test_without_a_length_a_resumed_run_keeps_its_own(run: Start) -> None:
    _stop_after(run(steps=5), step=2)

    assert _finish(run(resume=True, steps=None)).step == 5


@pytest.mark.parametrize("step", [1, 3])
def test_stopping_before_any_evaluation_keeps_the_weights(
    run: Start, tmp_path: Path, step: int
) -> None:
    _stop_after(run(evaluate_every=100), step)

    checkpoint = load(tmp_path / "run" / "checkpoint.safetensors")
    assert checkpoint.training["step"] == step
    assert checkpoint.training["mean_iou"] is None
    assert checkpoint.build() is not None


def test_stopping_later_keeps_the_best(run: Start, tmp_path: Path) -> None:
    running = run(steps=20, evaluate_every=2)
    best, kept = None, {}
    for progress in running:
        report = progress.payload
        if report is not None and report.mean_iou is not None:
            if best is None or report.mean_iou > best:
                best = report.mean_iou
                kept = _weights(tmp_path / "run")
            if report.step >= 6:
                break
    running.close()  # type: ignore[attr-defined]

    checkpoint = load(tmp_path / "run" / "checkpoint.safetensors")
    assert checkpoint.training["mean_iou"] == best
    assert _same(checkpoint.state, kept)


def test_stopping_before_the_first_step_leaves_no_checkpoint(run: Start, tmp_path: Path) -> None:
    running = run()
    for progress in running:
        if progress.payload is not None:
            break
    running.close()  # type: ignore[attr-defined]

    assert not (tmp_path / "run" / "checkpoint.safetensors").exists()


def test_closing_while_evaluating_keeps_what_was_best(run: Start, tmp_path: Path) -> None:
    running = run(steps=20, evaluate_every=2)
    for progress in running:
        if progress.message.startswith("Evaluating") and progress.payload.step == 4:
            break
    running.close()  # type: ignore[attr-defined]

    assert load(tmp_path / "run" / "checkpoint.safetensors").training["step"] == 2


def test_the_reported_figure_is_that_of_predicting_the_files(run: Start, tmp_path: Path) -> None:
    report = _finish(run(scale=0.5, precision="auto"))

    predictor = Predictor(tmp_path / "run" / "checkpoint.safetensors", "cpu")
    matrix = ConfusionMatrix(CLASSES)
    for seed in (4, 5):
        labelled = scene(seed)
        matrix.add(labelled.ids, predictor.predict(labelled.frame.pixels).ids())

    assert matrix.scores().mean_iou == report.best_mean_iou


def test_files_of_a_run_say_what_was_done(run: Start, tmp_path: Path) -> None:
    _finish(run(evaluate_every=3))

    rows = _rows(tmp_path / "run")
    assert [row["step"] for row in rows] == ["3", "6"]
    assert list(rows[0]) == [
        *("step", "seconds", "lr", "loss", "mean_iou", "pixel_accuracy"),
        *("iou ground", "iou blob"),
    ]
    assert 0 <= float(rows[0]["mean_iou"]) <= 1
    config = json.loads((tmp_path / "run" / "config.json").read_text())
    assert config["validation_frames"] == ["scene4", "scene5"]
    assert config["plan"]["crop"] == [32, 32]
    assert config["precision"] == "fp32"


def test_what_is_left_out_is_told_and_kept_in_the_configuration(tmp_path: Path) -> None:
    def broken() -> Any:
        raise SegStudioError("b.png", "cannot be read")

    bad = type(examples(0)[0])("b", "b.png", broken)
    messages = [
        progress.message
        for progress in train(
            [*examples(0, 1), bad],
            [],
            CLASSES,
            settings(steps=1),
            tmp_path,
            left_out=[Skipped("c", "c.png: has no picture")],
        )
    ]

    assert "Left out: b.png: cannot be read." in messages
    config = json.loads((tmp_path / "config.json").read_text())
    assert [entry["name"] for entry in config["left_out"]] == ["c", "b"]


def test_without_validation_frames_a_share_is_held_back(tmp_path: Path) -> None:
    _finish(train(examples(*range(5)), [], CLASSES, settings(steps=1), tmp_path))

    config = json.loads((tmp_path / "config.json").read_text())
    assert (len(config["training_frames"]), len(config["validation_frames"])) == (4, 1)
    assert not set(config["training_frames"]) & set(config["validation_frames"])


def test_one_picture_at_a_time_works(run: Start) -> None:
    assert _finish(run(batch_size=1)).step == 6


def test_minutes_end_the_run_evaluated_and_in_time(run: Start) -> None:
    began = time.monotonic()

    report = _finish(run(steps=None, minutes=0.05))

    assert time.monotonic() - began < 4.5
    assert report.step > 3
    assert report.best_mean_iou is not None


def test_too_little_memory_means_smaller_batches(
    run: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    learn, sizes = Learner.learn, []

    def scarce(self: Learner, batch: Any, *rest: Any) -> float | None:
        sizes.append(len(batch))
        if len(batch) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return learn(self, batch, *rest)

    monkeypatch.setattr(Learner, "learn", scarce)
    messages = [progress.message for progress in run(batch_size=8, steps=3)]

    assert sizes == [8, 4, 2, 2, 2]
    assert any("going on with batches of 2" in message for message in messages)
    state = torch.load(tmp_path / "run" / "resume.pt", weights_only=True)
    assert (state["seen"], state["plan"]["batch_size"]) == (6, 2)


def test_too_little_memory_for_one_crop_is_said(
    run: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any) -> float:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    monkeypatch.setattr(Learner, "learn", never)

    with pytest.raises(SegStudioError, match=r"one crop of 32x32\. Choose a smaller crop"):
        _finish(run())


def test_other_failures_of_a_step_are_not_taken_for_lack_of_memory(
    run: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> float:
        raise RuntimeError("shapes do not match")

    monkeypatch.setattr(Learner, "learn", broken)

    with pytest.raises(RuntimeError, match="shapes do not match"):
        _finish(run())


def test_nan_is_never_learnt_and_at_last_reported(
    run: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(LOSSES, "ce", lambda logits, *_: logits.sum() * float("nan"))

    with pytest.raises(SegStudioError, match=r"diverged.*Lower the learning rate"):
        _finish(run(steps=100, evaluate_every=10, loss="ce"))

    for tensor in _weights(tmp_path / "run").values():
        assert torch.isfinite(tensor.float()).all()


def test_nothing_labelled_is_one_clear_message(tmp_path: Path) -> None:
    with pytest.raises(SegStudioError, match=r"dataset: holds no labelled frame\. Label a frame"):
        _finish(train([], [], CLASSES, settings(), tmp_path))


def test_another_run_is_never_overwritten(run: Start, tmp_path: Path) -> None:
    _finish(run(steps=1))
    before = _weights(tmp_path / "run")

    with pytest.raises(SegStudioError, match="holds a training run already"):
        _finish(run(steps=1, seed=9))

    assert _same(before, _weights(tmp_path / "run"))


def test_resuming_needs_a_run(run: Start) -> None:
    with pytest.raises(SegStudioError, match="holds no training run to resume"):
        _finish(run(resume=True))


def test_a_damaged_state_is_said(run: Start, tmp_path: Path) -> None:
    _finish(run(steps=1))
    path = tmp_path / "run" / "resume.pt"
    path.write_bytes(path.read_bytes()[:1000])

    with pytest.raises(SegStudioError, match=r"resume\.pt: cannot be resumed from"):
        _finish(run(resume=True))


def test_resuming_with_other_classes_is_refused(run: Start, tmp_path: Path) -> None:
    _finish(run(steps=1))
    other = ClassTable.of_names(["ground", "blob", "new"])

    with pytest.raises(SegStudioError, match="class table has changed"):
        _finish(train(examples(0), [], other, settings(), tmp_path / "run", resume=True))


def test_a_start_checkpoint_decides_the_network(run: Start, tmp_path: Path) -> None:
    _finish(run("first", options={"width": 4, "depth": 1}, scale=0.5))
    first = tmp_path / "first" / "checkpoint.safetensors"
    wider = ClassTable.of_names(["new", "blob", "ground"])

    _finish(train(examples(0, 1), [], wider, settings(init=first), tmp_path / "second"))

    second = load(tmp_path / "second" / "checkpoint.safetensors")
    assert second.options.items() >= {"width": 4, "depth": 1}.items()
    assert second.scale == 0.5
    assert second.normalisation == load(first).normalisation
    assert second.classes == wider
