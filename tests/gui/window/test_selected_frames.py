"""Many frames selected in the list: predicted, marked, exported, emptied and restored."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from segstudio.core.label_map import VOID, LabelMap, Provenance
from segstudio.gui.frame_jobs import SELECTED
from segstudio.project import Project, Status
from segstudio.workflows import change_frames

from .conftest import CONTROL, LEFT, NONE, SHAPE, Hands, draw

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier


def click(hands: Hands, name: str, modifiers: Qt.KeyboardModifier = NONE) -> None:
    panel = hands.window.frame_list
    place = panel.list.visualRect(panel.table.place(name)).center()
    QTest.mouseClick(panel.list.viewport(), LEFT, modifiers, place)


def selected(hands: Hands) -> list[str]:
    return hands.window.frame_list.selection.names


def labelled() -> LabelMap:
    """A human's block of car in void."""
    labels = LabelMap.blank(SHAPE)
    labels.ids[10:30, 10:30], labels.provenance[10:30, 10:30] = 2, Provenance.HUMAN
    return labels


def on_disk(project: Project, name: str) -> LabelMap:
    return project.load_labels(name, SHAPE)


def settle(hands: Hands) -> None:
    """Wait until the job has ended and a frame is open again."""
    hands.wait(lambda: not hands.window.frame_jobs.running)
    hands.wait(lambda: hands.window.labelling.document is not None)


@pytest.fixture
def four(folder: Path, hands: Hands) -> Hands:
    """Frames a to d; b and c hold a human's labels, c is done; a is open."""
    draw(folder / "d.png", 3)
    with Project.open(folder) as project:
        for name in "bc":
            project.save_labels(name, labelled())
        project.set_status("c", Status.DONE)
    hands.open(folder)
    return hands


