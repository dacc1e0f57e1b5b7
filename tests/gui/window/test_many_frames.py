"""Segmenting and exporting many frames beside the human's own work."""

import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segstudio.core.label_map import VOID, LabelMap, Provenance
from segstudio.gui import batch
from segstudio.project import Project, Status
from segstudio.workflows import export_labels, segment_project

from .conftest import CONTROL, SHAPE, Hands, draw

SHIFT = Qt.KeyboardModifier.ShiftModifier


def open_dialog(hands: Hands):
    hands.key(Qt.Key.Key_S, CONTROL | SHIFT)
    return hands.window.batch.segment_dialog


def segment(hands: Hands):
    """Segment with what the dialog proposes; gives the dialog, its result on the screen."""
    dialog = open_dialog(hands)
    hands.click(dialog.start)
    hands.wait(lambda: not dialog.running)
    return dialog


@pytest.fixture
def half_done(folder: Path) -> Path:
    """Frame b is done, c holds a block of human pixels, d cannot be read, e is untouched."""
    draw(folder / "e.png", 5)
    (folder / "d.png").write_bytes(draw(folder / "d.png").read_bytes()[:4000])
    with Project.open(folder) as project:
        for name, status in (("b", Status.DONE), ("c", Status.EDITED)):
            labels = LabelMap.blank(SHAPE)
            labels.ids[10:30, 10:30], labels.provenance[10:30, 10:30] = 2, Provenance.HUMAN
            project.save_labels(name, labels)
            project.set_status(name, status)
    return folder


@pytest.fixture
def stepwise(monkeypatch: pytest.MonkeyPatch):
    """Segmenting a project stops after its first frame until the event is set."""
    go = threading.Event()
    real = segment_project.segment_project

    def step_by_step(*args, **options):
        for progress in real(*args, **options):
            yield progress
            while progress.done and not go.wait(0.01):
                yield progress

    monkeypatch.setattr("segstudio.workflows.segment_project.segment_project", step_by_step)
    yield go
    go.set()


def test_only_unlabelled_frames_are_segmented_the_open_one_too(
    hands: Hands, half_done: Path
) -> None:
    hands.open(half_done)
    written = {p: p.read_bytes() for n in "bc" for p in half_done.rglob(f"{n}.png")}
    dialog = segment(hands)
    assert dialog.outcome.sentence() == "2 frames segmented, 1 failed"
    assert "2 frames had labels" in dialog.outcome.remark()
    assert f"{half_done / 'd.png'}: " in dialog.outcome.failures.toPlainText()
    assert {p: p.read_bytes() for p in written} == written
    hands.wait(lambda: hands.undo_name == "Predict")
    assert VOID not in hands.labels.ids
    assert hands.project.status("a") == hands.project.status("e") == Status.PREDICTED
    rows = {row.name: row.record.status for row in hands.window.frame_list.table.rows}
    assert rows["e"] == "predicted" and rows["b"] == "done" and rows["d"] == "unlabelled"
    hands.go("e")
    assert (hands.labels.provenance == Provenance.MODEL).all()


def test_filling_up_goes_around_human_pixels_and_done_frames(hands: Hands, half_done: Path) -> None:
    hands.open(half_done)
    hands.stroke((0.5, 0.4), (0.5, 0.6))
    human, ids = hands.labels.human(), hands.labels.ids.copy()
    done = (half_done / "labels" / "b.png").read_bytes()
    dialog = open_dialog(hands)
    hands.click(dialog.settings.only_unlabelled.switch)
    hands.click(dialog.start)
    hands.wait(lambda: not dialog.running)
    hands.wait(lambda: hands.undo_name == "Predict")
    assert np.array_equal(hands.labels.human(), human)
    assert (hands.labels.ids[human] == ids[human]).all()
    assert (half_done / "labels" / "b.png").read_bytes() == done
    hands.go("c")
    assert (hands.labels.ids[10:30, 10:30] == 2).all() and VOID not in hands.labels.ids
    assert hands.labels.human().sum() == 400


def test_an_open_frame_with_labels_stays_as_it_is(hands: Hands, half_done: Path) -> None:
    hands.open(half_done)
    hands.stroke((0.5, 0.4), (0.5, 0.6))
    ids = hands.labels.ids.copy()
    dialog = segment(hands)
    hands.qtbot.wait(100)
    assert dialog.outcome.sentence() == "1 frame segmented, 1 failed"
    assert np.array_equal(hands.labels.ids, ids)


def test_cancelling_keeps_what_is_finished(at_work: Hands, stepwise) -> None:
    dialog = open_dialog(at_work)
    at_work.click(dialog.start)
    at_work.wait(lambda: bool(at_work.window.batch._outcomes))
    at_work.click(dialog.cancel)
    at_work.wait(lambda: not dialog.running)
    assert "cancelled" in dialog.outcome.remark()
    assert not at_work.window.status._job.isVisible()
    assert (at_work.labels.ids == VOID).all()
    stepwise.set()
    assert segment(at_work).outcome.sentence() == "3 frames segmented"


