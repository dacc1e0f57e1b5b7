"""No stroke is ever lost: autosave, quick switching, failing disks, closing at bad moments."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segstudio.core.errors import SegStudioError
from segstudio.core.label_map import LabelMap
from segstudio.gui import labelling
from segstudio.project import Project, Status

from .conftest import CONTROL, SHAPE, Hands


def stored(hands: Hands, name: str) -> LabelMap:
    """A frame's labels as its files hold them now."""
    return hands.project.load_labels(name, SHAPE)


def same(one: LabelMap, other: LabelMap) -> bool:
    return np.array_equal(one.ids, other.ids) and np.array_equal(one.provenance, other.provenance)


def test_strokes_save_themselves(at_work: Hands) -> None:
    at_work.stroke((0.3, 0.3), (0.4, 0.4))
    assert not at_work.window.labelling.saved
    assert at_work.window.status._saved.text() == "Unsaved"
    at_work.wait(lambda: at_work.window.labelling.saved)
    assert at_work.window.status._saved.text() == "Saved"
    assert same(stored(at_work, "a"), at_work.labels)


def test_half_a_stroke_is_not_saved(at_work: Hands) -> None:
    at_work.stroke((0.3, 0.3), (0.4, 0.4))
    kept = at_work.labels.copy()
    at_work.press(0.7, 0.7)
    at_work.move(0.8, 0.8)
    at_work.qtbot.wait(3 * labelling.AUTOSAVE_MS)
    at_work.key(Qt.Key.Key_S, CONTROL)
    QTest.keyClick(at_work.window.canvas, Qt.Key.Key_Escape)
    at_work.release(0.8, 0.8)
    at_work.wait(lambda: at_work.window.labelling.saved)
    assert same(at_work.labels, kept) and same(stored(at_work, "a"), kept)


def test_switching_to_and_fro_loses_nothing(at_work: Hands) -> None:
    expected: dict[str, LabelMap] = {}
    for turn in range(10):
        name = "ab"[turn % 2]
        at_work.wait_for_frame(name)
        if name in expected:
            assert same(at_work.labels, expected[name]), f"turn {turn}"
        at_work.stroke((0.05 + turn * 0.09, 0.1), (0.05 + turn * 0.09, 0.9))
        expected[name] = at_work.labels.copy()
        at_work.key(Qt.Key.Key_A if name == "b" else Qt.Key.Key_D)
    at_work.close()
    with Project.open(at_work.window.settings.recent[0]) as project:
        for name, labels in expected.items():
            assert same(project.load_labels(name, SHAPE), labels)


def test_leaving_and_coming_back_at_once_shows_one_document(at_work: Hands) -> None:
    at_work.stroke((0.3, 0.3), (0.4, 0.4))
    opened = []
    at_work.window.labelling.frame_opened.connect(opened.append)
    for key in (Qt.Key.Key_D, Qt.Key.Key_A) * 3:
        QTest.keyClick(at_work.window.canvas, key)
    at_work.wait_for_frame("a")
    document = at_work.document
    at_work.stroke((0.7, 0.2), (0.7, 0.8))
    painted = at_work.labels.copy()
    at_work.qtbot.wait(3 * labelling.AUTOSAVE_MS)
    assert at_work.document is document and opened == [document]
    assert same(stored(at_work, "a"), painted)


def test_next_counts_from_where_one_is_going(at_work: Hands) -> None:
    at_work.window.canvas.setFocus()
    QTest.keyClick(at_work.window.canvas, Qt.Key.Key_D)
    QTest.keyClick(at_work.window.canvas, Qt.Key.Key_D)
    at_work.wait_for_frame("c")


def test_a_picture_that_is_being_left_cannot_be_painted_on(at_work: Hands) -> None:
    left = at_work.document
    before = left.label_map.copy()
    places = [at_work.place(0.3, 0.3), at_work.place(0.6, 0.6)]
    at_work.window.labelling.open_frame("b")
    QTest.mousePress(at_work.window.canvas, Qt.MouseButton.LeftButton, pos=places[0])
    QTest.mouseMove(at_work.window.canvas, places[1])
    QTest.mouseRelease(at_work.window.canvas, Qt.MouseButton.LeftButton, pos=places[1])
    assert same(left.label_map, before)
    at_work.wait_for_frame("b")
    assert not at_work.labels.human().any()


