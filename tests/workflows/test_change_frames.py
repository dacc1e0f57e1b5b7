"""The same small change of many frames, around those that must not be changed."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.core.classes import ClassTable
from segstudio.core.label_map import LabelMap, Provenance
from segstudio.core.progress import Progress
from segstudio.project import Project, Status
from segstudio.workflows.change_frames import (
    ChangeReport,
    delete_labels,
    mark_frames,
    restore_labels,
)

SHAPE = (4, 5)
NAMES = ("a", "b", "c", "d")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """All frames are labelled, and b is done."""
    for name in NAMES:
        Image.fromarray(np.zeros((*SHAPE, 3), np.uint8)).save(tmp_path / f"{name}.png")
    with Project.open(tmp_path) as opened:
        opened.classes = ClassTable.of_names(["road"])
        for name in NAMES:
            full = np.full(SHAPE, Provenance.HUMAN, np.uint8)
            opened.save_labels(name, LabelMap(np.zeros(SHAPE, np.uint8), full))
        opened.set_status("b", Status.DONE)
        yield opened


def report_of(steps: Iterator[Progress]) -> ChangeReport:
    last = list(steps)[-1].payload
    assert isinstance(last, ChangeReport)
    return last


def labelled(project: Project) -> set[str]:
    return {name for name in NAMES if project.status(name) != Status.UNLABELLED}


def test_frames_that_are_done_or_open_keep_their_labels(project: Project) -> None:
    report = report_of(delete_labels(project, NAMES, project.new_bin(), lambda name: name == "c"))
    assert report == ChangeReport(("a", "d"), ("b", "c"))
    assert labelled(project) == {"b", "c"}


def test_what_was_deleted_is_restored(project: Project) -> None:
    folder = project.new_bin()
    deleted = report_of(delete_labels(project, NAMES, folder, lambda _name: False)).changed
    restored = report_of(restore_labels(project, deleted, folder, lambda name: name == "a"))
    assert restored == ChangeReport(("c", "d"), ("a",))
    assert labelled(project) == {"b", "c", "d"}


def test_one_that_fails_does_not_stop_the_others(project: Project) -> None:
    (project.home / "labels" / "a.png").write_bytes(b"no picture")
    report = report_of(delete_labels(project, NAMES, project.new_bin(), lambda _name: False))
    assert report.changed == ("c", "d") and "a.png" in report.failures[0]


def test_a_stopped_deletion_tells_what_it_has_deleted(project: Project) -> None:
    steps = delete_labels(project, NAMES, project.new_bin(), lambda _name: False)
    reports = [next(steps).payload for _ in range(3)]
    steps.close()
    assert reports[-1] == ChangeReport(("a",), ("b",)) and labelled(project) == {"b", "c", "d"}


def test_marking_and_reopening(project: Project) -> None:
    assert report_of(mark_frames(project, "ab", done=True)) == ChangeReport(("a",), ("b",))
    assert project.status("a") == Status.DONE
    assert report_of(mark_frames(project, "abc", done=False)) == ChangeReport(("a", "b"), ("c",))
    assert {project.status(name) for name in NAMES} == {Status.EDITED}
