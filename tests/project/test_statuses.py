"""Statuses: the user's word is durable, the rest is derived from the labels again."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.core.label_map import VOID, LabelMap, Provenance
from segstudio.project import Project, Status
from segstudio.project.labels import LabelStore

SHAPE = (150, 200)
Paint = Callable[..., LabelMap]


def _by_model() -> LabelMap:
    ids = np.ones(SHAPE, np.uint8)
    return LabelMap(ids, np.full(SHAPE, Provenance.MODEL, np.uint8))


def _statuses(folder: Path) -> list[Status]:
    with Project.open(folder) as project:
        return [project.status(name) for name in ("a", "b", "c")]


def test_saving_derives_the_status(project_folder: Path, painted: Paint) -> None:
    with Project.open(project_folder) as project:
        project.save_labels("a", painted())
        project.save_labels("b", _by_model())
        project.save_labels("c", LabelMap.blank(SHAPE))
    assert _statuses(project_folder) == [Status.EDITED, Status.PREDICTED, Status.UNLABELLED]


def test_what_the_user_says_stays(project_folder: Path) -> None:
    with Project.open(project_folder) as project:
        project.set_status("a", Status.EDITED)
        project.save_labels("a", _by_model())
        project.set_status("b", Status.DONE)
        project.save_labels("b", _by_model())
    assert _statuses(project_folder) == [Status.EDITED, Status.DONE, Status.UNLABELLED]
    with Project.open(project_folder) as project:
        project.set_status("b", Status.PREDICTED)
        project.save_labels("a", LabelMap.blank(SHAPE))
    assert _statuses(project_folder) == [Status.UNLABELLED, Status.PREDICTED, Status.UNLABELLED]


@pytest.mark.parametrize("damage", [None, b"", b"SQLite format 3\0 and then rubbish" * 50])
def test_a_lost_or_damaged_index_is_built_anew(
    project_folder: Path, painted: Paint, damage: bytes | None
) -> None:
    with Project.open(project_folder) as project:
        project.save_labels("a", painted())
        project.save_labels("b", _by_model())
        project.set_status("c", Status.DONE)
    index = project_folder / ".segstudio" / "index.sqlite"
    index.unlink()
    if damage is not None:
        index.write_bytes(damage)
    assert _statuses(project_folder) == [Status.EDITED, Status.PREDICTED, Status.DONE]
    with Project.open(project_folder) as project:
        project.add_time("a", 5.0)
    with Project.open(project_folder) as project:
        assert project.time_spent("a") == 5.0


def test_a_reader_of_a_damaged_index_derives_too(project_folder: Path, painted: Paint) -> None:
    with Project.open(project_folder) as writer:
        writer.save_labels("a", painted())
        (project_folder / ".segstudio" / "index.sqlite").write_bytes(b"rubbish" * 1000)
        assert _statuses(project_folder)[0] == Status.EDITED


def test_statuses_are_found_again_without_decoding(
    project_folder: Path, painted: Paint, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Project.open(project_folder) as project:
        project.save_labels("a", painted())
        project.save_labels("b", _by_model())
    (project_folder / ".segstudio" / "index.sqlite").unlink()
    monkeypatch.delattr(LabelStore, "read")
    assert _statuses(project_folder) == [Status.EDITED, Status.PREDICTED, Status.UNLABELLED]


def test_label_files_that_come_change_and_go_are_noticed(
    project_folder: Path, painted: Paint
) -> None:
    labels = project_folder / "labels"
    labels.mkdir()
    with Project.open(project_folder) as project:
        Image.fromarray(painted().ids).save(labels / "a.png")
        Image.fromarray(np.full(SHAPE, VOID, np.uint8)).save(labels / "b.png")
        (labels / "c.png").write_bytes(b"damaged, but not nothing")
        project.refresh()
        statuses = [project.status(name) for name in "abc"]
        assert statuses == [Status.EDITED, Status.UNLABELLED, Status.EDITED]
        Image.fromarray(painted().ids).save(labels / "b.png")
        os.utime(labels / "b.png", ns=(1, 1))
        (labels / "a.png").unlink()
        project.refresh()
        assert [project.status(name) for name in "ab"] == [Status.UNLABELLED, Status.EDITED]


def test_time_and_uncertainty_are_kept(project_folder: Path, painted: Paint) -> None:
    with Project.open(project_folder) as project:
        project.add_time("a", 1.5)
        project.add_time("a", 2.0)
        project.set_uncertainty("a", 0.25)
        project.save_labels("a", painted())
    with Project.open(project_folder) as project:
        assert project.time_spent("a") == 3.5
        assert project.uncertainty("a") == 0.25
        assert (project.time_spent("b"), project.uncertainty("b")) == (0.0, None)
    (project_folder / "labels" / "a.png").unlink()
    with Project.open(project_folder) as project:
        assert project.time_spent("a") == 3.5


def test_names_that_are_no_text_do_no_harm(folder: Path, painted: Paint) -> None:
    name = os.fsdecode(b"b\xffd")
    try:
        (folder / f"{name}.png").write_bytes((folder / "a.png").read_bytes())
    except OSError:
        pytest.skip("this file system takes no such names")
    with Project.open(folder) as project:
        project.save_labels(name, painted())
        project.set_status(name, Status.DONE)
        project.thumbnail(name, 20)
        assert project.status(name) == Status.DONE
    with Project.open(folder) as project:
        assert project.status(name) == Status.DONE
        project.set_status(name, Status.EDITED)
        assert project.status(name) == Status.EDITED
