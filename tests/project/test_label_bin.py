"""Deleted labels: gone from the data set, and never lost."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.core.classes import ClassTable
from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import VOID, LabelMap, Provenance
from segstudio.project import Project, Status

SHAPE = (6, 8)


@pytest.fixture
def project(tmp_path: Path):
    """Frame a is labelled by human and model, b by nobody."""
    for name in "ab":
        Image.fromarray(np.zeros((*SHAPE, 3), np.uint8)).save(tmp_path / f"{name}.png")
    with Project.open(tmp_path) as opened:
        opened.classes = ClassTable.of_names(["road", "car"])
        opened.save_labels("a", labelled())
        yield opened


def labelled() -> LabelMap:
    labels = LabelMap.blank(SHAPE)
    labels.ids[:3], labels.provenance[:3] = 0, Provenance.HUMAN
    labels.ids[3:, :4], labels.provenance[3:, :4] = 1, Provenance.MODEL
    return labels


def files(project: Project) -> dict[str, bytes]:
    folders = [project.home / "labels", project.home / "provenance"]
    return {str(path): path.read_bytes() for f in folders for path in f.glob("*.png")}


def test_deleted_labels_come_back_to_the_byte(project: Project) -> None:
    before, folder = files(project), project.new_bin()
    assert project.delete_labels("a", folder)
    assert project.load_labels("a", SHAPE).equals(LabelMap.blank(SHAPE))
    assert project.status("a") == Status.UNLABELLED
    assert project.restore_labels("a", folder)
    assert files(project) == before and project.status("a") == Status.EDITED


def test_a_deletion_is_a_step_of_the_frames_history(project: Project) -> None:
    project.delete_labels("a", project.new_bin())
    history, told = project.load_history("a", project.load_labels("a", SHAPE))
    assert history.undo_name == "Delete labels" and not told


def test_locked_classes_stay(project: Project) -> None:
    project.classes = project.classes.changed(1, locked=True)
    folder = project.new_bin()
    project.delete_labels("a", folder)
    left = project.load_labels("a", SHAPE)
    assert (left.ids[:3] == VOID).all() and (left.ids[3:, :4] == 1).all()
    assert not project.delete_labels("a", folder)
    assert project.restore_labels("a", folder)
    assert project.load_labels("a", SHAPE).equals(labelled())


def test_without_labels_there_is_nothing_to_delete(project: Project) -> None:
    folder = project.new_bin()
    assert not project.delete_labels("b", folder) and not folder.exists()


def test_what_was_labelled_anew_is_not_overwritten(project: Project) -> None:
    folder = project.new_bin()
    project.delete_labels("a", folder)
    anew = LabelMap.blank(SHAPE)
    anew.ids[5, 7], anew.provenance[5, 7] = 1, Provenance.HUMAN
    project.save_labels("a", anew)
    assert not project.restore_labels("a", folder)
    assert project.load_labels("a", SHAPE).equals(anew)


def test_labels_of_a_class_that_is_gone_are_told(project: Project) -> None:
    folder = project.new_bin()
    project.delete_labels("a", folder)
    project.classes = project.classes.without(1)
    with pytest.raises(SegStudioError, match="no class of this project"):
        project.restore_labels("a", folder)


def test_labels_that_cannot_be_copied_are_not_deleted(project: Project, tmp_path: Path) -> None:
    before, folder = files(project), tmp_path / "taken"
    folder.write_text("no folder")
    with pytest.raises(SegStudioError):
        project.delete_labels("a", folder)
    assert files(project) == before


def test_a_reopened_frame_has_the_status_of_its_labels(project: Project) -> None:
    for name, status in (("a", Status.EDITED), ("b", Status.UNLABELLED)):
        project.set_status(name, Status.DONE)
        project.reopen(name)
        assert project.status(name) == status
