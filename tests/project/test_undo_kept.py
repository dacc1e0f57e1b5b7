"""Undo after a restart and after a crash: exactly the labels that were there, or nothing at all."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from PIL import Image

from segstudio.core.classes import ClassTable
from segstudio.core.document import Document
from segstudio.core.edit import Edit
from segstudio.core.errors import SegStudioError
from segstudio.core.frame import Frame
from segstudio.core.history import Line
from segstudio.core.label_map import LabelMap
from segstudio.core.rect import Rect
from segstudio.project import Project, history_store
from segstudio.project.history_store import HistoryStore

SHAPE = (140, 260)
CLASSES = ClassTable.of_names(["sky", "road", "car"])
Draw = Callable[..., Path]


class Desk:
    """A user at work on frame ``a``, without a window."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project = Project.open(folder)
        labels = self.project.load_labels("a", SHAPE)
        history, self.told = self.project.load_history("a", labels)
        frame = Frame("a", np.zeros(SHAPE, np.uint8))
        self.document = Document(frame, labels, self.project.classes, history)
        self.document.committed.connect(
            lambda tiles: self.project.journal_append("a", SHAPE, tiles, history.change)
        )

    @property
    def seen(self) -> bytes:
        return self.document.label_map.ids.tobytes() + self.document.label_map.provenance.tobytes()

    def stroke(self, top: int, left: int, size: int, class_id: int, key: str = "") -> bool:
        rect = Rect(top, left, top + size, left + size)
        self.document.begin("Stroke", key)
        self.document.apply(Edit(rect, np.ones((size, size), np.bool_), class_id))
        return self.document.commit() is not None

    def copy(self) -> tuple[LabelMap, int, Line]:
        document = self.document
        return document.label_map.copy(), self.project.journal_mark("a"), document.history.line

    def save(self) -> str:
        return self.project.save_labels("a", *self.copy())

    def undo_all(self) -> list[bytes]:
        """All label maps back to the oldest that is known."""
        return [self.seen for _ in iter(self.document.undo, None)]

    def leave(self) -> None:
        self.project.close()


