"""Working the list: filters that are remembered, the order of doubt, flags and empty frames."""

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segstudio.core.classes import ClassTable
from segstudio.core.label_map import VOID, LabelMap, Provenance
from segstudio.gui.panels.frame_order import Sorting
from segstudio.project import FrameRecord, Project, Status

from .conftest import CONTROL, SHAPE, Hands

SHIFT = Qt.KeyboardModifier.ShiftModifier
RETURN, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Escape


def shown(hands: Hands) -> list[str]:
    return hands.window.frame_list.visible_names()


def record(hands: Hands, name: str) -> FrameRecord:
    """What the list shows of a frame."""
    (found,) = (r.record for r in hands.window.frame_list.table.rows if r.name == name)
    return found


# --- filters, and going through what is listed ----------------------------------------------------


@pytest.fixture
def varied(folder: Path) -> Path:
    """Frame a is done and flagged, b was predicted with little doubt, c with much and holds car."""
    with Project.open(folder) as project:
        project.set_status("a", Status.DONE)
        project.set_flag("a", "fog")
        labels = LabelMap.blank(SHAPE)
        labels.ids[:9], labels.provenance[:9] = 2, Provenance.MODEL
        project.save_labels("c", labels)
        for name, doubt in (("a", 0.9), ("b", 0.2), ("c", 0.6)):
            project.set_uncertainty(name, doubt)
    return folder


def test_next_and_previous_go_through_what_is_listed(hands: Hands, varied: Path) -> None:
    hands.open(varied)
    hands.window.frame_list.filter.sorting.orders[Sorting.UNCERTAINTY].trigger()
    assert shown(hands) == ["a", "c", "b"]
    hands.key(Qt.Key.Key_D)
    hands.wait_for_frame("c")
    hands.type(hands.window.frame_list.search, "b")
    assert shown(hands) == ["b"]
    hands.key(Qt.Key.Key_D)  # the open frame is not listed: the first one comes
    hands.wait_for_frame("b")


def test_the_list_is_arranged_as_it_was_left(
    hands: Hands, varied: Path, new_window: Callable[[], Hands]
) -> None:
    hands.open(varied)
    panel = hands.window.frame_list
    panel.filter.sorting.orders[Sorting.UNCERTAINTY].trigger()
    hands.type(panel.search, "zz")
    assert panel._no_match.isVisible() and shown(hands) == []
    hands.close()
    again = new_window()
    again.open(varied)
    panel = again.window.frame_list
    assert panel.search.text() == "zz" and shown(again) == []
    again.click(again.button(panel, "Show all frames"))
    assert shown(again) == ["a", "c", "b"]


def test_the_order_of_doubt_goes_round_what_is_unfinished(hands: Hands, varied: Path) -> None:
    hands.open(varied)
    for name in ("c", "b", "c"):  # a is done, though the network was least sure of it
        hands.key(Qt.Key.Key_U, SHIFT)
        hands.wait_for_frame(name)
    hands.type(hands.window.frame_list.search, "c")
    hands.key(Qt.Key.Key_U, SHIFT)
    hands.wait_for_message("No other frame of the list", "predicted")
    assert hands.frame == "c"


def test_a_prediction_records_its_doubt(at_work: Hands) -> None:
    at_work.predict()
    doubt = at_work.project.uncertainty("a")
    assert doubt is not None and 0 < doubt < 1
    assert record(at_work, "a").uncertainty == doubt


def test_the_list_tells_what_a_frame_cost(at_work: Hands) -> None:
    at_work.stroke((0.5, 0.4), (0.5, 0.6))
    painted = int(at_work.labels.human().sum())
    at_work.save()
    at_work.wait(lambda: record(at_work, "a").corrected == painted)
    assert record(at_work, "a").classes == {0}
    at_work.key(Qt.Key.Key_Z, CONTROL)
    at_work.save()
    at_work.wait(lambda: record(at_work, "a").corrected == 0)
    at_work.go("b")
    assert record(at_work, "a").seconds > 0