@pytest.fixture
def stepwise(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Changing frames stops before each until the event is set."""
    go, real = threading.Event(), change_frames._each

    def step_by_step(names, verb: str, change: Callable[[str], bool]):
        for progress in real(names, verb, change):
            yield progress
            while progress.done and not go.wait(0.01):
                yield progress

    monkeypatch.setattr(change_frames, "_each", step_by_step)
    yield go
    go.set()


# --- selecting -----------------------------------------------------------------------------------


def test_control_and_shift_select_without_opening(four: Hands) -> None:
    click(four, "c", CONTROL)
    assert selected(four) == ["a", "c"] and four.frame == "a"
    click(four, "a")
    click(four, "d", SHIFT)
    assert selected(four) == ["a", "b", "c", "d"] and four.window.labelling.wanted == "a"
    four.go("b")
    assert selected(four) == ["b"]


def test_all_that_are_listed_are_selected_by_key(four: Hands) -> None:
    four.type(four.window.frame_list.search, "c")
    four.key(Qt.Key.Key_A, CONTROL)
    assert selected(four) == ["c"]
    four.window.frame_list.show_all()
    four.key(Qt.Key.Key_A, CONTROL)
    assert selected(four) == ["a", "b", "c", "d"]
    four.key(Qt.Key.Key_D)
    four.wait(lambda: four.window.labelling.wanted != "a")


def test_the_selection_outlives_another_order(four: Hands) -> None:
    click(four, "d", CONTROL)
    panel = four.window.frame_list
    four.type(panel.search, "x")
    panel.show_all()
    assert selected(four) == ["a", "d"]


def test_the_context_menu_offers_what_can_be_done(four: Hands) -> None:
    click(four, "b", CONTROL)
    view, seen = four.window.frame_list.list, []

    def look() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        seen.extend(made.objectName() for made in menu.actions())
        menu.close()

    QTimer.singleShot(0, look)
    place = view.visualRect(four.window.frame_list.table.place("b")).center()
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, place, view.viewport().mapToGlobal(place)
    )
    QApplication.sendEvent(view.viewport(), event)
    assert "predict_selected" in seen and "delete_selected_labels" in seen
    assert selected(four) == ["a", "b"]


# --- predicting and marking ----------------------------------------------------------------------


def test_selected_frames_are_predicted_around_the_human(four: Hands) -> None:
    for name in "bc":
        click(four, name, CONTROL)
    four.key(Qt.Key.Key_P, CONTROL)
    four.wait_for_message("2 frames predicted", "1 frame left alone")
    four.wait(lambda: four.undo_name == "Predict")
    mine = labelled()
    now = on_disk(four.project, "b")
    assert (now.ids[mine.human()] == 2).all() and VOID not in now.ids
    assert on_disk(four.project, "c").equals(mine)
    assert four.project.status("d") == Status.UNLABELLED
    assert selected(four) == ["a", "b", "c"]


def test_selected_frames_are_marked_and_reopened(four: Hands) -> None:
    four.key(Qt.Key.Key_A, CONTROL)
    four.key(Qt.Key.Key_Return, ALT)
    four.wait_for_message("3 frames marked as done")
    assert all(four.project.status(name) == Status.DONE for name in "abcd")
    statuses = {row.record.status for row in four.window.frame_list.table.rows}
    assert statuses == {Status.DONE}
    four.key(Qt.Key.Key_Backspace, ALT)
    four.wait_for_message("4 frames reopened")
    assert four.project.status("a") == Status.UNLABELLED
    assert four.project.status("c") == Status.EDITED


# --- deleting ------------------------------------------------------------------------------------


def test_labels_are_deleted_and_restored_by_the_message(four: Hands) -> None:
    four.key(Qt.Key.Key_3)
    four.stroke((0.5, 0.2), (0.5, 0.8))
    drawn = four.labels.copy()
    four.key(Qt.Key.Key_A, CONTROL)
    four.key(Qt.Key.Key_Delete, CONTROL)
    settle(four)
    text = four.wait_for_message("labels of 2 frames were deleted")
    assert "2 frames left alone" in text
    assert (four.labels.ids == VOID).all() and four.undo_name == "Delete labels"
    assert on_disk(four.project, "b").equals(LabelMap.blank(SHAPE))
    assert on_disk(four.project, "c").equals(labelled())
    four.click(four.button(four.window, "Restore them"))
    four.wait_for_message("labels of 2 frames are back")
    settle(four)
    assert four.labels.equals(drawn) and on_disk(four.project, "b").equals(labelled())


def test_undo_brings_the_labels_of_one_frame_back(four: Hands) -> None:
    click(four, "b", CONTROL)
    four.key(Qt.Key.Key_Delete, CONTROL)
    four.wait_for_message("labels of 1 frame were deleted")
    settle(four)
    four.go("b")
    four.key(Qt.Key.Key_Z, CONTROL)
    assert four.labels.equals(labelled())


def test_what_was_labelled_anew_is_kept_when_others_are_restored(four: Hands) -> None:
    click(four, "b", CONTROL)
    four.key(Qt.Key.Key_Delete, CONTROL)
    four.wait_for_message("labels of 1 frame were deleted")
    settle(four)
    four.go("b")
    four.key(Qt.Key.Key_1)
    four.stroke((0.8, 0.2), (0.8, 0.8))
    anew = four.labels.copy()
    four.click(four.button(four.window, "Restore them"))
    four.wait_for_message("Labelled anew", "b", "Copies are in")
    settle(four)
    assert four.labels.equals(anew)


def test_a_deletion_is_stopped_and_what_it_did_can_be_restored(
    four: Hands, stepwise: threading.Event
) -> None:
    four.project.reopen("c")
    for name in "bc":
        click(four, name, CONTROL)
    click(four, "a", CONTROL)
    four.key(Qt.Key.Key_Delete, CONTROL)
    four.wait(lambda: four.window.running.running.get(SELECTED) is not None)
    four.wait(lambda: four.project.status("b") == Status.UNLABELLED)
    four.key(Qt.Key.Key_Delete, CONTROL)
    four.wait_for_message("has not ended yet")
    four.click(four.window.status._job.cancel)
    four.wait_for_message("labels of 1 frame were deleted")
    assert on_disk(four.project, "c").equals(labelled())
    assert SELECTED not in four.window.running.running


# --- exporting -----------------------------------------------------------------------------------


def test_only_the_selected_frames_are_exported(four: Hands, tmp_path: Path) -> None:
    click(four, "b", CONTROL)
    four.key(Qt.Key.Key_E, CONTROL | SHIFT)
    dialog = four.window.batch.export_dialog
    assert dialog.isVisible() and dialog.settings._frames.text().startswith("1 selected frame ")
    dialog.settings.folder.set_folder(tmp_path / "out")
    four.click(dialog.start)
    four.wait(lambda: not dialog.running)
    assert [path.stem for path in (tmp_path / "out").glob("*.png")] == ["b"]
    dialog.close()
    four.key(Qt.Key.Key_E, CONTROL)
    assert dialog.settings._frames.text().startswith("2 frames ")


def test_a_read_only_project_is_left_alone(four: Hands, monkeypatch) -> None:
    monkeypatch.setattr(type(four.project), "read_only", True)
    before = np.array([on_disk(four.project, name).ids for name in "bc"])
    four.key(Qt.Key.Key_A, CONTROL)
    for key, modifiers in ((Qt.Key.Key_Delete, CONTROL), (Qt.Key.Key_Return, ALT)):
        four.key(key, modifiers)
    assert "read-only" in four.messages[0]
    monkeypatch.undo()
    assert np.array_equal(before, [on_disk(four.project, name).ids for name in "bc"])
