"""Thumbnails that are made once, and folders of training runs."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.core.errors import SegStudioError
from segstudio.project import Project, thumbnails
from segstudio.project.runs import CHECKPOINT


def test_thumbnails_are_kept_until_the_picture_changes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Project.open(folder) as project:
        first = project.thumbnail("a", 64)
        assert (first.shape, first.dtype) == ((48, 64, 3), np.uint8)
        with monkeypatch.context() as patch:
            patch.delattr(thumbnails, "thumbnail")
            assert np.abs(project.thumbnail("a", 64).astype(int) - first).max() < 8
        Image.new("L", (200, 150), 255).save(folder / "a.png")
        os.utime(folder / "a.png", ns=(1, 1))
        assert (project.thumbnail("a", 64) == 255).all()
        assert project.thumbnail("a", 10).shape == (8, 10, 3)


def test_a_damaged_or_full_cache_costs_only_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Project.open(folder) as project:
        wanted = project.thumbnail("a", 64)
        for content in (b"", b"rubbish"):
            for path in (folder / ".segstudio" / "thumbnails").iterdir():
                path.write_bytes(content)
            assert np.array_equal(project.thumbnail("a", 64), wanted)

        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        assert project.thumbnail("b", 64).shape == (48, 64, 3)


def test_thumbnails_of_many_threads(folder: Path, draw: Callable[..., Path]) -> None:
    for number in range(20):
        draw(folder / f"{number}.jpg", (40, 60 + number))
    with Project.open(folder) as project, ThreadPoolExecutor(8) as pool:
        names = [entry.name for entry in project.entries] * 3
        widths = list(pool.map(lambda name: project.thumbnail(name, 1000).shape[1], names))
    assert widths == [*range(60, 80), 200, 200, 200] * 3


def test_a_picture_that_cannot_be_read_is_named(folder: Path) -> None:
    with Project.open(folder) as project:
        (folder / "a.png").write_bytes(b"rubbish")
        with pytest.raises(SegStudioError, match=r"a\.png"):
            project.thumbnail("a", 64)
        (folder / "b.png").unlink()
        with pytest.raises(SegStudioError, match=r"b\.png: does not exist"):
            project.thumbnail("b", 64)


def test_runs_with_a_checkpoint_are_found_newest_first(folder: Path) -> None:
    with Project.open(folder) as project:
        assert project.runs() == []
        new = project.new_run_folder("fcn_resnet50")
        also = project.new_run_folder("fcn_resnet50")
        assert new != also
        assert new.parent == folder / "runs"
        assert list(new.iterdir()) == []
        for name in ("20240131-235959-unet", "my own", "20241399-000000-unet"):
            (folder / "runs" / name).mkdir()
            (folder / "runs" / name / CHECKPOINT).touch()
        (new / CHECKPOINT).touch()
        runs = project.runs()
    assert runs[0].folder == new
    assert (runs[0].model, runs[0].checkpoint) == ("fcn_resnet50", new / CHECKPOINT)
    assert (runs[1].model, runs[1].when) == ("unet", datetime(2024, 1, 31, 23, 59, 59))
    assert {run.model for run in runs[2:]} == {"my own", "20241399-000000-unet"}
    assert all(run.when is None for run in runs[2:])


@pytest.mark.parametrize("model", ["../../evil", "C:\\model", "a b/c", "..."])
def test_a_models_name_does_not_lead_out_of_the_runs(folder: Path, model: str) -> None:
    with Project.open(folder) as project:
        assert project.new_run_folder(model).parent == folder / "runs"