def test_leaving_in_the_middle_of_a_stroke_keeps_it(at_work: Hands) -> None:
    at_work.press(0.3, 0.3)
    at_work.move(0.3, 0.7)
    at_work.key(Qt.Key.Key_D)
    at_work.wait_for_frame("b")
    at_work.move(0.6, 0.7)
    at_work.release(0.6, 0.7)
    assert not at_work.labels.human().any()
    assert at_work.project.status("a") == Status.EDITED
    at_work.go("a")
    assert at_work.labels.human()[SHAPE[0] * 3 // 10, SHAPE[1] // 2]
    assert at_work.undo_name == "Brush"


def test_closing_in_the_middle_of_a_stroke_keeps_it(at_work: Hands) -> None:
    folder = at_work.project.folder
    at_work.press(0.3, 0.3)
    at_work.move(0.3, 0.7)
    painted = at_work.labels.copy()
    at_work.close()
    with Project.open(folder) as project:
        assert same(project.load_labels("a", SHAPE), painted) and painted.human().any()
        assert project.status("a") == Status.EDITED


class TestFailingDisk:
    @pytest.fixture
    def broken(self, at_work: Hands, monkeypatch: pytest.MonkeyPatch):
        """Saving label files fails until ``monkeypatch.undo`` is called."""

        def fail(self: Project, name: str, *_: object) -> None:
            raise SegStudioError(f"labels/{name}.png", "the disk is full", "Make room.")

        with monkeypatch.context() as patch:
            patch.setattr(Project, "save_labels", fail)
            at_work.mend = patch.undo
            yield at_work

    def test_it_is_said_and_trying_again_helps(self, broken: Hands) -> None:
        broken.stroke((0.3, 0.3), (0.4, 0.4))
        text = broken.wait_for_message("Not saved", "labels/a.png", "disk is full")
        assert text.endswith("Make room.")
        assert broken.window.status._saved.text() == "Unsaved"
        broken.mend()
        broken.click(broken.button(broken.window.messages, "Try again"))
        broken.wait(lambda: broken.window.labelling.saved)
        assert same(stored(broken, "a"), broken.labels)

    def test_the_next_autosave_writes_everything(self, broken: Hands) -> None:
        broken.stroke((0.3, 0.3), (0.4, 0.4))
        broken.wait_for_message("Not saved")
        broken.mend()
        broken.stroke((0.7, 0.3), (0.8, 0.4))
        broken.wait(lambda: broken.window.labelling.saved)
        assert same(stored(broken, "a"), broken.labels)

    def test_the_frame_shows_its_newest_labels_when_one_comes_back(self, broken: Hands) -> None:
        broken.stroke((0.3, 0.3), (0.4, 0.4))
        painted = broken.labels.copy()
        broken.key(Qt.Key.Key_D)
        broken.wait_for_frame("b")
        broken.wait_for_message("labels/a.png")
        broken.go("a")
        assert same(broken.labels, painted)
        broken.mend()
        broken.stroke((0.7, 0.3), (0.8, 0.4))
        painted = broken.labels.copy()
        broken.save()
        assert same(stored(broken, "a"), painted)

    def test_trying_again_writes_the_frame_that_failed_not_the_open_one(
        self, broken: Hands
    ) -> None:
        broken.stroke((0.3, 0.3), (0.4, 0.4))
        painted = broken.labels.copy()
        broken.key(Qt.Key.Key_D)
        broken.wait_for_frame("b")
        broken.wait_for_message("labels/a.png")
        broken.mend()
        broken.click(broken.button(broken.window.messages, "Try again"))
        broken.wait(lambda: broken.project.has_labels("a"))
        broken.wait(lambda: same(stored(broken, "a"), painted))

    def test_the_journal_brings_the_strokes_back_at_the_next_start(
        self, broken: Hands, new_window
    ) -> None:
        broken.stroke((0.3, 0.3), (0.4, 0.4))
        painted, folder = broken.labels.copy(), broken.project.folder
        broken.close()
        broken.mend()
        again = new_window()
        again.open(folder)
        assert "a" in again.wait_for_message("Recovered")
        assert same(again.labels, painted)

    def test_closing_waits_for_a_word_where_the_journal_fails_too(
        self, broken: Hands, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> None:
            raise SegStudioError("journal", "the disk is full", "Make room.")

        with monkeypatch.context() as patch:
            patch.setattr(Project, "journal_append", fail)
            broken.stroke((0.3, 0.3), (0.4, 0.4))
        painted = broken.labels.copy()
        assert not broken.window.close()
        broken.wait_for_message("strokes on a could not be saved")
        broken.wait_for_frame("a")
        assert same(broken.labels, painted)
        broken.mend()
        folder = broken.project.folder
        broken.close()
        with Project.open(folder) as project:
            assert same(project.load_labels("a", SHAPE), painted)

    def test_closing_waits_for_a_word_where_the_journal_has_vanished(self, broken: Hands) -> None:
        broken.stroke((0.3, 0.3), (0.4, 0.4))
        folder = broken.project.folder
        folder.rename(folder.with_name("unplugged"))
        assert not broken.window.close()
        broken.wait_for_message("strokes on a could not be saved")
        folder.with_name("unplugged").rename(folder)
        broken.mend()
        broken.go("b")
        broken.close()
        with Project.open(folder) as project:
            assert project.has_labels("a")


def test_the_status_follows_what_is_saved(at_work: Hands) -> None:
    at_work.stroke((0.3, 0.3), (0.4, 0.4))
    at_work.save()
    assert at_work.status == Status.EDITED
    told: list[tuple[str, str]] = []
    at_work.window.labelling.status_changed.connect(lambda *news: told.append(news))
    at_work.key(Qt.Key.Key_Z, CONTROL)
    at_work.wait(lambda: ("a", "unlabelled") in told)
    assert at_work.status == Status.UNLABELLED
