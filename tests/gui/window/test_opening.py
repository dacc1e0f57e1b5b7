"""Opening folders, good and bad: what is wrong is said, and what can go on does."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.edit import Edit
from segstudio.core.label_map import LabelMap, Provenance
from segstudio.core.rect import Rect
from segstudio.project import Project, Status

from .conftest import SHAPE, Hands, draw


def test_a_folder_without_pictures_says_so_and_offers_another(hands: Hands, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    hands.window.open_path(tmp_path / "empty")
    assert str(tmp_path / "empty") in hands.message and "no pictures" in hands.message
    assert hands.button(hands.window.messages, "Open another folder")
    for key in (Qt.Key.Key_D, Qt.Key.Key_A, Qt.Key.Key_U, Qt.Key.Key_P, Qt.Key.Key_Return):
        hands.key(key)
    assert hands.window.labelling.document is None


def test_a_folder_without_pictures_does_not_leave_the_last_ones_on_the_screen(
    at_work: Hands, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    at_work.window.open_path(tmp_path / "empty")
    assert at_work.window.canvas.document is None
    assert at_work.window.frame_list.visible_names() == []
    assert at_work.frame == ""


def test_one_unreadable_picture_does_not_stop_the_others(hands: Hands, folder: Path) -> None:
    (folder / "b.png").write_bytes((folder / "b.png").read_bytes()[:5000])
    hands.open(folder)
    hands.key(Qt.Key.Key_D)
    assert "fetch it again" in hands.wait_for_message(f"{folder / 'b.png'}: ")
    assert hands.frame == "b" and hands.window.canvas.document is None
    assert not hands.window.actions_["predict"].isEnabled()
    assert not hands.window.status._saved.text() and not hands.window.status._zoom.text()
    hands.key(Qt.Key.Key_D)
    hands.wait_for_frame("c")
    assert hands.window.actions_["predict"].isEnabled()
    assert hands.window.status._zoom.text()
    hands.key(Qt.Key.Key_A)
    hands.wait(lambda: hands.frame == "b")
    hands.key(Qt.Key.Key_A)
    hands.wait_for_frame("a")


def test_a_mended_picture_opens_at_the_second_attempt(hands: Hands, folder: Path) -> None:
    (folder / "b.png").write_bytes(b"this is no picture")
    hands.open(folder)
    hands.click_frame("b")
    hands.wait_for_message("b.png")
    draw(folder / "b.png")
    hands.window.labelling.open_frame("b")
    hands.wait_for_frame("b")


def test_labels_of_another_size_are_refused_and_kept(hands: Hands, folder: Path) -> None:
    label_file = folder / "labels" / "b.png"
    label_file.parent.mkdir(exist_ok=True)
    Image.fromarray(np.zeros((10, 10), np.uint8), "L").convert("P").save(label_file)
    before = label_file.read_bytes()
    hands.open(folder)
    hands.click_frame("b")
    text = hands.wait_for_message("labels/b.png", "10 x 10")
    assert f"{SHAPE[1]} x {SHAPE[0]}" in text and "move the label file away" in text
    hands.key(Qt.Key.Key_D)
    hands.wait_for_frame("c")
    assert label_file.read_bytes() == before


def test_a_damaged_project_file_leaves_what_is_open_open(at_work: Hands, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    draw(bad / "x.png")
    (bad / "project.json").write_text("{ not json")
    at_work.window.open_path(bad)
    assert "project.json" in at_work.message
    at_work.stroke((0.3, 0.3), (0.4, 0.4))
    assert at_work.labels.human().any()
    at_work.save()
    assert at_work.frame == "a" and (at_work.project.folder / "labels" / "a.png").exists()


def test_a_damaged_project_file_on_the_first_start_keeps_the_welcome_page(
    hands: Hands, folder: Path
) -> None:
    (folder / "project.json").write_text("{ not json")
    hands.window.open_path(folder)
    assert "project.json" in hands.message
    assert hands.window.pages.currentWidget() is hands.window.welcome
    assert (folder / "project.json").read_text() == "{ not json"


def test_a_folder_that_is_not_there_is_named(hands: Hands, tmp_path: Path) -> None:
    hands.window.open_path(tmp_path / "gone")
    assert str(tmp_path / "gone") in hands.message


def test_a_folder_that_vanishes_while_it_is_open(at_work: Hands) -> None:
    folder = at_work.project.folder
    at_work.stroke((0.3, 0.3), (0.4, 0.4))
    painted = at_work.labels.copy()
    folder.rename(folder.with_name("unplugged"))
    at_work.key(Qt.Key.Key_D)
    at_work.wait_for_message("b.png")
    at_work.close()
    with Project.open(folder) as project:
        assert np.array_equal(project.load_labels("a", SHAPE).ids, painted.ids)


def test_opening_the_same_folder_again_is_no_conflict_with_oneself(at_work: Hands) -> None:
    at_work.stroke((0.3, 0.3), (0.4, 0.4))
    painted = at_work.labels.copy()
    at_work.open(at_work.project.folder)
    assert not at_work.project.read_only
    assert np.array_equal(at_work.labels.ids, painted.ids)


class TestReadOnly:
    @pytest.fixture
    def reader(self, hands: Hands, folder: Path):
        """A window on a project that somebody else has open for writing."""
        with Project.open(folder) as writer:
            ids = np.full(SHAPE, 1, np.uint8)
            writer.save_labels("a", LabelMap(ids, np.full(SHAPE, Provenance.HUMAN, np.uint8)))
            hands.open(folder)
            yield hands
            hands.close()

    def test_it_says_so_and_keeps_saying_so(self, reader: Hands) -> None:
        assert "Read-only" in reader.message and "process" in reader.message
        assert reader.window.status._saved.text() == "Read-only"
        reader.key(Qt.Key.Key_D)
        reader.wait_for_frame("b")
        assert reader.window.status._saved.text() == "Read-only"

    def test_nothing_can_be_changed_and_the_reason_is_told(self, reader: Hands) -> None:
        before = reader.labels.copy()
        written = sorted((p, p.stat().st_mtime_ns) for p in reader.project.folder.rglob("*.png"))
        reader.window.messages.clear()
        reader.stroke((0.3, 0.3), (0.5, 0.5))
        assert "Read-only" in reader.message
        reader.window.messages.clear()
        reader.key(Qt.Key.Key_P)
        assert "read-only" in reader.message
        reader.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        reader.key(Qt.Key.Key_Return)
        reader.key(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        reader.window.labelling.set_classes(ClassTable.of_names(["x"]))
        reader.window.class_changes.delete(1, 255)
        reader.wait(lambda: reader.window.labelling.document is not None)
        assert reader.status == Status.EDITED
        assert reader.project.classes.names == ("road", "sky", "car")
        assert np.array_equal(reader.labels.ids, before.ids)
        now = sorted((p, p.stat().st_mtime_ns) for p in reader.project.folder.rglob("*.png"))
        assert now == written


def test_strokes_of_a_crashed_session_are_there_again(hands: Hands, folder: Path) -> None:
    crashed = Project.open(folder)
    document = Document(crashed.load_frame("b"), crashed.load_labels("b", SHAPE), crashed.classes)
    document.committed.connect(lambda tiles: crashed.journal_append("b", SHAPE, tiles))
    with document.transaction("Brush"):
        document.apply(Edit(Rect(10, 10, 20, 20), np.ones((10, 10), bool), 2))
    crashed._lock.release()  # what the system does for a process that dies
    hands.open(folder)
    assert "b" in hands.wait_for_message("Recovered")
    hands.go("b")
    assert (hands.labels.ids[10:20, 10:20] == 2).all() and hands.labels.human().sum() == 100


def test_project_files_name_what_they_are(at_work: Hands) -> None:
    at_work.stroke((0.3, 0.3), (0.4, 0.4))
    at_work.save()
    stored = json.loads((at_work.project.folder / "project.json").read_text())
    assert [entry["name"] for entry in stored["classes"]] == ["road", "sky", "car"]
