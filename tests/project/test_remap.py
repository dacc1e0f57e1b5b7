"""Remapping: every pixel of every file or none, whatever happens in between."""

import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from segstudio.core.classes import LabelClass
from segstudio.core.document import Document
from segstudio.core.errors import SegStudioError
from segstudio.core.frame import Frame
from segstudio.core.history import TileState
from segstudio.core.label_map import VOID, LabelMap, Provenance
from segstudio.project import Project, Status, staging
from segstudio.project.remap_record import RemapNote

SHAPE = (150, 200)
Paint = Callable[..., LabelMap]


def _lookup(**changes: int) -> np.ndarray:
    lookup = np.arange(256, dtype=np.uint8)
    for old, new in changes.items():
        lookup[int(old[1:])] = new
    return lookup


NOTE = RemapNote("Delete class car", LabelClass(2, "car", (1, 2, 3), "3", locked=True), 2)
SWAP = _lookup(_0=1, _1=0)  # doing it twice undoes it: nothing may be remapped twice


@pytest.fixture
def labelled(project_folder: Path, painted: Paint) -> Path:
    with Project.open(project_folder) as project:
        for seed, name in enumerate("abc"):
            project.save_labels(name, painted(seed))
    return project_folder


def _ids(folder: Path) -> list[np.ndarray]:
    with Project.open(folder) as project:
        assert project.notices == ()
        return [project.load_labels(name, SHAPE).ids for name in "abc"]


def test_all_files_change_and_void_belongs_to_nobody(labelled: Path, painted: Paint) -> None:
    with Project.open(labelled) as project:
        project.remap(_lookup(_0=2, _1=VOID))
        for seed, name in enumerate("abc"):
            before, after = painted(seed), project.load_labels(name, SHAPE)
            lost = before.ids == 1
            assert (after.ids[before.ids == 0] == 2).all()
            assert (after.ids[lost] == VOID).all()
            assert (after.provenance[lost] == Provenance.NOBODY).all()
            assert np.array_equal(after.provenance[~lost], before.provenance[~lost])
    assert not (labelled / ".segstudio" / "remap").exists()


def test_progress_names_the_frames_that_change(labelled: Path) -> None:
    with Project.open(labelled) as project:
        project.save_labels("b", LabelMap.blank(SHAPE))
        steps = list(project.remapping(SWAP))
        assert [(step.done, step.total, step.payload) for step in steps] == [
            (1, 3, "a"),
            (2, 3, None),
            (3, 3, "c"),
        ]


def test_statuses_follow(labelled: Path) -> None:
    with Project.open(labelled) as project:
        project.set_status("b", Status.DONE)
        human_void = project.load_labels("c", SHAPE)
        human_void.provenance[human_void.ids == VOID] = Provenance.NOBODY
        project.save_labels("c", human_void)
        project.remap(np.full(256, VOID, np.uint8))
        assert project.status("b") == Status.DONE
        assert project.status("c") == Status.UNLABELLED


def test_strokes_in_the_journal_are_remapped_too(labelled: Path, painted: Paint) -> None:
    new = painted(9)
    with Project.open(labelled) as project:
        states = tuple(TileState.of(new, row, column) for row in (0, 1) for column in (0, 1))
        project.journal_append("a", SHAPE, states)
        project.remap(SWAP)
        assert np.array_equal(project.load_labels("a", SHAPE).ids, SWAP[new.ids])
        assert project.recovered == ()
    assert np.array_equal(_ids(labelled)[0], SWAP[new.ids])


