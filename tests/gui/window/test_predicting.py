"""Predictions meet the human: classes that differ, frames that were left, strokes under way."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from segstudio.core.classes import ClassTable
from segstudio.core.label_map import VOID, Provenance
from segstudio.gui import predicting
from segstudio.gui.engine import Engine
from segstudio.project import Project, Status

from .conftest import CONTROL, MODEL_CLASSES, SHAPE, Hands, draw


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch):
    """Predictions wait until the event is set; gives the event and what was asked for."""
    import threading

    go, asked = threading.Event(), []
    real = Engine.predict

    def predict(self, key, device, document):
        asked.append(document.frame.name)
        while not go.wait(0.01):
            yield from ()
        yield from real(self, key, device, document)

    monkeypatch.setattr(Engine, "predict", predict)
    yield go, asked
    go.set()


def test_a_slow_network_is_measured_beside_the_window_and_said_to_run_elsewhere(
    at_work: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    from segstudio.inference import choice, running
    from segstudio.inference.backends.eager import Eager

    asked = []
    jobs = at_work.window.jobs
    monkeypatch.setattr(predicting, "MEASURES", True)
    monkeypatch.setattr(running, "_QUICK_SECONDS", 0.0)
    monkeypatch.setattr(choice, "BACKENDS", (choice.EAGER, Eager("Quicker")))
    monkeypatch.setattr(choice, "_share", lambda _run, _reference: 0.5)
    monkeypatch.setattr(jobs, "run_in_process", lambda make, args, **_: asked.append((make, args)))
    at_work.predict()
    assert asked == []
    at_work.go("b")
    at_work.predict()
    at_work.go("c")
    at_work.predict()
    assert at_work.window.status._device.text() == "CPU"
    ((make, args),) = asked
    list(make(*args))
    at_work.key(Qt.Key.Key_Z, CONTROL)
    at_work.predict()
    assert at_work.window.status._device.text() == "CPU · Quicker"
    assert len(asked) == 1


def test_a_prediction_goes_around_human_pixels(at_work: Hands) -> None:
    at_work.key(Qt.Key.Key_3)
    at_work.stroke((0.5, 0.2), (0.5, 0.8))
    human, ids = at_work.labels.human(), at_work.labels.ids.copy()
    at_work.predict()
    assert np.array_equal(at_work.labels.human(), human)
    assert (at_work.labels.ids[human] == ids[human]).all()
    assert (at_work.labels.provenance[~human] == Provenance.MODEL).all()
    assert set(np.unique(at_work.labels.ids[~human])) == {0, 1, 2}
    assert at_work.status == Status.EDITED
    at_work.key(Qt.Key.Key_Z, CONTROL)
    assert np.array_equal(at_work.labels.ids, ids)


def test_a_project_without_classes_takes_those_of_the_model(hands: Hands, pictures: Path) -> None:
    hands.open(pictures)
    hands.predict()
    assert hands.project.classes.names == MODEL_CLASSES
    assert hands.status == Status.PREDICTED
    assert hands.window.class_panel.view.model().rowCount() == 3
    hands.stroke((0.5, 0.2), (0.5, 0.8))
    assert hands.labels.human().any()


def test_classes_that_the_project_lacks_are_told_and_can_be_added(
    hands: Hands, pictures: Path
) -> None:
    with Project.open(pictures) as project:
        project.classes = ClassTable.of_names(["sky", "tree"])
    hands.open(pictures)
    hands.predict()
    hands.wait_for_message("road, car")
    assert set(np.unique(hands.labels.ids)) == {0, VOID}
    hands.click(hands.button(hands.window.messages, "Add these classes"))
    assert hands.project.classes.names == ("sky", "tree", "road", "car")
    hands.wait(lambda: VOID not in hands.labels.ids)
    assert set(np.unique(hands.labels.ids)) == {0, 2, 3}


def test_frames_are_predicted_when_they_are_opened_once(at_work: Hands) -> None:
    at_work.window.model_panel.on_open.switch.click()
    at_work.go("b")
    at_work.wait(lambda: at_work.undo_name == "Predict")
    assert at_work.project.status("b") == Status.PREDICTED
    at_work.go("a")
    at_work.wait(lambda: at_work.undo_name == "Predict")
    at_work.go("b")
    at_work.qtbot.wait(150)
    assert at_work.document.history.undo_name == "Predict"
    at_work.key(Qt.Key.Key_Z, CONTROL)
    assert at_work.undo_name is None


def test_a_done_frame_is_left_alone(at_work: Hands) -> None:
    at_work.stroke((0.5, 0.2), (0.5, 0.8))
    at_work.key(Qt.Key.Key_Return)
    before = at_work.labels.ids.copy()
    at_work.key(Qt.Key.Key_P)
    at_work.wait_for_message("marked as done")
    at_work.qtbot.wait(100)
    assert np.array_equal(at_work.labels.ids, before)
    at_work.click(at_work.button(at_work.window.messages, "Reopen it"))
    assert at_work.status == Status.EDITED
    at_work.predict()


def test_a_frame_that_was_called_done_meanwhile_is_left_alone(at_work: Hands, slow) -> None:
    go, asked = slow
    at_work.key(Qt.Key.Key_P)
    at_work.wait(lambda: asked == ["a"])
    at_work.stroke((0.5, 0.2), (0.5, 0.8))
    at_work.key(Qt.Key.Key_Return)
    before = at_work.labels.ids.copy()
    go.set()
    at_work.wait(lambda: at_work.window.model_panel._state == "ready")
    assert np.array_equal(at_work.labels.ids, before)


def test_a_prediction_waits_for_the_end_of_a_stroke(at_work: Hands, slow) -> None:
    go, asked = slow
    at_work.key(Qt.Key.Key_P)
    at_work.wait(lambda: asked == ["a"])
    at_work.press(0.5, 0.2)
    at_work.move(0.5, 0.5)
    go.set()
    at_work.qtbot.wait(200)
    assert not (at_work.labels.provenance == Provenance.MODEL).any()
    at_work.move(0.5, 0.8)
    at_work.release(0.5, 0.8)
    human = at_work.labels.human()
    at_work.wait(lambda: at_work.undo_name == "Predict")
    assert np.array_equal(at_work.labels.human(), human)
    assert human[SHAPE[0] // 2, int(0.7 * SHAPE[1])]


def test_a_prediction_for_a_frame_that_was_left_is_dropped(at_work: Hands, slow) -> None:
    go, asked = slow
    at_work.key(Qt.Key.Key_P)
    at_work.wait(lambda: asked == ["a"])
    at_work.go("b")
    go.set()
    at_work.wait(lambda: at_work.window.model_panel._state == "ready")
    assert (at_work.labels.ids == VOID).all() and at_work.status == Status.UNLABELLED
    at_work.go("a")
    assert (at_work.labels.ids == VOID).all() and at_work.status == Status.UNLABELLED


def test_pressing_again_while_one_runs_gives_one_prediction(at_work: Hands, slow) -> None:
    go, _asked = slow
    for _ in range(3):
        at_work.key(Qt.Key.Key_P)
    go.set()
    at_work.wait(lambda: at_work.undo_name == "Predict")
    at_work.wait(lambda: not at_work.window.status._job.isVisible())
    at_work.key(Qt.Key.Key_Z, CONTROL)
    assert at_work.undo_name is None


def test_a_prediction_is_cancelled_from_the_status_bar(at_work: Hands, slow) -> None:
    go, asked = slow
    at_work.key(Qt.Key.Key_P)
    at_work.wait(lambda: bool(asked))
    at_work.window.predicting.cancel()
    go.set()
    at_work.wait(lambda: at_work.window.model_panel._state == "ready")
    assert (at_work.labels.ids == VOID).all()
    at_work.predict()


def test_a_broken_checkpoint_is_named_and_the_model_before_stays(
    at_work: Hands, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(b"\x10\0\0\0\0\0\0\0 not a header")
    before = at_work.window.predicting.chosen
    at_work.window.predicting.choose_checkpoint(broken)
    assert at_work.wait_for_message("broken.safetensors").endswith(".")
    at_work.wait(lambda: at_work.window.predicting.chosen == before)
    at_work.predict()


def test_a_checkpoint_that_vanished_is_named_and_another_can_be_used(
    at_work: Hands, tmp_path: Path, checkpoint: Path
) -> None:
    copy = tmp_path / "mine.safetensors"
    copy.write_bytes(checkpoint.read_bytes())
    at_work.window.predicting.choose_checkpoint(copy)
    at_work.wait(lambda: at_work.window.predicting.choices.get(str(copy)) is not None)
    copy.unlink()
    at_work.key(Qt.Key.Key_P)
    at_work.wait_for_message("mine.safetensors")
    models = at_work.window.model_panel.models
    models.setCurrentIndex(models.findData(str(checkpoint)))
    models.activated.emit(models.currentIndex())
    assert at_work.window.model_panel.predict.isEnabled()
    at_work.predict()


def test_a_device_that_is_not_there_is_told_with_a_remedy(at_work: Hands) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has a CUDA device")
    panel = at_work.window.model_panel
    panel.devices.setCurrentIndex(panel.devices.findData("cuda"))
    panel.devices.activated.emit(panel.devices.currentIndex())
    at_work.wait_for_message("cuda")
    at_work.click(at_work.button(at_work.window.messages, "Use automatic"))
    assert panel.devices.currentData() == "auto"
    at_work.predict()


def test_the_chosen_model_is_kept_with_the_project(
    at_work: Hands, new_window: Callable[[], Hands], tmp_path: Path, checkpoint: Path
) -> None:
    copy = tmp_path / "mine.safetensors"
    copy.write_bytes(checkpoint.read_bytes())
    folder = at_work.project.folder
    at_work.window.predicting.choose_checkpoint(copy)
    at_work.wait(lambda: at_work.window.predicting.choices.get(str(copy)) is not None)
    at_work.close()
    again = new_window()
    again.open(folder)
    again.wait(lambda: again.window.predicting.chosen == str(copy))
    other = draw(tmp_path / "other" / "x.png").parent
    again.open(other)
    again.wait(lambda: again.window.predicting.chosen == str(checkpoint))
