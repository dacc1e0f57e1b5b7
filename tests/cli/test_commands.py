"""The commands with real work behind them, on tiny data."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.project import Project, Status
from tests.cli.conftest import CLASS_NAMES, SIZE, TINY, Call, write_png


def test_sample_draws_pictures_with_masks(call: Call, tmp_path: Path) -> None:
    answer = call("sample", tmp_path / "s", "--scenes", 2, "--cells", 1, "--seed", 5)
    assert answer.status == 0
    folders = [Path(line) for line in answer.out.splitlines()]
    assert folders == [tmp_path / "s" / "scenes", tmp_path / "s" / "cells"]
    for folder, count in zip(folders, (2, 1), strict=True):
        stems = {path.stem for path in (folder / "images").iterdir()}
        assert len(stems) == count
        assert {path.stem for path in (folder / "masks").iterdir()} == stems


def test_sample_says_where_it_cannot_draw(call: Call, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    answer = call("sample", tmp_path / "file", "--scenes", 1, "--cells", 0)
    assert answer.status == 1
    assert str(tmp_path / "file") in answer.err
    assert "Traceback" not in answer.err


def test_models_are_listed(call: Call) -> None:
    answer = call("models")
    assert answer.status == 0
    for name in ("unet: U-Net", "fcn_resnet50", "deeplabv3_resnet50", "Ronneberger et al. 2015"):
        assert name in answer.out


def test_models_as_json(call: Call) -> None:
    listed = call("models", "--json").json()
    unet = next(row for row in listed["architectures"] if row["name"] == "unet")
    assert unet["parameters"] > 1e6
    assert "width" in unet["options"]
    assert {type(row["path"]) for row in listed["checkpoints"]} <= {str}


@pytest.mark.parametrize("crf", [[], ["--crf"]], ids=["plain", "crf"])
def test_segment_writes_indexed_png_in_class_colours(
    call: Call, dataset: Path, checkpoint: Path, tmp_path: Path, crf: list[str]
) -> None:
    out = tmp_path / "out"
    answer = call("segment", dataset, "--model", checkpoint, "--out", out, *crf)
    assert answer.status == 0
    assert answer.out == f"6 segmented, 0 there already, in {out}\n"
    assert {path.stem for path in out.glob("*.png")} == set("012345")
    with Image.open(out / "0.png") as image:
        assert image.mode == "P"
        assert image.size == (SIZE, SIZE)
        assert image.getpalette()[:3] == [230, 159, 0]
        assert set(np.unique(np.asarray(image))) <= {0, 1}


def test_segment_takes_the_crfs_parameters_from_a_file(
    call: Call, dataset: Path, checkpoint: Path, tmp_path: Path
) -> None:
    params = tmp_path / "none.json"
    params.write_text('{"iterations": 0}', encoding="utf-8")
    words = ["segment", dataset, "--model", checkpoint, "--out"]
    assert call(*words, tmp_path / "plain").status == 0
    assert call(*words, tmp_path / "crf", "--crf-params", params).status == 0
    for name in "012345":
        plain, refined = (
            np.asarray(Image.open(tmp_path / out / f"{name}.png")) for out in ("plain", "crf")
        )
        assert np.array_equal(plain, refined), "no round changes nothing"
    params.write_text("[5]", encoding="utf-8")
    wrong = call(*words, tmp_path / "wrong", "--crf-params", params)
    assert "holds no JSON object" in wrong.only_line_of_err()


def test_segment_goes_on_where_it_was(
    call: Call, dataset: Path, checkpoint: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    words = ["segment", dataset, "--model", checkpoint, "--out", out, "--json"]
    call(*words)
    kept = (out / "0.png").stat().st_mtime_ns
    (out / "1.png").unlink()
    again = call(*words).json()
    assert (again["done"], again["skipped"]) == (1, 5)
    assert (out / "0.png").stat().st_mtime_ns == kept
    assert call(*words, "--overwrite").json()["done"] == 6


def test_segment_tells_what_failed_and_does_the_rest(
    call: Call, dataset: Path, checkpoint: Path, tmp_path: Path
) -> None:
    broken = dataset / "images" / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    answer = call("segment", dataset, "--model", checkpoint, "--out", tmp_path / "o", "--json")
    assert answer.status == 1
    assert str(broken) in answer.err
    summary = answer.json()
    assert summary["done"] == 6
    assert [failure["name"] for failure in summary["failures"]] == ["broken"]


def test_segment_refuses_what_is_no_checkpoint(call: Call, dataset: Path, tmp_path: Path) -> None:
    false = tmp_path / "false.safetensors"
    false.write_bytes(b"\x80\x04 a pickle that would run code")
    for model in (false, "no-such-network", tmp_path / "missing.safetensors"):
        answer = call("segment", dataset, "--model", model, "--out", tmp_path / "o")
        assert answer.status == 1
        assert answer.out == ""
        assert str(model) in answer.err.splitlines()[-1]
        assert "Traceback" not in answer.err


@pytest.mark.parametrize("command", ["segment", "finetune"])
def test_cuda_where_there_is_none(
    call: Call,
    dataset: Path,
    checkpoint: Path,
    tmp_path: Path,
    command: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    words = ["--model", checkpoint, "--out", tmp_path / "o", "--device", "cuda"]
    answer = call(command, dataset, *words)
    assert answer.status == 1
    assert "cuda" in answer.err.splitlines()[-1]
    assert "Traceback" not in answer.err


def test_finetune_segment_and_evaluate_agree(call: Call, dataset: Path, tmp_path: Path) -> None:
    run, out = tmp_path / "run", tmp_path / "out"
    words = ["--model", "unet", "--out", run, "--val", dataset, "--steps", 40, "--lr", 0.01]
    trained = call("finetune", dataset, *words, *TINY, "--loss", "ce", "--scale", 1, "--json")
    assert trained.status == 0, trained.err
    report = trained.json()
    assert report["step"] == 40
    assert not report["stopped"]
    assert report["best_mean_iou"] > 0.8
    assert Path(report["checkpoint"]) == run / "checkpoint.safetensors"
    assert "mean IoU" in trained.err
    call("segment", dataset, "--model", report["checkpoint"], "--out", out)
    scores = call("evaluate", out, dataset, "--json", "-").json()
    assert scores["mean_iou"] == pytest.approx(report["best_mean_iou"], abs=1e-4)
    assert [entry["name"] for entry in scores["classes"]] == CLASS_NAMES


def test_finetune_goes_on_with_a_run(call: Call, dataset: Path, tmp_path: Path) -> None:
    words = ["finetune", dataset, "--model", "unet", "--out", tmp_path / "run", *TINY]
    assert call(*words, "--steps", 2).status == 0
    refused = call(*words, "--steps", 4)
    assert refused.status == 1
    assert str(tmp_path / "run") in refused.err.splitlines()[-1]
    resumed = call(*words, "--steps", 4, "--resume")
    assert resumed.status == 0, resumed.err
    assert resumed.out.startswith("Trained 4 steps: best mean IoU ")


def test_finetune_names_its_run_where_nobody_does(
    call: Call, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert call("finetune", dataset, "--model", "unet", "--steps", 1, *TINY).status == 0

    (run,) = (tmp_path / "runs").iterdir()
    assert run.name.endswith("-unet") and (run / "checkpoint.safetensors").is_file()
    assert call("finetune", dataset, "--model", "unet", "--resume").status == 2


def test_finetune_finds_a_folder_by_itself(
    call: Call, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = call("finetune", dataset, "--model", "unet", *TINY, "--steps", 1, "--json")
    assert answer.status == 0, answer.err
    kept = Path(answer.json()["checkpoint"])
    assert kept.is_file()
    assert kept.parent.parent == Path("runs")
    assert kept.parent.name.endswith("-unet")


def test_finetune_starts_from_a_checkpoint(
    call: Call, dataset: Path, checkpoint: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    answer = call("finetune", dataset, "--model", checkpoint, "--out", run, "--steps", 1)
    assert answer.status == 0, answer.err
    config = json.loads((run / "config.json").read_text(encoding="utf-8"))
    assert config["settings"]["init"] == str(checkpoint)


def test_finetune_starts_from_published_weights_of_a_backbone(
    call: Call, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "weights=imagenet" in call("finetune", "--help").out
    import torch
    from torchvision.models import mobilenet_v3_large

    from segstudio import models

    name, cache = "deeplabv3_mobilenet", tmp_path / "cache"
    monkeypatch.setenv("SEGSTUDIO_CACHE", str(cache))
    file = cache / "weights" / "backbone.pth"
    file.parent.mkdir(parents=True)
    torch.save(mobilenet_v3_large().state_dict(), file)
    spec = models.spec(name)
    # Nobody listens there, so that only the file in the cache can serve.
    initial = replace(
        spec.initial["imagenet"],
        url="http://127.0.0.1:9/backbone.pth",
        sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
    )
    changed = replace(spec, initial={"imagenet": initial})
    monkeypatch.setitem(models.registry._specs, name, changed)
    words = ["--option", "weights=imagenet", "--option", "pyramid_width=8", "--crop", SIZE, SIZE]
    words = ["finetune", dataset, "--model", name, "--steps", 1, "--batch-size", 2, *words]

    trained = call(*words, "--out", tmp_path / "run", "--json")

    assert trained.status == 0, trained.err
    assert Path(trained.json()["checkpoint"]).is_file()
    file.unlink()
    refused = call(*words, "--out", tmp_path / "other")
    assert refused.status == 1
    assert "backbone.pth" in refused.err.splitlines()[-1]
    assert str(file.parent) in refused.err.splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--model", "no-such-network"], "no-such-network"),
        (["--model", "unet", "--option", "width=wide"], "width"),
        (["--model", "unet", "--option", "depht=3"], "depht"),
        (["--model", "unet", "--device", "abacus"], "abacus"),
    ],
    ids=["model", "option value", "option name", "device"],
)
def test_finetune_refuses_in_one_line(
    call: Call, dataset: Path, tmp_path: Path, words: list[str], said: str
) -> None:
    answer = call("finetune", dataset, "--out", tmp_path / "run", "--steps", 1, *words)
    assert answer.status == 1
    assert answer.out == ""
    assert said in answer.err.splitlines()[-1]
    assert "Traceback" not in answer.err


def test_finetune_needs_a_labelled_frame(call: Call, tmp_path: Path) -> None:
    write_png(tmp_path / "d" / "images" / "a.png", np.zeros((8, 8, 3)))
    (tmp_path / "d" / "masks").mkdir()
    words = ["--model", "unet", "--out", tmp_path / "run", "--steps", 1]
    answer = call("finetune", tmp_path / "d", *words)
    assert answer.status == 1
    assert "no labelled frame" in answer.err.splitlines()[-1]


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C in another way")
def test_ctrl_c_stops_finetune_and_keeps_the_best(dataset: Path, tmp_path: Path) -> None:
    words = ["--model", "unet", "--out", tmp_path / "run", "--steps", 400, *TINY, "--json"]
    command = [sys.executable, "-m", "segstudio", "finetune", dataset, *words]
    with subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if line.startswith("Step "):
                break
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 0, err
    report = json.loads(out)
    assert report["stopped"]
    assert 0 < report["step"] < 400
    kept = tmp_path / "run" / "checkpoint.safetensors"
    assert f"kept in {kept}" in err
    assert kept.stat().st_size > 1000


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of two pictures, of which one is labelled and marked as done."""
    folder = tmp_path / "project"
    for name in ("one", "two"):
        write_png(folder / f"{name}.png", np.zeros((6, 8, 3)))
    from segstudio.core.classes import ClassTable
    from segstudio.core.label_map import LabelMap, Provenance

    with Project.open(folder) as opened:
        opened.classes = ClassTable.of_names(CLASS_NAMES)
        label_map = LabelMap.blank((6, 8))
        label_map.ids[2:4], label_map.provenance[2:4] = 1, Provenance.HUMAN
        opened.save_labels("one", label_map)
        opened.set_status("one", Status.DONE)
    return folder