def test_one_goes_on_labelling_meanwhile(at_work: Hands, stepwise) -> None:
    dialog = open_dialog(at_work)
    at_work.click(dialog.start)
    at_work.wait(lambda: bool(at_work.window.batch._outcomes))
    dialog.close()
    at_work.go("c")
    at_work.stroke((0.5, 0.4), (0.5, 0.6))
    human = at_work.labels.human()
    at_work.predict()
    assert at_work.window.status._job.isVisible()
    stepwise.set()
    at_work.wait(lambda: not at_work.window.status._job.isVisible())
    assert np.array_equal(at_work.labels.human(), human)
    assert at_work.project.status("b") == Status.PREDICTED


def test_the_status_bar_leads_back_to_the_dialog(at_work: Hands, stepwise) -> None:
    dialog = open_dialog(at_work)
    at_work.click(dialog.start)
    at_work.wait(lambda: bool(at_work.window.batch._outcomes))
    dialog.close()
    job = at_work.window.status._job
    assert job.name.text().startswith("Segment")
    at_work.click(job.name)
    assert dialog.isVisible() and dialog.running
    at_work.click(job.cancel)
    at_work.wait(lambda: not dialog.running)


def test_no_class_is_deleted_while_frames_are_segmented(at_work: Hands, stepwise) -> None:
    at_work.click(open_dialog(at_work).start)
    at_work.wait(lambda: bool(at_work.window.batch._outcomes))
    at_work.window.class_panel.delete_requested.emit(2, VOID)
    at_work.wait_for_message("being segmented")
    assert 2 in at_work.project.classes
    stepwise.set()


def test_closing_while_frames_are_segmented(at_work: Hands, stepwise) -> None:
    at_work.click(open_dialog(at_work).start)
    at_work.wait(lambda: bool(at_work.window.batch._outcomes))
    at_work.close()


def test_another_project_ends_the_segmenting_of_the_one_before(
    at_work: Hands, stepwise, tmp_path: Path
) -> None:
    at_work.click(open_dialog(at_work).start)
    at_work.wait(lambda: bool(at_work.window.batch._outcomes))
    at_work.open(draw(tmp_path / "other" / "x.png").parent)
    at_work.wait(lambda: not at_work.window.batch.running(batch.SEGMENT))
    assert [row.name for row in at_work.window.frame_list.table.rows] == ["x"]


def test_a_project_without_classes_takes_the_models(hands: Hands, pictures: Path) -> None:
    hands.open(pictures)
    assert segment(hands).outcome.sentence() == "3 frames segmented"
    hands.wait(lambda: hands.undo_name == "Predict")
    assert hands.project.classes.names == ("road", "sky", "car")


def test_into_another_folder(at_work: Hands, tmp_path: Path) -> None:
    dialog = open_dialog(at_work)
    dialog.settings.to_folder.click()
    at_work.type(dialog.settings.output.line, str(tmp_path / "masks"))
    at_work.click(dialog.start)
    at_work.wait(lambda: not dialog.running)
    assert dialog.outcome.sentence() == "3 frames segmented"
    masks = sorted((tmp_path / "masks").glob("*.png"))
    assert [mask.name for mask in masks] == ["a.png", "b.png", "c.png"]
    assert all(Image.open(mask).size == SHAPE[::-1] for mask in masks)
    assert (at_work.labels.ids == VOID).all() and at_work.undo_name is None


def test_a_model_that_vanished_is_named(at_work: Hands, tmp_path: Path, checkpoint: Path) -> None:
    copy = tmp_path / "mine.safetensors"
    copy.write_bytes(checkpoint.read_bytes())
    at_work.window.predicting.choose_checkpoint(copy)
    at_work.wait(lambda: at_work.window.predicting.choices.get(str(copy)) is not None)
    copy.unlink()
    dialog = segment(at_work)
    assert "failed" in dialog.outcome.sentence() and "mine.safetensors" in dialog.outcome.remark()


def test_an_export_holds_what_is_on_the_screen(at_work: Hands, tmp_path: Path) -> None:
    at_work.stroke((0.5, 0.2), (0.5, 0.8))
    at_work.key(Qt.Key.Key_E, CONTROL)
    dialog = at_work.window.batch.export_dialog
    if dialog.settings.only_done.value():
        at_work.click(dialog.settings.only_done.switch)
    dialog.settings.folder.line.clear()
    at_work.type(dialog.settings.folder.line, str(tmp_path / "out"))
    at_work.click(dialog.start)
    at_work.wait(lambda: not dialog.running)
    exported = np.asarray(Image.open(tmp_path / "out" / "a.png"))
    assert np.array_equal(exported, at_work.labels.ids)


def test_frames_open_while_an_export_runs(
    at_work: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, real = threading.Event(), export_labels.export_labels

    def waiting(request):
        while not go.wait(0.01):
            yield from ()
        yield from real(request)

    monkeypatch.setattr("segstudio.workflows.export_labels.export_labels", waiting)
    at_work.stroke((0.5, 0.2), (0.5, 0.8))
    at_work.key(Qt.Key.Key_E, CONTROL)
    dialog = at_work.window.batch.export_dialog
    dialog.settings.folder.set_folder(tmp_path / "out")
    QTest.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    at_work.go("b")
    at_work.go("c")
    assert dialog.running
    go.set()
    at_work.wait(lambda: not dialog.running)
