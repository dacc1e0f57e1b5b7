"""Undo without end: over restarts, other frames, predictions and deleted classes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt

from segstudio.core.label_map import VOID
from segstudio.gui.undo_memory import DEFAULT, MEGABYTE
from segstudio.project import history_store

from .conftest import CONTROL, SHAPE, Hands

ROWS = (0.2, 0.5, 0.8)
SHIFT = Qt.KeyboardModifier.ShiftModifier


def bytes_of(hands: Hands) -> bytes:
    return hands.labels.ids.tobytes() + hands.labels.provenance.tobytes()


def paint(hands: Hands, row: float, key: Qt.Key = Qt.Key.Key_1) -> None:
    hands.key(key)
    hands.stroke((row, 0.1), (row, 0.9))


def paint_rows(hands: Hands) -> list[bytes]:
    """Three strokes; gives what undo must bring back, the newest first."""
    states = []
    for row in ROWS:
        states.insert(0, bytes_of(hands))
        paint(hands, row)
    return states


def undo(hands: Hands) -> None:
    hands.key(Qt.Key.Key_Z, CONTROL)


def test_undo_goes_on_after_the_window_was_closed(
    new_window: Callable[[], Hands], folder: Path
) -> None:
    first = new_window()
    first.open(folder)
    states = paint_rows(first)
    undo(first)
    seen = bytes_of(first)
    first.close()
    second = new_window()
    second.open(folder)
    assert bytes_of(second) == seen
    for state in states[1:]:
        assert second.window.actions_["undo"].text() == "&Undo Brush"
        undo(second)
        assert bytes_of(second) == state
    assert not second.window.actions_["undo"].isEnabled()
    for _ in ROWS:
        second.key(Qt.Key.Key_Z, CONTROL | SHIFT)
    assert np.count_nonzero(second.labels.human().any(axis=1)) > 0
    assert second.document.history.redo_name is None
    assert second.messages == []


def test_undo_goes_on_in_every_frame_that_is_opened_again(at_work: Hands) -> None:
    states = {}
    for name in "abc":
        at_work.go(name)
        states[name] = paint_rows(at_work)
    for name in "abc":
        at_work.go(name)
        for state in states[name]:
            undo(at_work)
            assert bytes_of(at_work) == state


def test_a_prediction_is_one_step_after_a_restart_too(
    new_window: Callable[[], Hands], folder: Path
) -> None:
    first = new_window()
    first.open(folder)
    paint(first, 0.5)
    before = bytes_of(first)
    first.predict()
    assert bytes_of(first) != before
    first.close()
    second = new_window()
    second.open(folder)
    assert second.undo_name == "Predict"
    undo(second)
    assert bytes_of(second) == before


def test_labels_of_another_program_are_told_and_kept(at_work: Hands) -> None:
    paint_rows(at_work)
    at_work.go("b")
    at_work.wait(lambda: not at_work.window.labelling.in_work("a"))
    path = at_work.project.folder / "labels" / "a.png"
    with Image.open(path) as image:
        image.putpixel((3, 3), 2)
        image.save(path)
    at_work.go("a")
    at_work.wait_for_message("labels of a", "outside of SegStudio")
    assert at_work.undo_name is None
    undo(at_work)
    assert at_work.labels.ids[3, 3] == 2


def test_a_disk_too_full_for_undo_is_told_and_costs_nothing(
    at_work: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    paint(at_work, 0.2)
    at_work.save()
    with monkeypatch.context() as patch:
        patch.setattr(history_store, "append_whole", full)
        paint(at_work, 0.5)
        at_work.save()
        at_work.wait_for_message("Undo will not reach back", "Free some room")
    labels = at_work.project.load_labels("a", SHAPE)
    assert labels.equals(at_work.labels)
    at_work.go("b")
    at_work.go("a")
    assert at_work.document.history.undo_count == 2


# --- classes -------------------------------------------------------------------------------------


@pytest.fixture
def cars(at_work: Hands) -> Hands:
    """Frames a and b hold a row of road and a row of car, saved; a is open."""
    for name in "ba":
        at_work.go(name)
        paint(at_work, 0.2)
        paint(at_work, 0.8, Qt.Key.Key_3)
    at_work.save()
    return at_work


def contents(hands: Hands) -> list[bytes]:
    """All label files, and the class table."""
    files = sorted(hands.project.folder.glob("*/*.png"))
    return [*(path.read_bytes() for path in files), repr(hands.project.classes).encode()]


def delete_car(hands: Hands, heir: int = VOID) -> None:
    hands.window.class_changes.delete(2, heir)
    hands.wait(lambda: 2 not in hands.project.classes)
    hands.wait_for_frame("a")


@pytest.mark.parametrize("by_button", [False, True])
def test_a_deleted_class_comes_back_with_its_pixels_in_all_frames(
    cars: Hands, by_button: bool
) -> None:
    before = contents(cars)
    delete_car(cars, 1 if by_button else VOID)
    assert contents(cars) != before
    cars.wait_for_message("Deleted class car in 2 frames")
    assert cars.window.actions_["undo"].text() == "&Undo Delete class car"
    if by_button:
        cars.click(cars.button(cars.window.messages, "Undo"))
    else:
        undo(cars)
    cars.wait_for_message("Class car is back in 2 frames")
    cars.wait_for_frame("a")
    assert contents(cars) == before
    undo(cars)  # and on: the stroke of car
    assert 2 not in cars.labels.ids and 0 in cars.labels.ids


def test_a_deleted_class_comes_back_after_a_restart(
    cars: Hands, new_window: Callable[[], Hands]
) -> None:
    folder, before = cars.project.folder, contents(cars)
    delete_car(cars)
    cars.close()
    again = new_window()
    again.open(folder)
    undo(again)
    again.wait_for_message("Class car is back")
    again.wait_for_frame("a")
    assert contents(again) == before


def test_what_was_edited_after_is_undone_first_and_only(cars: Hands) -> None:
    delete_car(cars)
    paint(cars, 0.5)
    undo(cars)
    assert 2 not in cars.project.classes
    assert not cars.labels.human()[SHAPE[0] // 2].any()
    cars.save()
    assert cars.project.remapped is None


def test_a_name_that_is_taken_meanwhile_is_told(cars: Hands) -> None:
    delete_car(cars)
    cars.window.labelling.set_classes(cars.project.classes.added("car"))
    undo(cars)
    cars.wait_for_message("stands twice")
    assert cars.window.class_changes.undo_name == ""


def test_a_change_of_all_frames_can_be_cancelled(cars: Hands) -> None:
    before = contents(cars)
    cars.window.class_changes.delete(2, VOID)
    cars.window.class_changes.cancel()
    cars.wait_for_frame("a")
    assert contents(cars) == before
    assert 2 in cars.project.classes


# --- memory --------------------------------------------------------------------------------------


def test_the_budget_is_shown_chosen_and_kept(
    at_work: Hands, new_window: Callable[[], Hands]
) -> None:
    paint_rows(at_work)
    undo(at_work)
    at_work.save()
    memory = at_work.window.undo_memory
    at_work.window.actions_["show_undo_memory"].trigger()
    dialog = memory._dialog
    assert dialog is not None and dialog.budget.value() == DEFAULT
    at_work.wait(lambda: "1 frame," in dialog.project.text())
    assert "2 steps to undo, 1 to redo" in dialog.frame.text()
    dialog.budget.number.setFocus()
    dialog.budget.number.selectAll()
    at_work.type(dialog.budget.number, "32")
    dialog.budget.number.interpretText()
    assert at_work.project.undo_budget == 32 * MEGABYTE
    assert at_work.document.history.byte_budget == 16 * MEGABYTE
    dialog.close()
    folder = at_work.project.folder
    at_work.close()
    again = new_window()
    again.open(folder)
    assert again.project.undo_budget == 32 * MEGABYTE
    assert again.document.history.byte_budget == 16 * MEGABYTE
