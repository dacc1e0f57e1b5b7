"""Remapping: every pixel of every file or none, whatever happens in between."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from segstudio.core.errors import SegStudioError
from segstudio.core.history import TileState
from segstudio.core.label_map import VOID, LabelMap, Provenance
from segstudio.project import Project, Status, remap

SHAPE = (150, 200)
Paint = Callable[..., LabelMap]


def _lookup(**changes: int) -> np.ndarray:
    lookup = np.arange(256, dtype=np.uint8)
    for old, new in changes.items():
        lookup[int(old[1:])] = new
    return lookup


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


@pytest.mark.parametrize("call", range(1, 14))
def test_a_crash_at_any_write_leaves_all_or_nothing(
    labelled: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    before = _ids(labelled)
    calls = iter(range(1, 99))

    def crash(path: Path, data: bytes, real: Callable[..., None] = remap.write_bytes) -> None:
        if next(calls) == call:
            raise KeyboardInterrupt  # as a kill would, it passes by every handler of errors
        real(path, data)

    project = Project.open(labelled)
    with monkeypatch.context() as patch:
        patch.setattr(remap, "write_bytes", crash)
        # A killed process cleans nothing up either.
        patch.setattr(remap.shutil, "rmtree", lambda *_, **__: None)
        with pytest.raises(KeyboardInterrupt):
            project.remap(SWAP)
    project.close()
    after = _ids(labelled)
    swapped = [np.array_equal(new, SWAP[old]) for old, new in zip(before, after, strict=True)]
    kept = [np.array_equal(new, old) for old, new in zip(before, after, strict=True)]
    # Six files are staged, then the marker is written, then six files take their places.
    assert all(kept if call <= 7 else swapped)
    assert not (labelled / ".segstudio" / "remap").exists()


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