def test_label_files_of_older_versions_are_counted_in_the_background(
    hands: Hands, varied: Path
) -> None:
    provenance = varied / "provenance" / "c.png"
    with Image.open(provenance) as image:
        image.load()
    text, file = PngInfo(), io.BytesIO()
    text.add_text("SegStudio", "predicted")
    image.save(file, "PNG", pnginfo=text)
    provenance.write_bytes(file.getvalue())
    shutil.rmtree(varied / ".segstudio")
    hands.open(varied)
    hands.wait(lambda: record(hands, "c").classes == {2})
    assert hands.project.uncounted() == []


# --- flags ----------------------------------------------------------------------------------------


def write_flag(hands: Hands, text: str) -> None:
    hands.key(Qt.Key.Key_F, SHIFT)
    strip = hands.window.flag_strip
    hands.wait(strip.field.hasFocus)
    QTest.keyClicks(strip.field, text)


def test_a_flag_is_written_by_keys_and_seen_everywhere(
    at_work: Hands, new_window: Callable[[], Hands]
) -> None:
    strip, folder = at_work.window.flag_strip, at_work.project.folder
    write_flag(at_work, "is this a car? d u p")  # letters are text, not actions
    QTest.keyClick(strip.field, RETURN)
    assert strip.isVisible() and strip.text.text() == "is this a car? d u p"
    assert at_work.window.canvas.hasFocus()
    assert record(at_work, "a").flag == "is this a car? d u p"
    assert (at_work.frame, at_work.status) == ("a", Status.UNLABELLED)
    at_work.go("b")
    assert not strip.isVisible()
    at_work.close()
    assert json.loads((folder / "project.json").read_text("utf-8"))["flags"].keys() == {"a"}
    shutil.rmtree(folder / ".segstudio")
    again = new_window()
    again.open(folder)
    again.go("a")
    assert again.window.flag_strip.text.text() == "is this a car? d u p"
    again.key(Qt.Key.Key_F, CONTROL | SHIFT)
    assert not again.window.flag_strip.isVisible()
    assert record(again, "a").flag is None


def test_escape_leaves_the_flag_as_it_was(at_work: Hands) -> None:
    strip = at_work.window.flag_strip
    write_flag(at_work, "half a thou")
    QTest.keyClick(strip.field, ESCAPE)
    assert not strip.isVisible() and record(at_work, "a").flag is None
    write_flag(at_work, "first")
    at_work.click(strip.keep)
    at_work.click(strip.edit)
    QTest.keyClicks(strip.field, "second")
    at_work.window.actions_["flag"].trigger()  # asked for again: nothing written is lost
    assert strip.field.text() == "second"
    at_work.click(strip.cancel)
    assert strip.text.text() == record(at_work, "a").flag == "first"
    at_work.click(strip.remove)
    assert not strip.isVisible() and record(at_work, "a").flag is None


def test_whoever_goes_on_keeps_what_is_half_written(at_work: Hands) -> None:
    write_flag(at_work, "look here")
    at_work.go("b")
    assert not at_work.window.flag_strip.isVisible()
    assert [record(at_work, name).flag for name in "ab"] == ["look here", None]


def test_a_flag_without_a_word(at_work: Hands) -> None:
    write_flag(at_work, "")
    QTest.keyClick(at_work.window.flag_strip.field, RETURN)
    assert record(at_work, "a").flag == ""
    assert at_work.window.flag_strip.text.text() == "This frame is flagged."


def test_who_only_looks_sees_flags_and_writes_none(hands: Hands, varied: Path) -> None:
    with Project.open(varied):
        hands.open(varied)
        strip = hands.window.flag_strip
        assert strip.text.text() == "fog" and not strip.edit.isVisible()
        hands.key(Qt.Key.Key_F, SHIFT)
        hands.wait_for_message("read-only")
        hands.key(RETURN, SHIFT)
        assert not strip.writing and not record(hands, "a").empty
        hands.close()