def _new_folder(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    Image.new("L", SHAPE[::-1]).save(folder / "a.png")
    with Project.open(folder) as project:
        project.classes = CLASSES
    return folder


def _crashed(folder: Path, copy: Path) -> Path:
    """The folder as a crash of the computer's would leave it, at another place."""
    return Path(shutil.copytree(folder, copy))


class Undoing(RuleBasedStateMachine):
    """Strokes, undo, redo, saves, restarts and crashes against a plain list of label maps."""

    @initialize(where=st.just(None))
    def sit_down(self, where: None) -> None:
        self.root = Path(self.roots.mktemp("undo"))
        self.desk = Desk(_new_folder(self.root / "0"))
        self.line, self.at = [self.desk.seen], 0
        self.keys: list[str] = []
        self.copies = 0
        self.kept: tuple[LabelMap, int, Line] | None = None

    roots: pytest.TempPathFactory

    @rule(
        top=st.integers(0, 130),
        left=st.integers(0, 250),
        size=st.integers(1, 90),
        class_id=st.integers(0, 2),
        key=st.sampled_from(["", "", "slider"]),
    )
    def stroke(self, top: int, left: int, size: int, class_id: int, key: str) -> None:
        parted = self.at < len(self.keys)
        if not self.desk.stroke(top, left, size, class_id, key):
            return
        joins = key and not parted and self.at and self.keys[-1] == key
        place = self.at if joins else self.at + 1
        self.line[place:] = [self.desk.seen]
        self.keys[place - 1 :] = [key]
        self.at = place

    @rule()
    def undo(self) -> None:
        assert (self.desk.document.undo() is not None) == (self.at > 0)
        self.at = max(0, self.at - 1)

    @rule()
    def redo(self) -> None:
        assert (self.desk.document.redo() is not None) == (self.at < len(self.line) - 1)
        self.at = min(len(self.line) - 1, self.at + 1)

    @rule()
    def save(self) -> None:
        assert self.desk.save() == ""

    @rule()
    def take_copy(self) -> None:
        self.kept = self.desk.copy()

    @precondition(lambda self: self.kept is not None)
    @rule()
    def save_copy(self) -> None:
        assert self.kept is not None
        self.desk.project.save_labels("a", *self.kept)

    @rule(saved=st.booleans())
    def restart(self, saved: bool) -> None:
        if saved:
            self.desk.save()
        self.desk.leave()
        self._open(self.desk.folder)

    @rule(failing=st.sampled_from(["", "history", "labels", "journal"]))
    def crash(self, failing: str) -> None:
        """At any moment of a save, or outside of one."""
        crashed = self.root / str(self.copies + 1)
        self.copies += 1
        if not failing:
            _crashed(self.desk.folder, crashed)
        else:
            self._crash_while_saving(failing, crashed)
        self.desk.leave()
        self._open(crashed)

    def _crash_while_saving(self, behind: str, crashed: Path) -> None:
        project = self.desk.project
        owner, name = {
            "history": (project._histories, "save"),
            "labels": (project._store, "save"),
            "journal": (project._journal, "drop"),
        }[behind]
        real = getattr(owner, name)

        def save_and_crash(*arguments: object) -> None:
            real(*arguments)
            if not crashed.exists():
                _crashed(self.desk.folder, crashed)

        setattr(owner, name, save_and_crash)
        try:
            self.desk.save()
        finally:
            setattr(owner, name, real)
        if not crashed.exists():
            _crashed(self.desk.folder, crashed)

    def _open(self, folder: Path) -> None:
        self.desk = Desk(folder)
        self.kept = None
        self.keys = [""] * len(self.keys)  # keys are of one session
        assert (self.desk.told, self.desk.project.notices) == ("", ())

    @invariant()
    def shows_what_it_should(self) -> None:
        assert self.desk.seen == self.line[self.at]
        history = self.desk.document.history
        assert (history.undo_count, history.redo_count) == (self.at, len(self.line) - 1 - self.at)

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            back = [self.desk.seen, *self.desk.undo_all()]
            assert back == self.line[self.at :: -1]
            self.desk.leave()


def test_undo_goes_on_wherever_it_was(tmp_path_factory: pytest.TempPathFactory) -> None:
    class Machine(Undoing):
        roots = tmp_path_factory

    run_state_machine_as_test(
        Machine, settings=settings(max_examples=20, stateful_step_count=20, deadline=None)
    )


# --- what must not be undone, and what cannot be kept --------------------------------------------


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A user who has drawn three strokes and saved after each."""
    desk = Desk(_new_folder(tmp_path / "pictures"))
    for number in range(3):
        desk.stroke(10 * number, 20 * number, 40, number)
        desk.save()
    return desk


def _again(desk: Desk) -> Desk:
    desk.leave()
    return Desk(desk.folder)


def test_labels_that_another_program_changed_are_never_undone(desk: Desk) -> None:
    desk.leave()
    with Image.open(desk.folder / "labels" / "a.png") as image:
        image.putpixel((200, 100), 1)
        image.save(desk.folder / "labels" / "a.png")
    desk = Desk(desk.folder)
    assert "labels of a were changed outside" in desk.told
    assert desk.document.undo() is None
    assert desk.document.label_map.ids[100, 200] == 1
    desk.stroke(0, 0, 9, 2)
    desk.save()
    desk = _again(desk)
    assert desk.told == ""
    assert len(desk.undo_all()) == 1
    desk.leave()


def test_labels_of_an_earlier_save_have_the_history_of_that_save(desk: Desk) -> None:
    """As after a return to an older version by a backup or by git."""
    kept = {path: path.read_bytes() for path in desk.folder.glob("*/a.png")}
    seen = desk.seen
    desk.stroke(90, 90, 30, 0)
    desk.save()
    desk.leave()
    for path, data in kept.items():
        path.write_bytes(data)
    desk = Desk(desk.folder)
    assert (desk.told, desk.seen) == ("", seen)
    desk.stroke(70, 70, 20, 1)
    desk.save()
    desk = _again(desk)
    assert desk.document.history.undo_count == 4
    desk.leave()


def test_a_label_file_that_is_gone_takes_its_history_along(desk: Desk) -> None:
    desk.leave()
    (desk.folder / "labels" / "a.png").unlink()
    desk = Desk(desk.folder)
    assert desk.told and desk.document.history.undo_count == 0
    desk.leave()


def test_a_foreign_change_before_a_recovery_is_told_and_the_strokes_can_be_undone(
    desk: Desk,
) -> None:
    desk.stroke(100, 100, 20, 0)
    desk.leave()
    with Image.open(desk.folder / "labels" / "a.png") as image:
        image.putpixel((250, 5), 2)
        image.save(desk.folder / "labels" / "a.png")
    desk = Desk(desk.folder)
    assert "labels of a were changed outside" in desk.project.notices[0]
    assert desk.document.history.undo_count == 1
    desk.document.undo()
    assert desk.document.label_map.ids[5, 250] == 2
    assert desk.document.label_map.ids[110, 110] == 255
    desk.leave()


def test_a_torn_end_leaves_the_save_before(desk: Desk) -> None:
    labels, path = desk.document.label_map.copy(), desk.project._histories.path("a")
    whole = path.read_bytes()
    desk.stroke(90, 90, 30, 0)
    desk.save()
    desk.leave()
    longer = path.read_bytes()
    assert longer.startswith(whole)
    for end in range(len(whole), len(longer), 7):
        path.write_bytes(longer[:end])
        line = HistoryStore(path.parent).load("a", labels)
        assert line is not None and len(line.steps) == line.done == 3, end


@pytest.mark.parametrize("place", [2, 40, -30, -3])
def test_a_damaged_file_is_dropped_and_told(desk: Desk, place: int) -> None:
    path = desk.project._histories.path("a")
    desk.leave()
    data = bytearray(path.read_bytes())
    data[place] ^= 16
    path.write_bytes(data)
    desk = Desk(desk.folder)
    assert desk.told and desk.document.history.undo_count == 0
    desk.leave()


def test_only_what_is_new_is_written(desk: Desk) -> None:
    path = desk.project._histories.path("a")
    before = path.read_bytes()
    desk.document.undo()
    desk.save()
    after = path.read_bytes()
    assert after.startswith(before) and len(after) - len(before) < 80
    desk.leave()


def test_a_file_is_written_anew_when_most_of_it_counts_no_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_store, "_SLACK", 500)
    path, sizes = desk.project._histories.path("a"), []
    for number in range(60):
        desk.document.undo()
        desk.stroke(number, number, 30, number % 3)
        desk.save()
        sizes.append(path.stat().st_size)
    assert max(sizes) < 6 * min(sizes)
    seen = desk.seen
    desk = _again(desk)
    assert desk.seen == seen and desk.document.history.undo_count == 3
    desk.leave()


def test_the_oldest_steps_go_beyond_the_budget_and_the_rest_is_exact(desk: Desk) -> None:
    desk.project.undo_budget = 40_000
    desk.document.history.byte_budget = desk.project.frame_undo_budget
    states = [desk.seen]
    for number in range(40):
        desk.stroke(3 * number, 2 * number, 15, number % 3)
        desk.save()
        states.append(desk.seen)
    kept = desk.document.history.undo_count
    assert 3 < kept < 40
    assert desk.document.history.bytes <= 20_000
    desk = _again(desk)
    assert desk.document.history.undo_count == kept
    assert desk.undo_all() == states[-2 : -2 - kept : -1]
    desk.leave()


def test_frames_left_longest_ago_make_room(tmp_path: Path, draw: Draw) -> None:
    names = [f"f{number}" for number in range(8)]
    for name in names:
        draw(tmp_path / f"{name}.png", SHAPE)
    rng = np.random.default_rng(0)
    with Project.open(tmp_path) as project:
        project.classes = CLASSES
        for age, name in enumerate(names):
            noise = rng.integers(0, 3, SHAPE, np.uint8)
            project.save_labels(name, LabelMap(noise, np.full(SHAPE, 2, np.uint8)))
            os.utime(project._histories.path(name), ns=(age, age))
        whole = project.undo_usage()
        assert whole.frames == 8
        project.undo_budget = whole.bytes // 2
        project.forget_beyond_budget()
        assert project.undo_usage().bytes <= project.undo_budget
        counts = []
        for name in names:
            labels = project.load_labels(name, SHAPE)
            history, told = project.load_history(name, labels)
            counts.append(history.undo_count)
            assert told == ""
    assert counts == sorted(counts) and set(counts) == {0, 1}


def test_labels_written_by_a_job_are_one_step_to_undo(desk: Desk) -> None:
    before = desk.seen
    labels = desk.document.label_map.copy()
    labels.ids[:, 100:] = 1
    labels.provenance[:, 100:] = 1
    desk.project.save_labels("a", labels, why="Segment")
    desk = _again(desk)
    assert desk.document.history.undo_name == "Segment"
    desk.document.undo()
    assert desk.seen == before
    assert len(desk.undo_all()) == 3
    desk.leave()


def test_a_full_disk_is_told_and_costs_no_label(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    desk.stroke(100, 0, 30, 2)
    with monkeypatch.context() as patch:
        patch.setattr(history_store, "append_whole", full)
        assert "Free some room" in desk.save()
    labels = desk.project.load_labels("a", SHAPE)
    assert desk.document.label_map.equals(labels)
    history, told = desk.project.load_history("a", labels)  # still in memory
    assert (history.undo_count, told) == (4, "")
    assert desk.save() == ""
    desk = _again(desk)
    assert desk.document.history.undo_count == 4
    desk.leave()


def test_a_reader_touches_no_history(desk: Desk) -> None:
    with Project.open(desk.folder) as reader:
        history, told = reader.load_history("a", LabelMap.blank(SHAPE))
        assert (history.undo_count, told) == (0, "")
        with pytest.raises(SegStudioError, match="read-only"):
            reader.forget_beyond_budget()
    assert desk.project.load_history("a", desk.document.label_map)[0].undo_count == 3
    desk.leave()


# --- killed in the midst of it -------------------------------------------------------------------

_PAINT_ON = """
import sys
from pathlib import Path
sys.path.insert(0, str(Path(sys.argv[2])))
from test_undo_kept import Desk

desk = Desk(Path(sys.argv[1]))
for number in range(1_000_000):
    if number % 7 == 6:
        desk.document.undo()
    else:
        desk.stroke(number * 13 % 100, number * 29 % 200, 10 + number % 60, number % 3)
    if number % 5 == 4:
        desk.save()
    print(number, flush=True)
"""


def _expected(last: int, folder: Path) -> list[bytes]:
    """What a user who did all that sees, and then all that undo brings back."""
    desk = Desk(_new_folder(folder))
    for number in range(last + 1):
        if number % 7 == 6:
            desk.document.undo()
        else:
            desk.stroke(number * 13 % 100, number * 29 % 200, 10 + number % 60, number % 3)
    states = [desk.seen, *desk.undo_all()]
    desk.leave()
    return states


@pytest.mark.parametrize("strokes", [3, 17, 33])
def test_a_killed_process_loses_no_step_that_it_had_reported(tmp_path: Path, strokes: int) -> None:
    folder = _new_folder(tmp_path / "pictures")
    here = str(Path(__file__).parent)
    with subprocess.Popen(
        [sys.executable, "-c", _PAINT_ON, str(folder), here], stdout=subprocess.PIPE, text=True
    ) as painter:
        assert painter.stdout is not None
        reported = [painter.stdout.readline() for _ in range(strokes)]
        painter.kill()
        reported += painter.stdout.readlines()
    last = max(int(line) for line in reported if line.endswith("\n"))
    desk = Desk(folder)
    assert (desk.told, desk.project.notices) == ("", ())
    found = [desk.seen, *desk.undo_all()]
    desk.leave()
    # The very last change may have reached the journal without being reported.
    assert found in (_expected(last, tmp_path / "1"), _expected(last + 1, tmp_path / "2"))