class _Power:
    """Fails at one of the writes; a killed process cleans nothing up either."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fails_at: int) -> None:
        self.writes: list[str] = []
        self._fails_at, self._real = fails_at, staging.write_bytes
        self._remove_tree = shutil.rmtree
        monkeypatch.setattr(staging, "write_bytes", self._write)
        monkeypatch.setattr(shutil, "rmtree", self._remove)

    def _write(self, path: Path, data: bytes) -> None:
        self.writes.append(path.name)
        if len(self.writes) == self._fails_at:
            raise KeyboardInterrupt  # as a kill would, it passes by every handler of errors
        self._real(path, data)

    def _remove(self, path: Path, ignore_errors: bool = False) -> None:
        if not self.writes or len(self.writes) < self._fails_at:
            self._remove_tree(path, ignore_errors)


def _state(folder: Path) -> list[bytes]:
    """All labels and all that undo brings back in each frame."""
    states = []
    with Project.open(folder) as project:
        assert project.notices == ()
        for name in "abc":
            labels = project.load_labels(name, SHAPE)
            history, told = project.load_history(name, labels)
            assert told == ""
            document = Document(Frame(name, np.zeros(SHAPE, np.uint8)), labels, None, history)
            states += [_bytes(labels), *(_bytes(labels) for _ in iter(document.undo, None))]
    return states


def _bytes(labels: LabelMap) -> bytes:
    return labels.ids.tobytes() + labels.provenance.tobytes()


def _cut(folder: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int, back: bool) -> list[str]:
    """Remap, or take it back, until the power goes; the names of the files written until then."""
    project = Project.open(folder)
    with monkeypatch.context() as patch, contextlib.suppress(KeyboardInterrupt):
        power = _Power(patch, fails_at)
        for _ in project.taking_remap_back() if back else project.remapping(SWAP, NOTE):
            pass
    project.close()
    return power.writes


@pytest.mark.parametrize("back", [False, True])
def test_a_crash_at_a_write_leaves_all_or_nothing(
    labelled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, back: bool
) -> None:
    if back:
        with Project.open(labelled) as project:
            project.remap(SWAP, NOTE)
    before = _state(labelled)
    copy = Path(shutil.copytree(labelled, tmp_path / "whole"))
    writes = _cut(copy, monkeypatch, 10**6, back)
    after = _state(copy)
    assert before != after and writes.count("ready") == 1
    ready = writes.index("ready") + 1
    for fails_at in (1, ready - 1, ready, ready + 1, (ready + len(writes)) // 2, len(writes)):
        copy = Path(shutil.copytree(labelled, tmp_path / str(fails_at)))
        _cut(copy, monkeypatch, fails_at, back)
        wanted = after if fails_at > ready else before
        assert _state(copy) == wanted, writes[fails_at - 1]
        assert not (copy / ".segstudio" / "remap").exists()


def test_taking_back_brings_the_very_bytes_of_all_files_and_their_undo(labelled: Path) -> None:
    with Project.open(labelled) as project:
        project.save_labels("a", LabelMap.blank(SHAPE))
        by_hand = project.load_labels("b", SHAPE)
        by_hand.provenance[:] = np.where(by_hand.ids == VOID, 0, 2)
        project.save_labels("b", by_hand)
    (labelled / "provenance" / "b.png").unlink()  # labels that came from another program
    files = {p: p.read_bytes() for p in labelled.glob("*/*.png")}
    before = _state(labelled)
    with Project.open(labelled) as project:
        project.remap(_lookup(_2=VOID), NOTE)
        assert 2 not in _ids_ever(project)
        assert project.remapped == NOTE
    with Project.open(labelled) as project:  # after a restart, too
        assert project.remapped == NOTE
        steps = list(project.taking_remap_back())
        assert [step.payload for step in steps] == ["a", "b", "c"]
        assert project.remapped is None
        with pytest.raises(SegStudioError, match="no change of all frames"):
            list(project.taking_remap_back())
    assert all(path.read_bytes() == data for path, data in files.items())
    assert _state(labelled) == before
    assert not (labelled / ".segstudio" / "remap-undo").exists()


def _ids_ever(project: Project) -> set[int]:
    """Every id that any label map holds, or that any undo could bring back."""
    ids: set[int] = set()
    for name in "abc":
        labels = project.load_labels(name, SHAPE)
        history, _ = project.load_history(name, labels)
        document = Document(Frame(name, np.zeros(SHAPE, np.uint8)), labels, None, history)
        assert history.undo_count
        while True:
            ids.update(np.unique(labels.ids).tolist())
            if document.undo() is None:
                break
    return ids


def test_undo_goes_on_as_if_the_ids_had_always_been_these(labelled: Path) -> None:
    with Project.open(labelled) as project:
        project.save_labels("a", LabelMap.blank(SHAPE))
    before = _state(labelled)
    with Project.open(labelled) as project:
        project.remap(SWAP)
        assert project.remapped is None
    half = len(before[0]) // 2
    table = SWAP.tobytes()
    wanted = [state[:half].translate(table) + state[half:] for state in before]
    assert _state(labelled) == wanted


def test_it_is_not_taken_back_over_newer_labels(labelled: Path, painted: Paint) -> None:
    with Project.open(labelled) as project:
        project.remap(SWAP, NOTE)
        project.save_labels("b", painted(7))
        assert project.remapped is None
    with Project.open(labelled) as project:
        assert project.remapped is None
        project.remap(SWAP, NOTE)
    (labelled / "labels" / "a.png").unlink()  # by another program
    kept = [(labelled / "labels" / f"{name}.png").read_bytes() for name in "bc"]
    with Project.open(labelled) as project:
        with pytest.raises(SegStudioError, match="labels of a were changed since"):
            list(project.taking_remap_back())
        assert project.remapped is None
    assert kept == [(labelled / "labels" / f"{name}.png").read_bytes() for name in "bc"]


def test_what_is_over_the_budget_cannot_be_taken_back(labelled: Path) -> None:
    with Project.open(labelled) as project:
        project.remap(SWAP, NOTE)
        project.undo_budget = 1000
        project.remap(SWAP, NOTE)
        assert project.remapped is None
    assert not (labelled / ".segstudio" / "remap-undo").exists()


def test_stopping_it_changes_nothing(labelled: Path) -> None:
    before = _ids(labelled)
    with Project.open(labelled) as project:
        steps = project.remapping(SWAP)
        next(steps)
        steps.close()
        project.save_labels("a", project.load_labels("a", SHAPE))  # nothing is held any more
    assert all(np.array_equal(old, new) for old, new in zip(before, _ids(labelled), strict=True))


def test_a_damaged_file_stops_it_before_anything_has_changed(labelled: Path) -> None:
    before = _ids(labelled)
    (labelled / "labels" / "c.png").write_bytes(b"broken")
    with Project.open(labelled) as project:
        with pytest.raises(SegStudioError, match=r"c\.png: is no PNG file"):
            project.remap(SWAP)
        for name, ids in zip("ab", before, strict=False):
            assert np.array_equal(project.load_labels(name, SHAPE).ids, ids)
