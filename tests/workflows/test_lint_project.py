"""Checking a whole project: which frames, which rules, and what cannot be read."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import LabelMap, Provenance
from segstudio.core.lint.parts.class_sets import ClassPairs
from segstudio.core.lint.parts.report import inspect
from segstudio.core.lint.parts.rules import LintRules
from segstudio.core.lint.touching import TouchingOptions
from segstudio.project import Project, Status
from segstudio.project.lint_choices import (
    keep_ignored,
    keep_rules,
    load_ignored,
    load_rules,
    subject_of,
)
from segstudio.workflows.lint_project import LintRequest, ProjectReport, lint_project

SHAPE = (20, 30)


def speckled(by: Provenance = Provenance.HUMAN) -> LabelMap:
    """Road above sky, and a dot of car in the road."""
    label_map = LabelMap.blank(SHAPE)
    label_map.ids[:10], label_map.ids[10:] = 0, 1
    label_map.ids[3, 4] = 2
    label_map.provenance[:] = by
    return label_map


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Frames a (speckled), b (done, a model's), c (untouched) and d (done and empty)."""
    for name in "abcd":
        Image.fromarray(np.zeros((*SHAPE, 3), np.uint8)).save(tmp_path / f"{name}.png")
    with Project.open(tmp_path) as project:
        project.classes = ClassTable.of_names(("road", "sky", "car"))
        project.save_labels("a", speckled())
        by_model = speckled(Provenance.MODEL)
        by_model.ids[3, 4] = 0
        project.save_labels("b", by_model)
        project.set_status("b", Status.DONE)
        project.set_status("d", Status.DONE, empty=True)
    return tmp_path


def checked(folder: Path, specks: int | None = None) -> ProjectReport:
    *steps, last = lint_project(LintRequest(folder, specks))
    assert [step.payload for step in steps] == list(last.payload.frames)
    return last.payload


def texts(report: ProjectReport) -> dict[str, list[str]]:
    return {frame.name: [f.text for f in frame.report.findings] for frame in report.frames}


def test_frames_with_labels_are_checked(folder: Path) -> None:
    report = checked(folder)
    assert texts(report) == {
        "a": ["Speck of car, 1 pixel"],
        "b": ["Marked as done, but no pixel was decided by a human"],
        "d": [],
    }
    assert report.summary == "3 frames checked: 1 speck, 1 unseen frame." and not report.clean


def test_the_rules_of_the_project_hold(folder: Path) -> None:
    with Project.open(folder) as project:
        rules = LintRules(off=frozenset({"specks", "unseen"}))
        keep_rules(
            project, rules.with_options("touching", TouchingOptions(ClassPairs([(0, 1), (0, 9)])))
        )
    report = checked(folder)
    assert texts(report)["a"] == ["road touches sky, 60 pixels"]
    assert texts(checked(folder, specks=5))["a"][0] == "Speck of car, 1 pixel"
    with Project.open(folder) as project:
        project.classes = project.classes.without(1)
        assert load_rules(project).options["touching"] == TouchingOptions()


def test_what_is_ignored_stays_so(folder: Path) -> None:
    with Project.open(folder) as project:
        for name in ("a", "b"):
            labels = project.load_labels(name, SHAPE)
            found = inspect(subject_of(project, name, labels), LintRules()).findings
            keep_ignored(project, name, found)
        assert len(load_ignored(project, "a")) == 1
    report = checked(folder)
    assert report.clean and [len(frame.report.ignored) for frame in report.frames] == [1, 1, 0]


def test_a_frame_that_cannot_be_read_does_not_stop_the_others(folder: Path) -> None:
    (folder / "labels" / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    report = checked(folder)
    assert not report.clean
    assert "a.png" in report.frames[0].failure and report.frames[1].report.findings


def test_damaged_rules_are_told(folder: Path) -> None:
    with Project.open(folder) as project:
        project.settings["lint"] = {"on_save": "perhaps"}
        project.save_settings()
    with pytest.raises(SegStudioError, match="Set them again"):
        checked(folder)


def test_nothing_is_written(folder: Path) -> None:
    def seen() -> dict[Path, bytes]:
        files = (path for path in folder.rglob("*") if path.is_file())
        return {path: path.read_bytes() for path in files if ".segstudio" not in path.parts}

    before = seen()
    checked(folder, specks=3)
    assert seen() == before