def test_export_writes_every_labelled_frame(call: Call, project: Path, tmp_path: Path) -> None:
    out = tmp_path / "masks"
    words = ["export", project, "--format", "indexed-png", "--out", out, "--json"]
    answer = call(*words)
    assert answer.status == 0, answer.err
    assert answer.json() == {"out": str(out), "written": [str(out / "one.png")], "failures": []}
    with Image.open(out / "one.png") as image:
        ids = np.asarray(image)
    assert (ids[2:4] == 1).all()
    assert (ids[:2] == 255).all()
    again = call(*words)
    assert again.status == 1
    assert str(out / "one.png") in again.err
    assert call(*words, "--overwrite", "--only-done").status == 0


def test_export_says_what_it_did(call: Call, project: Path, tmp_path: Path) -> None:
    answer = call("export", project, "--format", "indexed-png", "--out", tmp_path / "masks")
    assert "1 label map written" in answer.out


def test_export_of_an_unlabelled_folder(call: Call, tmp_path: Path) -> None:
    write_png(tmp_path / "p" / "a.png", np.zeros((4, 4, 3)))
    answer = call("export", tmp_path / "p", "--format", "indexed-png", "--out", tmp_path / "o")
    assert answer.status == 1
    assert "no labelled frame" in answer.only_line_of_err()