# --- empty frames ---------------------------------------------------------------------------------


def test_an_empty_frame_is_finished_and_stays_void(at_work: Hands) -> None:
    at_work.key(RETURN, SHIFT)
    assert at_work.status is Status.DONE and record(at_work, "a").empty
    assert (at_work.labels.ids == VOID).all() and at_work.undo_name is None
    at_work.wait_for_message("marked as empty", "stay void")
    at_work.key(RETURN, SHIFT)
    assert at_work.status is Status.UNLABELLED and not record(at_work, "a").empty


@pytest.fixture
def with_background(hands: Hands, folder: Path) -> Hands:
    with Project.open(folder) as project:
        project.classes = ClassTable.of_names(["road", "sky", "car", "Background"])
    hands.open(folder)
    return hands


def test_what_a_model_saw_in_an_empty_frame_becomes_background_in_one_step(
    with_background: Hands,
) -> None:
    hands = with_background
    hands.predict()
    before = hands.labels.copy()
    hands.key(RETURN, SHIFT)
    assert hands.undo_name == "Mark empty"
    assert (hands.labels.ids == 3).all() and hands.labels.human().all()
    assert hands.status is Status.DONE and record(hands, "a").empty
    hands.key(Qt.Key.Key_Z, CONTROL)
    assert hands.labels.equals(before)
    assert hands.status is Status.PREDICTED and not record(hands, "a").empty


def test_the_message_takes_the_word_and_the_pixels_back(with_background: Hands) -> None:
    hands = with_background
    hands.key(RETURN, SHIFT)
    hands.wait_for_message("pixels are Background now")
    hands.click(hands.window.messages.remedy)
    assert hands.status is Status.UNLABELLED and (hands.labels.ids == VOID).all()
    assert not record(hands, "a").empty


def test_an_empty_frame_comes_back_as_it_was_left(
    with_background: Hands, new_window: Callable[[], Hands]
) -> None:
    folder = with_background.project.folder
    with_background.key(RETURN, SHIFT)
    with_background.go("b")
    with_background.go("a")
    assert record(with_background, "a").empty
    with_background.close()
    again = new_window()
    again.open(folder)
    again.wait_for_frame("a")
    assert record(again, "a").empty and record(again, "a").corrected == np.prod(SHAPE)
    again.stroke((0.5, 0.4), (0.5, 0.6))  # so there is something in it after all
    assert again.status is Status.EDITED and not record(again, "a").empty


def test_a_frame_with_a_humans_pixels_is_not_empty(at_work: Hands) -> None:
    at_work.stroke((0.5, 0.4), (0.5, 0.6))
    before = at_work.labels.copy()
    at_work.key(RETURN, SHIFT)
    at_work.wait_for_message("Not empty", "road")
    assert at_work.labels.equals(before) and at_work.status is Status.EDITED
    at_work.click(at_work.window.messages.remedy)
    assert at_work.status is Status.DONE and not record(at_work, "a").empty
    at_work.key(RETURN, SHIFT)  # it is done already: there is nothing to offer
    at_work.wait_for_message("Not empty", "road")
    assert not at_work.window.messages.remedy.isVisible() and at_work.status is Status.DONE


def test_the_user_chooses_what_empty_frames_are_filled_with(with_background: Hands) -> None:
    hands, menu = with_background, with_background.window.emptying.fills
    menu.aboutToShow.emit()
    assert [a.text() for a in menu.actions() if a.isChecked()] == ["Background"]
    next(a for a in menu.actions() if a.text().startswith("Nothing")).trigger()
    hands.key(RETURN, SHIFT)
    assert record(hands, "a").empty and (hands.labels.ids == VOID).all()
    menu.aboutToShow.emit()
    next(a for a in menu.actions() if a.text() == "sky").trigger()
    hands.go("b")
    hands.key(RETURN, SHIFT)
    assert (hands.labels.ids == 1).all()
